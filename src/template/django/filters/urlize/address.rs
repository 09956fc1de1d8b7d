//! Addresses of pages in the form in which they stand in links.

use std::net::Ipv6Addr;

use unicode_normalization::UnicodeNormalization;

use super::quote;

/// What stays as it is: what separates the parts of an address.
const SEPARATORS: &str = ":/?#[]@!$&'()*+,;=~";

/// The address with everything quoted that has to be, and nothing else.
pub(super) fn normal(address: &str) -> String {
    let Some(parts) = split(address) else {
        return requote(address);
    };
    let Parts {
        scheme,
        host,
        path,
        query,
        fragment,
    } = parts;
    let (host, path) = (requote(&host), requote(&path));
    let mut result = format!("{scheme}://{host}");
    if !path.is_empty() && !path.starts_with('/') {
        result.push('/');
    }
    result.push_str(&path);
    let query = normal_query(&query);
    if !query.is_empty() {
        result.push('?');
        result.push_str(&query);
    }
    let fragment = requote(&fragment);
    if !fragment.is_empty() {
        result.push('#');
        result.push_str(&fragment);
    }
    result
}

fn requote(text: &str) -> String {
    quote(&unquote(text), SEPARATORS)
}

/// Python's `unquote`: `%XX` as octets, which make characters only with each other.
fn unquote(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|it: char| it.is_ascii() != first.is_ascii())
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if first.is_ascii() {
            let octets: Vec<u8> = percent_encoding::percent_decode_str(run).collect();
            result.push_str(&String::from_utf8_lossy(&octets));
        } else {
            result.push_str(run);
        }
        rest = after;
    }
    result
}

/// The names and values, each quoted by itself.
fn normal_query(query: &str) -> String {
    let normal = |text: &str| {
        let text = unquote(&unquote(&text.replace('+', " ")));
        quote(&text, " ").replace(' ', "+")
    };
    let pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", normal(name), normal(value))
        })
        .collect();
    pairs.join("&")
}

struct Parts {
    scheme: String,
    host: String,
    path: String,
    query: String,
    fragment: String,
}

/// The parts of an address with `http` or `https`; `None` where Python cannot take it apart.
fn split(address: &str) -> Option<Parts> {
    let address: String = address
        .trim_start_matches(|it| it <= ' ')
        .chars()
        .filter(|it| !matches!(it, '\t' | '\r' | '\n'))
        .collect();
    let (scheme, rest) = address.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    if !has_good_brackets(host) || changes_meaning(host) {
        return None;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Parts {
        scheme: scheme.to_lowercase(),
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        fragment: fragment.to_owned(),
    })
}

/// Brackets are for addresses of IPv6 and its successors.
fn has_good_brackets(host: &str) -> bool {
    if host.contains('[') != host.contains(']') {
        return false;
    }
    let Some((_, inside)) = host.split_once('[') else {
        return true;
    };
    let inside = inside.split(']').next().unwrap_or_default();
    if let Some(future) = inside.strip_prefix('v') {
        return future.split_once('.').is_some_and(|(version, address)| {
            !version.is_empty()
                && version.bytes().all(|it| it.is_ascii_hexdigit())
                && !address.is_empty()
        });
    }
    let (address, zone) = match inside.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (inside, None),
    };
    address.parse::<Ipv6Addr>().is_ok()
        && zone.is_none_or(|zone| !zone.is_empty() && !zone.contains('%'))
}

/// Whether characters of the host look like separators to those who normalize it.
fn changes_meaning(host: &str) -> bool {
    let plain: String = host.chars().filter(|it| !"@:#?".contains(*it)).collect();
    let normal: String = plain.nfkc().collect();
    normal != plain && normal.contains(['/', '?', '#', '@', ':'])
}

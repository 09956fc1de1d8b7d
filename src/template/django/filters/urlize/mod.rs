//! The filters `urlize` and `urlizetrunc`: addresses in a text as links.

use super::{
    Input,
    html::{escape, escapes},
    quote::quote,
};
use crate::template::{
    entities::unescape,
    value::{Exception, Value, is_space, is_word},
};

mod address;
mod domain;
mod trim;

pub(super) fn filter(input: &Input<'_>) -> Result<Value, Exception> {
    Ok(Value::safe(link_all(input, None)?))
}

pub(super) fn truncating(input: &Input<'_>) -> Result<Value, Exception> {
    let limit = input.integer()?;
    Ok(Value::safe(link_all(input, Some(limit))?))
}

fn link_all(input: &Input<'_>, limit: Option<i128>) -> Result<String, Exception> {
    let is_break = |it: char| is_space(it) || matches!(it, '<' | '>' | '"' | '\'');
    let mut result = String::new();
    let mut rest = input.text;
    while let Some(first) = rest.chars().next() {
        input.environment.budget.step()?;
        let kind = is_break(first);
        let end = rest.find(|it| is_break(it) != kind).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let linked = link(word, limit, escapes(input));
        input.make(linked.len())?;
        result.push_str(&linked);
        rest = after;
    }
    Ok(result)
}

/// A word, as a link if it is an address.
fn link(word: &str, limit: Option<i128>, escapes: bool) -> String {
    let shown = |text: &str| {
        if escapes {
            escape(text)
        } else {
            text.to_owned()
        }
    };
    if !word.contains(['.', '@', ':']) {
        return shown(word);
    }
    let trim::Trimmed {
        lead,
        middle,
        trail,
    } = trim::trim(word);
    let (target, attributes) = match target(&middle) {
        Some(Target::Page(target)) => (target, " rel=\"nofollow\""),
        Some(Target::Mail(target)) => (target, ""),
        None => return shown(word),
    };
    format!(
        "{}<a href=\"{}\"{attributes}>{}</a>{}",
        shown(&lead),
        escape(&target),
        shown(&shortened(&middle, limit)),
        shown(&trail)
    )
}

fn shortened(text: &str, limit: Option<i128>) -> String {
    let Some(limit) = limit else {
        return text.to_owned();
    };
    let length = i128::try_from(text.chars().count()).unwrap_or(i128::MAX);
    if length <= limit {
        return text.to_owned();
    }
    let kept = usize::try_from((limit - 1).max(0)).unwrap_or(usize::MAX);
    text.chars().take(kept).chain(['…']).collect()
}

/// Where a link leads.
enum Target {
    Page(String),
    Mail(String),
}

/// Longer words are no addresses.
const MOST_CHARACTERS: usize = 2048;

fn target(word: &str) -> Option<Target> {
    if word.chars().nth(MOST_CHARACTERS).is_none() {
        if has_scheme(word) {
            return Some(Target::Page(address::normal(&unescape(word))));
        }
        if is_host(word) {
            let address = format!("http://{}", unescape(word));
            return Some(Target::Page(address::normal(&address)));
        }
    }
    if word.contains(':') {
        return None;
    }
    let (local, host) = word.rsplit_once('@')?;
    domain::is_email(local, host).then(|| {
        let (local, host) = (quote(local, ""), quote(host, ""));
        Target::Mail(format!("mailto:{local}@{host}"))
    })
}

/// The rest of the text after a start in any case.
fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

fn has_scheme(word: &str) -> bool {
    let rest = after(word, "https://").or_else(|| after(word, "http://"));
    rest.is_some_and(|rest| {
        let host = rest.strip_prefix('[').unwrap_or(rest);
        host.starts_with(is_word)
    })
}

/// Whether it begins with `www.`, or with a host in one of the oldest domains.
fn is_host(word: &str) -> bool {
    if after(word, "www.").is_some() {
        return true;
    }
    let host = word.split('/').next().unwrap_or_default();
    let Some((labels, top)) = host.rsplit_once('.') else {
        return false;
    };
    let oldest = ["com", "edu", "gov", "int", "mil", "net", "org"];
    after(word, "http").is_none()
        && oldest.iter().any(|it| top.eq_ignore_ascii_case(it))
        && labels.split('.').all(domain::is_label)
}

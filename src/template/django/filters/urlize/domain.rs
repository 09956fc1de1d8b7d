//! Names of hosts, and electronic mail addresses.

use std::net::Ipv4Addr;

/// Letters and all that Django takes for letters of other scripts.
fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || ('\u{a1}'..='\u{ffff}').contains(&character)
}

/// Whether it can stand between the points of a host's name.
pub(super) fn is_label(label: &str) -> bool {
    has_length(label, 1..=63)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .chars()
            .all(|it| is_letter(it) || it.is_ascii_digit() || it == '-')
}

fn has_length(text: &str, range: std::ops::RangeInclusive<usize>) -> bool {
    range.contains(&text.chars().count())
}

/// Whether it can be the last part of a host's name.
fn is_top_label(label: &str) -> bool {
    let is_punycode = label
        .get(..4)
        .is_some_and(|it| it.eq_ignore_ascii_case("xn--"))
        && has_length(label, 5..=63)
        && label
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-')
        && !label.get(4..).is_some_and(|it| it.contains('-'));
    let is_word = has_length(label, 2..=63) && label.chars().all(|it| is_letter(it) || it == '-');
    (is_punycode || is_word) && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether the parts around the last `@` make a mail address.
pub(super) fn is_email(local: &str, host: &str) -> bool {
    let length = local.chars().count() + 1 + host.chars().count();
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(it))
    };
    length <= 320 && local.split('.').all(is_atom) && is_mail_host(host)
}

fn is_mail_host(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Some(address) = literal {
        return address.parse::<Ipv4Addr>().is_ok();
    }
    host.rsplit_once('.')
        .is_some_and(|(labels, top)| is_top_label(top) && labels.split('.').all(is_label))
}

//! Character references of HTML.

use std::borrow::Cow;

/// Python's `html.unescape`: references, with or without their semicolon, as characters.
pub(in crate::template) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    result.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        if let Some((character, rest)) = piece.strip_prefix('#').and_then(numeric) {
            result.extend(character);
            result.push_str(rest);
        } else if piece.starts_with('#') {
            result.push('&');
            result.push_str(piece);
        } else {
            result.push_str(&htmlize::unescape(format!("&{piece}")));
        }
    }
    Cow::Owned(result)
}

/// The character of a number after `&#`, if it stands for one, and what follows it.
fn numeric(text: &str) -> Option<(Option<char>, &str)> {
    let (radix, text) = match text.strip_prefix(['x', 'X']) {
        Some(rest) => (16, rest),
        None => (10, text),
    };
    let end = text
        .find(|it: char| !it.is_digit(radix))
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let rest = rest.strip_prefix(';').unwrap_or(rest);
    // Numbers that are too long for a character are too great for one.
    let code = u32::from_str_radix(digits.trim_start_matches('0'), radix);
    let code = match (code, digits.trim_start_matches('0')) {
        (_, "") => 0,
        (Ok(code), _) => code,
        (Err(_), _) => u32::MAX,
    };
    Some((character(code), rest))
}

fn character(code: u32) -> Option<char> {
    match code {
        // The control characters of Latin-1 mean those of Windows, as everywhere on the web.
        0x80..=0x9f | 0 | 0xd => htmlize::unescape(format!("&#{code};")).chars().next(),
        1..=8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => None,
        _ if code & 0xfffe == 0xfffe && code <= 0x10_ffff => None,
        _ => Some(char::from_u32(code).unwrap_or('\u{fffd}')),
    }
}

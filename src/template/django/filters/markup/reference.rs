//! Character references that are not converted.

/// A reference by number at the start of a text: what stands after `&#`, and the length of all of
/// it. Some character has to follow the digits.
pub(super) fn numeric(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("&#")?;
    let is_hexadecimal = inside.starts_with(['x', 'X']);
    let digits = if is_hexadecimal {
        inside.get(1..)?
    } else {
        inside
    };
    let radix = if is_hexadecimal { 16 } else { 10 };
    let length = digits.find(|it: char| !it.is_digit(radix))?;
    let next = digits.get(length..)?.chars().next()?;
    if length == 0 || next.is_ascii_hexdigit() {
        return None;
    }
    let length = length + usize::from(is_hexadecimal);
    let all = 2 + length + usize::from(next == ';');
    // Without a name of its own, it is handed on with the sign.
    Some((text.get(1..2 + length)?, all))
}

/// A reference by name at the start of a text: the name, and the length of all of it. Some
/// character has to follow the name.
pub(super) fn named(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix('&')?;
    if !inside.starts_with(|it: char| it.is_ascii_alphabetic()) {
        return None;
    }
    let is_name = |it: char| it.is_ascii_alphanumeric() || "-.".contains(it);
    let length = match inside.find(|it| !is_name(it)) {
        Some(length) => length,
        // At the end of the text, a hyphen or a point may be what follows.
        None => inside.rfind(['-', '.'])?,
    };
    let name = inside.get(..length)?;
    let is_closed = inside.get(length..)?.starts_with(';');
    Some((name, 1 + length + usize::from(is_closed)))
}

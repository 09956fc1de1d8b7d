//! Comments, declarations and processing instructions, all of which are passed over.

use super::{Exception, Fault, is_space};

/// Where what begins at this place with `<!` or `<?` ends; `None` where it does not.
pub(super) fn end(text: &str, start: usize) -> Result<Option<usize>, Exception> {
    let rest = text.get(start..).unwrap_or_default();
    let length = if let Some(inside) = rest.strip_prefix("<!--") {
        closing(inside, &["-", "-", ""]).map(|it| 4 + it)
    } else if let Some(inside) = rest.strip_prefix("<![") {
        section(inside)?.map(|it| 3 + it)
    } else {
        let inside = rest.get(2..).unwrap_or_default();
        inside.find('>').map(|it| 2 + it + 1)
    };
    Ok(length.map(|length| start + length))
}

/// The end of a marked section such as `<![CDATA[…]]>`.
fn section(text: &str) -> Result<Option<usize>, Exception> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    if text.is_empty() {
        return Ok(None);
    }
    if !text.starts_with(|it: char| it.is_ascii_alphabetic()) {
        return Err(Fault::new("expected name token in a marked section").into());
    }
    let length = text.find(|it| !is_name(it)).unwrap_or(text.len());
    let (name, after) = text.split_at(length);
    if after.chars().all(is_space) {
        return Ok(None);
    }
    match &*name.to_ascii_lowercase() {
        "temp" | "cdata" | "ignore" | "include" | "rcdata" => Ok(closing(text, &["]", "]", ""])),
        "if" | "else" | "endif" => Ok(closing(text, &["]", ""])),
        name => Err(Fault::new(format!(
            "unknown status keyword '{name}' in a marked section"
        ))
        .into()),
    }
}

/// The place after the signs, in order, with `>` at their end. Between two brackets, and before
/// the `>`, may be space; between hyphens not.
fn closing(text: &str, signs: &[&str]) -> Option<usize> {
    let first = signs.first()?;
    text.match_indices(first).find_map(|(start, _)| {
        let mut rest = text.get(start..)?;
        for (index, sign) in signs.iter().enumerate() {
            if index > 0 && (*sign != "-") {
                rest = rest.trim_start_matches(is_space);
            }
            rest = rest.strip_prefix(sign)?;
        }
        let rest = rest.trim_start_matches(is_space).strip_prefix('>')?;
        Some(text.len() - rest.len())
    })
}

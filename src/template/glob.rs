//! Patterns of file names, as in a manifest: `*`, `?` and `**`.

use std::path::Path;

/// Whether the pattern means this relative path. A pattern without `/` means files of that name
/// in any directory; one with `/` means paths from the template's root. `*` and `?` stay within
/// one part; `**` as a part stands for any number of parts.
pub(super) fn matches(pattern: &str, path: &Path) -> bool {
    let parts: Vec<&[u8]> = path.iter().map(std::ffi::OsStr::as_encoded_bytes).collect();
    if pattern.contains('/') {
        let pattern: Vec<&[u8]> = pattern
            .trim_start_matches("./")
            .split('/')
            .map(str::as_bytes)
            .collect();
        any_depth(&pattern, &parts)
    } else {
        parts
            .last()
            .is_some_and(|name| one_part(pattern.as_bytes(), name))
    }
}

fn any_depth(pattern: &[&[u8]], path: &[&[u8]]) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return path.is_empty();
    };
    if *first == b"**" {
        return (0..=path.len())
            .any(|taken| any_depth(rest, path.get(taken..).unwrap_or_default()));
    }
    path.split_first()
        .is_some_and(|(part, others)| one_part(first, part) && any_depth(rest, others))
}

/// Matches one part without backtracking further than to the last `*`: linear in practice, and
/// never worse than the product of the two lengths.
fn one_part(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut matched) = (0, 0);
    let mut last_star = None;
    while let Some(&octet) = name.get(matched) {
        match pattern.get(at) {
            Some(b'*') => {
                last_star = Some((at, matched));
                at += 1;
            }
            Some(&expected) if expected == b'?' || expected == octet => {
                at += 1;
                matched += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else {
                    return false;
                };
                last_star = Some((star, taken + 1));
                at = star + 1;
                matched = taken + 1;
            }
        }
    }
    pattern
        .get(at..)
        .unwrap_or_default()
        .iter()
        .all(|octet| *octet == b'*')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("manage.py", "manage.py", true)]
    #[case("manage.py", "sub/manage.py", true)]
    #[case("manage.py", "manage.pyx", false)]
    #[case("./manage.py", "manage.py", true)]
    #[case("./manage.py", "sub/manage.py", false)]
    #[case("*.html", "a/b/c.html", true)]
    #[case("*.html", "a/b/c.htm", false)]
    #[case("?.txt", "a.txt", true)]
    #[case("?.txt", "ab.txt", false)]
    #[case("static/*", "static/a.css", true)]
    #[case("static/*", "static/css/a.css", false)]
    #[case("static/**", "static/css/a.css", true)]
    #[case("**/css/*", "static/css/a.css", true)]
    #[case("a*b*c", "aXbXbXc", true)]
    #[case("a*b*c", "aXbXbX", false)]
    #[case("*", "", false)]
    fn patterns(#[case] pattern: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(matches(pattern, Path::new(path)), expected);
    }
}

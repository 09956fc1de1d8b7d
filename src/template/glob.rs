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
    sequence(
        pattern,
        path,
        |it| *it == b"**",
        |expected, part| one_part(expected, part),
    )
}

fn one_part(pattern: &[u8], name: &[u8]) -> bool {
    sequence(
        pattern,
        name,
        |it| *it == b'*',
        |expected, octet| *expected == b'?' || expected == octet,
    )
}

/// Whether a pattern means all of the items. It goes back to the last star only, which stands for
/// any number of items: linear in practice, and never worse than the product of the two lengths.
pub(super) fn sequence<P, T>(
    pattern: &[P],
    items: &[T],
    is_star: impl Fn(&P) -> bool,
    is_same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut matched) = (0, 0);
    let mut last_star = None;
    while let Some(item) = items.get(matched) {
        match pattern.get(at) {
            Some(star) if is_star(star) => {
                last_star = Some((at, matched));
                at += 1;
            }
            Some(expected) if is_same(expected, item) => {
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
    pattern.get(at..).unwrap_or_default().iter().all(is_star)
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
    #[case("**/a/**/b", "a/x/a/y/b", true)]
    #[case("**/a/**/b", "a/x/b/c", false)]
    #[case("a/**/**", "a", true)]
    fn patterns(#[case] pattern: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(matches(pattern, Path::new(path)), expected);
    }

    /// With a choice at each of the stars, this would take years.
    #[test]
    fn many_stars_take_no_time() {
        let pattern = format!("{}z", "**/a/".repeat(40));
        let path = "a/".repeat(200);
        assert!(!matches(&pattern, Path::new(&path)));
    }
}

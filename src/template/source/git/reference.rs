//! Branches, tags and commits as the user names them: what `git` must not take for anything else.

use super::error::GitError;

/// What is fetched where nothing is wanted: the default branch.
const DEFAULT: &str = "HEAD";

/// The characters that `git` allows in no name. In what is fetched some of them mean more than a
/// name: `+a:b` writes, `^a` leaves out, `a*` is a pattern.
const FORBIDDEN: [char; 8] = [' ', '~', '^', ':', '?', '*', '[', '\\'];

/// What to ask the repository for.
pub(super) fn wanted(reference: Option<&str>) -> Result<&str, GitError> {
    let Some(reference) = reference else {
        return Ok(DEFAULT);
    };
    let is_name = !reference.is_empty()
        && !reference.starts_with(['-', '+', '/'])
        && !reference.ends_with(['/', '.'])
        && !reference.contains("..")
        && !reference.contains("@{")
        && !reference
            .chars()
            .any(|it| it.is_control() || FORBIDDEN.contains(&it));
    match reference {
        // A word of `git fetch`'s own, which wants another after it.
        "tag" => Ok("heads/tag"),
        _ if is_name => Ok(reference),
        _ => Err(GitError::Reference {
            reference: reference.to_owned(),
        }),
    }
}

/// The branches and tags in the answer of `git ls-remote`.
pub(super) fn names(answer: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(answer)
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(_, name)| {
            name.strip_prefix("refs/heads/")
                .or_else(|| name.strip_prefix("refs/tags/"))
        })
        // What a tag with a message stands for has the tag's name, and this after it.
        .filter(|name| !name.ends_with("^{}"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, "HEAD")]
    #[case(Some("main"), "main")]
    #[case(Some("feature/x.y"), "feature/x.y")]
    #[case(Some("refs/pull/1/head"), "refs/pull/1/head")]
    #[case(Some("naïve"), "naïve")]
    #[case(Some("tag"), "heads/tag")]
    fn names_that_are_asked_for(#[case] reference: Option<&str>, #[case] expected: &str) {
        assert_eq!(wanted(reference).unwrap(), expected);
    }

    #[rstest]
    #[case("")]
    #[case("--upload-pack=touch x")]
    #[case("-x")]
    #[case("+main")]
    #[case("main:refs/heads/x")]
    #[case("^main")]
    #[case("refs/heads/*")]
    #[case("main~1")]
    #[case("main@{1}")]
    #[case("a..b")]
    #[case("a b")]
    #[case("a\nb")]
    #[case("a\0b")]
    fn names_that_are_refused(#[case] reference: &str) {
        assert!(wanted(Some(reference)).is_err());
    }

    #[test]
    fn names_in_an_answer() {
        let answer =
            b"1\trefs/heads/main\n2\trefs/tags/v1\n3\trefs/tags/v1^{}\nx\n4\trefs/pull/1\n";
        assert_eq!(names(answer), ["main", "v1"]);
    }

    proptest! {
        #[test]
        fn no_option_and_nothing_with_another_meaning_is_asked_for(reference in ".*") {
            if let Ok(name) = wanted(Some(&reference)) {
                prop_assert!(!name.starts_with(['-', '+']) && !name.contains([':', '*', '\0']));
            }
        }
    }
}

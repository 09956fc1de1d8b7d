//! Jinja's filter `striptags`, which is that of `markupsafe`.

use minijinja::Value;

use super::values::shown;
use crate::template::{entities::unescape, value::words};

/// How a comment begins, after the `<`, and how it ends.
const COMMENT: (&str, &str) = ("!--", "-->");

/// The filter: the text without comments and tags, with single spaces and with the characters that
/// references stand for.
pub(super) fn striptags(value: &Value) -> String {
    let text = shown(value);
    let text = without_tags(&text);
    let text = words(&text).collect::<Vec<_>>().join(" ");
    unescape(&text).into_owned()
}

/// The text up to the first tag or comment that has no end, and all of that.
fn without_tags(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        let after = match tag.strip_prefix(COMMENT.0) {
            Some(comment) => comment.split_once(COMMENT.1),
            None => tag.split_once('>'),
        };
        let Some((_, after)) = after else { break };
        result.push_str(before);
        rest = after;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What `markupsafe` 3.0.4 gives.
    #[rstest]
    #[case("<b>a  <i>c</i> &amp; d</b>", "a c & d")]
    #[case("a <!-- <b> --> b <!-- <i>c", "a b <!-- <i>c")]
    #[case("a<!-->b<!--->c<!---->d<!-- - -- -->e", "acde")]
    #[case("a<!-<!-- x -->- y -->b", "a- y -->b")]
    #[case("a<<b>>c", "a>c")]
    #[case("a <b c", "a <b c")]
    #[case(
        "&lt;b&gt; &nbsp;&notit; &sum &#x41;&#0;",
        "<b> \u{a0}¬it; &sum A\u{fffd}"
    )]
    #[case("\u{1c}é\n<br>ü ", "é ü")]
    fn tags_are_taken_out(#[case] text: &str, #[case] stripped: &str) {
        assert_eq!(striptags(&Value::from(text)), stripped);
    }
}

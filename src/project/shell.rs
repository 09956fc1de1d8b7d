//! Commands as text that can be pasted into a shell.

use std::ffi::OsStr;

/// A word as a POSIX shell wants it.
#[must_use]
pub fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain =
        |character: char| character.is_alphanumeric() || "_-./=:@%+,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        for (word, typed) in [
            ("a-b/c.d", "a-b/c.d"),
            ("été", "été"),
            ("", "''"),
            ("a b", "'a b'"),
            ("a'b", r"'a'\''b'"),
            ("$x", "'$x'"),
            ("~", "'~'"),
        ] {
            assert_eq!(quoted(OsStr::new(word)), typed);
        }
    }
}

//! Classes of characters as Python has them.

use unicode_normalization::char::is_combining_mark;

/// What `str.split`, `str.strip` and `\s` take for white space: Unicode's, and four old separators.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// What `\w` matches: letters, numbers and the underscore.
pub(super) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    // Rust counts as alphabetic what Unicode does, which is more: vowel signs and circled letters.
    character.is_alphanumeric()
        && !is_combining_mark(character)
        && !matches!(character, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')
}

/// The words of a text, as `str.split()` finds them.
pub(super) fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// How many octets at the start of the text are of this class.
pub(super) fn run(text: &str, class: impl Fn(char) -> bool) -> usize {
    text.find(|character| !class(character))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case('a', true, false)]
    #[case('_', true, false)]
    #[case('é', true, false)]
    #[case('²', true, false)]
    #[case('字', true, false)]
    #[case('-', false, false)]
    #[case('\u{301}', false, false)]
    #[case('\u{93e}', false, false)]
    #[case('Ⓐ', false, false)]
    #[case(' ', false, true)]
    #[case('\u{1c}', false, true)]
    #[case('\u{a0}', false, true)]
    #[case('\u{200b}', false, false)]
    fn classes_are_pythons(#[case] character: char, #[case] word: bool, #[case] space: bool) {
        assert_eq!((is_word(character), is_space(character)), (word, space));
    }

    #[test]
    fn words_are_what_is_between_white_space() {
        let found: Vec<_> = words(" a\u{1f}b\u{2003} c\t").collect();
        assert_eq!(found, ["a", "b", "c"]);
    }
}

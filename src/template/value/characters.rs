//! What Python thinks of single characters.

use unicode_general_category::{GeneralCategory as Category, get_general_category as category};

/// `str.isspace()` of one character, which `split` and `strip` go by. Python counts the four
/// separators of ASCII too.
pub(in crate::template) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// What `str.splitlines()` splits at, beside the pair CR LF.
pub(in crate::template) fn is_line_end(character: char) -> bool {
    matches!(
        character,
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `str.strip()`.
pub(in crate::template) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.split()`.
pub(in crate::template) fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// `str.isprintable()` of one character: what `repr` shows as it is.
pub(in crate::template) fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        _ => !matches!(
            category(character),
            Category::Control
                | Category::Format
                | Category::Surrogate
                | Category::PrivateUse
                | Category::Unassigned
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::SpaceSeparator
        ),
    }
}

/// `str.isalpha()` of one character.
pub(super) fn is_letter(character: char) -> bool {
    matches!(
        category(character),
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
    )
}

/// What `\w` matches in Python's regular expressions.
pub(in crate::template) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphanumeric();
    }
    is_letter(character) || is_digit(character) || is_numeric(character)
}

/// `str.isdecimal()` of one character.
pub(in crate::template) fn is_decimal(character: char) -> bool {
    character.is_ascii_digit() || category(character) == Category::DecimalNumber
}

/// `str.isdigit()` of one character: also digits in circles and the like.
pub(super) fn is_digit(character: char) -> bool {
    is_decimal(character)
        || matches!(
            character,
            '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{1369}'..='\u{1371}' | '\u{19da}' | '\u{2070}'
                | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{2468}'
                | '\u{2474}'..='\u{247c}' | '\u{2488}'..='\u{2490}' | '\u{24ea}'
                | '\u{24f5}'..='\u{24fd}' | '\u{24ff}' | '\u{2776}'..='\u{277e}'
                | '\u{2780}'..='\u{2788}' | '\u{278a}'..='\u{2792}' | '\u{10a40}'..='\u{10a43}'
                | '\u{10e60}'..='\u{10e68}' | '\u{11052}'..='\u{1105a}' | '\u{1f100}'..='\u{1f10a}'
        )
}

/// `str.isnumeric()` of one character.
pub(super) fn is_numeric(character: char) -> bool {
    matches!(
        category(character),
        Category::DecimalNumber | Category::LetterNumber | Category::OtherNumber
    ) || (character > '\u{3400}' && NUMERALS.contains(character))
}

/// Characters that are numbers without being of a category of numbers.
const NUMERALS: &str = "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹\
    幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零\u{f96b}\u{f973}\u{f978}\u{f9b2}\u{f9d1}\
    \u{f9d3}\u{f9fd}\u{20001}\u{20064}\u{200e2}\u{20121}\u{2092a}\u{20983}\u{2098c}\
    \u{2099c}\u{20aea}\u{20afd}\u{20b19}\u{22390}\u{22998}\u{23b1b}\u{2626d}\u{2f890}";

/// The digit that a character of category `Nd` stands for.
pub(in crate::template) fn decimal_value(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    if !is_decimal(character) {
        return None;
    }
    // The digits of a script follow each other from zero to nine.
    let before = ('\0'..character).rev().take_while(|&it| is_decimal(it));
    u32::try_from(before.count() % 10).ok()
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
    #[case('½', true, false)]
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

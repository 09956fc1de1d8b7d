//! Python's `str.title()`, which Django's `camel_case_project_name` is made with, and
//! `str.capitalize()`.
//!
//! Rust has no title case: what differs from upper case is written down here.

/// The name in camel case as Django makes it: `my_app` → `MyApp`.
pub(super) fn camel_case(name: &str) -> String {
    title(name).replace('_', "")
}

/// `str.title()`: a character that follows a cased one becomes lower case, every other one title
/// case.
pub(super) fn title(text: &str) -> String {
    // A capital sigma's lower case depends on what is around it, so the whole text is lowered at
    // once and taken apart along the characters it came from.
    let lowered = text.to_lowercase();
    let mut lowered = lowered.chars();
    let mut result = String::with_capacity(text.len());
    let mut after_cased = false;
    for character in text.chars() {
        let lower = lowered.by_ref().take(character.to_lowercase().count());
        if after_cased {
            result.extend(lower);
        } else {
            lower.for_each(drop);
            push_title(character, &mut result);
        }
        after_cased = is_cased(character);
    }
    result
}

/// `str.capitalize()`: the first character in title case, all others in lower case.
pub(super) fn capitalize(text: &str) -> String {
    let Some(first) = text.chars().next() else {
        return String::new();
    };
    let lowered = text.to_lowercase();
    let mut result = String::with_capacity(text.len());
    push_title(first, &mut result);
    result.extend(lowered.chars().skip(first.to_lowercase().count()));
    result
}

/// Unicode's property `Cased`: a letter that is upper, lower or title case.
pub(super) fn is_cased(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || is_title_case(character)
}

/// Unicode's category `Lt`.
pub(super) fn is_title_case(character: char) -> bool {
    matches!(
        character,
        '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}' | '\u{1f88}'..='\u{1f8f}'
            | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}' | '\u{1fbc}' | '\u{1fcc}'
            | '\u{1ffc}'
    )
}

/// Unicode's full title-case mapping.
fn push_title(character: char, result: &mut String) {
    match character {
        // The digraphs Dž, Lj, Nj and Dz: upper, title and lower case follow each other.
        '\u{1c4}'..='\u{1c6}' => result.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => result.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => result.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => result.push('\u{1f2}'),
        // Georgian has capitals but does not begin words with them.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => result.push(character),
        _ if is_title_case(character) => result.push(character),
        _ => push_from_upper(character, result),
    }
}

/// Title case from the upper case: where that has several characters, only the first stays.
fn push_from_upper(character: char, result: &mut String) {
    let mut upper = character.to_uppercase();
    let (Some(first), rest) = (upper.next(), upper) else {
        return;
    };
    // Greek with iota subscript has title-case characters of its own.
    let with_iota = match character {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(u32::from(character) + 8)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(u32::from(character) + 9),
        _ => None,
    };
    if let Some(title) = with_iota {
        result.push(title);
        return;
    }
    result.push(first);
    for other in rest {
        match other {
            // The iota of what remains of Greek stays a subscript.
            '\u{399}' => result.push('\u{345}'),
            // The letter in ŉ is not the first character of its upper case, but its only letter.
            'N' if character == '\u{149}' => result.push('N'),
            _ => result.extend(other.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// What Django 6.1 on CPython makes of these names.
    #[rstest]
    #[case("mysite", "Mysite")]
    #[case("my_site", "MySite")]
    #[case("my_app2x_fooBAR", "MyApp2XFoobar")]
    #[case("a1b_c2", "A1BC2")]
    #[case("ßx_ǆy", "Ssxǅy")]
    #[case("e\u{301}te\u{301}", "E\u{301}Te\u{301}")]
    #[case("_", "")]
    #[case("__init__", "Init")]
    #[case("ﬁx_ŉ", "Fix\u{2bc}N")]
    #[case("ΟΔΟΣ_ΣΟΣ", "ΟδοςΣος")]
    #[case("ᾳ_ᾲ_ᾀ", "ᾼᾺ\u{345}ᾈ")]
    #[case("ა_ⴀ", "აႠ")]
    #[case("ǅx_ǅ", "ǅxǅ")]
    fn rows(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(camel_case(name), expected);
    }

    proptest! {
        #[test]
        fn ascii_words_are_capitalised(words in prop::collection::vec("[a-z]{1,8}", 1..5)) {
            let expected: String = words
                .iter()
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            prop_assert_eq!(camel_case(&words.join("_")), expected);
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            prop_assert!(!camel_case(&text).contains('_'));
        }
    }
}

//! Names and texts of others as they are shown: what would move the cursor, change the colours or
//! turn the direction of writing is shown by its number and does nothing.

use std::{
    fmt::{self, Display, Write as _},
    os::unix::ffi::OsStrExt,
    path::Path,
};

/// A path as it may be shown on a terminal.
#[must_use]
pub fn path(path: &Path) -> impl Display {
    octets(path.as_os_str().as_bytes())
}

/// A name that need not be UTF-8.
pub(super) fn octets(octets: &[u8]) -> impl Display {
    fmt::from_fn(move |f| {
        for chunk in octets.utf8_chunks() {
            write(f, chunk.valid(), "")?;
            for octet in chunk.invalid() {
                write!(f, "\\x{octet:02x}")?;
            }
        }
        Ok(())
    })
}

/// Text in which nothing does anything, line ends neither.
pub(super) fn printable(text: &str) -> String {
    octets(text.as_bytes()).to_string()
}

/// Text that brings its own line ends and tabs.
#[must_use]
pub fn text(text: &str) -> impl Display {
    fmt::from_fn(move |f| write(f, text, "\n\t"))
}

/// One line of text, in which tabs stay.
#[must_use]
pub fn line(line: &str) -> impl Display {
    fmt::from_fn(move |f| write(f, line, "\t"))
}

fn write(f: &mut fmt::Formatter<'_>, text: &str, kept: &str) -> fmt::Result {
    for character in text.chars() {
        if does_something(character) && !kept.contains(character) {
            write!(f, "{}", character.escape_default())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// Whether a terminal does something with a character other than showing it.
fn does_something(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // What sets the direction of writing.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // What ends lines, and what nobody sees.
            | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"mysite/\xc3\xa9 \xe7\xbd\x91.py", "mysite/é 网.py")]
    #[case(b"a\x1b[31mb", "a\\u{1b}[31mb")]
    #[case(b"a\nb\tc\rd\0", "a\\nb\\tc\\rd\\u{0}")]
    #[case(b"a\xffb\xc3", "a\\xffb\\xc3")]
    #[case(b"a\xc2\x9bb", "a\\u{9b}b")]
    #[case("txt\u{202e}yp.exe".as_bytes(), "txt\\u{202e}yp.exe")]
    fn paths(#[case] octets: &[u8], #[case] expected: &str) {
        let path = Path::new(OsStr::from_bytes(octets));
        assert_eq!(super::path(path).to_string(), expected);
    }

    #[test]
    fn texts_keep_what_makes_their_form() {
        assert_eq!(text("a\n\tb\x07").to_string(), "a\n\tb\\u{7}");
        assert_eq!(line("a\n\tb\x07").to_string(), "a\\n\tb\\u{7}");
    }

    proptest! {
        #[test]
        fn nothing_does_anything(octets: Vec<u8>) {
            let shown = super::octets(&octets).to_string();
            prop_assert!(!shown.chars().any(does_something), "{:?}", shown);
        }

        #[test]
        fn what_was_shown_stays_as_it_is(octets: Vec<u8>) {
            let shown = super::octets(&octets).to_string();
            prop_assert_eq!(text(&shown).to_string(), shown);
        }
    }
}

//! Texts for terminals as their page shows them: pieces with classes in place of escape sequences.
//! Pure.

use anstream::adapter::WinconBytes;
use anstyle::{Ansi256Color, AnsiColor, Color, Effects, Style};
use serde::Serialize;

/// A piece of text in one style.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    /// Classes of the style sheet, of no other characters than small letters and spaces.
    classes: String,
    text: String,
}

/// The pieces of a text. Foreground colours, bold, italic and underlined letters are kept, which is
/// what compilers use; every other escape sequence is left out, hyperlinks with their targets.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (style, text) in WinconBytes::new().extract_next(text.as_bytes()) {
        let classes = classes(style);
        match pieces.last_mut() {
            Some(last) if last.classes == classes => last.text.push_str(&text),
            _ => pieces.push(Piece { classes, text }),
        }
    }
    pieces
}

fn classes(style: Style) -> String {
    let effects = style.get_effects();
    let effects = [
        (Effects::BOLD, "bold"),
        (Effects::ITALIC, "italic"),
        (Effects::UNDERLINE, "underline"),
    ]
    .into_iter()
    .filter(|(effect, _)| effects.contains(*effect))
    .map(|(_, class)| class);
    let color = style.get_fg_color().and_then(color);
    effects.chain(color).collect::<Vec<_>>().join(" ")
}

/// The class of a colour. The bright one of a hue is the same: which of them can be read depends on
/// the page's background, and the style sheet has one for each.
fn color(color: Color) -> Option<&'static str> {
    let color = match color {
        Color::Ansi(color) => color,
        Color::Ansi256(Ansi256Color(number @ 0..=15)) => Ansi256Color(number).into_ansi()?,
        // Nobody says anything with one of these that its text does not say.
        Color::Ansi256(_) | Color::Rgb(_) => return None,
    };
    Some(match color.bright(false) {
        AnsiColor::Red => "red",
        AnsiColor::Green => "green",
        AnsiColor::Yellow => "yellow",
        AnsiColor::Blue => "blue",
        AnsiColor::Magenta => "magenta",
        AnsiColor::Cyan => "cyan",
        // They are those of a terminal's text or background.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn shown(text: &str) -> String {
        let pieces = pieces(text);
        let pieces = pieces.iter().map(|Piece { classes, text }| {
            if classes.is_empty() {
                text.clone()
            } else {
                format!("[{classes}|{text}]")
            }
        });
        pieces.collect()
    }

    #[rstest]
    #[case("plain", "plain")]
    #[case(
        "\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: x",
        "[bold red|error[E0308]]: x"
    )]
    #[case("\u{1b}[1;38;5;12m-->\u{1b}[0m x", "[bold blue|-->] x")]
    #[case("\u{1b}[3;4ma\u{1b}[m", "[italic underline|a]")]
    #[case("\u{1b}[33ma\u{1b}[93mb", "[yellow|ab]")]
    #[case("\u{1b}[38;2;1;2;3ma\u{1b}[38;5;200mb\u{1b}[41mc\u{1b}[97md", "abcd")]
    #[case(
        "\u{1b}]8;;https://doc.rust-lang.org\u{1b}\\E0308\u{1b}]8;;\u{1b}\\!",
        "E0308!"
    )]
    #[case("\u{1b}]8;;javascript:alert(1)\u{7}x\u{1b}]8;;\u{7}", "x")]
    #[case("\u{1b}]0;title\u{7}a\u{1b}[2J\u{1b}[Hb\u{1b}Pq\u{1b}\\c", "abc")]
    #[case("a\n\tb\u{8}\u{0}c", "a\n\tbc")]
    #[case("\u{1b}[31mcut\u{1b}[", "[red|cut]")]
    #[case("\u{1b}[35m<script>&\u{1b}[36m\"é", "[magenta|<script>&][cyan|\"é]")]
    fn styles_are_kept_and_what_steers_a_terminal_is_not(
        #[case] text: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(shown(text), expected);
    }

    proptest! {
        /// What a terminal would show is what the page shows.
        #[test]
        fn no_text_is_lost(
            parts in proptest::collection::vec(("\\PC{0,8}", "[0-9]{1,3}(;[0-9]{1,3}){0,4}"), 0..8),
        ) {
            let (mut text, mut expected) = (String::new(), String::new());
            for (part, codes) in &parts {
                text.extend(["\u{1b}[", codes, "m", part]);
                expected.push_str(part);
            }
            let shown: String = pieces(&text).into_iter().map(|it| it.text).collect();
            prop_assert_eq!(&shown, &expected);
            prop_assert_eq!(shown, strip_str(&text).to_string());
        }

        #[test]
        fn any_text_is_shown_without_escapes_and_only_with_our_classes(
            text in "(\u{1b}|\\[|\\]|;|[0-9]{1,4}|m|8;;|\u{7}|.|\\n){0,40}",
        ) {
            for Piece { classes, text } in pieces(&text) {
                let has_escapes = text.contains(['\u{1b}', '\u{7}']);
                let are_ours = classes.bytes().all(|it| it == b' ' || it.is_ascii_lowercase());
                prop_assert!(!has_escapes && are_ours);
            }
        }
    }
}

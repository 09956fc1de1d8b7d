//! The frames of a backtrace as the standard library writes it. Pure.

/// One function of a backtrace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Its name, as in `my_site::views::index`.
    pub(super) function: &'a str,
    /// Where in it the call is, where that is known: file, line and column.
    pub(super) place: Option<(&'a str, usize, usize)>,
}

/// Reads frames, innermost first.
pub(super) fn read(backtrace: &str) -> Vec<Frame<'_>> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for line in backtrace.lines().map(str::trim).filter(|it| !it.is_empty()) {
        if let Some(at) = line.strip_prefix("at ")
            && let Some(frame) = frames.last_mut()
        {
            frame.place = frame.place.or_else(|| place(at));
        } else {
            // One that was inlined into the one after it has no number.
            let function = line.split_once(": ").map_or(line, |(number, function)| {
                let is_number = number.bytes().all(|octet| octet.is_ascii_digit());
                if is_number { function } else { line }
            });
            frames.push(Frame {
                function: without_hash(function),
                place: None,
            });
        }
    }
    frames
}

/// File, line and column of `src/views.rs:12:5`.
pub(super) fn place(text: &str) -> Option<(&str, usize, usize)> {
    let (rest, column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?, column.parse().ok()?))
}

/// A function's name without what tells it from those that are called the same.
fn without_hash(function: &str) -> &str {
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit());
    match function.rsplit_once("::h") {
        Some((name, hash)) if is_hash(hash) => name,
        _ => function,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{super::backtrace::split, *};

    #[test]
    fn functions_and_their_places_are_read() {
        let text = "   3: my_site::views::index::h0123456789abcdef\n\
            \u{20}            at ./src/views.rs:3:98\n\
            \u{20}     inlined::{{closure}}\n\
            \u{20}            at /r/x y:z.rs:1:2\n\
            \u{20} 10: <T as axum::Handler>::call\n";
        let frame = |function, place| Frame { function, place };
        let expected = [
            frame("my_site::views::index", Some(("./src/views.rs", 3, 98))),
            frame("inlined::{{closure}}", Some(("/r/x y:z.rs", 1, 2))),
            frame("<T as axum::Handler>::call", None),
        ];
        assert_eq!(read(text), expected);
    }

    #[rstest]
    #[case("")]
    #[case("a")]
    #[case("a:1")]
    #[case("a:b:1")]
    #[case("a:1:99999999999999999999")]
    fn what_is_no_place_is_none(#[case] text: &str) {
        assert_eq!(place(text), None);
    }

    proptest! {
        /// An application can print and panic with whatever it likes.
        #[test]
        fn any_text_is_read(text in "(panicked at |[a-z]:1:2|\\n   [0-9]: |\\n +at |.{0,12}){0,12}") {
            let (said, backtrace) = split(&text);
            prop_assert!(text.starts_with(&said));
            prop_assert!(read(&backtrace).len() <= backtrace.lines().count());
        }
    }

    #[test]
    fn the_frames_of_the_project_and_its_libraries_are_left() {
        let text = "panicked at src/wsgi.rs:3:98:\noh: 1\n\
            \u{20}  0: scaffold_runner_my_site::server::run::{{closure}}\n\
            \u{20}            at ./x.rs:66:43\n\
            \u{20}  1: std::panicking::panic_with_hook\n\
            \u{20}  2: core::panicking::panic_fmt\n\
            \u{20}            at /rustc/x.rs:1:2\n\
            \u{20}  3: my_site::wsgi::index\n\
            \u{20}            at ./src/wsgi.rs:3:98\n\
            \u{20} 10: axum::call\n\
            \u{20} 11: scaffold_runner_my_site::server::caught\n\
            \u{20} 12: std::panicking::catch_unwind\n";
        let own =
            "   3: my_site::wsgi::index\n             at ./src/wsgi.rs:3:98\n  10: axum::call";
        let said = "panicked at src/wsgi.rs:3:98:\noh: 1";
        assert_eq!(split(text), (said.to_owned(), own.to_owned()));
    }

    #[test]
    fn a_panic_without_a_backtrace_is_what_it_said() {
        assert_eq!(split("oh\n"), ("oh".to_owned(), String::new()));
    }
}

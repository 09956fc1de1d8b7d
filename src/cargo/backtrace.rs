//! The backtrace of a panic, without what every panic has: the machinery of panics at its
//! beginning, and the program around the project with its runtime at its end. Pure.

/// What stands between what the panic said and its backtrace.
const BEGIN: &str = "\n   0: ";

/// Functions of the machinery of panics, by parts of their names: the frames up to the last one of
/// them are its own.
const MACHINERY: [&str; 5] = [
    "rust_begin_unwind",
    "core::panicking::",
    "panic_with_hook",
    "begin_panic",
    "std::panic::panic_any",
];

/// In the names of the functions around the application.
const RUNNER: &str = "scaffold_runner_";

/// What a panic said, and its backtrace without what is nobody's interest; empty where it has none.
pub(super) fn split(text: &str) -> (String, String) {
    let Some(begin) = text.find(BEGIN) else {
        return (text.trim_end().to_owned(), String::new());
    };
    let (said, rest) = text.split_at(begin);
    let mut frames: Vec<Vec<&str>> = Vec::new();
    for line in rest.lines().filter(|line| !line.is_empty()) {
        match frames.last_mut() {
            Some(frame) if !begins_frame(line) => frame.push(line),
            _ => frames.push(vec![line]),
        }
    }
    let has = |frame: &[&str], names: &[&str]| {
        let first = frame.first().copied().unwrap_or_default();
        names.iter().any(|name| first.contains(name))
    };
    let is_machinery = |frame: &Vec<&str>| has(frame, &MACHINERY);
    let is_runner = |frame: &Vec<&str>| has(frame, &[RUNNER]);
    // What writes this down is itself a function of the runner, before them.
    let first = frames.iter().position(is_machinery).unwrap_or_default();
    let led = frames.get(first..).unwrap_or_default();
    let led = led.split(is_runner).next().unwrap_or_default();
    let from = led
        .iter()
        .rposition(is_machinery)
        .map_or(0, |last| last + 1);
    let own: Vec<_> = led.iter().skip(from).flatten().copied().collect();
    (said.trim_end().to_owned(), own.join("\n"))
}

/// Whether a line begins with the number of a frame.
fn begins_frame(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.split_once(": ").map_or("", |(number, _)| number);
    !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

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

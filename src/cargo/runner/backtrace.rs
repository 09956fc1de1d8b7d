//! The backtrace of a panic, without what every panic has: the machinery of panics at its
//! beginning, and the program around the project with its runtime at its end. Pure, and the same in
//! `scaffold` and in the program around the project.

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
pub(crate) fn split(text: &str) -> (String, String) {
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

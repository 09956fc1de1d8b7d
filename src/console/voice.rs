//! What is printed for one site: with its name before each line, where it is one of several.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, Write as _},
};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use anstyle::{AnsiColor, Style};

use super::{ERROR, Tame, WARNING, complaint, write_whole};

/// The colours of names, in their order: those that errors and hints do not have first.
const COLORS: [AnsiColor; 6] = [
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::BrightBlack,
];

/// What stands between a name and the line.
const BAR: &str = " | ";

/// The standard streams that something is printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// Prints for one site. The only one has no name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voice {
    /// What stands before each line: with colours, and without.
    prefix: Option<[String; 2]>,
}

impl Voice {
    /// The voice of one of several, by its number; names are as wide as the widest of them.
    pub(crate) fn named(name: &str, width: usize, number: usize) -> Self {
        let color = COLORS.get(number % COLORS.len()).copied();
        let style = color.map_or(Style::new(), AnsiColor::on_default);
        let plain = format!("{name:width$}{BAR}");
        Self {
            prefix: Some([format!("{style}{plain}{style:#}"), plain]),
        }
    }

    /// What stands before each line that is printed to standard error; empty for the only one.
    pub(crate) fn prefix(&self) -> &str {
        self.prefix_for(&io::stderr())
    }

    /// Prints a line that is the command's result, to standard output.
    pub(crate) fn line(&self, text: impl Display) {
        self.write(io::stdout(), &format!("{text}\n"));
    }

    /// Prints text that is the command's result exactly as it is, to standard output.
    pub(crate) fn text(&self, text: impl Display) {
        self.write(io::stdout(), &text.to_string());
    }

    /// Prints a line about progress, to standard error.
    pub(crate) fn note(&self, text: impl Display) {
        self.write(io::stderr(), &format!("{text}\n"));
    }

    /// Prints text exactly as it is to standard error: it brings its own line ends.
    pub(crate) fn raw(&self, text: impl Display) {
        self.write(io::stderr(), &text.to_string());
    }

    /// Prints a warning and what to do about it, to standard error.
    pub(crate) fn warning(&self, text: impl Display, hint: Option<&str>) {
        self.complain(WARNING, "warning", text, hint);
    }

    /// Prints an error and what to do about it, to standard error.
    pub(crate) fn error(&self, text: impl Display, hint: Option<&str>) {
        self.complain(ERROR, "error", text, hint);
    }

    /// Prints a line of what a process has printed, octet by octet, to the same stream.
    pub(crate) fn relay(&self, stream: Stream, line: &[u8]) {
        let write = |mut to: Box<dyn io::Write>, prefix: &str| {
            let whole = [prefix.as_bytes(), line, b"\n"].concat();
            // Nobody reads it where it is closed.
            let _ = to.write_all(&whole);
        };
        match stream {
            Stream::Output => write(Box::new(io::stdout()), self.prefix_for(&io::stdout())),
            Stream::Errors => write(Box::new(io::stderr()), self.prefix()),
        }
    }

    fn complain(&self, style: Style, label: &str, text: impl Display, hint: Option<&str>) {
        let notes = hint.map(|hint| ("hint", hint));
        self.write(io::stderr(), &complaint(style, label, Tame(text), notes));
    }

    fn write(&self, stream: impl RawStream, text: &str) {
        write_whole(stream, &self.labelled(text));
    }

    fn prefix_for(&self, stream: &impl RawStream) -> &str {
        match (&self.prefix, AutoStream::choice(stream)) {
            (None, _) => "",
            (Some([_, plain]), ColorChoice::Never) => plain,
            (Some([colored, _]), _) => colored,
        }
    }

    /// A text with the name before each line. Colours are left out later, where there are none.
    fn labelled<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some([prefix, _]) = &self.prefix else {
            return Cow::from(text);
        };
        let lines = text.split_inclusive('\n');
        Cow::from(lines.flat_map(|line| [prefix, line]).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;

    #[test]
    fn the_name_stands_before_each_line() {
        let voice = Voice::named("blog", 6, 7);
        let text = voice.labelled("one\n\ntwo\n");
        let expected = "blog   | one\nblog   | \nblog   | two\n";
        assert_eq!(strip_str(&text).to_string(), expected);
        assert!(voice.labelled("").is_empty());
    }

    #[test]
    fn the_only_one_has_no_name() {
        let text = Voice::default().labelled("one\n").into_owned();
        assert_eq!(text, "one\n");
        assert_eq!(Voice::default().prefix(), "");
    }
}

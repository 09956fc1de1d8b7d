//! The only place that prints. Results go to standard output, everything else to standard error.
//!
//! Where an output is closed (`scaffold … | head`), what would go there is dropped: nobody reads
//! it, and the work goes on.
//!
//! - `voice`: what is printed for one site of several

mod voice;

use std::{
    fmt::{self, Display, Write as _},
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anstream::{AutoStream, ColorChoice, adapter::strip_str, stream::RawStream};
use anstyle::{AnsiColor, Style};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr};

pub(crate) use voice::{Stream, Voice};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// How much is printed; ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only (`-q`, `-v 0`).
    Quiet,
    /// What a user wants to know (the default).
    Normal,
    /// Each step too (`-v 2` and above).
    Verbose,
}

/// How bad it is what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// It can stay.
    Warning,
    /// It is wrong.
    Error,
}

impl Severity {
    /// How the word for it looks, and the word.
    fn look(self) -> (Style, &'static str) {
        match self {
            Self::Warning => (WARNING, "warning"),
            Self::Error => (ERROR, "error"),
        }
    }
}

/// The terminal's settings at one moment, where there is a terminal.
///
/// A debugger's prompt in the project changes them; when its process is killed at the prompt,
/// nobody else puts them back.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    settings: Option<Termios>,
}

impl Terminal {
    /// Notes the settings as they are.
    pub(crate) fn note() -> Self {
        Self {
            settings: tcgetattr(io::stdin()).ok(),
        }
    }

    /// Has every key come at once and nothing shown by itself: neither what is typed nor, for
    /// Ctrl-C, a signal. Lines still end as ever. What was typed before is not lost.
    pub(crate) fn make_raw(&self) -> io::Result<()> {
        let mut settings = match &self.settings {
            Some(settings) => settings.clone(),
            None => tcgetattr(io::stdin())?,
        };
        let output = settings.output_modes;
        settings.make_raw();
        settings.output_modes = output;
        Ok(tcsetattr(io::stdin(), OptionalActions::Now, &settings)?)
    }

    /// Puts them back, unless the terminal is somebody else's at the moment.
    pub(crate) fn restore(&self) {
        let is_ours = tcgetpgrp(io::stdin()).is_ok_and(|group| group == rustix::process::getpgrp());
        if let (Some(settings), true) = (&self.settings, is_ours) {
            // Where this fails, the terminal is gone.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, settings);
        }
    }
}

/// Decides about colour for the rest of the process: `Some` forces or forbids it, `None` leaves
/// it to the terminal and the `NO_COLOR` and `CLICOLOR_FORCE` variables.
pub(crate) fn set_color(choice: Option<bool>) {
    let choice = match choice {
        None => ColorChoice::Auto,
        Some(true) => ColorChoice::Always,
        Some(false) => ColorChoice::Never,
    };
    choice.write_global();
}

/// Prints a line that is the command's result, to standard output.
pub(crate) fn line(text: impl Display) {
    write_whole(io::stdout(), &format!("{text}\n"));
}

/// Prints text that is the command's result exactly as it is, to standard output: it brings its own
/// line ends.
pub(crate) fn text(text: impl Display) {
    write_whole(io::stdout(), &text.to_string());
}

/// Prints a line about the command's progress, to standard error.
pub(crate) fn note(text: impl Display) {
    write_whole(io::stderr(), &format!("{text}\n"));
}

/// Prints text exactly as it is to standard error: it brings its own line ends.
pub(crate) fn raw(text: impl Display) {
    write_whole(io::stderr(), &text.to_string());
}

/// Whether standard error is shown in colour.
pub(crate) fn has_color() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Writes what moves the cursor and draws, coloured already where it is to be, to standard error.
pub(crate) fn draw(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// How many columns and rows the terminal of standard error has, where it knows.
pub(crate) fn size() -> Option<(usize, usize)> {
    let size = tcgetwinsize(io::stderr()).ok()?;
    Some((size.ws_col.into(), size.ws_row.into())).filter(|(columns, rows)| columns * rows > 0)
}

/// Whether somebody can be asked: both what is typed and what is shown is at a terminal, and that
/// can move its cursor.
pub(crate) fn is_interactive() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|it| it.is_empty() || it == "dumb");
    io::stdin().is_terminal() && io::stderr().is_terminal() && !is_dumb
}

/// Writes lines of the access log, coloured already where they are to be, to standard error.
pub(crate) fn log(lines: &[u8]) {
    let _ = io::stderr().write_all(lines);
}

/// Whether standard error is a terminal: somebody is there to read.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Prints a warning and what to do about it, to standard error.
pub(crate) fn warning(text: impl Display, hint: Option<&str>) {
    complain(WARNING, "warning", text, hint);
}

/// Prints an error and what to do about it, to standard error. Names in it may come from
/// strangers: what would steer the terminal is escaped.
pub(crate) fn error(label: &str, error: impl Display, hint: Option<&str>) {
    complain(ERROR, label, error, hint);
}

/// Prints a complaint with a drawing below it, and what to do about it, to standard error. The
/// drawing is printed as it is: it is coloured, and nothing that comes from strangers does anything
/// in it.
pub(crate) fn drawn(severity: Severity, text: &str, drawing: &str, hint: Option<&str>) {
    let (style, label) = severity.look();
    let text = format!("{}{drawing}", Tame(text));
    write_complaint(style, label, text, hint.map(|hint| ("hint", hint)));
}

/// Prints what a check has found, where, and what to do about it, to standard error.
pub(crate) fn finding(severity: Severity, text: &str, place: &str, hint: Option<&str>) {
    let (style, label) = severity.look();
    let place = Some(("where", place)).filter(|_| !place.is_empty());
    write_complaint(
        style,
        label,
        Tame(text),
        place.into_iter().chain(hint.map(|hint| ("hint", hint))),
    );
}

fn complain(style: Style, label: &str, text: impl Display, hint: Option<&str>) {
    write_complaint(style, label, Tame(text), hint.map(|hint| ("hint", hint)));
}

fn write_complaint<'a>(
    style: Style,
    label: &str,
    text: impl Display,
    notes: impl IntoIterator<Item = (&'a str, &'a str)>,
) {
    write_whole(io::stderr(), &complaint(style, label, text, notes));
}

/// A text that may be shown as it is, and notes of which nothing is known.
fn complaint<'a>(
    style: Style,
    label: &str,
    text: impl Display,
    notes: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut whole = format!("{style}{label}{style:#}: {text}\n");
    for (name, note) in notes {
        let _ = writeln!(whole, "{HINT}{name}{HINT:#}: {}", Tame(note));
    }
    whole
}

/// Writes a text at once: nothing of another process comes between its parts.
fn write_whole(mut stream: impl RawStream, text: &str) {
    let _ = match AutoStream::choice(&stream) {
        ColorChoice::Never => stream.write_all(strip_str(text).to_string().as_bytes()),
        _ => stream.write_all(text.as_bytes()),
    };
}

/// A text in which control characters are escaped, those that divide it into lines and words
/// excepted.
struct Tame<T>(T);

impl<T: Display> Display for Tame<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.to_string().chars() {
            if character.is_control() && !matches!(character, '\n' | '\t') {
                write!(formatter, "{}", character.escape_default())?;
            } else {
                formatter.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Prints clap's message, which is help text or a complaint, and returns the code to exit with.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

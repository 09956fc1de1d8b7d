//! What `scaffold runserver` prints when it starts: Django's lines in Django's order
//! (`runserver`'s `inner_run` and `on_bind`), and one about the interpreter.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::{console, project::Interpreter, wire::message::Report};

/// How Django shows a warning (`utils.termcolors`, the dark palette).
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The lines that say what is served, and where.
#[derive(Debug)]
pub(super) struct Banner {
    /// Where the server is: one for each address that the user gave.
    pub(super) urls: Vec<String>,
    /// Only this machine can reach it.
    pub(super) is_loopback: bool,
    pub(super) interpreter: Interpreter,
    /// How many worker processes there are.
    pub(super) workers: u16,
}

impl Banner {
    /// Prints it; `report` is what the worker says that is ready, if one is.
    pub(super) fn print(&self, report: Option<&Report>) {
        console::line(self.text(report));
        if let Some((warning, rest)) =
            report.and_then(|report| report.get("production_warning").split_once('\n'))
        {
            console::line(format_args!("{WARNING}{warning}{WARNING:#}"));
            console::line(format_args!("{WARNING}{rest}{WARNING:#}"));
        }
        let said = |name| report.into_iter().flat_map(move |report| report.all(name));
        for (remark, hint) in said("remark").zip(said("remark_hint")) {
            console::warning(remark, Some(hint));
        }
        if !self.is_loopback {
            console::warning(
                "other machines can reach this server, which is for development only",
                Some("they ask for it by its address; other names need `--allowed-host NAME`"),
            );
        }
    }

    fn text(&self, report: Option<&Report>) -> String {
        let Self {
            urls,
            is_loopback: _,
            interpreter,
            workers,
        } = self;
        let said = |name| report.map_or("", |report| report.get(name));
        let mut text = String::new();
        // Writing to a string cannot fail.
        if !said("started").is_empty() {
            let _ = writeln!(text, "{}", said("started"));
        }
        match (said("framework"), said("settings")) {
            (_, "") => {}
            ("", settings) => {
                let _ = writeln!(text, "Using settings '{settings}'");
            }
            (framework, settings) => {
                // As Django says it: `Django version 5.2, using settings 'mysite.settings'`.
                let framework = framework.replacen(' ', " version ", 1);
                let _ = writeln!(text, "{framework}, using settings '{settings}'");
            }
        }
        // What the interpreter says of itself: the program that was started may be a shim.
        let program = match said("executable") {
            "" => interpreter.path.display().to_string(),
            program => program.to_owned(),
        };
        let python = match said("python") {
            "" => "Python",
            python => python,
        };
        let _ = write!(text, "{python} at {program} ({})", interpreter.origin);
        if !said("application").is_empty() {
            let _ = write!(text, ", application {}", said("application"));
        }
        if *workers > 1 {
            let _ = write!(text, ", {workers} workers");
        }
        for url in urls {
            let _ = write!(text, "\nStarting WSGI development server at {url}");
        }
        text.push_str("\nQuit the server with CONTROL-C.\n");
        text
    }
}

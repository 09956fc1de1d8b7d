//! What `scaffold runserver` prints when it starts: Django's lines in Django's order
//! (`runserver`'s `inner_run` and `on_bind`), and one about what runs the application.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::{
    cargo::Application, console::Voice, dev::Way, project::Interpreter, wire::message::Report,
};

/// How Django shows a warning (`utils.termcolors`, the dark palette).
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The lines that say what is served, and where.
#[derive(Debug)]
pub(super) struct Banner {
    /// Where the server is: one for each address that the user gave.
    pub(super) urls: Vec<String>,
    /// Only this machine can reach it.
    pub(super) is_loopback: bool,
    /// Other sites are served beside this one: how to stop is said once for all of them.
    pub(super) is_one_of_several: bool,
    pub(super) runtime: Runtime,
}

/// What runs the application.
#[derive(Debug)]
pub(super) enum Runtime {
    Python {
        interpreter: Interpreter,
        /// How many worker processes there are.
        workers: u16,
    },
    Rust,
}

impl Banner {
    /// Prints it; `way` is how the application was loaded, if it was.
    pub(super) fn print(&self, voice: &Voice, way: Option<&Way>) {
        let report = match way {
            Some(Way::Worker { report, .. }) => Some(report),
            _ => None,
        };
        voice.line(match &self.runtime {
            Runtime::Python {
                interpreter,
                workers,
            } => self.of_python(interpreter, *workers, report),
            Runtime::Rust => self.of_rust(match way {
                Some(Way::Program { application, .. }) => Some(application),
                _ => None,
            }),
        });
        if let Some((warning, rest)) =
            report.and_then(|report| report.get("production_warning").split_once('\n'))
        {
            voice.line(format_args!("{WARNING}{warning}{WARNING:#}"));
            voice.line(format_args!("{WARNING}{rest}{WARNING:#}"));
        }
        let said = |name| report.into_iter().flat_map(move |report| report.all(name));
        for (remark, hint) in said("remark").zip(said("remark_hint")) {
            voice.warning(remark, Some(hint));
        }
        if !self.is_loopback {
            warn_of_other_machines(voice, "`--allowed-host NAME`");
        }
    }

    fn of_python(
        &self,
        interpreter: &Interpreter,
        workers: u16,
        report: Option<&Report>,
    ) -> String {
        let said = |name| report.map_or("", |report| report.get(name));
        let mut text = String::new();
        // Writing to a string cannot fail.
        if !said("started").is_empty() {
            let _ = writeln!(text, "{}", said("started"));
        }
        match (said("framework"), said("settings")) {
            (_, "") => {}
            ("", settings) => text.push_str(&using(settings)),
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
        if workers > 1 {
            let _ = write!(text, ", {workers} workers");
        }
        text.push('\n');
        self.end(text, "WSGI development server")
    }

    fn of_rust(&self, application: Option<&Application>) -> String {
        let mut text = String::new();
        if let Some(application) = application {
            if let Some((settings, _)) = &application.settings {
                text.push_str(&using(settings));
            }
            let _ = writeln!(text, "Rust application {}", application.name());
        }
        self.end(text, "development server")
    }

    /// Where the server is, and how it is ended.
    fn end(&self, mut text: String, server: &str) -> String {
        for url in &self.urls {
            let _ = writeln!(text, "Starting {server} at {url}");
        }
        if self.is_one_of_several {
            text.truncate(text.trim_end().len());
        } else {
            text.push_str("Quit the server with CONTROL-C.\n");
        }
        text
    }
}

/// Says that this is no server for everybody, and what other names need that it is to have.
pub(super) fn warn_of_other_machines(voice: &Voice, names_need: &str) {
    let hint = format!("they ask for it by its address; other names need {names_need}");
    voice.warning(
        "other machines can reach this server, which is for development only",
        Some(&hint),
    );
}

fn using(settings: &str) -> String {
    format!("Using settings '{settings}'\n")
}

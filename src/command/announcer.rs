//! What `scaffold runserver` prints: the application's fortunes and the access log.
//!
//! Each is printed by a thread of its own, because a terminal can be slow or stopped and must not
//! hold up requests.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use crate::{
    console::{self, Verbosity},
    dev::Event,
    project::Interpreter,
    serve::{AccessLog, Failure},
    wire::message::Report,
};

/// How long the access log collects lines while requests keep coming: nobody reads faster, and
/// each write costs the requests as much as several lines.
const LOG_PAUSE: Duration = Duration::from_millis(10);

/// From how many octets of lines at once on requests keep coming.
const LOG_BUSY: usize = 4096;

/// A thread that prints.
#[derive(Debug)]
pub(super) struct Printer {
    ended: mpsc::Receiver<()>,
}

impl Printer {
    fn start(print: impl FnOnce() + Send + 'static) -> Self {
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            print();
            // Where nobody waits any more, the program has ended.
            let _ = end.send(());
        });
        Self { ended }
    }

    /// Prints the access log until it is closed.
    pub(super) fn of_log(log: AccessLog) -> Self {
        Self::start(move || {
            let mut lines = Vec::new();
            while log.take(&mut lines) {
                console::log(&lines);
                if lines.len() > LOG_BUSY {
                    thread::sleep(LOG_PAUSE);
                }
            }
        })
    }

    /// Lets `announcer` tell of all events that are sent.
    pub(super) fn of_events(mut announcer: Announcer) -> (Self, mpsc::Sender<Event>) {
        let (sender, events) = mpsc::channel();
        let printer = Self::start(move || {
            for event in events {
                announcer.tell(event);
            }
        });
        (printer, sender)
    }

    /// Waits until everything is printed, but not for long: nothing depends on the last lines.
    pub(super) fn wait(&self, at_most: Duration) {
        let _ = self.ended.recv_timeout(at_most);
    }
}

/// Tells the user what happens to the application.
#[derive(Debug)]
pub(super) struct Announcer {
    /// Where the server is.
    pub(super) url: String,
    /// Only this machine can reach it.
    pub(super) is_loopback: bool,
    pub(super) interpreter: Interpreter,
    pub(super) verbosity: Verbosity,
    /// The address has been printed.
    pub(super) is_announced: bool,
    /// What was printed of the last failure need not be printed again.
    pub(super) failure: Option<Arc<Failure>>,
}

impl Announcer {
    fn tell(&mut self, event: Event) {
        match event {
            Event::Ready(report) => {
                self.failure = None;
                if self.is_announced && self.verbosity > Verbosity::Quiet {
                    console::note("The application is loaded.");
                }
                self.announce(Some(&report));
            }
            Event::NotLoaded(failure) => {
                if self.failure.as_ref() == Some(&failure) {
                    console::note("The application still cannot be loaded, as before.");
                } else {
                    print_failure(&failure);
                }
                self.failure = Some(failure);
                self.announce(None);
            }
            Event::Missing(failure) => {
                print_traceback(&failure);
                console::error(
                    "error",
                    format_args!(
                        "a further worker cannot load the application: {}",
                        failure.message
                    ),
                    Some("the others go on without it"),
                );
            }
            Event::Ended(how) => {
                console::error(
                    "error",
                    how,
                    Some("requests wait for the worker that is started now"),
                );
            }
        }
    }

    /// Prints the address, and what was loaded, once.
    fn announce(&mut self, report: Option<&Report>) {
        if std::mem::replace(&mut self.is_announced, true) || self.verbosity == Verbosity::Quiet {
            return;
        }
        // What the interpreter says of itself: the program that was started may be a shim.
        let (python, program) = report.map_or(("", ""), |report| {
            (report.get("python"), report.get("executable"))
        });
        let python = if python.is_empty() { "Python" } else { python };
        let program = if program.is_empty() {
            self.interpreter.path.display().to_string()
        } else {
            program.to_owned()
        };
        console::line(format_args!(
            "{python} at {program} ({})",
            self.interpreter.origin
        ));
        if let Some(report) = report {
            console::line(format_args!("Application {}", report.get("application")));
            match (report.get("framework"), report.get("settings")) {
                (_, "") => {}
                ("", settings) => console::line(format_args!("Using settings '{settings}'")),
                (framework, settings) => {
                    // As Django says it: `Django version 5.2, using settings 'mysite.settings'`.
                    let framework = framework.replacen(' ', " version ", 1);
                    console::line(format_args!("{framework}, using settings '{settings}'"));
                }
            }
        }
        console::line(format_args!(
            "Starting WSGI development server at {}",
            self.url
        ));
        console::line("Quit the server with CONTROL-C.\n");
        if !self.is_loopback {
            console::warning(
                "other machines can reach this server, which is for development only",
                Some("they ask for it by its address; other names need `--allowed-host NAME`"),
            );
        }
    }
}

fn print_traceback(failure: &Failure) {
    if !failure.traceback.is_empty() {
        console::raw(format_args!("{}\n", failure.traceback.trim_end()));
    }
}

fn print_failure(failure: &Failure) {
    print_traceback(failure);
    let Failure { message, hint, .. } = failure;
    let hint = if hint.is_empty() {
        None
    } else {
        Some(hint.as_str())
    };
    console::error("error", message, hint);
    console::note("The next request tries again.");
}

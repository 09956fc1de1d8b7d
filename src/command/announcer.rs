//! What `scaffold runserver` prints: the application's fortunes and the access log.
//!
//! Each is printed by a thread of its own, because a terminal can be slow or stopped and must not
//! hold up requests.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use crate::{
    console::{self, Verbosity},
    dev::{Event, Loading, Way},
    project::{Config, ConfigTable},
    serve::{AccessLog, Failure},
    watch::Change,
    wire::message::Report,
    worker::Origin,
};

use super::banner::Banner;

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
    pub(super) banner: Banner,
    pub(super) verbosity: Verbosity,
    /// What looks for changed files, if anything does, until it has been said.
    pub(super) watcher: Option<&'static str>,
    /// The address has been printed.
    pub(super) is_announced: bool,
    /// The project's root: what lies in it is called by its path from there.
    pub(super) root: PathBuf,
    /// What the project's file configures, as it was read, and where it is.
    pub(super) config: Config,
    pub(super) table: ConfigTable,
    /// The change because of which the application is being loaded.
    pub(super) change: Option<Change>,
    /// What the framework's checks said last: the streams and texts.
    pub(super) checked: Option<Vec<(String, String)>>,
    /// What was printed of the last failure need not be printed again.
    pub(super) failure: Option<Arc<Failure>>,
}

impl Announcer {
    /// Says what looks for changes, once, as Django's reloader does first.
    fn begin(&mut self) {
        if let (Some(watcher), true) = (self.watcher.take(), self.verbosity > Verbosity::Quiet) {
            console::note(format_args!("Watching for file changes with {watcher}"));
        }
    }

    fn tell(&mut self, event: Event) {
        // Where there is nothing to serve, none of these comes.
        if let Event::Checked(_) | Event::Ready(_) | Event::NotLoaded(_) = event {
            self.begin();
        }
        match event {
            Event::Ready(loading) => {
                self.failure = None;
                if self.is_announced && self.verbosity > Verbosity::Quiet {
                    self.print_loaded(&loading);
                }
                self.announce(Some(&loading.way));
            }
            Event::Checked(report) => self.print_checks(&report),
            Event::NotLoaded(failure) => {
                if self.failure.as_ref() == Some(&failure) {
                    console::note("The application still cannot be loaded, as before.");
                } else {
                    print_failure(&failure);
                }
                self.failure = Some(failure);
                self.announce(None);
            }
            // The first build takes a while; of later ones, that they are made is said already.
            Event::Cargo(line) => {
                let is_told = !self.is_announced || self.verbosity == Verbosity::Verbose;
                if is_told && self.verbosity > Verbosity::Quiet {
                    console::note(line);
                }
            }
            Event::Warned(text) => {
                if self.verbosity > Verbosity::Quiet {
                    console::raw(text);
                }
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
            Event::Changed(change) => {
                if self.verbosity > Verbosity::Quiet {
                    console::note(format_args!(
                        "{} changed, reloading.",
                        self.describe(&change)
                    ));
                }
                if change
                    .files
                    .contains_key(&self.root.join(self.table.file()))
                {
                    self.compare_config();
                }
                self.change = Some(change);
            }
            Event::Taken(change) => {
                if self.verbosity > Verbosity::Quiet {
                    console::note(format_args!(
                        "{} changed: shown without reloading.",
                        self.describe(&change)
                    ));
                }
            }
            Event::Debugged => console::note(
                "A request in the debugger goes on with the code from before the change.",
            ),
            Event::BrokenOff => {
                console::note("Requests on the code from before the change were broken off.");
            }
            Event::Noted => {
                if self.verbosity == Verbosity::Verbose {
                    console::note("Noted what the application was loaded from.");
                }
            }
            Event::Watching(notice) => {
                console::warning(&notice, notice.hint().as_deref());
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

    /// Says that the application was loaded once more, and how long that took since a file was
    /// saved.
    fn print_loaded(&mut self, loading: &Loading) {
        let Some(change) = self.change.take() else {
            console::note("The application is loaded.");
            return;
        };
        let Loading { way, asked, ready } = loading;
        let took = ready.saturating_duration_since(change.noticed);
        if self.verbosity < Verbosity::Verbose {
            console::note(format_args!("Reloaded in {} ms.", took.as_millis()));
            return;
        }
        let noticing = asked.saturating_duration_since(change.noticed);
        let parts = describe_way(way, took.saturating_sub(noticing));
        let [took, noticing] = [took, noticing].map(|time| time.as_millis());
        console::note(format_args!(
            "Reloaded in {took} ms: {noticing} ms to detect, {parts}."
        ));
    }

    /// Says so where the project's configuration is no longer what this server was started with.
    fn compare_config(&mut self) {
        match Config::read(&self.root, self.table) {
            Ok(config) if config == self.config => {}
            Ok(config) => {
                console::warning(
                    format_args!(
                        "`[{}]` is not as it was when the server was started",
                        self.table.name()
                    ),
                    Some("start the server again to have it heeded"),
                );
                self.config = config;
            }
            Err(error) => console::warning(&error, error.hint().as_deref()),
        }
    }

    /// Which files a change was of, for people.
    fn describe(&self, change: &Change) -> String {
        let first = change.paths().next().map_or_else(String::new, |path| {
            let path = path.strip_prefix(&self.root).unwrap_or(path);
            path.display().to_string()
        });
        match change.count {
            0 | 1 => first,
            2 => format!("{first} and 1 other file"),
            count => format!("{first} and {} other files", count - 1),
        }
    }

    /// Prints the address, and what was loaded, once.
    fn announce(&mut self, way: Option<&Way>) {
        if !std::mem::replace(&mut self.is_announced, true) && self.verbosity > Verbosity::Quiet {
            self.banner.print(way);
        }
    }

    /// Prints what the framework's checks say, unless it is what they said before.
    fn print_checks(&mut self, report: &Report) {
        let printed: Vec<_> = report
            .pairs()
            .filter(|(name, _)| matches!(*name, "stdout" | "stderr"))
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        if self.checked.as_ref() == Some(&printed) {
            return;
        }
        if self.verbosity > Verbosity::Quiet {
            for (stream, text) in &printed {
                match stream.as_str() {
                    "stdout" => console::text(text),
                    _ => console::raw(text),
                }
            }
        }
        self.checked = Some(printed);
    }
}

/// What an application's loading consisted of once the change was noticed, which took so long in all.
fn describe_way(way: &Way, took: Duration) -> String {
    match way {
        Way::Worker { report, origin } => {
            let importing: f64 = report.get("loading").parse().unwrap_or_default();
            let importing = Duration::try_from_secs_f64(importing / 1000.0).unwrap_or_default();
            let starting = took.saturating_sub(importing).as_millis();
            let (way, reason) = match origin {
                Origin::Forked => ("fork", String::new()),
                Origin::Started(None) => ("start", String::new()),
                Origin::Started(Some(reason)) => ("start", format!(" ({reason})")),
            };
            let importing = importing.as_millis();
            format!("{starting} ms to {way} a worker{reason}, {importing} ms to import")
        }
        Way::Program { built, .. } => {
            let starting = took.saturating_sub(*built).as_millis();
            format!("{} ms to build, {starting} ms to start", built.as_millis())
        }
    }
}

fn print_traceback(failure: &Failure) {
    let Failure {
        traceback,
        terminal,
        ..
    } = failure;
    let text = if terminal.is_empty() {
        traceback
    } else {
        terminal
    };
    if !text.is_empty() {
        console::raw(format_args!("{}\n", text.trim_end()));
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

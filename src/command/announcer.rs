//! What `scaffold runserver` prints of the application's fortunes.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{
    console::{Verbosity, Voice},
    dev::{Event, Loading, Way},
    project::{Config, ConfigTable},
    serve::Failure,
    watch::Change,
    wire::message::Report,
    worker::Origin,
};

use super::banner::Banner;

/// Tells the user what happens to the application.
#[derive(Debug)]
pub(super) struct Announcer {
    /// What it speaks with.
    pub(super) voice: Voice,
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
            self.voice
                .note(format_args!("Watching for file changes with {watcher}"));
        }
    }

    /// Tells of what has happened.
    pub(super) fn tell(&mut self, event: Event) {
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
                    self.voice
                        .note("The application still cannot be loaded, as before.");
                } else {
                    print_failure(&self.voice, &failure);
                }
                self.failure = Some(failure);
                self.announce(None);
            }
            // The first build takes a while; of later ones, that they are made is said already.
            Event::Cargo(line) => {
                let is_told = !self.is_announced || self.verbosity == Verbosity::Verbose;
                if is_told && self.verbosity > Verbosity::Quiet {
                    self.voice.note(line);
                }
            }
            Event::Warned(text) => {
                if self.verbosity > Verbosity::Quiet {
                    self.voice.raw(text);
                }
            }
            Event::Missing(failure) => {
                print_traceback(&self.voice, &failure);
                self.voice.error(
                    format_args!(
                        "a further worker cannot load the application: {}",
                        failure.message
                    ),
                    Some("the others go on without it"),
                );
            }
            Event::Changed(change) => {
                if self.verbosity > Verbosity::Quiet {
                    self.voice.note(format_args!(
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
                    self.voice.note(format_args!(
                        "{} changed: shown without reloading.",
                        self.describe(&change)
                    ));
                }
            }
            Event::Debugged => self
                .voice
                .note("A request in the debugger goes on with the code from before the change."),
            Event::BrokenOff => {
                self.voice
                    .note("Requests on the code from before the change were broken off.");
            }
            Event::Noted => {
                if self.verbosity == Verbosity::Verbose {
                    self.voice
                        .note("Noted what the application was loaded from.");
                }
            }
            Event::Watching(notice) => {
                self.voice.warning(&notice, notice.hint().as_deref());
            }
            Event::Ended(how) => {
                self.voice.error(
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
            self.voice.note("The application is loaded.");
            return;
        };
        let Loading { way, asked, ready } = loading;
        let took = ready.saturating_duration_since(change.noticed);
        if self.verbosity < Verbosity::Verbose {
            self.voice
                .note(format_args!("Reloaded in {} ms.", took.as_millis()));
            return;
        }
        let noticing = asked.saturating_duration_since(change.noticed);
        let parts = describe_way(way, took.saturating_sub(noticing));
        let [took, noticing] = [took, noticing].map(|time| time.as_millis());
        self.voice.note(format_args!(
            "Reloaded in {took} ms: {noticing} ms to detect, {parts}."
        ));
    }

    /// Says so where the project's configuration is no longer what this server was started with.
    fn compare_config(&mut self) {
        match Config::read(&self.root, self.table) {
            Ok(config) if config == self.config => {}
            Ok(config) => {
                self.voice.warning(
                    format_args!(
                        "`[{}]` is not as it was when the server was started",
                        self.table.name()
                    ),
                    Some("start the server again to have it heeded"),
                );
                self.config = config;
            }
            Err(error) => self.voice.warning(&error, error.hint().as_deref()),
        }
    }

    /// Which files a change was of, for people.
    fn describe(&self, change: &Change) -> String {
        let first = change.paths().next().map_or_else(String::new, |path| {
            if path == self.root {
                return "the project's directory".to_owned();
            }
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
            self.banner.print(&self.voice, way);
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
                    "stdout" => self.voice.text(text),
                    _ => self.voice.raw(text),
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

fn print_traceback(voice: &Voice, failure: &Failure) {
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
        voice.raw(format_args!("{}\n", text.trim_end()));
    }
}

fn print_failure(voice: &Voice, failure: &Failure) {
    print_traceback(voice, failure);
    let Failure { message, hint, .. } = failure;
    let hint = if hint.is_empty() {
        None
    } else {
        Some(hint.as_str())
    };
    voice.error(message, hint);
    voice.note("The next request tries again.");
}

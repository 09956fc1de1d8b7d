//! What is told while a project is made: Django's lines for whoever wants to hear of each step,
//! and on a terminal how far a download has come.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    console::{self, Verbosity},
    template::{self, Plan, Selection, Step, Subject, shown_path},
};

use super::watchdog::Watchdog;

/// Often enough to look alive, and seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(100);

/// Tells of the steps.
pub(in crate::command) struct Steps {
    verbosity: Verbosity,
    /// Standard output is for something else.
    to_stderr: bool,
    /// Shown while something is fetched; it hides itself where there is no terminal.
    bar: RefCell<Option<ProgressBar>>,
    /// Something was put where temporary files go.
    has_fetched: Cell<bool>,
    /// Since when the user is asked, and how long that was before.
    asking: Cell<Option<Instant>>,
    asked: Cell<Duration>,
    /// Begins to watch the rendering.
    watch: Box<dyn Fn() -> Watchdog>,
    watchdog: RefCell<Option<Watchdog>>,
}

impl Steps {
    /// `watch` is called when the rendering begins; what it gives is dropped when that ends.
    pub(in crate::command) fn new(
        verbosity: Verbosity,
        to_stderr: bool,
        watch: impl Fn() -> Watchdog + 'static,
    ) -> Self {
        Self {
            verbosity,
            to_stderr,
            bar: RefCell::new(None),
            has_fetched: Cell::new(false),
            asking: Cell::new(None),
            asked: Cell::default(),
            watch: Box::new(watch),
            watchdog: RefCell::new(None),
        }
    }

    /// Tells what will be rendered.
    pub(super) fn begin(&self, subject: Subject, selection: &Selection) {
        let word = subject.word();
        let extensions: Vec<_> = selection.extensions.iter().map(String::as_str).collect();
        let names: Vec<_> = selection
            .names
            .iter()
            .map(|it| it.to_string_lossy())
            .collect();
        self.tell(format_args!(
            "Rendering {word} template files with extensions: {}",
            extensions.join(", ")
        ));
        self.tell(format_args!(
            "Rendering {word} template files with filenames: {}",
            names.join(", ")
        ));
    }

    /// Tells what one may not expect in the plan: hidden directories, which any `--exclude` lets in.
    pub(super) fn planned(&self, plan: &Plan, selection: &Selection) {
        self.clear();
        if self.verbosity < Verbosity::Verbose || selection.exclude.is_none() {
            return;
        }
        let is_hidden = |path: &Path| {
            path.file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
        };
        for path in plan.directories().filter(|path| is_hidden(path)) {
            // Django has no such line, so that it does not stand among Django's.
            console::note(format_args!(
                "`{}` is hidden and taken, because `--exclude` is given",
                shown_path(path)
            ));
        }
    }

    /// How long the user was asked: time that the program has not taken.
    pub(super) fn asked(&self) -> Duration {
        self.asked.get()
    }

    /// Tells which files were made.
    pub(super) fn end(&self, files: &[PathBuf]) {
        for file in files {
            self.tell(format_args!("Creating {}", shown_path(file)));
        }
        if self.has_fetched.get() {
            self.tell("Cleaning up temporary files.");
        }
    }

    /// Takes from the terminal what shows progress: everything is read and rendered.
    pub(in crate::command) fn clear(&self) {
        self.watchdog.take();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn tell(&self, text: impl Display) {
        match self.verbosity {
            Verbosity::Quiet | Verbosity::Normal => {}
            Verbosity::Verbose if self.to_stderr => console::note(text),
            Verbosity::Verbose => console::line(text),
        }
    }

    fn show(&self, bar: ProgressBar, message: String) {
        self.clear();
        self.has_fetched.set(true);
        if self.verbosity > Verbosity::Quiet {
            bar.set_message(message);
            bar.enable_steady_tick(TICK);
            self.bar.replace(Some(bar));
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.clear();
    }
}

impl template::Progress for Steps {
    fn step(&self, step: Step<'_>) {
        match step {
            Step::Downloading { url } => {
                self.tell(format_args!("Downloading {url}"));
                self.show(ProgressBar::no_length(), format!("Downloading {url}"));
            }
            Step::Received { octets, of } => {
                if let Some(bar) = &*self.bar.borrow() {
                    if bar.length() != of {
                        bar.set_style(style(of.is_some()));
                        of.inspect(|length| bar.set_length(*length));
                    }
                    bar.set_position(octets);
                }
            }
            Step::Fetching { repository } => {
                self.tell(format_args!("Fetching {repository}"));
                self.show(ProgressBar::new_spinner(), format!("Fetching {repository}"));
            }
            Step::Extracting { archive } => {
                self.has_fetched.set(true);
                self.tell(format_args!("Extracting {}", shown_path(archive)));
            }
            Step::Downloaded | Step::Fetched => self.clear(),
            Step::Asking => {
                self.clear();
                self.asking.set(Some(Instant::now()));
            }
            Step::Rendering => {
                let asked = self.asking.take().map(|since| since.elapsed());
                self.asked.set(self.asked.get() + asked.unwrap_or_default());
                self.watchdog.replace(Some((self.watch)()));
            }
        }
    }
}

/// How a download is shown where its length is known.
const KNOWN: &str = "{spinner} {msg} [{bar:20}] {binary_bytes} of {binary_total_bytes}";

/// How it is shown where it is not.
const UNKNOWN: &str = "{spinner} {msg} {binary_bytes}";

/// How a download is shown.
fn style(has_length: bool) -> ProgressStyle {
    // Neither is wrong: a test looks.
    ProgressStyle::with_template(if has_length { KNOWN } else { UNKNOWN })
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Progress as _;

    #[test]
    fn the_styles_are_templates() {
        for template in [KNOWN, UNKNOWN] {
            ProgressStyle::with_template(template).unwrap();
        }
    }

    #[test]
    fn a_download_is_shown_until_it_is_complete() {
        let steps = Steps::new(Verbosity::Normal, false, || {
            unreachable!("nothing is rendered")
        });
        steps.step(Step::Downloading { url: "u" });
        steps.step(Step::Received {
            octets: 5,
            of: None,
        });
        steps.step(Step::Received {
            octets: 7,
            of: Some(10),
        });
        {
            let bar = steps.bar.borrow();
            let bar = bar.as_ref().unwrap();
            assert_eq!((bar.position(), bar.length()), (7, Some(10)));
        }
        steps.step(Step::Downloaded);
        assert!(steps.bar.borrow().is_none());
        assert!(steps.has_fetched.get());
    }
}

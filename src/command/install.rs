//! `scaffold startproject --install`: joins the steps of an [`Installation`] with a progress
//! display.

use std::{
    io::{self, IsTerminal},
    path::Path,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use crate::{
    console::{self, Verbosity},
    project::{Installation, Step},
};

use super::error::Error;

/// Often enough to look alive, and seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(100);

/// Makes the virtual environment of the project with that root and installs its requirements.
///
/// After a failure the project is still whole; the error's hint says how to try again.
pub(super) fn run(root: &Path, verbosity: Verbosity) -> Result<(), Error> {
    for step in &Installation::plan(root)?.steps {
        if verbosity >= Verbosity::Verbose {
            console::note(&step.command);
        }
        match verbosity {
            Verbosity::Quiet => step.run()?,
            _ if io::stderr().is_terminal() => run_with_spinner(step)?,
            _ => {
                console::note(&step.title);
                step.run()?;
            }
        }
    }
    Ok(())
}

/// Runs a step beside a spinner, which gives way to a line with the time that it took.
fn run_with_spinner(step: &Step) -> Result<(), Error> {
    let started = Instant::now();
    let spinner = ProgressBar::new_spinner().with_message(step.title.clone());
    spinner.enable_steady_tick(TICK);
    let result = step.run();
    spinner.finish_and_clear();
    result?;
    console::note(format_args!(
        "{} ({:.1} s)",
        step.title,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

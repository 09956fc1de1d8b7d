//! `scaffold startproject --install`: joins the steps of an [`Installation`] with a progress
//! display, and with the signals that end it.

use std::{
    io::{self, IsTerminal},
    path::Path,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use crate::{
    console::{self, Verbosity},
    project::{self, Installation, Step},
    shutdown::Stop,
};

use super::{error::Error, runtime};

/// Often enough to look alive, and seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(100);

/// Makes the virtual environment of the project with that root and installs its requirements,
/// unless the user wants it to stop: the flag says that this was so before.
///
/// After a failure the project is still whole; the error's hint says how to try again.
pub(super) fn run(root: &Path, verbosity: Verbosity, stopped: &AtomicBool) -> Result<(), Error> {
    let plan = Installation::plan(root)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let mut stop = Stop::listen().map_err(Error::Runtime)?;
        for step in &plan.steps {
            if verbosity >= Verbosity::Verbose {
                console::note(&step.command);
            }
            let end = stop.wanted(stopped);
            match verbosity {
                Verbosity::Quiet => step.run(end).await?,
                _ if io::stderr().is_terminal() => run_with_spinner(step, end).await?,
                _ => {
                    console::note(&step.title);
                    step.run(end).await?;
                }
            }
        }
        Ok(())
    })
}

/// Runs a step beside a spinner, which gives way to a line with the time that it took.
async fn run_with_spinner(
    step: &Step,
    end: impl Future<Output = ()>,
) -> Result<(), project::Error> {
    let started = Instant::now();
    let spinner = ProgressBar::new_spinner().with_message(step.title.clone());
    spinner.enable_steady_tick(TICK);
    let result = step.run(end).await;
    spinner.finish_and_clear();
    result?;
    console::note(format_args!(
        "{} ({:.1} s)",
        step.title,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

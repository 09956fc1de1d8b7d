//! `scaffold check`: which project would be served, and whether its application works. One worker
//! loads it and tries one request; nothing listens on any port.

mod report;
mod screen;

use std::{env, path::Path, process::ExitCode, time::Duration};

use crate::{
    cli::{CheckArgs, OutputArgs},
    console::{self, Verbosity},
    project::Config,
    wire::{Status, message},
    worker::{self, Package, Streams, Worker},
};

use super::{
    error::Error,
    runtime,
    site::{self, Site},
};
use report::{Problem, Report};

/// How much longer than the user allows the worker has to say where it is. After that it cannot:
/// its interpreter does not come to run another thread.
const GRACE: Duration = Duration::from_secs(2);

/// Stand-ins as `runserver` has them: what the application is told of threads depends on whether
/// there are any.
const THREADS: u16 = 1;

/// Runs the command. Everything that is wrong is told here; the exit code says whether anything is.
pub(super) fn run(args: &CheckArgs, output: OutputArgs, verbosity: Verbosity) -> ExitCode {
    let mut report = Report::default();
    if let Err(error) = examine(args, output, &mut report) {
        report.problems.push(Problem::of(&error));
    }
    if args.json {
        console::line(report.json());
    } else if verbosity > Verbosity::Quiet {
        console::line(screen::table(&report));
    }
    screen::print_findings(&report, verbosity);
    if report.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Finds out everything, and notes it in the report as it comes to be known.
fn examine(args: &CheckArgs, output: OutputArgs, report: &mut Report) -> Result<(), Error> {
    super::check(output)?;
    let CheckArgs {
        choice,
        timeout,
        json: _,
    } = args;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let site = Site::find(choice, &here)?;
    report.note_root(&site.root);
    let config = Config::read(&site.root.directory)?;
    let interpreter = site.interpreter(choice, &config)?;
    report.note_interpreter(&interpreter);
    let words = ["manage.py", "runserver"].map(str::to_owned).into_iter();
    let config = worker::Config {
        interpreter: interpreter.path,
        root: site.directory.clone(),
        environment: Vec::new(),
        configure: message::Configure {
            argv: words.chain(site::django_words(choice)).collect(),
            threads: THREADS,
            probe: *timeout,
            ..site.configure(choice, &config, &here)
        },
        streams: Streams::Errors,
        timeout: None,
    };
    let limit = Duration::from_secs((*timeout).into()) + GRACE;
    match runtime()?.block_on(attempt(&config, limit))? {
        Outcome::Ready(found) => report.note_ready(&found),
        Outcome::Failed(found) => report.note_failed(&found),
        Outcome::Ended(how) => report.problems.push(ended(&how, &site.directory)),
        Outcome::Silent => report.problems.push(silent(*timeout, &site.directory)),
    }
    Ok(())
}

/// What became of the worker.
enum Outcome {
    /// The application is loaded and was tried.
    Ready(message::Report),
    /// It could not be loaded.
    Failed(message::Report),
    /// The process ended before it could say anything; how.
    Ended(String),
    /// It says nothing.
    Silent,
}

/// Has one worker load the application and try one request. The worker is gone afterwards.
async fn attempt(config: &worker::Config, limit: Duration) -> Result<Outcome, Error> {
    let mut worker = Worker::start(config, Package::unpack()?)?;
    let outcome = tokio::time::timeout(limit, wait(&mut worker)).await;
    worker.stop().await;
    Ok(outcome.unwrap_or(Outcome::Silent))
}

async fn wait(worker: &mut Worker) -> Outcome {
    while let Some(status) = worker.status().await {
        if let Status::Ready(report) = status {
            return Outcome::Ready(report);
        } else if let Status::Failed(report) = status {
            return Outcome::Failed(report);
        }
    }
    Outcome::Ended(worker.ended().await.to_string())
}

fn ended(how: &str, directory: &Path) -> Problem {
    Problem {
        kind: "ended".to_owned(),
        what: format!("the worker process {how} before it had answered"),
        place: directory.display().to_string(),
        hint: "the output above may tell why".to_owned(),
        traceback: String::new(),
    }
}

fn silent(seconds: u16, directory: &Path) -> Problem {
    Problem {
        kind: "deadline".to_owned(),
        what: format!("the worker process said nothing within {seconds} s, and was killed"),
        place: directory.display().to_string(),
        hint: "code in C that keeps the interpreter's lock is the usual reason; \
               `--timeout` gives it more time"
            .to_owned(),
        traceback: String::new(),
    }
}

//! `scaffold check`: which project would be served, and whether its application works. One worker
//! loads it and tries one request; nothing listens on any port.

mod deploy;
mod problem;
mod report;
mod rust;
mod screen;
mod system_checks;

use std::{env, path::Path, process::ExitCode, time::Duration};

use tokio::{select, time::timeout};

use crate::{
    cli::{CheckArgs, OutputArgs},
    console::{self, Verbosity},
    project::{Config, ConfigTable, Environment, Streams},
    shutdown::Stop,
    wire::{Status, message},
    worker::{self, Package, Worker},
};

use super::{
    error::Error,
    runtime,
    site::{self, Found},
};
use problem::Problem;
use report::Report;

/// How much longer than the user allows the worker has to say where it is. After that it cannot:
/// its interpreter does not come to run another thread.
const GRACE: Duration = Duration::from_secs(2);

/// Stand-ins as `runserver` has them: what the application is told of threads depends on whether
/// there are any.
const THREADS: u16 = 1;

/// Runs the command. Everything that is wrong is told here; the exit code says whether anything is.
pub(super) fn run(args: &CheckArgs, output: OutputArgs, verbosity: Verbosity) -> ExitCode {
    let mut report = Report::default();
    match examine(args, output, verbosity, &mut report) {
        Ok(()) => {}
        // Who interrupts it knows that.
        Err(error @ Error::CheckInterrupted) => return error.exit_code().into(),
        Err(error) => report.problems.push(Problem::of(&error)),
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
fn examine(
    args: &CheckArgs,
    output: OutputArgs,
    verbosity: Verbosity,
    report: &mut Report,
) -> Result<(), Error> {
    super::check(output)?;
    let CheckArgs {
        choice,
        timeout: seconds,
        deploy: for_deployment,
        json: _,
    } = args;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let site = match site::find(choice, site::variable().as_ref(), &here)? {
        Found::Python(site) => site,
        Found::Rust(_) if *for_deployment => return Err(Error::PythonOption("--deploy")),
        Found::Rust(root) => {
            report.note_root(&root);
            let examined = rust::examine(&root, choice, *seconds, verbosity, report);
            return runtime()?.block_on(unless_stopped(examined));
        }
    };
    report.note_root(&site.root);
    let config = Config::read(&site.root.directory, ConfigTable::Pyproject)?;
    let interpreter = site.interpreter(choice, &config)?;
    report.note_interpreter(&interpreter);
    let words = ["manage.py", "runserver"].map(str::to_owned).into_iter();
    let config = worker::Config {
        interpreter: interpreter.path,
        root: site.directory.clone(),
        environment: Environment::default(),
        configure: message::Configure {
            argv: words.chain(site::django_words(choice)).collect(),
            threads: THREADS,
            probe: *seconds,
            deploy: *for_deployment,
            ..site.configure(choice, &config, &here)
        },
        streams: Streams::Errors,
        timeout: None,
    };
    let limit = Duration::from_secs((*seconds).into()) + GRACE;
    match runtime()?.block_on(attempt(&config, limit))? {
        Outcome::Ready(found, checked) => {
            report.note_ready(&found);
            match checked {
                Checked::Not => {}
                Checked::Found(found) => report.note_checked(&found),
                Checked::Silent => report.problems.push(checks_silent(*seconds)),
            }
            if *for_deployment {
                deploy::examine(&config, choice, limit, report)?;
            }
        }
        Outcome::Failed(found) => report.note_failed(&found),
        Outcome::Ended(how) => report.problems.push(ended(&how, &site.directory)),
        Outcome::Silent => report.problems.push(silent(*seconds, &site.directory)),
    }
    Ok(())
}

/// Lets a check come to its end, or ends it where the user wants that: Cargo is out of reach of
/// Ctrl-C, and is killed when its build is dropped.
async fn unless_stopped(check: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let mut stop = Stop::listen().map_err(Error::Runtime)?;
    select! {
        checked = check => checked,
        _ = stop.signalled() => Err(Error::CheckInterrupted),
    }
}

/// What became of the worker.
enum Outcome {
    /// The application is loaded and was tried, and the framework has checked the project.
    Ready(message::Report, Checked),
    /// It could not be loaded.
    Failed(message::Report),
    /// The process ended before it could say anything; how.
    Ended(String),
    /// It says nothing.
    Silent,
}

/// What became of the framework's own checks.
enum Checked {
    /// It has none, or the worker had ended before.
    Not,
    /// They have come to their end.
    Found(message::Report),
    /// They have not.
    Silent,
}

/// Has one worker load the application, try one request, and run the framework's checks, each half
/// within the limit. The worker is gone afterwards.
async fn attempt(config: &worker::Config, limit: Duration) -> Result<Outcome, Error> {
    let mut worker = Worker::start(config, Package::unpack()?)?;
    let outcome = timeout(limit, wait(&mut worker)).await;
    let mut outcome = outcome.unwrap_or(Outcome::Silent);
    if let Outcome::Ready(report, checked) = &mut outcome
        && report.get("checks") == "yes"
    {
        worker.check();
        let answer = timeout(limit, wait_for_checks(&mut worker)).await;
        *checked = answer.unwrap_or(Checked::Silent);
    }
    worker.stop().await;
    Ok(outcome)
}

async fn wait(worker: &mut Worker) -> Outcome {
    while let Some(status) = worker.status().await {
        if let Status::Ready(report) = status {
            return Outcome::Ready(report, Checked::Not);
        } else if let Status::Failed(report) = status {
            return Outcome::Failed(report);
        }
    }
    Outcome::Ended(worker.ended().await.to_string())
}

async fn wait_for_checks(worker: &mut Worker) -> Checked {
    while let Some(status) = worker.status().await {
        if let Status::Checked(report) = status {
            return Checked::Found(report);
        }
    }
    // The request took too long, and the worker has ended itself.
    Checked::Not
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

fn checks_silent(seconds: u16) -> Problem {
    Problem {
        kind: "deadline".to_owned(),
        what: format!("Django's system checks take longer than {seconds} s"),
        place: "Django's system checks".to_owned(),
        hint: "a database that does not answer is the usual reason; `--timeout` gives it more time"
            .to_owned(),
        traceback: String::new(),
    }
}

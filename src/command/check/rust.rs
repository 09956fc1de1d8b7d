//! The check of a Rust project: its settings are read, it is built, and its application is tried.

use std::{path::Path, time::Duration};

use tokio::time::timeout;

use super::{
    problem::Problem,
    report::{self, Named, Report},
};
use crate::{
    cargo::{
        self, Answer, Application, Build, Output, Package, Panic, Runner, Start, Surroundings,
    },
    cli::ChoiceArgs,
    command::{error::Error, site},
    console::{self, Verbosity},
    project::{Config, ConfigTable, Ended, Environment, Root, Streams},
};

/// Finds out everything about a project, and notes it in the report as it comes to be known.
/// `seconds` is how long starting it and the request may take together; building may take any time.
pub(super) async fn examine(
    root: &Root,
    choice: &ChoiceArgs,
    seconds: u16,
    verbosity: Verbosity,
    report: &mut Report,
) -> Result<(), Error> {
    let environment = Environment::default();
    let package = Package::read(&root.directory, &environment).await?;
    let config = Config::read(&root.directory, ConfigTable::Cargo)?;
    let choice = site::rust_choice(choice, site::variable(), &config);
    let application = Application::read(&package, &choice)?;
    report.note_application(&application);
    let build = Build {
        package: &package,
        application: &application,
        environment: &environment,
        has_color: console::has_color(),
    };
    let program = build.run(|output| print(&output, verbosity)).await?;
    let limit = Duration::from_secs(seconds.into());
    match timeout(limit, attempt(&program, &package, &application)).await {
        Err(_) => report.problems.push(silent(&application, seconds)),
        Ok(tried) => match tried? {
            Ok(answer) => note_answer(&package, &application, answer, report),
            Err(problem) => report.problems.push(problem),
        },
    }
    Ok(())
}

/// Starts the program and tries one request; gives what is wrong where there is no answer.
async fn attempt(
    program: &Path,
    package: &Package,
    application: &Application,
) -> Result<Result<Answer, Problem>, cargo::Error> {
    let surroundings = Surroundings {
        environment: Environment::default(),
        streams: Streams::Errors,
    };
    // The caller has a limit for this and the request together.
    let started = Runner::start(program, &package.directory, &surroundings, None).await?;
    let runner = match started {
        Start::Ready(runner) => runner,
        Start::Panicked(text) => {
            let hint = "`scaffold check -v 2` shows the backtrace";
            return Ok(Err(panicked(package, application, &text, hint)));
        }
        Start::Ended(status) => {
            let what = format!(
                "the application's process {} before it served",
                Ended(status)
            );
            return Ok(Err(ended(application, what)));
        }
        Start::Silent(seconds) => {
            let what = format!("the application did not get ready within {seconds} s");
            return Ok(Err(ended(application, what)));
        }
    };
    let answer = runner.try_root().await;
    runner.stop().await;
    Ok(match answer {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(ended(application, "`GET /` got no answer".to_owned())),
        Err(error) => {
            let what = format!("`GET /` got no answer: {error}");
            Err(ended(application, what))
        }
    })
}

/// Prints what Cargo and the compiler say, as Cargo would.
fn print(output: &Output<'_>, verbosity: Verbosity) {
    match output {
        Output::Cargo(words) if verbosity > Verbosity::Quiet => {
            console::note(words);
        }
        Output::Compiler(said) if said.is_error || verbosity > Verbosity::Quiet => {
            console::raw(&said.rendered);
        }
        Output::Cargo(_) | Output::Compiler(_) => {}
    }
}

impl Report {
    /// Takes over what the settings say.
    fn note_application(&mut self, application: &Application) {
        self.settings = application.settings.as_ref().map(|(name, rule)| Named {
            name: name.clone(),
            rule: rule.name().to_owned(),
        });
        self.application = Some(Named {
            name: application.name(),
            rule: application.rule.name().to_owned(),
        });
    }
}

fn note_answer(package: &Package, application: &Application, answer: Answer, report: &mut Report) {
    let Answer {
        status,
        size,
        end,
        failure,
    } = answer;
    if let Some(failure) = failure {
        // What came is not the application's answer.
        report.problems.push(if failure.is_panic {
            panicked(
                package,
                application,
                &failure.text,
                "the backtrace is above",
            )
        } else {
            Problem {
                kind: "exception".to_owned(),
                what: format!("the application gave an error: {}", failure.text),
                place: application.name(),
                hint: "an application answers with a response where something fails".to_owned(),
                traceback: String::new(),
            }
        });
        return;
    }
    if status.starts_with('5') {
        report.problems.push(Problem {
            kind: "status".to_owned(),
            what: format!("`GET /` is answered with {status}"),
            place: application.name(),
            hint: "what the application printed above may tell why".to_owned(),
            traceback: String::new(),
        });
    }
    let end = match end {
        cargo::End::Whole => report::End::Whole,
        cargo::End::Cut => report::End::Cut,
        cargo::End::Broken => {
            let what = "the answer to `GET /` was broken off".to_owned();
            report.problems.push(ended(application, what));
            report::End::Broken
        }
    };
    report.response = Some(report::Response { status, size, end });
}

fn panicked(package: &Package, application: &Application, text: &str, hint: &str) -> Problem {
    let Panic {
        message,
        place,
        backtrace,
    } = Panic::read(text, package);
    Problem {
        kind: "exception".to_owned(),
        what: format!("the application panicked: {message}"),
        place: if place.is_empty() {
            application.name()
        } else {
            place
        },
        hint: hint.to_owned(),
        traceback: backtrace,
    }
}

fn ended(application: &Application, what: String) -> Problem {
    Problem {
        kind: "ended".to_owned(),
        what,
        place: application.name(),
        hint: "the output above may tell why".to_owned(),
        traceback: String::new(),
    }
}

fn silent(application: &Application, seconds: u16) -> Problem {
    Problem {
        kind: "deadline".to_owned(),
        what: format!("the application did not answer `GET /` within {seconds} s of its start"),
        place: application.name(),
        hint: "it may be waiting for a database or another server; `--timeout` gives it more time"
            .to_owned(),
        traceback: String::new(),
    }
}

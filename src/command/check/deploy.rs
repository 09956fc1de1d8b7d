//! Whether the application can be loaded as a server in production does it: from another directory,
//! without `manage.py` and without the settings that the command line names.

use std::path::PathBuf;

use super::{Outcome, attempt, problem::Problem, report::Report};
use crate::{
    cli::ChoiceArgs,
    command::{error::Error, runtime},
    wire::message,
    worker,
};

/// Where such a server is started: any directory that is not the project's.
const ELSEWHERE: &str = "/";

/// What problems of this part are.
const KIND: &str = "deploy";

/// Tries the application that was found, and notes what is wrong only there.
pub(super) fn examine(
    config: &worker::Config,
    choice: &ChoiceArgs,
    limit: std::time::Duration,
    report: &mut Report,
) -> Result<(), Error> {
    let Some(application) = report.application.as_ref() else {
        return Ok(());
    };
    if application.rule == "framework" {
        let settings = report.settings.as_ref();
        let place = settings.map_or_else(String::new, |it| it.name.clone());
        report.problems.push(Problem {
            kind: KIND.to_owned(),
            what: "WSGI_APPLICATION is not set: there is no module for a server to import"
                .to_owned(),
            place,
            hint: "`scaffold add wsgi` writes `wsgi.py` and sets it".to_owned(),
            traceback: String::new(),
        });
        return Ok(());
    }
    let Some((module, attribute)) = application.name.rsplit_once('.') else {
        return Ok(());
    };
    let module = module.to_owned();
    let mut elsewhere = config.clone();
    elsewhere.root = PathBuf::from(ELSEWHERE);
    elsewhere.configure = message::Configure {
        app: format!("{module}:{attribute}"),
        settings: String::new(),
        deploy: false,
        ..config.configure.clone()
    };
    if let Some(settings) = &choice.settings {
        let is_django = report
            .framework
            .as_ref()
            .is_some_and(|it| it.name == "Django");
        let variable = if is_django {
            "DJANGO_SETTINGS_MODULE"
        } else {
            "SETTINGS_MODULE"
        };
        let variable = (variable.into(), settings.into());
        elsewhere.environment.set.push(variable);
    }
    // What is wrong in any directory has been told.
    let had_answer = !report.problems.iter().any(is_about_the_answer);
    let outcome = runtime()?.block_on(attempt(&elsewhere, limit))?;
    let found = match outcome {
        Outcome::Failed(found) => {
            let mut there = Report::default();
            there.note_failed(&found);
            there.problems
        }
        Outcome::Ready(found, _) if had_answer => {
            let mut there = Report::default();
            there.note_ready(&found);
            there.problems.retain(is_about_the_answer);
            there.problems
        }
        Outcome::Ready(..) => Vec::new(),
        Outcome::Ended(how) => vec![super::ended(&how, &elsewhere.root)],
        Outcome::Silent => vec![super::silent(config.configure.probe, &elsewhere.root)],
    };
    for problem in found {
        report.problems.push(Problem {
            kind: KIND.to_owned(),
            what: format!(
                "in another directory than the project's, `{module}` does not work: {}",
                problem.what
            ),
            hint: "servers are started elsewhere: build paths from `__file__`, as BASE_DIR is \
                   built"
                .to_owned(),
            ..problem
        });
    }
    Ok(())
}

fn is_about_the_answer(problem: &Problem) -> bool {
    matches!(&*problem.kind, "exception" | "status" | "deadline")
}

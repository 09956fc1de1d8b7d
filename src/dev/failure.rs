//! What people are told of an application that cannot be served; `rust`: of one in Rust.

pub(super) mod rust;

use anstream::adapter::strip_str;

use crate::{serve::Failure, wire::message::Report, worker};

/// What a worker reports: that it could not load the application, or that the framework's checks
/// have found errors.
pub(super) fn of_report(report: &Report) -> Failure {
    let terminal = report.get("terminal");
    let traceback = if terminal.is_empty() {
        report.get("traceback").to_owned()
    } else {
        strip_str(terminal).to_string()
    };
    Failure {
        message: report.get("message").to_owned(),
        traceback,
        terminal: terminal.to_owned(),
        hint: hint(report),
        exceptions: report.exceptions().to_vec(),
        ..Failure::default()
    }
}

/// What the framework's checks have found that keeps the application from being served.
pub(super) fn of_checks(report: &Report) -> Option<Failure> {
    (!report.get("message").is_empty()).then(|| of_report(report))
}

/// A worker that ended before it could report.
pub(super) fn of_end(how: &str) -> Failure {
    Failure {
        message: format!("the worker process {how} while it loaded the application"),
        hint: "the output above may tell why".to_owned(),
        ..Failure::default()
    }
}

/// A worker that could not even be started.
pub(super) fn not_started(error: &worker::Error) -> Failure {
    Failure {
        message: error.to_string(),
        hint: error.hint().unwrap_or_default(),
        ..Failure::default()
    }
}

/// What the worker advises, or else what always helps.
fn hint(report: &Report) -> String {
    match report.get("hint") {
        "" => "correct the file that the traceback names last, and reload the page".to_owned(),
        hint => hint.to_owned(),
    }
}

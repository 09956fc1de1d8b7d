//! `scaffold template check`: what is wrong with a template.

use std::{fmt::Write as _, process::ExitCode};

use serde::Serialize;

use super::{Imagined, any_subject, exit_code, here, stop, watch};
use crate::{
    cli::CheckTemplateArgs,
    command::{
        error::Error,
        generate::options,
        words::{counted, print_json},
    },
    console::{self, Verbosity},
    template::{self, Checked, Finding, Request, Severity, shown_text},
};

#[derive(Serialize)]
struct Document<'a> {
    template: &'a str,
    native: bool,
    files: usize,
    variables: usize,
    renderings: usize,
    complete: bool,
    errors: usize,
    warnings: usize,
    findings: &'a [Finding],
}

/// Runs the command. The exit code says whether anything is wrong.
pub(super) fn run(
    args: &CheckTemplateArgs,
    json: bool,
    verbosity: Verbosity,
) -> Result<ExitCode, Error> {
    let CheckTemplateArgs {
        template,
        subject: kind,
        variables,
        strict,
    } = args;
    let here = here()?;
    let subject = any_subject(*kind, template);
    let answers = options::variables(subject, &[], variables)?;
    let stop = stop()?;
    let imagined = Imagined::new(subject, &here);
    let watchdog = watch(&stop, subject);
    let checked = template::check(&Request {
        variables: &answers,
        ..imagined.request(template, &stop)
    })?;
    drop(watchdog);
    let (errors, warnings) = (
        checked.count(Severity::Error),
        checked.count(Severity::Warning),
    );
    if json {
        print_json(&Document {
            template: &checked.template,
            native: checked.is_native,
            files: checked.files,
            variables: checked.variables,
            renderings: checked.renderings,
            complete: checked.is_complete,
            errors,
            warnings,
            findings: &checked.findings,
        });
    } else {
        tell(&checked, errors, warnings, verbosity);
    }
    Ok(exit_code(errors == 0 && (warnings == 0 || !strict)))
}

fn tell(checked: &Checked, errors: usize, warnings: usize, verbosity: Verbosity) {
    let columns = console::size().map(|(columns, _)| columns);
    for finding in &checked.findings {
        if verbosity > Verbosity::Quiet || finding.severity == Severity::Error {
            let severity = match finding.severity {
                Severity::Error => console::Severity::Error,
                Severity::Warning => console::Severity::Warning,
            };
            let drawing = finding.report.as_ref().map(|it| it.drawing(columns));
            let drawing = drawing.unwrap_or_default();
            console::drawn(severity, &text(finding), &drawing, finding.hint.as_deref());
        }
    }
    if verbosity == Verbosity::Quiet {
        return;
    }
    let found = match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        _ => format!(
            "{}, {}",
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings")
        ),
    };
    console::line(format_args!(
        "{}: {}, {}, {}: {found}",
        shown_text(&checked.template),
        counted(checked.files, "file", "files"),
        counted(checked.variables, "variable", "variables"),
        counted(checked.renderings, "rendering", "renderings"),
    ));
    if !checked.is_complete && checked.renderings > 0 {
        console::note("not all answers were tried: the template is large");
    }
}

/// The place, and what it is.
fn text(finding: &Finding) -> String {
    let mut text = finding.location();
    if !text.is_empty() {
        text.push_str(": ");
    }
    text.push_str(&shown_text(&finding.message).to_string());
    if let Some(answers) = &finding.answers {
        let _ = write!(text, " (with {})", shown_text(answers));
    }
    text
}

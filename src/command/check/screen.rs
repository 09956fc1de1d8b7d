//! What was found out, for people: a table, and what is wrong below it.

use std::fmt::Write as _;

use super::{
    report::{Django, End, Named, Report, Response},
    system_checks::SystemChecks,
};
use crate::console::{self, Verbosity};

/// How wide the column of names is.
const NAMES: usize = 13;

/// One line for each thing that was looked for, as far as it came.
pub(super) fn table(report: &Report) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{name:NAMES$}{value}");
    };
    if let Some(project) = &report.project {
        let rule = match project.rule {
            "manage.py" => "found by its manage.py",
            "pyproject.toml" => "found by [tool.scaffold] in its pyproject.toml",
            "settings" => "found by its settings beside a wsgi.py",
            "Cargo.toml" => "found by its Cargo.toml",
            _ => "the current directory",
        };
        row("Project", format!("{} ({rule})", project.root));
    }
    if let Some(program) = &report.interpreter {
        let python = match program.implementation.as_str() {
            "" => "Python".to_owned(),
            implementation => format!("{implementation} {}", program.version),
        };
        let value = format!("{python} at {} ({})", program.path, program.origin);
        row("Interpreter", value);
    }
    if let Some(settings) = &report.settings {
        row("Settings", named(settings));
    }
    if let Some(application) = &report.application {
        row("Application", named(application));
    }
    if let Some(framework) = &report.framework {
        let value = format!("{} {}", framework.name, framework.version);
        row("Framework", value.trim_end().to_owned());
    }
    if let Some(django) = &report.django {
        row("Django", switches(django));
    }
    if let Some(response) = &report.response {
        row("GET /", answer(response));
    }
    match report.is_valid() {
        Some(true) if report.drops_close() => row(
            "PEP 3333",
            "passes wsgiref.validate, but close() is not passed on".to_owned(),
        ),
        Some(true) => row("PEP 3333", "passes wsgiref.validate".to_owned()),
        Some(false) => row("PEP 3333", "does not pass wsgiref.validate".to_owned()),
        None => {}
    }
    if let Some(count) = report.checks.as_ref().and_then(SystemChecks::count) {
        row("Checks", count.to_owned());
    }
    text.push('\n');
    match report.problems.len() {
        0 => text.push_str("No problems found."),
        1 => text.push_str("1 problem found:"),
        count => {
            let _ = write!(text, "{count} problems found:");
        }
    }
    // There may be no row at all.
    text.trim_start().to_owned()
}

/// Prints warnings and problems, and tracebacks where everything is wanted.
pub(super) fn print_findings(report: &Report, verbosity: Verbosity) {
    if let Some(checks) = &report.checks
        && (verbosity > Verbosity::Quiet || !checks.passed)
    {
        let details = checks.details();
        if !details.is_empty() {
            console::raw(format_args!("{details}\n"));
        }
    }
    if verbosity > Verbosity::Quiet {
        for warning in &report.warnings {
            let hint = Some(warning.hint.as_str()).filter(|hint| !hint.is_empty());
            console::finding(
                console::Severity::Warning,
                &warning.what,
                &warning.place,
                hint,
            );
        }
    }
    for problem in &report.problems {
        if verbosity == Verbosity::Verbose && !problem.traceback.is_empty() {
            console::raw(format_args!("{}\n", problem.traceback.trim_end()));
        }
        let hint = Some(problem.hint.as_str());
        console::finding(
            console::Severity::Error,
            &problem.what,
            &problem.place,
            hint,
        );
    }
}

fn named(found: &Named) -> String {
    let Named { name, rule } = found;
    let rule = match rule.as_str() {
        "pyproject.toml" => "from [tool.scaffold] in pyproject.toml",
        "candidate" => "the only one beside a wsgi.py",
        "application" => "chosen by the application",
        "default" => "the default",
        "framework" => "the framework's own, without WSGI_APPLICATION",
        rule => return format!("{name} (from {rule})"),
    };
    format!("{name} ({rule})")
}

fn switches(django: &Django) -> String {
    let Django {
        debug,
        allowed_hosts,
    } = django;
    let debug = if *debug { "True" } else { "False" };
    let hosts = if allowed_hosts.is_empty() {
        "empty".to_owned()
    } else {
        allowed_hosts.join(", ")
    };
    format!("DEBUG is {debug}, ALLOWED_HOSTS is {hosts}")
}

fn answer(response: &Response) -> String {
    let Response { status, size, end } = response;
    let unit = if *size == 1 { "octet" } else { "octets" };
    match end {
        End::Whole => format!("{status}, {size} {unit}"),
        End::Cut => format!("{status}, {size} {unit} and more"),
        End::Broken => format!("{status}, broken off after {size} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_how_much_there_is() {
        let answer = |size, end| {
            let status = "200 OK".to_owned();
            answer(&Response { status, size, end })
        };
        assert_eq!(answer(0, End::Whole), "200 OK, 0 octets");
        assert_eq!(answer(1, End::Whole), "200 OK, 1 octet");
        assert_eq!(answer(20, End::Cut), "200 OK, 20 octets and more");
        assert_eq!(answer(3, End::Broken), "200 OK, broken off after 3 octets");
    }

    #[test]
    fn a_rule_that_has_no_words_of_its_own_is_named() {
        let named = |rule: &str| {
            named(&Named {
                name: "mysite.settings".to_owned(),
                rule: rule.to_owned(),
            })
        };
        assert_eq!(named("--settings"), "mysite.settings (from --settings)");
        assert_eq!(
            named("candidate"),
            "mysite.settings (the only one beside a wsgi.py)"
        );
    }
}

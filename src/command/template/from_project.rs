//! `scaffold template from-project`: a template made of a project.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    existing, here,
    made::{self, Made},
    stop, subject, watch,
};
use crate::{
    cli::{FromProjectArgs, SubjectArgs},
    command::{
        error::Error,
        words::{counted, lossy, print_json},
    },
    console::{self, Verbosity},
    template::{self, AuthoringError, FromProject, Project, Replacement, Subject, shown_path},
};

/// Names that stand in so many texts for something else that replacing them does harm.
const COMMON: [&str; 14] = [
    "app", "apps", "api", "core", "config", "main", "project", "server", "site", "src", "test",
    "tests", "web", "www",
];

/// How many files or paths are listed before the rest is only counted, unless all is wanted.
const LISTED: usize = 5;

#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    name: &'a str,
    subject: &'a str,
    target: String,
    dry_run: bool,
    files: Vec<String>,
    replaced: Vec<Replaced<'a>>,
    inside_words: usize,
    left_out: BTreeMap<String, &'a str>,
    copied: Vec<String>,
    delimiters: Vec<String>,
    untouched: Vec<String>,
}

#[derive(Serialize)]
struct Replaced<'a> {
    spelling: Option<&'a str>,
    expression: &'a str,
    count: usize,
    contents: BTreeMap<String, usize>,
    names: Vec<String>,
}

/// Runs the command.
pub(super) fn run(args: &FromProjectArgs, json: bool, verbosity: Verbosity) -> Result<(), Error> {
    let FromProjectArgs {
        directory,
        name,
        into,
        subject: SubjectArgs { app },
        dry_run,
    } = args;
    let here = here()?;
    let subject = subject(*app);
    let directory = existing(directory, &here, |it| AuthoringError::NotAProject {
        project: it,
        reason: "there is no such directory",
    })?;
    let base = directory.file_name().unwrap_or_default().to_string_lossy();
    // Not in the project, wherever one is.
    let place = if here.starts_with(&directory) {
        directory.parent().unwrap_or(&here)
    } else {
        &here
    };
    let target = match into {
        Some(into) => made::target("", Some(into), &here)?,
        None => made::target(&format!("{base}-template"), None, place)?,
    };
    let stop = stop()?;
    let watchdog = watch(&stop, subject);
    let made = template::from_project(&Project {
        subject,
        directory: &directory,
        name: name.as_deref(),
        target: &target,
        stop: &stop,
    })?;
    drop(watchdog);
    if *dry_run {
        target.check(&made.plan)?;
    } else {
        made::write(&made.plan, &target, &stop)?;
    }
    if json {
        print_json(&document(&made, subject, target.path(), *dry_run));
        return Ok(());
    }
    if verbosity == Verbosity::Quiet {
        return Ok(());
    }
    console::line(replaced(&made, verbosity).trim_end());
    let notes = notes(&made, verbosity);
    if !notes.is_empty() {
        console::note(notes.trim_end());
    }
    warn(&made);
    if !dry_run {
        let word = Made {
            command: "from-project",
            name: &made.name,
            plan: &made.plan,
            subject,
            target: target.path(),
            here: &here,
        };
        word.tell(false, Verbosity::Normal);
    }
    Ok(())
}

fn document<'a>(
    made: &'a FromProject,
    subject: Subject,
    target: &Path,
    dry_run: bool,
) -> Document<'a> {
    let all = |paths: &[PathBuf]| paths.iter().map(|it| lossy(it)).collect();
    let replaced = made.replacements.iter().map(|it| Replaced {
        spelling: it.spelling.as_deref(),
        expression: &it.expression,
        count: it.count(),
        contents: it
            .contents
            .iter()
            .map(|(path, count)| (lossy(path), *count))
            .collect(),
        names: all(&it.names),
    });
    Document {
        command: "from-project",
        name: &made.name,
        subject: subject.word(),
        target: lossy(target),
        dry_run,
        files: made.plan.planned_files().map(|it| lossy(it.path)).collect(),
        replaced: replaced.collect(),
        inside_words: made.inside_words,
        left_out: made
            .left_out
            .iter()
            .map(|it| (lossy(&it.path), it.what))
            .collect(),
        copied: all(&made.copied),
        delimiters: all(&made.with_delimiters),
        untouched: all(&made.untouched),
    }
}

/// What was replaced: each spelling with its number, and below it the files.
fn replaced(made: &FromProject, verbosity: Verbosity) -> String {
    let mut text = format!("replaced `{}`:\n", made.name);
    let spelling = |it: &Replacement| {
        it.spelling
            .clone()
            .unwrap_or_else(|| "(a secret)".to_owned())
    };
    let spellings = made
        .replacements
        .iter()
        .map(|it| spelling(it).chars().count());
    let width = spellings.max().unwrap_or_default();
    for replacement in &made.replacements {
        let _ = writeln!(
            text,
            "  {:width$}  {:>5}  {{{{ {} }}}}",
            spelling(replacement),
            replacement.count(),
            replacement.expression
        );
        let contents = replacement.contents.iter();
        let names = replacement.names.iter();
        let lines: Vec<String> = names
            .map(|path| format!("{} (its name)", shown_path(path)))
            .chain(contents.map(|(path, count)| format!("{}: {count}", shown_path(path))))
            .collect();
        list(&mut text, &lines, verbosity);
    }
    text
}

/// What is to be known besides.
fn notes(made: &FromProject, verbosity: Verbosity) -> String {
    let mut text = String::new();
    let shown = |paths: &[PathBuf]| paths.iter().map(|it| shown_path(it).to_string()).collect();
    let left_out = made.left_out.iter();
    let parts: [(&str, Vec<String>); 3] = [
        (
            "left out, beside what Git ignores:",
            left_out
                .map(|it| format!("{} ({})", shown_path(&it.path), it.what))
                .collect(),
        ),
        (
            "copied, since `{{` or `{%` in them is their own:",
            shown(&made.copied),
        ),
        (
            "with other marks, since `{{` or `{%` in them is their own:",
            shown(&made.with_delimiters),
        ),
    ];
    for (title, lines) in parts {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}");
            list(&mut text, &lines, verbosity);
        }
    }
    if made.inside_words > 0 {
        let times = counted(made.inside_words, "time", "times");
        let _ = writeln!(text, "left alone {times}, within longer words");
    }
    text
}

fn list(text: &mut String, lines: &[String], verbosity: Verbosity) {
    let most = match verbosity {
        Verbosity::Verbose => lines.len(),
        _ => LISTED,
    };
    for line in lines.iter().take(most) {
        let _ = writeln!(text, "      {line}");
    }
    if lines.len() > most {
        let _ = writeln!(
            text,
            "      and {} more; `-v 2` shows all",
            lines.len() - most
        );
    }
}

fn warn(made: &FromProject) {
    if COMMON.contains(&made.name.as_str()) {
        console::warning(
            format_args!(
                "`{}` is a common word, and may mean something else in some places",
                made.name
            ),
            Some("look at the template, or rename the project before"),
        );
    }
    for path in &made.untouched {
        console::warning(
            format_args!(
                "`{}` keeps the name: it cannot be a text of a template",
                shown_path(path)
            ),
            Some("it has several kinds of line ends, or every kind of marks; change it by hand"),
        );
    }
}

//! `scaffold template show`: what a template consists of, and what it asks.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Imagined, any_subject, here, list::one_line, stop};
use crate::{
    cli::ShowArgs,
    command::{
        error::Error,
        words::{counted, lossy, print_json},
    },
    console,
    template::{
        self, Names, Outline, OutlinedFile, Request, Subject, Variable, Wanted, shown_path,
        shown_text,
    },
};

/// How wide the column is that says what becomes of a file.
const TREATMENT: usize = 9;

#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    subject: &'a str,
    description: Option<&'a str>,
    place: String,
    native: bool,
    cookiecutter: bool,
    variables: &'a [Variable],
    files: &'a [OutlinedFile],
    names: Names,
    reserved: &'a [String],
    environment: &'a [String],
    manifest: std::collections::BTreeMap<&'a str, &'a str>,
}

/// Runs the command.
pub(super) fn run(args: &ShowArgs, json: bool) -> Result<(), Error> {
    let ShowArgs {
        template,
        version,
        subject: kind,
    } = args;
    let here = here()?;
    let subject = any_subject(*kind, template);
    let stop = stop()?;
    let imagined = Imagined::new(subject, &here);
    let request = imagined.request(template, &stop);
    let outline = template::outline(&Request {
        wanted: Wanted {
            reference: version.reference.as_deref(),
            subdirectory: version.subdirectory.as_deref(),
            checksum: version.checksum.as_deref(),
            ..request.wanted
        },
        ..request
    })?;
    if json {
        print_json(&Document {
            name: &outline.name,
            subject: subject.word(),
            description: outline.description.as_deref(),
            place: lossy(&outline.place),
            native: outline.is_native,
            cookiecutter: outline.is_cookiecutter,
            variables: &outline.variables,
            files: &outline.files,
            names: outline.names,
            reserved: &outline.reserved,
            environment: &outline.environment,
            manifest: outline
                .others
                .iter()
                .map(|(key, text)| (key.as_str(), text.as_str()))
                .collect(),
        });
    } else {
        console::line(text(&outline, subject).trim_end());
    }
    Ok(())
}

/// All of it, for people.
fn text(outline: &Outline, subject: Subject) -> String {
    let mut text = one_line(&outline.name);
    if let Some(description) = &outline.description {
        let _ = write!(text, ": {}", one_line(description));
    }
    let _ = writeln!(
        text,
        "\n{} {}, {} in {}",
        if outline.is_native {
            "A template of"
        } else if outline.is_cookiecutter {
            "A template made for cookiecutter, of"
        } else {
            "A template as Django has them, of"
        },
        match subject {
            Subject::Project => "projects",
            Subject::App => "applications",
            Subject::Deployment => "deployments",
        },
        counted(outline.files.len(), "file", "files"),
        shown_path(&outline.place)
    );
    if outline.names == Names::Crate {
        text.push_str("A project's name is that of a Cargo package\n");
    }
    if !outline.reserved.is_empty() {
        let _ = writeln!(
            text,
            "It takes no name of these: {}",
            one_line(&outline.reserved.join(", "))
        );
    }
    if !outline.environment.is_empty() {
        let names = one_line(&outline.environment.join(", "));
        let _ = writeln!(text, "It reads from the environment: {names}");
    }
    if !outline.variables.is_empty() {
        text.push_str("\nvariables:\n");
        for variable in &outline.variables {
            describe(variable, &mut text);
        }
    }
    text.push_str("\nfiles:\n");
    for file in &outline.files {
        let _ = writeln!(text, "  {}", line(file));
    }
    for (key, part) in &outline.others {
        let source = if outline.is_cookiecutter {
            "programs of the template, which run with --trust only"
        } else {
            "as the manifest has it"
        };
        let _ = writeln!(text, "\n{key}, {source}:");
        for line in part.trim_end().lines() {
            let _ = writeln!(text, "  {}", shown_text(line));
        }
    }
    text
}

fn describe(variable: &Variable, text: &mut String) {
    let Variable {
        name,
        kind,
        prompt,
        help,
        default,
        computed,
        choices,
        pattern,
        when,
        secret,
    } = variable;
    let secret = if *secret { ", secret" } else { "" };
    let _ = write!(text, "  {} ({kind}{secret})", one_line(name));
    if prompt != name {
        let _ = write!(text, ": {}", one_line(prompt));
    }
    text.push('\n');
    let mut note = |word: &str, value: &str| {
        let _ = writeln!(text, "      {word}: {}", one_line(value));
    };
    if let Some(help) = help {
        note("help", help);
    }
    if !choices.is_empty() {
        let choices = choices.iter().map(|choice| {
            if choice.value == choice.label {
                choice.value.clone()
            } else {
                format!("{} ({})", choice.value, choice.label)
            }
        });
        note("choices", &choices.collect::<Vec<_>>().join(", "));
    }
    match (default, computed) {
        (_, Some(computed)) => note("computed", computed),
        (Some(default), None) => note("default", default),
        (None, None) => note("default", "none, it has to be given"),
    }
    if let Some(pattern) = pattern {
        note("matches", pattern);
    }
    if let Some(when) = when {
        note("asked if", when);
    }
}

fn line(file: &OutlinedFile) -> String {
    let treatment = if file.rendered { "rendered" } else { "copied" };
    let mut line = format!("{treatment:TREATMENT$} {}", one_line(&file.path));
    let mut notes = Vec::new();
    if let Some(name) = &file.rename {
        notes.push(format!("called {name}"));
    } else if file.to != file.path {
        notes.push(format!("as {}", file.to));
    }
    if file.executable {
        notes.push("executable".to_owned());
    }
    if file.own_delimiters {
        notes.push("own delimiters".to_owned());
    }
    notes.extend(file.when.iter().map(|it| format!("if {it}")));
    if !notes.is_empty() {
        let _ = write!(line, "  ({})", one_line(&notes.join(", ")));
    }
    line
}

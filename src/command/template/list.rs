//! `scaffold template list`: the templates that are at hand.

use serde::Serialize;

use crate::{
    command::{
        error::Error,
        generate::own,
        words::{lossy, print_json},
    },
    console::{self, Verbosity},
    template::{self, Listed, Subject, shown_path, shown_text},
};

/// What stands where nothing is known.
const UNKNOWN: &str = "-";

#[derive(Serialize)]
struct Document {
    templates: Vec<Item>,
    own_templates: Option<String>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    subject: Option<&'static str>,
    description: Option<String>,
    builtin: bool,
    path: Option<String>,
}

/// Runs the command.
pub(super) fn run(json: bool, verbosity: Verbosity) -> Result<(), Error> {
    let directory = own::templates();
    let builtin = template::builtin_templates();
    let own = match &directory {
        Some(directory) => template::own_templates(directory)?,
        None => Vec::new(),
    };
    // Of deployments, one of the user's own takes the place of the one in the program.
    let is_replaced = |it: &&Listed| {
        it.subject == Some(Subject::Deployment) && own.iter().any(|own| own.name == it.name)
    };
    let all: Vec<&Listed> = builtin
        .iter()
        .filter(|it| !is_replaced(it))
        .chain(&own)
        .collect();
    if json {
        print_json(&Document {
            templates: all.iter().map(|it| item(it)).collect(),
            own_templates: directory.as_deref().map(lossy),
        });
        return Ok(());
    }
    console::line(table(&all));
    if verbosity > Verbosity::Quiet {
        let is_hidden = |it: &&Listed| {
            let mut names = builtin.iter().map(|it| &it.name);
            it.subject != Some(Subject::Deployment) && names.any(|name| *name == it.name)
        };
        for hidden in own.iter().filter(is_hidden) {
            console::warning(
                format_args!(
                    "your template `{}` has the name of a built-in one, which `--template {}` means",
                    hidden.name, hidden.name
                ),
                Some("call it something else, or give its path"),
            );
        }
        if let (Some(directory), true) = (&directory, own.is_empty()) {
            console::note(format_args!(
                "\nyour own go into {}, each into a directory of its name",
                shown_path(directory)
            ));
        }
    }
    Ok(())
}

fn item(listed: &Listed) -> Item {
    Item {
        name: listed.name.clone(),
        subject: listed.subject.map(Subject::word),
        description: listed.description.clone(),
        builtin: listed.path.is_none(),
        path: listed.path.as_deref().map(lossy),
    }
}

/// One line for each, in columns.
fn table(all: &[&Listed]) -> String {
    let rows: Vec<[String; 4]> = all
        .iter()
        .map(|it| {
            let place = it.path.as_deref().map(|it| shown_path(it).to_string());
            let description = it.description.as_deref().map(one_line);
            [
                it.name.clone(),
                it.subject.map_or(UNKNOWN, Subject::word).to_owned(),
                place.unwrap_or_else(|| "built in".to_owned()),
                description.unwrap_or_default(),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|it| it.chars().count()).max().unwrap_or_default()
    };
    let (names, subjects, places) = (width(0), width(1), width(2));
    let lines = rows.iter().map(|[name, subject, place, description]| {
        let line = format!("{name:names$}  {subject:subjects$}  {place:places$}  {description}");
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text of somebody's as one line.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    shown_text(&words.join(" ")).to_string()
}

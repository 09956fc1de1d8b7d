//! The user's own variables: the `NAME=VALUE` of `--var`, and the files of `--vars`.
//!
//! What may be a variable's name is decided here; what the values of a file are, by its format.

mod error;
#[cfg(test)]
mod tests;
mod toml;
mod value;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

pub use error::VariablesError;

use super::{
    report::Report,
    subject::Subject,
    value::{Dict, Value},
};
use value::Budget;

/// No file that somebody writes by hand comes near this.
const MOST_OCTETS: u64 = 1024 * 1024;

/// The formats of files, each with the endings of its files.
const FORMATS: [(&str, Format); 4] = [
    ("toml", Format::Toml),
    ("yaml", Format::Yaml),
    ("yml", Format::Yaml),
    ("json", Format::Json),
];

/// How a file of variables is written.
#[derive(Clone, Copy, Debug)]
enum Format {
    Toml,
    Yaml,
    Json,
}

/// What is wrong with a text, and where: line and column from 1, where they are known.
#[derive(Debug, PartialEq)]
struct Fault {
    line: usize,
    column: usize,
    message: String,
}

/// Takes `NAME=VALUE` apart. The value is a text, whatever it looks like.
pub fn assignment(subject: Subject, argument: &str) -> Result<(Arc<str>, Value), VariablesError> {
    let Some((name, value)) = argument.split_once('=') else {
        return Err(VariablesError::NoValue {
            argument: argument.to_owned(),
        });
    };
    match name_fault(subject, name) {
        // Templates made for cookiecutter have a variable of this name, which is a title and need
        // not be the name. Whether this is one, is known later.
        Some(message) if name != subject.name_variable() => Err(VariablesError::Name { message }),
        _ => Ok((name.into(), Value::text(value))),
    }
}

/// Reads a file of variables; its ending says how it is written.
pub fn read(subject: Subject, path: &Path) -> Result<Dict, VariablesError> {
    let ending = path.extension().map(|it| it.to_string_lossy());
    let format = FORMATS
        .iter()
        .find(|(name, _)| {
            ending
                .as_ref()
                .is_some_and(|it| it.eq_ignore_ascii_case(name))
        })
        .map(|(_, format)| *format)
        .ok_or_else(|| VariablesError::Format {
            path: path.to_owned(),
        })?;
    let octets = octets(path)?;
    let text = std::str::from_utf8(&octets).map_err(|error| VariablesError::NotText {
        path: path.to_owned(),
        offset: error.valid_up_to(),
    })?;
    // Editors of another system put a mark there, which is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    parse(subject, format, text).map_err(|fault| {
        let place = (fault.line, fault.column);
        VariablesError::Contents {
            report: Report::at(path, text, place, 1, &fault.message),
        }
    })
}

fn octets(path: &Path) -> Result<Vec<u8>, VariablesError> {
    let fail = |source: io::Error| VariablesError::Read {
        path: path.to_owned(),
        source,
    };
    let mut octets = Vec::new();
    File::open(path)
        .map_err(fail)?
        .take(MOST_OCTETS + 1)
        .read_to_end(&mut octets)
        .map_err(fail)?;
    if octets.len() as u64 > MOST_OCTETS {
        return Err(VariablesError::TooLarge {
            path: path.to_owned(),
            mebibytes: MOST_OCTETS / (1024 * 1024),
        });
    }
    Ok(octets)
}

/// Reads an object of JSON, whatever the names in it; an error is a line, a column and a message.
pub(super) fn parse_any_json(text: &str) -> Result<Dict, (usize, usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fault = value::parse_json(text, &Budget::new(text, &|_| None));
    fault.map_err(|fault| (fault.line, fault.column, fault.message))
}

fn parse(subject: Subject, format: Format, text: &str) -> Result<Dict, Fault> {
    let name_fault = |name: &str| name_fault(subject, name);
    match format {
        Format::Toml => toml::parse(text, &name_fault),
        Format::Yaml => value::parse_yaml(text, &Budget::new(text, &name_fault)),
        Format::Json => value::parse_json(text, &Budget::new(text, &name_fault)),
    }
}

/// Says why a variable must not have that name, if so.
pub(super) fn name_fault(subject: Subject, name: &str) -> Option<String> {
    if !is_plain_identifier(name) {
        return Some(format!(
            "`{}` cannot be the name of a variable, which has letters, digits and underscores and \
             begins with a letter",
            name.escape_debug()
        ));
    }
    let is_ours =
        name == subject.name_variable() || name.strip_suffix("_directory") == Some(subject.word());
    is_ours.then(|| fixed(subject, name))
}

/// Whether the name is an identifier that begins with a letter.
pub(super) fn is_plain_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(unicode_ident::is_xid_start)
        && characters.all(unicode_ident::is_xid_continue)
}

/// Says why a variable cannot be set.
pub(super) fn fixed(subject: Subject, name: &str) -> String {
    format!(
        "the variable `{name}` cannot be set: it follows from the arguments of `{}`",
        subject.command()
    )
}

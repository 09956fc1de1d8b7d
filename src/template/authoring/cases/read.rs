//! From TOML to cases. What is wrong is said with its place.

use std::{path::Path, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use super::{Case, RunStep, SNAPSHOTS};
use crate::template::{
    authoring::AuthoringError,
    report::Report,
    value::{Dict, Value},
    variables,
};

/// How long a command may take where the case does not say: as long as the tests of a new project
/// take on a slow machine, with an environment to make.
const TIMEOUT: u64 = 120;

/// The name of a project where the case's own is none.
const PROJECT: &str = "example";

/// A case as it stands in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    case: RawCase,
    #[serde(default)]
    answers: toml::Table,
    #[serde(default)]
    run: Vec<RawStep>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    description: Option<String>,
    name: Option<String>,
    #[serde(default)]
    install: bool,
    fails: Option<String>,
    snapshot: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    command: Spanned<Command>,
    #[serde(default)]
    status: i32,
    output: Option<String>,
    timeout: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Command {
    /// For a shell.
    Line(String),
    Words(Vec<String>),
}

/// Reads a case.
pub(super) fn case(path: &Path, contents: &[u8]) -> Result<Case, AuthoringError> {
    let text = String::from_utf8_lossy(contents);
    let fault = |offset: usize, width: usize, message: &str| AuthoringError::Case {
        report: Report::new(path, &text, offset..offset + width, message),
    };
    let raw: Raw = toml::from_str(&text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        fault(span.start, span.len(), error.message())
    })?;
    let Raw { case, answers, run } = raw;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let steps = run.into_iter().map(|step| {
        let place = step.command.span();
        let (command, shown) = match step.command.into_inner() {
            Command::Line(line) => (vec!["sh".to_owned(), "-c".to_owned(), line.clone()], line),
            Command::Words(words) => (words.clone(), words.join(" ")),
        };
        if command.is_empty() || shown.trim().is_empty() {
            return Err(fault(place.start, place.len(), "there is no command"));
        }
        Ok(RunStep {
            command,
            shown,
            status: step.status,
            output: step.output,
            timeout: Duration::from_secs(step.timeout.unwrap_or(TIMEOUT)),
        })
    });
    let snapshots = path.parent().unwrap_or(Path::new("")).join(SNAPSHOTS);
    let is_compared = case.snapshot.unwrap_or(case.fails.is_none());
    Ok(Case {
        description: case.description,
        project: case.name.unwrap_or_else(|| project(&stem)),
        answers: answers
            .iter()
            .map(|(name, answer)| (name.as_str().into(), value(answer)))
            .collect(),
        install: case.install,
        fails: case.fails,
        snapshot: is_compared.then(|| snapshots.join(&*stem)),
        steps: steps.collect::<Result<_, _>>()?,
        name: stem.into_owned(),
        file: path.to_owned(),
    })
}

/// The name of a case as that of its project, where it can be one.
fn project(stem: &str) -> String {
    let name = stem.replace('-', "_");
    if variables::is_plain_identifier(&name) {
        name
    } else {
        PROJECT.to_owned()
    }
}

/// The value of an answer; what a variable cannot be is a text.
fn value(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::text(text.as_str()),
        toml::Value::Integer(number) => Value::Int((*number).into()),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Array(items) => Value::List(items.iter().map(self::value).collect()),
        toml::Value::Table(table) => {
            let items: Dict = table
                .iter()
                .map(|(key, item)| (key.as_str().into(), self::value(item)))
                .collect();
            Value::Dict(items.into())
        }
        toml::Value::Datetime(moment) => Value::text(moment.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(name: &str, text: &str) -> Result<Case, String> {
        case(Path::new(name), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn all_keys_are_read() {
        let text = "[case]\ndescription = 'd'\nname = 'shop'\ninstall = true\n\
                    [answers]\ndocker = true\nports = [1, 2]\n\
                    [[run]]\ncommand = ['python3', '-V']\n\
                    [[run]]\ncommand = 'exit 3'\nstatus = 3\noutput = 'o'\ntimeout = 5\n";
        let case = read("t/tests/with-docker.toml", text).unwrap();
        assert_eq!(
            (case.name.as_str(), case.project.as_str()),
            ("with-docker", "shop")
        );
        let snapshot = case.snapshot.unwrap();
        assert_eq!(snapshot, Path::new("t/tests/snapshots/with-docker"));
        assert!(matches!(case.answers["docker"], Value::Bool(true)));
        assert_eq!(case.steps[0].command, ["python3", "-V"]);
        assert_eq!(case.steps[0].timeout, Duration::from_secs(TIMEOUT));
        assert_eq!(case.steps[1].command, ["sh", "-c", "exit 3"]);
        assert_eq!(
            (case.steps[1].status, case.steps[1].shown.as_str()),
            (3, "exit 3")
        );
    }

    #[rstest]
    #[case("with-docker", "with_docker")]
    #[case("3", "example")]
    #[case("a b", "example")]
    fn a_case_names_its_project(#[case] name: &str, #[case] expected: &str) {
        let case = read(&format!("{name}.toml"), "[case]\nfails = 'x'\n").unwrap();
        assert_eq!(case.project, expected);
        assert_eq!(case.snapshot, None);
    }

    #[rstest]
    #[case("[case]\nnam = 'x'\n", "a.toml:2:1: unknown field `nam`")]
    #[case("[case]\n[[run]]\ncommand = []\n", "a.toml:3:11: there is no command")]
    #[case("[answers]\n", "missing field `case`")]
    fn faults_have_their_place(#[case] text: &str, #[case] expected: &str) {
        let error = read("a.toml", text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

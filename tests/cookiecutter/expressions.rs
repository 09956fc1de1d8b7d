//! Single texts: what Jinja2 makes of them, and what the program does.

use std::fmt::Write as _;

use proptest::prelude::*;
use scaffold::template::{Dict, Value, render_jinja};

use super::oracle::Oracle;

/// The variables of every comparison.
const VARIABLES: &str = include_str!("variables.json");

/// The texts of a file, one a line: `⏎` is a line end, and several expressions are several texts.
fn texts(file: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with("## ")) {
        let line = line.replace('⏎', "\n");
        if line.contains("{%") || line.contains("{{ '{{") {
            texts.push(line);
            continue;
        }
        let parts: Vec<&str> = line.split("}} {{").collect();
        for (index, part) in parts.iter().enumerate() {
            let open = if index > 0 { "{{" } else { "" };
            let close = if index + 1 < parts.len() { "}}" } else { "" };
            texts.push(format!("{open}{part}{close}"));
        }
    }
    texts
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().unwrap()),
            |number| Value::Int(number.into()),
        ),
        serde_json::Value::String(text) => Value::text(text.as_str()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(_) => Value::Dict(dict(json).into()),
    }
}

fn dict(json: &serde_json::Value) -> Dict {
    let items = json.as_object().unwrap().iter();
    items
        .map(|(key, item)| (key.as_str().into(), value(item)))
        .collect()
}

/// What both make of the texts of a file, where it is not the same.
fn differences(file: &str) -> (usize, Vec<String>) {
    let variables: serde_json::Value = serde_json::from_str(VARIABLES).unwrap();
    let texts = texts(file);
    let home = tempfile::tempdir().unwrap();
    let expected = Oracle::new(home.path()).rendered(&texts, &variables);
    let variables = dict(&variables);
    let mut differences = Vec::new();
    for (text, expected) in texts.iter().zip(expected) {
        let ours = render_jinja(text, &variables);
        if ours.as_ref().ok() != expected.as_ref() {
            let mut difference = format!("{text:?}\n  Jinja2: ");
            let _ = match expected {
                Some(text) => writeln!(difference, "{text:?}"),
                None => writeln!(difference, "an error"),
            };
            let _ = writeln!(difference, "    ours: {ours:?}");
            differences.push(difference);
        }
    }
    (texts.len(), differences)
}

#[test]
fn texts_render_as_in_jinja2() {
    let (_, differences) = differences(include_str!("expressions.txt"));
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// What is listed there has to differ, so that the list stays true.
#[test]
fn known_differences_are_differences() {
    let (all, differences) = differences(include_str!("differences.txt"));
    assert_eq!(differences.len(), all, "{}", differences.join("\n"));
}

/// Pieces that texts of templates are made of.
const PIECES: [&str; 48] = [
    "{{ ",
    " }}",
    "{% ",
    " %}",
    "{# ",
    " #}",
    "{%- ",
    " -%}",
    "if ",
    "endif",
    "for x in ",
    "endfor",
    "set y = ",
    "macro m(a) ",
    "endmacro",
    "raw",
    "endraw",
    "now 'utc'",
    "block b",
    "endblock",
    "filter upper",
    "endfilter",
    "| slugify",
    "| jsonify",
    "| int",
    "| join(',')",
    "| truncate(3)",
    "| wordwrap(2)",
    "| center(9)",
    "cookiecutter.name",
    "l",
    "n",
    "s",
    "x",
    "y",
    "1",
    "-2",
    "1.5",
    "'a'",
    "\"b\"",
    "[1, 2]",
    "{'k': 1}",
    "(",
    ")",
    " + ",
    " * ",
    ".",
    "é\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Whatever a text is, rendering it ends, and without a panic.
    #[test]
    fn no_text_makes_it_panic(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24),
        any in "\\PC{0,12}",
    ) {
        let variables = dict(&serde_json::from_str(VARIABLES).unwrap());
        let _ = render_jinja(&pieces.concat(), &variables);
        let _ = render_jinja(&format!("{any}{}{any}", pieces.join(" ")), &variables);
        let text = format!("{{{{ s | slugify(regex_pattern='{any}') }}}}{{% now '{any}' %}}");
        let _ = render_jinja(&text, &variables);
    }
}

//! Templates written by hand, by theme, in `corpus/*.txt`.
//!
//! One case a line: what Django does with it (`=` renders it, `!` raises `TemplateSyntaxError`,
//! `!!` another exception), a space, and the template, in which `⏎`, `␍`, `␉` and `␠` stand for the
//! end of a line, a carriage return, a tab, and a space at the end. Longer ones begin with a line
//! `=<<` or `!<<` and end before a line `>>`. Lines that begin with `#` are comments.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{
    Comparison, Difference,
    oracle::{Answer, Oracle},
    variables,
};

/// How many templates there are at least.
const AT_LEAST: usize = 850;

/// How many differences are shown: beyond that they say the same.
const SHOWN: usize = 40;

/// What Django does with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expected {
    Renders,
    SyntaxError,
    OtherError,
}

impl Expected {
    const MARKS: [(&str, Self); 3] = [
        ("!!", Self::OtherError),
        ("!", Self::SyntaxError),
        ("=", Self::Renders),
    ];

    fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Output(_) => Self::Renders,
            Answer::Refusal(refusal) if refusal.is_syntax_error() => Self::SyntaxError,
            Answer::Refusal(_) => Self::OtherError,
        }
    }
}

/// A template of the corpus.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    expected: Expected,
    text: String,
}

/// All templates, by the file that they are in.
fn corpus() -> BTreeMap<String, Vec<Case>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialect/corpus");
    let files = fs::read_dir(directory).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        (name.clone(), parse(&name, &text))
    });
    files.collect()
}

fn texts() -> Vec<String> {
    let cases = corpus().into_values().flatten();
    cases.map(|case| case.text).collect()
}

fn parse(name: &str, text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    // Not `lines`: it would take a carriage return from the end of a template.
    let mut lines = text.split_terminator('\n');
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (expected, rest) = Expected::MARKS
            .into_iter()
            .find_map(|(mark, expected)| Some((expected, line.strip_prefix(mark)?)))
            .unwrap_or_else(|| panic!("{name}: no mark in the line {line:?}"));
        let text = match rest.strip_prefix(' ') {
            Some(text) => text
                .replace('⏎', "\n")
                .replace('␍', "\r")
                .replace('␉', "\t")
                .replace('␠', " "),
            None if rest.is_empty() => String::new(),
            None if rest == "<<" => {
                let block = lines.by_ref().take_while(|line| *line != ">>");
                block.flat_map(|line| [line, "\n"]).collect()
            }
            None => panic!("{name}: no space after the mark in the line {line:?}"),
        };
        cases.push(Case { expected, text });
    }
    cases
}

#[test]
fn the_corpus_is_read() {
    let case = |expected, text: &str| Case {
        expected,
        text: text.into(),
    };
    assert_eq!(
        parse("x", "# no\n= a⏎b\n\n!!  c␠\n=\n!<<\n= d\n\n>>\n! e\r\n"),
        [
            case(Expected::Renders, "a\nb"),
            case(Expected::OtherError, " c "),
            case(Expected::Renders, ""),
            case(Expected::SyntaxError, "= d\n\n"),
            case(Expected::SyntaxError, "e\r"),
        ]
    );
}

#[test]
fn the_corpus_is_as_large_as_it_says() {
    let texts = texts();
    assert!(texts.len() >= AT_LEAST, "{}", texts.len());
    let distinct: BTreeSet<_> = texts.iter().collect();
    assert_eq!(distinct.len(), texts.len(), "some are there twice");
}

#[test]
fn the_corpus_holds_every_builtin_tag_and_filter() {
    let all = texts().join("\n");
    let (tags, filters) = Oracle::new().builtins();
    assert!(tags.len() > 20 && filters.len() > 50);
    let is_missing = |before: &str, name: &str| {
        let pattern = format!(r"{before}\s*{}\b", regex::escape(name));
        !regex::Regex::new(&pattern).unwrap().is_match(&all)
    };
    let tags = tags.iter().filter(|name| is_missing(r"\{%", name));
    let filters = filters.iter().filter(|name| is_missing(r"\|", name));
    let missing: Vec<_> = tags.chain(filters).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn django_does_with_the_corpus_what_the_corpus_says() {
    let mut oracle = Oracle::new();
    let variables = variables();
    for (name, cases) in corpus() {
        for Case { expected, text } in cases {
            let answer = oracle.ask(&text, &variables);
            assert_eq!(
                Expected::of(&answer),
                expected,
                "{name}: {text:?}: {answer}"
            );
        }
    }
}

/// The other tests ask Django's template engine; here `startproject` itself says that this is the
/// same.
#[test]
fn the_oracle_says_what_djangos_startproject_writes() {
    let mut oracle = Oracle::new();
    let directory = tempfile::tempdir().unwrap();
    let variables = variables();
    for text in texts() {
        // The day may end between two answers.
        if let Answer::Output(expected) = oracle.ask(&text, &variables)
            && !text.contains("now")
        {
            let written = oracle.startproject(directory.path(), &text, &variables);
            assert_eq!(written, expected, "{text:?}");
        }
    }
}

#[test]
fn the_program_does_with_the_corpus_what_django_does() {
    let texts = texts();
    let differences = Comparison::new().differences(&texts);
    let shown: Vec<_> = differences
        .iter()
        .take(SHOWN)
        .map(Difference::to_string)
        .collect();
    assert!(
        differences.is_empty(),
        "{} of {} templates differ; the first of them:\n{}",
        differences.len(),
        texts.len(),
        shown.join("\n")
    );
}

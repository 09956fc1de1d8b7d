//! Django's template dialect, compared with Django itself: the same template goes through the real
//! Django ([`oracle`]) and through the program ([`ours`]), and what comes out must be the same
//! octets, or an error that says the same.
//!
//! Nothing that Django answers is stored here, so a newer Django is compared with by installing it.
//! The templates are written by hand ([`corpus`]) and made at random ([`generator`]); whole trees,
//! options and messages are compared in [`trees`] and [`messages`].

mod corpus;
mod generator;
mod messages;
mod oracle;
mod ours;
mod trees;

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use oracle::{Answer, Oracle};
use ours::{Ours, Run};
use serde_json::{Map, Value};

/// The variables of every comparison: values of all types that JSON has, and texts that are odd in
/// one way or another. Numbers are within 128 bits, because greater ones are refused on purpose.
const VARIABLES: &str = include_str!("variables.json");

/// The name of every project that is made here.
const PROJECT: &str = "mysite";

/// How many templates one run of the program renders: starting it costs as much as many templates.
const BATCH: usize = 100;

/// How many runs of the program go on at the same time.
const THREADS: usize = 2;

/// The given variables, and those of the ones that `startproject` adds that are the same everywhere.
/// Its random `secret_key` is compared by its shape, among the trees.
fn variables() -> Map<String, Value> {
    let mut variables: Map<String, Value> = serde_json::from_str(VARIABLES).unwrap();
    variables.insert("project_name".into(), PROJECT.into());
    variables.insert("camel_case_project_name".into(), "Mysite".into());
    variables
}

/// A template of which Django and the program do not make the same.
struct Difference {
    text: String,
    django: Answer,
    ours: Run,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, django, ours } = self;
        writeln!(
            f,
            "template: {text:?}\n  Django: {django}\n    ours: {ours}"
        )
    }
}

/// Both sides of the comparison.
struct Comparison {
    oracle: Mutex<Oracle>,
    ours: Ours,
}

impl Comparison {
    fn new() -> Self {
        Self {
            oracle: Mutex::new(Oracle::new()),
            ours: Ours::new(),
        }
    }

    fn ask(&self, text: &str) -> Answer {
        // A poisoned oracle belongs to a test that has failed already.
        let mut oracle = self.oracle.lock().unwrap_or_else(PoisonError::into_inner);
        oracle.ask(text, &variables())
    }

    /// Whether Django and the program differ on one template.
    fn difference(&self, text: &str) -> Option<Difference> {
        let django = self.ask(text);
        let ours = self.ours.run(&[text]).remove(0);
        (!agree(&django, &ours)).then(|| Difference {
            text: text.to_owned(),
            django,
            ours,
        })
    }

    /// The templates that differ. Those that Django renders are rendered many at once; each that
    /// it refuses has a run of its own, as one refusal ends a run.
    fn differences(&self, texts: &[String]) -> Vec<Difference> {
        let answers: Vec<_> = texts.iter().map(|text| (&**text, self.ask(text))).collect();
        let (rendered, refused): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|(_, answer)| matches!(answer, Answer::Output(_)));
        let jobs: Vec<_> = rendered.chunks(BATCH).chain(refused.chunks(1)).collect();
        let waiting = Mutex::new(jobs.into_iter());
        let work = || {
            let mut found = Vec::new();
            loop {
                let job = waiting.lock().unwrap().next();
                let Some(job) = job else { return found };
                let texts: Vec<_> = job.iter().map(|(text, _)| *text).collect();
                let runs = self.ours.run(&texts);
                found.extend(job.iter().zip(runs).filter_map(|((text, django), ours)| {
                    if agree(django, &ours) {
                        None
                    } else if text.contains("now") {
                        // The day may have ended between the two answers.
                        self.difference(text)
                    } else {
                        Some(Difference {
                            text: (*text).to_owned(),
                            django: django.clone(),
                            ours,
                        })
                    }
                }));
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            let found = threads.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|e| std::panic::resume_unwind(e))
            });
            found.flatten().collect()
        })
    }
}

/// Whether the program did what Django did: wrote the same, or refused the template, naming the
/// file and the line, and where Django's language is violated, with Django's message.
fn agree(django: &Answer, ours: &Run) -> bool {
    match (django, ours) {
        (Answer::Output(expected), Run::Output(output)) => expected == output,
        (Answer::Refusal(refusal), Run::Refusal { code, stderr, line }) => {
            let says_same = !refusal.is_syntax_error()
                || words(stderr).contains(&words(&visible(&refusal.message)))
                    && refusal.line.is_none_or(|expected| *line == Some(expected));
            *code == Some(1) && line.is_some() && says_same
        }
        _ => false,
    }
}

/// The text with what nobody sees written out, as the program does before it reaches a terminal.
fn visible(text: &str) -> String {
    text.replace('\u{200b}', "\\u{200b}")
        .replace('\u{feff}', "\\u{feff}")
}

/// The text with each run of white space as one space: messages may be wrapped.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_difference_is_found() {
    let refusal = |kind: &str| {
        Answer::Refusal(oracle::Refusal {
            kind: kind.into(),
            message: "Empty variable tag on line 3".into(),
            line: Some(3),
        })
    };
    let run = |code, line: Option<u64>, stderr: &str| Run::Refusal {
        code: Some(code),
        line,
        stderr: stderr.into(),
    };
    let output = |text: &str| Run::Output(text.into());
    let syntax = refusal("TemplateSyntaxError");
    let message = "error: x: Empty variable\n tag on line 3";

    assert!(agree(&Answer::Output("a".into()), &output("a")));
    assert!(agree(&syntax, &run(1, Some(3), message)));
    assert!(agree(&refusal("KeyError"), &run(1, Some(9), "other words")));

    assert!(!agree(&Answer::Output("a".into()), &output("a\n")));
    assert!(!agree(
        &Answer::Output("a".into()),
        &run(1, Some(3), message)
    ));
    assert!(!agree(&syntax, &output("a")));
    assert!(!agree(&syntax, &run(101, Some(3), message)), "a panic");
    assert!(!agree(&syntax, &run(1, Some(4), message)), "another line");
    assert!(!agree(&syntax, &run(1, Some(3), "other words")));
    assert!(!agree(&refusal("KeyError"), &run(1, None, "no line")));
}

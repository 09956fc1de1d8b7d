//! `docs/tutorial.md`, word for word: each block of shell is run as it stands there, one after
//! another in an empty directory, with the real program; what follows it as text is what it prints.

use std::{fs, path::PathBuf, process::Command};

use crate::support::{Sandbox, newest, on_terminal};

/// Read when the test runs, so that nothing is built anew for a word.
const TUTORIAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tutorial.md");

/// Stands in the page for whatever differs from machine to machine.
const ANYTHING: char = '…';

/// A block of shell, and what it prints.
#[derive(Debug, Default)]
struct Step {
    /// The line of the page.
    line: usize,
    script: String,
    output: String,
}

/// The blocks of the page, in order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::<Step>::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let block = lines.by_ref().map(|(_, line)| line);
        let block = block.take_while(|line| *line != "```");
        let text: String = block.flat_map(|line| [line, "\n"]).collect();
        match kind {
            "sh" => steps.push(Step {
                line: number + 1,
                script: text,
                output: String::new(),
            }),
            "text" => steps.last_mut().unwrap().output = text,
            _ => panic!("line {}: a block of {kind}", number + 1),
        }
    }
    steps
}

/// Whether a text is as the page has it.
fn is_as_written(expected: &str, actual: &str) -> bool {
    let parts = expected.trim_end().split(ANYTHING).map(regex::escape);
    let pattern = format!("(?s)^{}$", parts.collect::<Vec<_>>().join(".*"));
    regex::Regex::new(&pattern)
        .unwrap()
        .is_match(actual.trim_end())
}

/// The account of somebody who has set up Git, with scaffold on `PATH`.
fn account() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let program = PathBuf::from(assert_cmd::cargo::cargo_bin!("scaffold"));
    sandbox.first_on_path(newest().bin_dir());
    sandbox.first_on_path(program.parent().unwrap());
    let git = "[user]\nname = You\nemail = you@example.com\n\
               [core]\npager = cat\n[color]\nui = false\n";
    fs::write(sandbox.home().join(".gitconfig"), git).unwrap();
    sandbox
}

#[test]
fn the_tutorial_works_word_for_word() {
    let sandbox = account();
    let place = sandbox.home().join("place");
    let mut directory = sandbox.dir();
    let steps = steps(&fs::read_to_string(TUTORIAL).unwrap());
    assert!(steps.len() > 10, "{steps:?}");
    for step in steps {
        // What is a terminal for the reader is one here; the reader's shell stays in a directory.
        let script = format!(
            "set -e\nexec 1>&2\ntrap 'pwd >\"$PLACE\"' EXIT\n{}",
            step.script
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(&directory);
        command.env_clear().envs(sandbox.env());
        command.env("NO_COLOR", "1").env("PLACE", &place);
        let output = on_terminal(command);
        let shown = String::from_utf8(output.stderr).unwrap();
        let Step { line, script, .. } = &step;
        assert!(output.status.success(), "line {line}:\n{script}\n{shown}");
        assert!(
            is_as_written(&step.output, &shown),
            "line {line}:\n{script}\nshould print:\n{}\nand prints:\n{shown}",
            step.output
        );
        directory = fs::read_to_string(&place).unwrap().trim_end().into();
    }
}

#[test]
fn what_is_printed_is_compared() {
    assert!(is_as_written("made … files\n", "made 13 files\n\n"));
    assert!(is_as_written("", ""));
    assert!(!is_as_written("", "made"));
    assert!(!is_as_written("made … files", "made 13 files and more"));
    assert!(!is_as_written("made (…)", "made"));
    assert_eq!(steps("```sh\na\n```\n\n```text\nb\n```\n")[0].output, "b\n");
}

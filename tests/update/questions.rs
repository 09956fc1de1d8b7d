//! What is new in a template is asked for at a terminal, and only that.

use super::Story;
use crate::support::{Test, Typing};

const ENTER: &str = "\r";
const CONTROL_C: &str = "\x03";

const OLD: &str = "[[variables]]\nname = 'title'\nprompt = 'Which title?'\ndefault = 'x'\n";

/// Two more questions, one of which depends on the other, and a variable that is not asked for.
const MORE: &str = "\
[[variables]]
name = 'mail'
prompt = 'Which address?'
pattern = '.+@.+'
pattern-message = 'has an @'
[[variables]]
name = 'list'
prompt = 'Which list?'
default = 'list-{{ mail }}'
[[variables]]
name = 'quiet'
default = 'q'
";

const TEXT: &str = "{{ title }} {{ mail }} {{ list }} {{ quiet }}\n";

/// A project whose template has new questions, and the update at a terminal.
fn update(arguments: &[&str]) -> (Typing, Vec<(String, String)>) {
    let mut story = Story::with(
        &[("scaffold.toml", OLD), ("a.txt", "{{ title }}\n")],
        &["--var", "title=mine"],
    );
    story.user(&[("own.txt", "own\n")]);
    let manifest = format!("{OLD}{MORE}");
    story.template(&[("scaffold.toml", &manifest), ("a.txt", TEXT)]);
    let before = story.tree();
    let test = Test::within(story.sandbox.take().unwrap());
    let arguments = [&["update", "mysite"], arguments].concat();
    (test.args(arguments).start_on_terminal(), before)
}

#[test]
fn a_new_question_is_asked_at_a_terminal() {
    let (mut typing, _) = update(&[]);
    typing.sees("? Which address?").sees("Ctrl-C: cancel");
    typing.types("nobody").sees("has an @").sees("Ctrl-C");
    typing.types("@example.org").sees("> nobody@example.org");
    typing.types(ENTER).sees("> list-nobody@example.org");
    typing.types(ENTER).sees("Are these answers right?");
    typing.sees("Ctrl-C").types(ENTER).ends_with(0);
    let shown = typing.shown();
    assert!(!shown.contains("Which title?"), "{shown}");
    let text = "mine nobody@example.org list-nobody@example.org q\n";
    assert_eq!(typing.contents("mysite/a.txt"), text);
    let memory = typing.contents("mysite/.scaffold.toml");
    assert!(
        memory.contains("mail = \"nobody@example.org\"\n"),
        "{memory}"
    );
    assert!(typing.stdout().starts_with("updated   a.txt\n"));
}

#[test]
fn what_is_said_is_not_asked_for() {
    let arguments = ["--var", "mail=a@b", "--var", "list=l"];
    let (mut typing, _) = update(&arguments);
    typing.ends_with(0);
    assert_eq!(typing.contents("mysite/a.txt"), "mine a@b l q\n");
    let (mut typing, _) = update(&["--check"]);
    typing.ends_with(1);
    let (mut typing, before) = update(&["--defaults"]);
    typing
        .sees("the template needs a value for `mail`")
        .ends_with(1);
    let text = &before.iter().find(|(path, _)| path == "a.txt").unwrap().1;
    assert_eq!(typing.contents("mysite/a.txt"), *text);
}

#[test]
fn an_update_that_is_cancelled_changes_nothing() {
    let (mut typing, before) = update(&[]);
    typing.sees("Ctrl-C: cancel").types("a@b").sees("> a@b");
    typing.types(ENTER).sees("? Which list?").sees("Ctrl-C");
    typing.types(CONTROL_C).ends_with(130);
    for (path, text) in before.iter().filter(|(path, _)| path.contains('.')) {
        assert_eq!(typing.contents(&format!("mysite/{path}")), *text);
    }
}

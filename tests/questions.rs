//! Questions at a terminal: each type, the way back, the summary, and the end.

use rstest::rstest;
use rustix::process::Signal;

use crate::support::{Test, Typing};

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const TAB: &str = "\t";
const BACKSPACE: &str = "\x7f";
const CONTROL_B: &str = "\x02";
const CONTROL_C: &str = "\x03";
const CONTROL_D: &str = "\x04";
const CONTROL_U: &str = "\x15";

/// What is asked in the end.
const REVIEW: &str = "Are these answers right?";

/// What the help says of keys.
const KEYS: &str = "Ctrl-C: cancel";

/// A run with a template that declares these variables and writes `text`.
fn test(variables: &str, text: &str) -> Test {
    Test::new()
        .file("house/scaffold.toml", variables)
        .file("house/out", text)
        .args(["startproject", "my_site", "--template", "./house"])
}

/// A run with one variable, `a`, that is asked for.
fn one(declaration: &str) -> Typing {
    let variables = format!("[[variables]]\nname = 'a'\nprompt = 'Which one?'\n{declaration}\n");
    test(&variables, "{{ a }}").start_on_terminal()
}

/// Takes all answers, and returns what was written.
#[track_caller]
fn written(typing: &mut Typing) -> String {
    typing.sees(REVIEW).sees(KEYS).types(ENTER).ends_with(0);
    assert_eq!(typing.stdout(), "", "questions are on standard error");
    typing.contents("my_site/out")
}

#[rstest]
#[case("default = '{{ project_name | kebab_case }}'", "> my-site", "my-site")]
#[case("type = 'text'\ndefault = \"one\\ntwo\"", "  two", "one\ntwo")]
#[case("type = 'integer'\ndefault = 5432", "> 5432", "5432")]
#[case("type = 'float'\ndefault = 2.5", "> 2.5", "2.5")]
#[case("type = 'boolean'\ndefault = true", "> yes", "true")]
#[case("type = 'boolean'\ndefault = false", "> no", "false")]
#[case(
    "type = 'choice'\ndefault = 'b'\nchoices = ['a', { value = 'b', label = 'The other' }]",
    "> The other",
    "b"
)]
#[case(
    "type = 'multi-choice'\ndefault = ['b']\nchoices = ['a', 'b']",
    "[x] b",
    "[\"b\"]"
)]
#[case("type = 'path'\ndefault = 'src/app'", "> src/app", "src/app")]
fn enter_takes_the_default(#[case] declaration: &str, #[case] shown: &str, #[case] expected: &str) {
    let mut typing = one(&format!("{declaration}\nhelp = 'It helps.'"));
    typing.sees("? Which one?").sees("It helps.").sees(shown);
    typing.sees("Enter: take").types(ENTER);
    assert_eq!(written(&mut typing), expected);
}

/// What is wrong is said while it is typed, and Enter does nothing until it is right.
#[rstest]
#[case(
    "pattern = '[a-z]+'\npattern-message = 'has small letters only'",
    "B",
    "has small letters only",
    "b"
)]
#[case(
    "checks = [{ expression = 'a != \"x\"', message = 'is taken' }]",
    "x",
    "is taken",
    "y"
)]
#[case("type = 'integer'", "1x", "takes an integer, not `1x`", "12")]
#[case(
    "type = 'integer'\nchecks = [{ expression = 'a > 1024', message = 'must be above 1024' }]",
    "80",
    "must be above 1024",
    "8080"
)]
#[case("type = 'float'", "1.x", "takes a number, not `1.x`", "1.5")]
#[case("type = 'path'", "../x", "takes a relative path, not `../x`", "x/y")]
#[case("default = 'd'\npattern = '[^!]+'", "!", "does not match `[^!]+`", "e")]
fn what_is_wrong_is_refused_as_it_is_typed(
    #[case] declaration: &str,
    #[case] wrong: &str,
    #[case] complaint: &str,
    #[case] right: &str,
) {
    let mut typing = one(declaration);
    typing.sees(KEYS).types(wrong).sees(complaint).sees(KEYS);
    typing.types(ENTER).sees(complaint).sees(KEYS);
    typing
        .types(CONTROL_U)
        .sees(KEYS)
        .types(right)
        .sees(right)
        .sees(KEYS);
    let shown = typing.shown();
    let last = shown.rsplit("? Which one?").next().unwrap();
    assert!(!last.contains(complaint), "{last}");
    typing.types(ENTER);
    assert_eq!(written(&mut typing), right);
}

#[test]
fn what_has_no_default_needs_an_answer() {
    let mut typing = one("");
    typing
        .sees(KEYS)
        .types(ENTER)
        .sees("needs an answer")
        .types("x")
        .sees("> x");
    typing.types(ENTER);
    assert_eq!(written(&mut typing), "x");
}

#[test]
fn a_default_can_be_changed_and_emptied() {
    let mut typing = one("default = 'old'");
    typing
        .sees(KEYS)
        .types(TAB)
        .sees("> old")
        .types("er")
        .sees("> older")
        .types(ENTER);
    assert_eq!(written(&mut typing), "older");
    let mut typing = one("default = 'old'");
    typing.sees(KEYS).types(BACKSPACE).sees(KEYS).types(ENTER);
    typing.sees(REVIEW).sees("(nothing)");
    assert_eq!(
        typing
            .sees(KEYS)
            .types(ENTER)
            .ends_with(0)
            .contents("my_site/out"),
        ""
    );
}

#[test]
fn a_text_has_lines() {
    let mut typing = one("type = 'text'");
    typing.sees("Ctrl-D: done").types("one").sees("> one");
    typing
        .types(ENTER)
        .sees(KEYS)
        .types("two")
        .sees("  two")
        .types(CONTROL_D);
    typing.sees("one …");
    assert_eq!(written(&mut typing), "one\ntwo");
}

/// The terminal says what comes from the clipboard: its line ends answer nothing.
#[test]
fn what_is_pasted_stays_in_one_field() {
    let mut typing = one("");
    typing
        .sees(KEYS)
        .types("\x1b[200~one\rtwo\r\x1b[201~")
        .sees("> one two")
        .types(ENTER);
    assert_eq!(written(&mut typing), "one two");
}

#[test]
fn choices_are_moved_through() {
    let choices = "choices = ['sqlite', { value = 'pg', label = 'PostgreSQL' }, 'mysql']";
    let mut typing = one(&format!("type = 'choice'\n{choices}"));
    typing
        .sees("> sqlite")
        .sees(KEYS)
        .types(DOWN)
        .sees("> PostgreSQL")
        .types(ENTER);
    assert_eq!(written(&mut typing), "pg");

    let mut typing = one(&format!("type = 'multi-choice'\n{choices}"));
    typing
        .sees("> [ ] sqlite")
        .sees(KEYS)
        .types(" ")
        .sees("> [x] sqlite");
    typing
        .types(UP)
        .sees("> [ ] mysql")
        .types(" ")
        .sees("> [x] mysql")
        .types(ENTER);
    typing.sees("? Which one? sqlite, mysql");
    assert_eq!(written(&mut typing), "[\"sqlite\", \"mysql\"]");
}

#[test]
fn a_choice_of_several_is_checked_too() {
    let mut typing = one("type = 'multi-choice'\nchoices = ['x', 'y']\n\
         checks = [{ expression = \"a | length > 0\", message = 'needs one' }]");
    typing
        .sees(KEYS)
        .types(ENTER)
        .sees("needs one")
        .types(" ")
        .sees("[x] x")
        .types(ENTER);
    assert_eq!(written(&mut typing), "[\"x\"]");
}

#[test]
fn yes_and_no_are_letters() {
    let mut typing = one("type = 'boolean'\ndefault = false");
    typing
        .sees("> no")
        .sees(KEYS)
        .types("y")
        .sees("> yes")
        .types(ENTER);
    assert_eq!(written(&mut typing), "true");
}

/// Neither as it is typed, nor in a complaint, nor in the summary.
#[test]
fn a_secret_is_never_shown() {
    let mut typing = one("secret = true\npattern = '[a-z]+'");
    typing
        .sees(KEYS)
        .types("geheim7")
        .sees("> *******")
        .sees("does not match");
    typing
        .types(BACKSPACE)
        .sees("> ******")
        .types(ENTER)
        .sees("? Which one? ********");
    typing.sees(REVIEW).sees("********");
    assert_eq!(written_after_review(&mut typing), "geheim");
    assert!(!typing.shown().contains("geheim"), "{}", typing.shown());

    let mut typing = one("secret = true\ntype = 'integer'\ndefault = 4711");
    typing
        .sees("> ********")
        .sees(KEYS)
        .types("geheim")
        .sees("takes an integer");
    typing
        .types(CONTROL_U)
        .sees(KEYS)
        .types("4712")
        .sees(KEYS)
        .types(ENTER);
    assert_eq!(written(&mut typing), "4712");
    for secret in ["geheim", "4711", "4712"] {
        assert!(!typing.shown().contains(secret), "{}", typing.shown());
    }
}

#[track_caller]
fn written_after_review(typing: &mut Typing) -> String {
    typing
        .sees(KEYS)
        .types(ENTER)
        .ends_with(0)
        .contents("my_site/out")
}

const SEVERAL: &str = "
[[variables]]
name = 'database'
prompt = 'Which database?'
type = 'choice'
choices = ['sqlite', 'postgresql']
default = 'sqlite'

[[variables]]
name = 'port'
prompt = 'Which port?'
type = 'integer'
default = 5432
when = \"database == 'postgresql'\"

[[variables]]
name = 'url'
prompt = 'Which address?'
default = '{{ database }}:{{ port }}'

[[variables]]
name = 'quiet'
default = 'not asked'

[[variables]]
name = 'computed'
value = '{{ url }}!'
";

fn several() -> Typing {
    test(SEVERAL, "{{ url }} {{ quiet }} {{ computed }}").start_on_terminal()
}

/// Each question depends on the answers before it, also after these have changed.
#[rstest]
fn one_can_go_back(#[values(ESCAPE, CONTROL_B, UP)] back: &str) {
    let mut typing = several();
    typing.sees("Which database?").sees(KEYS).types(ENTER);
    // The port is not asked for.
    typing
        .sees("Which address?")
        .sees("> sqlite:5432")
        .sees("Esc: back")
        .sees(KEYS)
        .types(back);
    typing
        .sees("Which database?")
        .sees("> sqlite")
        .sees(KEYS)
        .types(DOWN);
    typing.sees("> postgresql").types(ENTER);
    typing
        .sees("Which port?")
        .sees(KEYS)
        .types("6000")
        .sees("> 6000")
        .types(ENTER);
    typing
        .sees("Which address?")
        .sees("> postgresql:6000")
        .sees(KEYS)
        .types(back);
    typing
        .sees("Which port?")
        .sees("> 6000")
        .sees(KEYS)
        .types(ENTER);
    typing
        .sees("> postgresql:6000")
        .sees(KEYS)
        .types("x")
        .sees("> x")
        .types(ENTER);
    assert_eq!(written(&mut typing), "x not asked x!");
}

#[test]
fn the_summary_has_all_answers_and_a_way_back() {
    let mut typing = several();
    typing.sees("Which database?").sees(KEYS).types(ENTER);
    typing
        .sees("Which address?")
        .sees(KEYS)
        .types("x")
        .sees("> x")
        .types(ENTER);
    typing
        .sees(REVIEW)
        .sees("Which database?  sqlite")
        .sees("Which address?   x");
    typing
        .sees("> yes")
        .sees("go back")
        .sees("cancel")
        .sees(KEYS);
    typing.types(DOWN).sees("> go back").types(ENTER);
    typing
        .sees("Which address?")
        .sees("> x")
        .sees(KEYS)
        .types(TAB)
        .sees(KEYS);
    typing.types("y").sees("> xy").types(ENTER);
    assert_eq!(written(&mut typing), "xy not asked xy!");
}

#[rstest]
#[case::at_the_first_question(&[CONTROL_C])]
#[case::amid_a_text(&[ENTER, "some", CONTROL_C])]
#[case::at_the_summary(&[ENTER, ENTER, CONTROL_C])]
#[case::by_the_summary(&[ENTER, ENTER, "c", ENTER])]
fn the_end_leaves_nothing(#[case] keys: &[&str]) {
    let mut typing = several();
    typing.sees(KEYS);
    for (at, key) in keys.iter().enumerate() {
        typing.types(key);
        if at + 1 < keys.len() {
            typing.sees(KEYS);
        }
    }
    typing
        .sees("error: interrupted, and no project was made")
        .ends_with(130);
    assert!(!typing.has("my_site"));
}

/// The signal of a supervisor, and the terminal that goes away.
#[test]
fn a_signal_ends_it_and_the_terminal_is_as_before() {
    let mut typing = several();
    typing
        .sees(KEYS)
        .types(ENTER)
        .sees(KEYS)
        .kills(Signal::TERM);
    typing
        .sees("error: interrupted, and no project was made")
        .ends_with(130);
    assert!(!typing.has("my_site"));

    let mut typing = several();
    typing.sees(KEYS).closes();
    assert!(!typing.has("my_site"));
}

#[test]
fn what_is_given_is_not_asked() {
    let mut typing = test(SEVERAL, "{{ url }}")
        .env("SCAFFOLD_VAR_URL", "x")
        .args(["--var", "database=postgresql"])
        .start_on_terminal();
    typing.sees("Which port?").sees(KEYS).types(ENTER);
    assert_eq!(written(&mut typing), "x");
    assert!(!typing.shown().contains("Which address?"));
}

#[rstest]
#[case(&["--defaults"])]
#[case(&["--json"])]
#[case(&["--var", "database=sqlite", "--var", "url=sqlite:5432"])]
fn nothing_is_asked_where_nothing_may_or_need_be(#[case] args: &[&str]) {
    let mut typing = test(SEVERAL, "{{ url }}")
        .args(args.to_vec())
        .start_on_terminal();
    typing.ends_with(0);
    assert_eq!(typing.contents("my_site/out"), "sqlite:5432");
    assert!(!typing.shown().contains("Which"), "{}", typing.shown());
}

/// A wrong expression of the template is an error with its place, after the answer too.
#[test]
fn a_broken_check_is_told_and_ends_it() {
    let mut typing = one("checks = [{ expression = 'nothing > 1', message = '' }]");
    typing
        .sees(KEYS)
        .types("x")
        .sees("variable `nothing` is not defined")
        .sees(KEYS);
    typing
        .types(ENTER)
        .sees("house/scaffold.toml:4:")
        .ends_with(1);
    assert!(!typing.has("my_site"));
}

/// What a template says does nothing to the terminal.
#[test]
fn a_prompt_steers_nothing() {
    let mut typing = one("help = \"\\u001b[2J\"\ndefault = \"\\u001b]0;x\\u0007\"");
    typing
        .sees("\\u{1b}[2J")
        .sees("\\u{1b}]0;x\\u{7}")
        .sees(KEYS)
        .types(CONTROL_C)
        .ends_with(130);
    let shown = typing.shown();
    assert!(
        !shown.contains("\x1b[2J") && !shown.contains("\x1b]0;x"),
        "{shown}"
    );
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let colours = |typing: &mut Typing| {
        typing.sees(KEYS).types(CONTROL_C).ends_with(130);
        let colours = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        colours.is_match(&typing.shown())
    };
    assert!(!colours(&mut several()));
    let coloured = || test(SEVERAL, "").env_remove("NO_COLOR");
    assert!(colours(
        &mut coloured().arg("--force-color").start_on_terminal()
    ));
    assert!(!colours(
        &mut coloured().arg("--no-color").start_on_terminal()
    ));
}

/// A summary that is longer than the screen is there in full, to scroll to.
#[test]
fn all_answers_are_shown_however_many_there_are() {
    let variables = (0..40).map(|at| {
        format!("[[variables]]\nname = 'v{at}'\nprompt = 'Number {at}?'\ndefault = 'd{at}'\n")
    });
    let variables: String = variables.collect();
    let mut typing = test(&variables, "{{ v0 }} {{ v39 }}").start_on_terminal();
    for at in 0..40 {
        typing
            .sees(&format!("? Number {at}?"))
            .sees(KEYS)
            .types(ENTER);
    }
    for at in 0..40 {
        typing
            .sees(&format!("  Number {at}?"))
            .sees(&format!("d{at}"));
    }
    typing.sees(REVIEW).sees(KEYS).types(ESCAPE);
    typing
        .sees("? Number 39?")
        .sees(KEYS)
        .types("x")
        .sees("> x");
    typing.types(ENTER);
    assert_eq!(written(&mut typing), "d0 x");
}

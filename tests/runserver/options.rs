//! Options as Django's own `runserver` takes them: abbreviations, complaints, exit codes.

use rstest::rstest;
use serde_json::Value;

use super::APP;
use crate::support::{Serve, Test, ask_django};

const ORACLE: &str = include_str!("options.py");

/// Shows the words of the project's command line.
const DO_WORDS: &str = "
def do_words(environ, start_response):
    plain(start_response)
    return [json.dumps(sys.argv[2:]).encode()]
";

/// What Django's parser makes of these command lines.
fn django(lines: &[Vec<String>]) -> Vec<Value> {
    ask_django(ORACLE, &lines)
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// The core of Django's complaint stands in ours, and the exit code is the same.
#[rstest]
#[case("--ver")]
#[case("--no")]
#[case("--n")]
#[case("--s x")]
#[case("--i")]
#[case("8000 --no=1")]
fn what_could_mean_several_is_told_in_djangos_words(#[case] line: &str) {
    let words = words(line);
    let answers = django(std::slice::from_ref(&words));
    let message = answers[0][1].as_str().unwrap();
    let message = message.strip_prefix("manage.py runserver: ").unwrap();
    assert_eq!(answers[0][0], 2);
    Test::new()
        .arg("runserver")
        .args(words)
        .stderr_contains(format!("{message}\n"))
        .status(2)
        .run();
}

/// Only the exit code is the same: the complaint is worded as those about our own options.
#[rstest]
#[case("--zzz")]
#[case("-v 9")]
#[case("--verb x")]
#[case("--settings")]
#[case("--nos=1")]
#[case("--tr=1")]
#[case("-z")]
fn wrong_usage_has_djangos_exit_code(#[case] line: &str) {
    let words = words(line);
    assert_eq!(django(std::slice::from_ref(&words))[0][0], 2);
    let outcome = Test::new().arg("runserver").args(words).capture();
    assert_eq!(outcome.status, Some(2), "{outcome}");
}

/// What the project sees as its command line means to Django what the user's own would have.
#[rstest]
#[case("--nos --nor --noth")]
#[case("--ins --sk --ip")]
#[case("--tr --no-c --verb 2")]
#[case("--pyt elsewhere --nor")]
#[case("--verbo=3")]
#[case("-6 --force")]
#[case("-v2 --pythonp=elsewhere")]
fn abbreviations_mean_what_they_mean_to_django(#[case] line: &str) {
    let mut given = words("0");
    given.extend(words(line));
    let server = Serve::new()
        .file("app.py", format!("{APP}{DO_WORDS}"))
        .args(["--app", "app:application"])
        .args(words(line))
        .start();
    let seen: Vec<String> = serde_json::from_slice(&server.get("/words").body).unwrap();
    let mut answers = django(&[given, seen]);
    let (seen, given) = (answers.pop().unwrap(), answers.pop().unwrap());
    assert!(given.is_object(), "{given}");
    // Whether errors come with a traceback is no business of the project's.
    let without = |mut answer: Value| {
        answer.as_object_mut().unwrap().remove("traceback");
        answer
    };
    assert_eq!(without(seen), without(given));
}

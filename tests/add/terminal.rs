//! At a terminal the user sees the diff and is asked; an interruption leaves all as it was.

use rustix::process::Signal;

use super::{LINE, SETTINGS, add};

const QUESTION: &str = "? Write these changes?";

#[test]
fn after_a_yes_it_is_written() {
    let mut typing = add(SETTINGS).start_on_terminal();
    typing.sees(&format!("+{}", LINE.trim_end())).sees(QUESTION);
    typing.types("y\r").ends_with(0);
    assert!(typing.contents("mysite/settings.py").contains(LINE));
    assert!(typing.has("mysite/wsgi.py"));
    assert!(typing.stdout().starts_with("created   mysite/wsgi.py\n"));
}

#[test]
fn after_a_no_and_after_ctrl_c_nothing_is_changed() {
    for (keys, code, said) in [
        ("\r", 0, "nothing was changed"),
        ("\x03", 130, "interrupted, and nothing was changed"),
    ] {
        let mut typing = add(SETTINGS).start_on_terminal();
        typing.sees(QUESTION).types(keys).sees(said).ends_with(code);
        assert_eq!(typing.contents("mysite/settings.py"), SETTINGS);
        assert!(!typing.has("mysite/wsgi.py") && !typing.has(".scaffold-staging"));
    }
}

#[test]
fn with_yes_nobody_is_asked() {
    let mut typing = add(SETTINGS).arg("--yes").start_on_terminal();
    typing.ends_with(0);
    assert!(!typing.shown().contains(QUESTION));
    assert!(typing.has("mysite/wsgi.py"));
}

/// A `manage.py` that does more than Django's own is run up to its command.
#[test]
fn an_interruption_ends_what_the_project_does() {
    let manage = "import os, threading\n\
                  from django.core.management import execute_from_command_line\n\
                  open('begun', 'w').close()\nprint('waiting')\nthreading.Event().wait()\n\
                  execute_from_command_line([])\n";
    let test = add(SETTINGS).file("manage.py", manage);
    let begun = test.dir().join("begun");
    rustix::fs::mkfifoat(rustix::fs::CWD, &begun, rustix::fs::Mode::RWXU).unwrap();
    let mut typing = test.start_on_terminal();
    // Opening it waits for the other side.
    drop(std::fs::File::open(&begun).unwrap());
    typing.kills(Signal::TERM);
    typing
        .sees("interrupted, and nothing was changed")
        .ends_with(130);
    assert_eq!(typing.contents("mysite/settings.py"), SETTINGS);
}

//! `breakpoint()` in a view while the project is reloaded: what becomes of the request, who gets
//! what is typed, and how the terminal is left.

use std::time::{Duration, Instant};

use rstest::rstest;
use rustix::process::Signal;

use crate::support::{Client, OnTerminal, Python, Serve, newest, pythons};

/// Stands at a debugger's prompt where it is asked to, and answers with the value of a module.
const APP: &str = "import value\n\
    def application(environ, start_response):\n\
    \x20   start_response('200 OK', [('Content-Type', 'text/plain')])\n\
    \x20   if environ['PATH_INFO'] == '/debug':\n\
    \x20       breakpoint()\n\
    \x20   return [value.VALUE.encode()]\n";

/// What is said of a request in the debugger when the project has changed.
const GOES_ON: &str = "A request in the debugger goes on with the code from before the change.";

/// How long it may take until that is said: well below the ten seconds after which other requests
/// on old code are ended.
const SOON: Duration = Duration::from_secs(5);

fn serve() -> Serve {
    Serve::new()
        .file("app.py", APP)
        .file("value.py", "VALUE = 'old'\n")
        .args(["--app", "app:application"])
}

fn server() -> OnTerminal {
    serve().start_on_terminal()
}

/// Sends a request that stops at the prompt, and waits for that.
#[track_caller]
fn debug(server: &OnTerminal) -> Client {
    let mark = server.mark();
    let mut client = server.connect();
    client.send("GET /debug HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output_since(mark, "(Pdb) ");
    client
}

/// Types a line, and waits for what it shows.
#[track_caller]
fn enter(server: &OnTerminal, line: &str, shown: &str) {
    let mark = server.mark();
    server.enter(line);
    server.wait_for_output_since(mark, shown);
}

/// Saves new code, whose answer is there at once, while a request stands at the prompt.
#[track_caller]
fn save_meanwhile(server: &OnTerminal) {
    let saved = Instant::now();
    let mark = server.mark();
    server.sandbox().write("value.py", "VALUE = 'new'\n");
    assert_eq!(server.get("/").text(), "new");
    server.wait_for_output_since(mark, GOES_ON);
    assert!(saved.elapsed() < SOON, "{:?}", saved.elapsed());
}

#[test]
fn a_request_in_the_debugger_outlives_a_reload() {
    let server = server();
    assert_eq!(server.get("/").text(), "old");
    let modes = server.modes();
    let mut old = debug(&server);
    assert_ne!(server.modes(), modes, "the prompt does not edit lines");
    save_meanwhile(&server);
    assert!(!old.has_answer());
    enter(&server, "p 'value', value.VALUE", "('value', 'old')");
    server.enter("c");
    assert_eq!(old.response().text(), "old");
    assert_eq!(server.modes(), modes);

    // What is typed now goes to the new worker.
    let mut new = debug(&server);
    enter(&server, "p 'value', value.VALUE", "('value', 'new')");
    server.enter("c");
    assert_eq!(new.response().text(), "new");
    assert_eq!(server.output().matches(GOES_ON).count(), 1);
    server.interrupt(0);
    assert_eq!(server.modes(), modes);
}

/// Of the worker that serves, and of one whose code is out of date; by Ctrl-C, which all processes
/// get, and by a signal to the server alone.
#[rstest]
fn the_end_at_the_prompt_leaves_the_terminal_as_it_was(
    #[values(false, true)] is_outdated: bool,
    #[values(OnTerminal::interrupt, |server: &OnTerminal, code| server.kill(Signal::HUP, code))]
    end: fn(&OnTerminal, i32),
) {
    let server = server();
    assert_eq!(server.get("/").text(), "old");
    let modes = server.modes();
    let _debugged = debug(&server);
    if is_outdated {
        save_meanwhile(&server);
    }
    assert_ne!(server.modes(), modes, "the prompt does not edit lines");
    end(&server, 0);
    assert_eq!(server.modes(), modes);
}

/// The page is asked for again while a request of before the change stands at the prompt: two
/// prompts would share what is typed.
#[rstest]
#[case(newest(), "breakpoint()")]
#[case(newest(), "import pdb; pdb.set_trace()")]
#[case(pythons().first().unwrap(), "import pdb; pdb.set_trace()")]
fn the_debugger_of_the_next_worker_waits_for_its_turn(#[case] python: &Python, #[case] stop: &str) {
    const WAITS: &str = "A debugger is at work in another request";
    let server = serve()
        .file("app.py", APP.replace("breakpoint()", stop))
        .python(python)
        .start_on_terminal();
    assert_eq!(server.get("/").text(), "old");
    let modes = server.modes();
    let mut old = debug(&server);
    save_meanwhile(&server);
    let mark = server.mark();
    let mut new = server.connect();
    new.send("GET /debug HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output_since(mark, WAITS);
    // Steps, and a debugger within the debugger, are the same turn.
    for (line, shown) in [
        ("p 'a', value.VALUE", "('a', 'old')"),
        ("n", "return [value.VALUE.encode()]"),
        ("debug str(1)", "((Pdb)) "),
        ("p 'b', 2", "('b', 2)"),
        ("q", "(Pdb) "),
        ("p 'c', value.VALUE", "('c', 'old')"),
    ] {
        enter(&server, line, shown);
    }
    let mark = server.mark();
    server.enter("c");
    assert_eq!(old.response().text(), "old");
    server.wait_for_output_since(mark, "(Pdb) ");
    server.enter("p 'd', value.VALUE");
    server.wait_for_output_since(mark, "('d', 'new')");
    server.enter("c");
    assert_eq!(new.response().text(), "new");
    assert_eq!(server.output().matches(WAITS).count(), 1);
    server.interrupt(0);
    assert_eq!(server.modes(), modes);
}

//! Nothing can be served: the message, the hint, and the exit code.

use std::net::TcpListener;

use rstest::rstest;

use super::APP;
use crate::support::{Serve, Test};

#[test]
fn no_project_here() {
    Test::new()
        .args(["runserver", "0"])
        .stderr_contains("error: there is no project in `[DIR]` or above it\nhint: ")
        .status(1)
        .run();
}

#[test]
fn no_python() {
    Test::new()
        .file("app.py", APP)
        .env("PATH", "/nonexistent")
        .args(["runserver", "0", "--app", "app:application"])
        .stderr_contains("error: no Python interpreter was found\nhint: ")
        .status(1)
        .run();
}

#[test]
fn the_named_python_is_missing() {
    Test::new()
        .file("app.py", APP)
        .args([
            "runserver",
            "0",
            "--app",
            "app:application",
            "--python",
            "./nothing",
        ])
        .stderr_contains("nothing` (from --python) does not exist\nhint: ")
        .status(1)
        .run();
}

#[test]
fn the_named_python_is_no_python() {
    let server = Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application", "--python", "/bin/true"])
        .start();
    let response = server.get("/");
    assert_eq!(response.status, 500);
    let message = "the worker process exited with code 0 while it loaded the application";
    assert!(response.text().contains(message), "{}", response.text());
    server.wait_for_output(message);
}

/// Interpreters that are too old, where the machine has some.
#[test]
fn python_is_too_old() {
    let versions = std::env::var_os("PYENV_ROOT")
        .map_or_else(
            || std::path::PathBuf::from(std::env::var_os("HOME").unwrap()).join(".pyenv"),
            Into::into,
        )
        .join("versions");
    for (version, program) in [
        ("3.7", "python3.7"),
        ("3.6", "python3.6"),
        ("2.7", "python2.7"),
    ] {
        let Some(python) = std::fs::read_dir(&versions)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin").join(program))
            .find(|path| path.is_file())
        else {
            continue;
        };
        Test::new()
            .file("app.py", APP)
            .args(["runserver", "0", "--app", "app:application"])
            .args(["--python", python.to_str().unwrap()])
            .stderr_contains(format!("error: Python {version}."))
            .stderr_contains("is too old: scaffold needs 3.8 or newer\nhint: ")
            .status(1)
            .run();
    }
}

#[test]
fn the_port_is_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    Test::new()
        .file("app.py", APP)
        .args(["runserver", &port, "--app", "app:application"])
        .stderr_contains("Error: That port is already in use.\nhint: ")
        .status(1)
        .run();
}

#[rstest]
#[case("abc", "\"abc\" is not a valid port number or address:port pair.")]
#[case("99999", "\"99999\" is not a valid port number or address:port pair.")]
#[case(
    "1.2.3.4",
    "\"1.2.3.4\" is not a valid port number or address:port pair."
)]
fn a_bad_address(#[case] address: &str, #[case] message: &str) {
    Test::new()
        .file("app.py", APP)
        .args(["runserver", address, "--app", "app:application"])
        .stderr_contains(format!("CommandError: {message}\nhint: "))
        .status(1)
        .run();
}

#[test]
fn an_address_that_is_not_this_machines() {
    Test::new()
        .file("app.py", APP)
        .args(["runserver", "192.0.2.1:8000", "--app", "app:application"])
        .stderr("Error: That IP address can't be assigned to.\n")
        .status(1)
        .run();
}

#[test]
fn an_unknown_option_gets_a_suggestion() {
    Test::new()
        .args(["runserver", "--setings", "x"])
        .stderr_contains("'--settings'")
        .status(2)
        .run();
}

#[test]
fn an_unknown_command_gets_a_suggestion() {
    Test::new()
        .args(["runsever"])
        .stderr_contains("Unknown command: 'runsever'. Did you mean runserver?\n")
        .status(1)
        .run();
}

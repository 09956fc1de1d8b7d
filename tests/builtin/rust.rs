//! The Rust project: it is built without a warning, its own tests pass, its server serves and stops
//! in peace, and it has a name that Cargo takes.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Client, Outcome, Sandbox, Test, cargo, program};

/// How long the server may take for anything; whatever passes this hangs.
const DEADLINE: Duration = Duration::from_mins(1);

fn startproject(name: &str) -> Test {
    Test::new().args(["startproject", name, "--template", "rust", "-q"])
}

fn generated(name: &str) -> Outcome {
    startproject(name).run()
}

/// One test for each name, so that nothing is built twice.
#[rstest]
#[case("mysite")]
#[case("my-site")]
fn the_project_passes_lints_and_tests_and_serves(#[case] name: &str) {
    let project = generated(name).into_sandbox();
    let lints = [
        "clippy",
        "-q",
        "--locked",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    assert_eq!(cargo(&project, name, &lints), "");
    let tested = cargo(&project, name, &["test", "--locked"]);
    let passed = regex::Regex::new(r"test result: ok\. (\d+) passed").unwrap();
    let passed = passed.captures_iter(&tested);
    let passed: u32 = passed.map(|it| it[1].parse::<u32>().unwrap()).sum();
    assert!(passed >= 9, "{tested}");
    assert!(!tested.contains("warning"), "{tested}");
    // The tests have built the program too.
    assert_served(&project, name);
    assert_production_needs_a_key(&project, name);
    assert_runserver_serves(project, name);
}

/// The server for development gives what the project's own gives, and builds it anew.
#[track_caller]
fn assert_runserver_serves(project: Sandbox, name: &str) {
    let server = cargo::serve(project).in_dir(name).start();
    let page = server.get("/");
    assert_eq!(page.status, 200);
    assert!(page.text().contains(&format!("<h1>{name}</h1>")));
    let style = page.text().split('"').find(|it| it.contains(".css"));
    assert_eq!(
        server.get(style.unwrap()).header("content-type"),
        Some("text/css")
    );
    let views = format!("{name}/src/views.rs");
    let text = fs::read_to_string(server.sandbox().dir().join(&views)).unwrap();
    let changed = text.replace("Hello, {", "Good day, {");
    assert_ne!(changed, text);
    server.sandbox().write(&views, &changed);
    let greeting = server.get("/hello/x");
    assert_eq!(greeting.text(), r#"{"message":"Good day, x!"}"#);
}

#[track_caller]
fn assert_served(project: &Sandbox, name: &str) {
    let server = Running::start(project, name, &[("ADDRESS", "127.0.0.1:0")]);
    let line = server.wait_for("listening on http://");
    let (_, address) = line.split_once("http://").unwrap();
    let mut client = Client::connect(address);
    let page = client.get("/");
    assert_eq!(page.status, 200);
    assert!(page.text().contains(&format!("<h1>{name}</h1>")));
    server.wait_for("status=200");
    let style = page.text().split('"').find(|it| it.contains(".css"));
    let style = client.get(style.unwrap());
    assert_eq!(
        (style.status, style.header("content-type")),
        (200, Some("text/css"))
    );
    assert_eq!(client.get("/hello/x").text(), r#"{"message":"Hello, x!"}"#);
    // The connection is still open: the end does not wait for it.
    server.signal(Signal::TERM);
    server.wait_for("stopped");
    assert_eq!(server.end(), Some(0));
    client.expect_close();

    let server = Running::start(project, name, &[("ADDRESS", "127.0.0.1:0")]);
    server.wait_for("listening on http://");
    server.signal(Signal::INT);
    assert_eq!(server.end(), Some(0));
}

/// The variables are what makes it production.
#[track_caller]
fn assert_production_needs_a_key(project: &Sandbox, name: &str) {
    for (variables, expected) in [
        (
            &[("DEBUG", "0")][..],
            "error: set SECRET_KEY in the environment",
        ),
        (
            &[("ADDRESS", "here")],
            "error: ADDRESS in the environment must be like",
        ),
        (&[("RUST_LOG", "info=loud")], "error: RUST_LOG: "),
    ] {
        let server = Running::start(project, name, variables);
        server.wait_for(expected);
        assert_eq!(server.end(), Some(1), "{variables:?}");
    }
    let key = ("SECRET_KEY", "long-and-random-and-nowhere-else");
    let variables = [("DEBUG", "0"), key, ("ADDRESS", "127.0.0.1:0")];
    let server = Running::start(project, name, &variables);
    server.wait_for("listening on http://");
}

/// The names of packages differ in length and in their place in the lock file.
#[rstest]
#[case("a", "a")]
#[case("my-site", "my_site")]
#[case("MySite", "my_site")]
#[case("zzz_site", "zzz_site")]
#[case(
    "a-name-as-long-as-few-have-patience-for",
    "a_name_as_long_as_few_have_patience_for"
)]
fn any_name_gives_what_cargo_would_write(#[case] name: &str, #[case] library: &str) {
    let project = generated(name);
    cargo(&project, name, &["fmt", "--check"]);
    let lock = project.read(format!("{name}/Cargo.lock"));
    // Without `--locked`, Cargo writes the file anew where it is not as it would be.
    cargo(&project, name, &["metadata", "-q", "--format-version", "1"]);
    assert_eq!(project.read(format!("{name}/Cargo.lock")), lock);
    let settings = project.read(format!("{name}/src/settings.rs"));
    let application =
        format!("\npub const WSGI_APPLICATION: &str = \"{library}::wsgi::application\";\n");
    assert!(settings.contains(&application), "{settings}");
}

#[rstest]
#[case(
    "type",
    "error: `type` cannot be the name of a Cargo package: it is a keyword of Rust\nhint: add a word, as in `type-site`\n"
)]
#[case(
    "test",
    "error: `test` cannot be the name of a Cargo package: a crate that comes with Rust has it\nhint: add a word, as in `test-site`\n"
)]
#[case(
    "7x",
    "error: `7x` is not a valid name of a Cargo package\nhint: did you mean `site-7x`? a name has ASCII letters, digits, `-` and `_`, and begins with a letter\n"
)]
#[case(
    "été",
    "error: `été` is not a valid name of a Cargo package\nhint: did you mean `ete`? a name has ASCII letters, digits, `-` and `_`, and begins with a letter\n"
)]
#[case(
    "tower_http",
    "error: `tower_http` cannot be the name: a crate that the project depends on has it\nhint: the template `rust` needs this crate; add a word, as in `tower_http-site`\n"
)]
#[case(
    "a/b",
    "CommandError: 'a/b' is not a valid project name. Please make sure the name is a valid identifier.\nhint: a name has letters, digits and underscores, and no digit first; the directory follows it, as in `scaffold startproject b a/b`\n"
)]
fn a_name_that_cargo_does_not_take_is_explained(#[case] name: &str, #[case] message: &str) {
    let outcome = startproject(name).status(1).stderr(message).run();
    assert_eq!(outcome.tree(""), "");
}

/// Modules of Python are nothing to a project in Rust.
#[test]
fn a_name_that_only_python_does_not_take_is_taken() {
    for name in ["json", "class", "my-site"] {
        startproject(name)
            .arg("--dry-run")
            .stdout_contains("Cargo.toml")
            .run();
    }
}

#[test]
fn other_templates_refuse_what_they_refused() {
    let refused = |name: &str, more: &[&str]| {
        let test = Test::new()
            .args(["startproject", name])
            .args(more.iter().copied());
        let outcome = test.status(1).stderr_contains("CommandError: ").run();
        assert_eq!(outcome.tree(""), "");
        outcome.stderr
    };
    for name in ["my-site", "7x", "os"] {
        let expected = refused(name, &[]);
        for template in ["django", "flask", "wsgi"] {
            assert_eq!(refused(name, &["--template", template]), expected);
        }
    }
}

#[test]
fn a_template_on_a_rust_one_takes_the_same_names() {
    let house = |manifest: &str| {
        Test::new().file("house/scaffold.toml", manifest).args([
            "startproject",
            "my-site",
            "--template",
            "./house",
            "-q",
        ])
    };
    let outcome = house("extends = \"rust\"").run();
    assert!(
        outcome
            .read("my-site/Cargo.toml")
            .contains("\nname = \"my-site\"\n")
    );
    house("extends = \"rust\"\nnames = \"python\"")
        .status(1)
        .stderr_contains("'my-site' is not a valid project name")
        .run();
}

/// `--install` has no virtual environment to make.
#[test]
fn installing_fetches_what_the_project_depends_on() {
    let mut sandbox = Sandbox::new();
    sandbox.write_executable("bin/cargo", "#!/bin/sh\necho \"$@\" >>called\n");
    sandbox.first_on_path(&sandbox.dir().join("bin"));
    let outcome = Test::within(sandbox)
        .args([
            "startproject",
            "mysite",
            "--template",
            "rust",
            "-q",
            "--install",
        ])
        .run();
    assert_eq!(outcome.read("mysite/called"), "fetch --locked\n");
    assert!(!outcome.tree("mysite").contains(".venv"));
}

/// A project's own server. When dropped it is killed.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(project: &Sandbox, name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program(name));
        command
            .current_dir(project.dir())
            .env_clear()
            .envs(project.env())
            .envs(variables.iter().copied())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines() {
                if sender.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for a line with a text, and gives it.
    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let mut before = String::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => before = before + &line + "\n",
                Err(error) => panic!("no {text:?} ({error}) in:\n{before}"),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end, which is that of what it prints, and gives the exit code.
    #[track_caller]
    fn end(mut self) -> Option<i32> {
        while self
            .lines
            .recv_timeout(DEADLINE)
            .map_err(|it| {
                assert_eq!(it, mpsc::RecvTimeoutError::Disconnected, "it does not end");
            })
            .is_ok()
        {}
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

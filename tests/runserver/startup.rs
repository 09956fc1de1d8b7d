//! What is printed before the first request, beside what Django's own command prints.

use std::{path::Path, process::Command};

use rstest::rstest;

use crate::support::{Packages, Python, Sandbox, Serve, Server, Test, manage, newest, pythons};

/// The generated project, and what is said to either server.
fn project(sandbox: Sandbox, venv: impl AsRef<Path>, args: &[&str]) -> Serve {
    Serve::within(sandbox)
        .in_dir("mysite")
        .args(["--python", venv.as_ref().to_str().unwrap()].map(str::to_owned))
        .args(args.iter().copied())
}

fn generated() -> Sandbox {
    Test::new()
        .args(["startproject", "mysite", "-q"])
        .run()
        .into_sandbox()
}

/// Standard output as far as Django has it too, once all of it is there.
fn start_up(server: &Server, last: &str) -> String {
    server.wait_for_output(last);
    let mut ours = server.stdout();
    // Which interpreter and application: ours alone.
    if let Some(start) = ours.find("CPython ") {
        let end = ours[start..].find('\n').unwrap();
        ours.replace_range(start..=start + end, "");
    }
    ours
}

/// What Django has said since 6.1, of what older ones say.
fn of_newest(output: &str) -> String {
    output.replace(
        "Starting development server",
        "Starting WSGI development server",
    )
}

/// The pairs of an interpreter and a Django of it that matter: the oldest, one between, the newest.
fn djangos() -> Vec<(&'static Python, Packages)> {
    let mut djangos = vec![
        (pythons().first().unwrap(), Packages::OldDjango),
        (newest(), Packages::Django),
    ];
    djangos.extend(
        pythons()
            .iter()
            .find(|python| python.version().1 == 11)
            .map(|python| (python, Packages::Django)),
    );
    djangos
}

#[test]
fn the_start_up_output_is_djangos() {
    for (python, packages) in djangos() {
        let venv = python.venv(packages);
        for (args, is_migrated) in [
            (&[][..], false),
            (&[][..], true),
            (&["--skip-checks"], false),
            (&["--force-color"], false),
        ] {
            let [ours, theirs] = [(); 2].map(|()| {
                let mut sandbox = generated();
                if is_migrated {
                    manage(&sandbox, "mysite", &venv, ["migrate", "-v0"]);
                    sandbox.set_env("DJANGO_RUNSERVER_HIDE_WARNING", "true");
                }
                Serve::within(sandbox)
                    .in_dir("mysite")
                    .args(args.iter().copied())
            });
            let theirs = theirs.start_djangos_own(&venv);
            let ours = ours.env("VIRTUAL_ENV", venv.dir()).start();
            let last = "CONTROL-C.\n";
            let (ours, theirs) = (start_up(&ours, last), start_up(&theirs, last));
            // The warning, which Django prints since 5.2, comes last.
            let (ours, warning) = ours
                .split_once("CONTROL-C.\n\n")
                .map_or((ours.as_str(), ""), |(before, warning)| (before, warning));
            let theirs = of_newest(&theirs);
            let (theirs, _) = theirs.split_once("CONTROL-C.").unwrap();
            assert_eq!(
                ours.trim_end_matches("CONTROL-C.\n"),
                theirs,
                "{python} {args:?}"
            );
            assert!(
                warning.is_empty() || warning.contains("WARNING: "),
                "{warning}"
            );
        }
    }
}

/// Which lines stand on standard output and error, whole.
#[test]
fn all_that_is_printed() {
    let venv = newest().venv(Packages::Django);
    let server = project(generated(), &venv, &[]).start();
    server.wait_for_output("howto/deployment/\n");
    // The streams are read by two threads.
    server.wait_for_output("Watching for file changes");
    let stdout = server.stdout();
    let program = venv.as_ref().display().to_string();
    insta::assert_snapshot!(stdout.replace(&program, "[PYTHON]"), @r"
    Performing system checks...

    System check identified no issues (0 silenced).

    You have 18 unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): admin, auth, contenttypes, sessions.
    Run 'python manage.py migrate' to apply them.
    [DATETIME]
    Django version 6.1.3, using settings 'mysite.settings'
    CPython 3.13.0 at [PYTHON] (from --python), application mysite.wsgi.application
    Starting WSGI development server at http://127.0.0.1:[PORT]/
    Quit the server with CONTROL-C.

    WARNING: This is a development server. Do not use it in a production setting. Use a production WSGI or ASGI server instead.
    For more information on production servers see: https://docs.djangoproject.com/en/6.1/howto/deployment/
    ");
    assert_eq!(server.stderr(), "Watching for file changes with inotify\n");
}

#[test]
fn little_is_printed_for_those_who_want_little() {
    let venv = newest().venv(Packages::Django);
    let server = project(generated(), &venv, &["--noreload", "--workers", "2"]).start();
    server.wait_for_output("2 workers");
    assert_eq!(server.stderr(), "");
}

/// Django's guard, beside Django's.
#[rstest]
#[case("DEBUG = False\nALLOWED_HOSTS = []\n")]
#[case("DEBUG = 0\nALLOWED_HOSTS = ()\n")]
fn without_debug_hosts_have_to_be_allowed(#[case] lines: &str) {
    for (python, packages) in djangos() {
        let venv = python.venv(packages);
        let sandbox = generated();
        let settings = sandbox.dir().join("mysite/mysite/settings.py");
        let text = std::fs::read_to_string(&settings).unwrap();
        sandbox.write("mysite/mysite/settings.py", format!("{text}\n{lines}"));
        let theirs = Command::new(venv.as_ref())
            .args(["manage.py", "runserver", "0"])
            .current_dir(sandbox.dir().join("mysite"))
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&theirs.stderr);
        Test::within(sandbox)
            .in_dir("mysite")
            .args([
                "runserver",
                "0",
                "--python",
                venv.as_ref().to_str().unwrap(),
            ])
            .stderr(format!(
                "{stderr}hint: set DEBUG = True in mysite.settings for development\n"
            ))
            .status(theirs.status.code().unwrap())
            .run();
    }
}

/// A server that runs stays, and says so in the browser.
#[test]
fn a_reload_that_is_refused_is_shown_until_it_is_mended() {
    let venv = newest().venv(Packages::Django);
    let server = project(generated(), &venv, &[]).start();
    assert_eq!(server.get("/").status, 200);
    let path = "mysite/mysite/settings.py";
    let text = std::fs::read_to_string(server.sandbox().dir().join(path)).unwrap();
    let guard = "You must set settings.ALLOWED_HOSTS if DEBUG is False.";
    server
        .sandbox()
        .write(path, format!("{text}\nDEBUG = False\n"));
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains(guard), "{}", page.text());
    server.wait_for_output(guard);
    server.sandbox().write(path, &text);
    assert_eq!(server.get("/").status, 200);
}

//! The optional parts of the Django template, alone and together.

use crate::support::{Outcome, Packages, Test, newest};

use super::{assert_linted, assert_tested, assert_typed, run};

/// All parts, as `--with` takes them.
const ALL: &str = "docker,postgres,ci";

fn generated(parts: &str) -> Outcome {
    Test::new()
        .args(["startproject", "mysite", "-q", "--with", parts])
        .run()
}

#[test]
fn parts_bring_files() {
    let files = |parts: &str| {
        let tree = generated(parts).tree("mysite");
        let files = tree.lines().filter(|line| !line.ends_with('/'));
        let files: Vec<_> = files.map(str::to_owned).collect();
        files
    };
    let plain = {
        let tree = Test::new().args(["startproject", "mysite", "-q"]).run();
        tree.tree("mysite")
    };
    let added = |parts: &str| {
        let files = files(parts).into_iter();
        let added = files.filter(|file| !plain.lines().any(|line| line == file));
        added.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(added("docker"), ".dockerignore Dockerfile compose.yaml");
    assert_eq!(added("postgres"), "compose.yaml");
    assert_eq!(added("ci"), ".github/workflows/tests.yml");
    let all = ".dockerignore .github/workflows/tests.yml Dockerfile compose.yaml";
    assert_eq!(added(ALL), all);
}

#[test]
fn nothing_of_a_part_is_left_to_render() {
    for parts in ["docker", "postgres", "ci", "docker,postgres", ALL] {
        let made = generated(parts);
        for line in made.tree("mysite").lines() {
            if !line.ends_with('/') {
                let text = made.read(format!("mysite/{}", line.trim_end_matches('*')));
                let text = text.replace("${{ github.", "").replace("${{ matrix.", "");
                for open in ["{{", "{%", "[[ ", "[% "] {
                    assert!(!text.contains(open), "{parts} {line}: {text}");
                }
            }
        }
    }
}

#[test]
fn parts_know_of_each_other() {
    let compose = |parts: &str| generated(parts).read("mysite/compose.yaml");
    let workflow = |parts: &str| generated(parts).read("mysite/.github/workflows/tests.yml");
    for (text, has) in [
        (compose("docker"), [true, false]),
        (compose("postgres"), [false, true]),
        (compose("docker,postgres"), [true, true]),
    ] {
        let found = ["\n  web:\n", "\n  database:\n    image: postgres:"];
        assert_eq!(found.map(|it| text.contains(it)), has, "{text}");
    }
    assert!(!workflow("ci").contains("postgres"));
    let text = workflow("ci,postgres");
    assert!(text.contains("image: postgres:"), "{text}");
    assert!(
        text.contains("python-version: ${{ matrix.python }}\n"),
        "{text}"
    );
    assert!(text.contains("python: [\"3.8\", \"3.13\"]\n"), "{text}");
}

#[test]
fn the_code_of_parts_is_as_linters_and_type_checkers_want_it() {
    for parts in ["docker", "postgres"] {
        assert_linted(&generated(parts));
    }
    let all = generated(ALL);
    assert_linted(&all);
    assert_typed(&all);
}

/// What production needs besides is not needed for development.
#[test]
fn the_tests_pass_with_docker() {
    let project = generated("docker,ci");
    let args = ["-B", "-W", "error", "manage.py", "test"];
    let venv = newest().venv(Packages::Django);
    assert_tested(&run(&project, venv, args), 5);
}

#[test]
fn production_names_its_database() {
    let check = |url: Option<&str>| {
        let key = "not-everybody-can-read-this-one-of-fifty-characters";
        let mut test = generated("postgres").then().in_dir("mysite");
        for (name, value) in [("ALLOWED_HOSTS", "localhost"), ("SECRET_KEY", key)] {
            test = test.env(name, value);
        }
        if let Some(url) = url {
            test = test.env("DATABASE_URL", url);
        }
        let venv = newest().venv(Packages::Django);
        test.env("VIRTUAL_ENV", venv.dir()).arg("check").capture()
    };
    for url in [None, Some(""), Some("sqlite:///db.sqlite3")] {
        let outcome = check(url);
        assert_eq!(outcome.status, Some(1), "{outcome}");
        let expected = "DATABASE_URL must be set, and begin with postgresql://.";
        assert!(outcome.stderr.contains(expected), "{outcome}");
    }
    // One that has a driver gets further; here it is the driver that is missing.
    let outcome = check(Some("postgresql://app@database/app"));
    assert!(outcome.stderr.contains("psycopg"), "{outcome}");
}

/// On a database of its own; the parts of the address arrive.
#[cfg(feature = "system-tests")]
#[test]
fn the_tests_pass_on_postgresql() {
    let postgres = crate::support::postgres::Postgres::start();
    let mut project = generated("postgres").into_sandbox();
    let host = postgres.host().display();
    let url = format!("postgresql://postgres@/postgres?host={host}&application_name=tests%20here");
    project.set_env("DATABASE_URL", url);
    let packages = ["Django==6.1.3", "psycopg[binary]==3.2.13"];
    let venv = newest().venv_with("psycopg", &packages);
    let args = ["-B", "-W", "error", "manage.py", "test"];
    assert_tested(&run(&project, &venv, args), 5);
    let name = "from django.db import connection as c; \
                k = c.cursor(); k.execute('show application_name'); print(k.fetchone()[0])";
    let printed = run(&project, &venv, ["manage.py", "shell", "-c", name]);
    assert!(printed.ends_with("tests here\n"), "{printed}");
}

//! What the built-in templates make is a good place to start from: its own tests pass, linters and
//! type checkers are content, it is served, and it does not start in production with a key that
//! everybody can read.

mod parts;
mod rust;

use std::{ffi::OsStr, fs, path::Path, process::Command};

use rstest::rstest;

use crate::support::{
    Outcome, Packages, Sandbox, Serve, Test, Venv, manage, minor, newest, pythons,
};

/// All templates for projects in Python.
const TEMPLATES: [&str; 3] = ["django", "flask", "wsgi"];

/// The oldest Python 3 that Flask 3.1 runs on.
const OLDEST_OF_FLASK: u8 = 9;

/// Makes the project `mysite` from a template.
fn generated(template: &str) -> Sandbox {
    Test::new()
        .args(["startproject", "mysite", "--template", template, "-q"])
        .run()
        .into_sandbox()
}

/// The Django project with an application in it, as `README.md` and the message say it is added.
fn with_an_app() -> Sandbox {
    let made = Test::within(generated("django"))
        .in_dir("mysite")
        .args(["startapp", "polls", "-q"])
        .run();
    edit(
        &made,
        "settings.py",
        "INSTALLED_APPS = [",
        "\n    \"polls\",",
    );
    edit(
        &made,
        "urls.py",
        "urlpatterns = [",
        "\n    path(\"polls/\", include(\"polls.urls\")),",
    );
    let urls = made.read("mysite/mysite/urls.py");
    let urls = urls.replace("import path\n", "import include, path\n");
    made.write("mysite/mysite/urls.py", urls);
    made.into_sandbox()
}

/// Adds something behind what a file of the project has once.
fn edit(made: &Outcome, file: &str, behind: &str, what: &str) {
    let path = format!("mysite/mysite/{file}");
    let text = made.read(&path);
    assert_eq!(text.matches(behind).count(), 1, "{text}");
    made.write(&path, text.replace(behind, &format!("{behind}{what}")));
}

/// Runs a program in the project; gives what it printed.
#[track_caller]
fn run<A: AsRef<OsStr>>(
    project: &Sandbox,
    program: impl AsRef<Path>,
    args: impl IntoIterator<Item = A>,
) -> String {
    let mut command = Command::new(program.as_ref());
    command.args(args).current_dir(project.dir().join("mysite"));
    let output = command.env_clear().envs(project.env()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(output.status.success(), "{command:?}\n{text}");
    text
}

/// The tests of a project ran, and there were at least so many.
#[track_caller]
fn assert_tested(printed: &str, at_least: u32) {
    let ran = regex::Regex::new(r"Ran (\d+) tests in").unwrap();
    let ran: u32 = ran.captures(printed).expect("some tests")[1]
        .parse()
        .unwrap();
    assert!(ran >= at_least, "{printed}");
    assert!(printed.contains("\nOK\n"), "{printed}");
}

/// Every Python with its newest Django, and the oldest Django.
#[test]
fn the_django_projects_own_tests_pass() {
    let project = with_an_app();
    let newest_of_each = pythons().iter().map(|it| it.venv(Packages::Django));
    for venv in newest_of_each.chain([pythons()[0].venv(Packages::OldDjango)]) {
        let printed = run(&project, &venv, ["-B", "-W", "error", "manage.py", "test"]);
        assert_tested(&printed, 6);
    }
}

#[test]
fn the_flask_projects_own_tests_pass() {
    let project = generated("flask");
    for python in minor(OLDEST_OF_FLASK).into_iter().chain([newest()]) {
        let args = ["-B", "-W", "error", "-m", "unittest"];
        assert_tested(&run(&project, python.venv(Packages::Flask), args), 7);
    }
}

/// What the projects' group `dev` asks for, and what they run on.
fn tools() -> Venv {
    let requirements = [
        "Django==6.1.3",
        "Flask==3.1.3",
        "Werkzeug==3.1.9",
        "django-stubs==6.1.2",
        "mypy==2.4.1",
        "psycopg[binary]==3.2.13",
        "ruff==0.17.5",
    ];
    newest().venv_with("tools", &requirements)
}

/// Both with the oldest Python that the project may be for and with a new one, of which `ruff`
/// expects more.
#[rstest]
#[case("django", &[])]
#[case("flask", &[])]
#[case("wsgi", &[])]
#[case("django", &["--var", "python_version=3.13"])]
#[case("flask", &["--var", "python_version=3.13"])]
#[case("wsgi", &["--var", "python_version=3.13"])]
fn the_code_is_as_linters_want_it(#[case] template: &str, #[case] more: &[&str]) {
    let args = ["startproject", "mysite", "--template", template, "-q"];
    let args = args.iter().chain(more).copied();
    let project = Test::new().args(args).run().into_sandbox();
    assert_linted(&project);
}

#[track_caller]
fn assert_linted(project: &Sandbox) {
    let ruff = tools().dir().join("bin/ruff");
    run(project, &ruff, ["check", "--no-cache"]);
    run(project, &ruff, ["format", "--check", "--no-cache"]);
}

#[test]
fn an_application_is_as_linters_and_type_checkers_want_it() {
    let project = with_an_app();
    assert_linted(&project);
    assert_typed(&project);
}

#[rstest]
#[case("flask")]
#[case("wsgi")]
fn type_checkers_find_nothing(#[case] template: &str) {
    assert_typed(&generated(template));
}

/// The project's own configuration makes it strict.
#[track_caller]
fn assert_typed(project: &Sandbox) {
    let pyproject = fs::read_to_string(project.dir().join("mysite/pyproject.toml")).unwrap();
    assert!(
        pyproject.contains("\n[tool.mypy]\nstrict = true\n"),
        "{pyproject}"
    );
    let printed = run(project, tools(), ["-m", "mypy", "."]);
    assert!(printed.starts_with("Success: no issues found"), "{printed}");
}

#[test]
fn the_flask_project_is_served() {
    let venv = newest().venv(Packages::Flask);
    let server = Serve::within(generated("flask"))
        .in_dir("mysite")
        .env("VIRTUAL_ENV", venv.dir())
        .start();
    let page = server.get("/");
    assert_eq!(page.status, 200, "{}", page.text());
    let style = page.text().split('"').find(|part| part.contains(".css"));
    assert_eq!(server.get(style.unwrap()).status, 200);
    let greeting = server.get("/hello/world/");
    let greeting: serde_json::Value = serde_json::from_str(greeting.text()).unwrap();
    assert_eq!(greeting["message"], "Hello, world!");
    assert_eq!(server.get("/no").status, 404);
    assert!(server.stdout().contains("Using settings 'mysite.settings'"));
}

/// The environment in which each template's project runs.
fn venv(template: &str) -> Venv {
    newest().venv(match template {
        "django" => Packages::Django,
        "flask" => Packages::Flask,
        _ => Packages::None,
    })
}

/// The variable that names hosts; it has the setting's name.
fn hosts(template: &str) -> &'static str {
    match template {
        "flask" => "TRUSTED_HOSTS",
        _ => "ALLOWED_HOSTS",
    }
}

#[test]
fn production_needs_a_key_of_its_own() {
    for template in TEMPLATES {
        let check = |variables: &[(&str, &str)]| {
            let mut test = Test::within(generated(template)).in_dir("mysite");
            for (name, value) in variables {
                test = test.env(name, value);
            }
            test.env("VIRTUAL_ENV", venv(template).dir())
                .arg("check")
                .capture()
        };
        for variables in [
            &[(hosts(template), "www.example.com")][..],
            &[("DEBUG", "0")],
            &[(hosts(template), "www.example.com"), ("SECRET_KEY", "")],
        ] {
            let outcome = check(variables);
            assert_eq!(outcome.status, Some(1), "{variables:?} {outcome}");
            assert!(
                outcome.stderr.contains("SECRET_KEY"),
                "{variables:?} {outcome}"
            );
        }
        let outcome = check(&[
            (hosts(template), "localhost,127.0.0.1"),
            (
                "SECRET_KEY",
                "not-everybody-can-read-this-one-of-fifty-characters",
            ),
        ]);
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let outcome = check(&[("DEBUG", "perhaps")]);
        let expected = "DEBUG in the environment must be 1 or 0.";
        assert!(outcome.stderr.contains(expected), "{outcome}");
    }
}

#[test]
fn the_environment_says_where_djangos_database_lies() {
    let mut project = generated("django");
    project.set_env("DATABASE_PATH", project.dir().join("elsewhere.sqlite3"));
    manage(&project, "mysite", venv("django"), ["migrate", "-v0"]);
    assert!(project.dir().join("elsewhere.sqlite3").exists());
    assert!(!project.dir().join("mysite/db.sqlite3").exists());
}

#[test]
fn the_oldest_python_of_a_project_is_a_variable() {
    for template in TEMPLATES {
        let args = [
            "startproject",
            "mysite",
            "-q",
            "--template",
            template,
            "--var",
        ];
        let made = Test::new().args(args).arg("python_version=3.12").run();
        let pyproject = made.read("mysite/pyproject.toml");
        assert!(
            pyproject.contains("\nrequires-python = \">=3.12\"\n"),
            "{pyproject}"
        );
        Test::new()
            .args(args)
            .arg("python_version=newest")
            .status(1)
            .stderr_contains("looks like 3.12")
            .run();
    }
}

//! The built-in templates: which files they make, and that the project without a framework works
//! on every interpreter of the machine.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::support::{Outcome, Packages, Python, Test, newest, pythons};

/// Makes the project `mysite` from a template.
fn generated(template: &str) -> Outcome {
    Test::new()
        .args(["startproject", "mysite", "--template", template, "-q"])
        .run()
}

/// Runs Python in the project, with warnings as errors, and returns what it printed.
#[track_caller]
fn python(python: &Python, project: &Outcome, arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(python.as_ref())
        .args(["-B", "-W", "error"])
        .args(arguments)
        .current_dir(project.dir().join("mysite"))
        .env_remove("SETTINGS_MODULE")
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(
        status.success(),
        "{python}: {arguments:?}: {status}\n{stdout}{stderr}"
    );
    format!("{stdout}{stderr}")
}

#[test]
fn the_django_template_makes_djangos_files_and_ours() {
    let project = generated("django");
    insta::assert_snapshot!(project.tree("mysite"), @r"
    .gitignore
    .scaffold.toml
    README.md
    manage.py*
    mysite/
    mysite/__init__.py
    mysite/asgi.py
    mysite/settings.py
    mysite/tests.py
    mysite/urls.py
    mysite/wsgi.py
    pyproject.toml
    ");
}

#[test]
fn django_is_the_default() {
    let project = Test::new().args(["startproject", "mysite", "-q"]).run();
    assert_eq!(project.tree("mysite"), generated("django").tree("mysite"));
}

#[test]
fn the_wsgi_template_makes_a_project_with_tests() {
    let project = generated("wsgi");
    insta::assert_snapshot!(project.tree("mysite"), @r"
    .gitignore
    .scaffold.toml
    README.md
    mysite/
    mysite/__init__.py
    mysite/__main__.py
    mysite/messages.py
    mysite/pages/
    mysite/pages/home.html
    mysite/router.py
    mysite/settings.py
    mysite/static.py
    mysite/views.py
    mysite/wsgi.py
    pyproject.toml
    static/
    static/style.css
    tests/
    tests/__init__.py
    tests/test_application.py
    ");
}

#[test]
fn the_flask_template_makes_a_project_with_tests() {
    let project = generated("flask");
    insta::assert_snapshot!(project.tree("mysite"), @r"
    .gitignore
    .scaffold.toml
    README.md
    mysite/
    mysite/__init__.py
    mysite/settings.py
    mysite/static/
    mysite/static/style.css
    mysite/templates/
    mysite/templates/base.html
    mysite/templates/home.html
    mysite/templates/not_found.html
    mysite/views.py
    mysite/wsgi.py
    pyproject.toml
    tests/
    tests/__init__.py
    tests/test_application.py
    ");
}

#[test]
fn the_rust_template_makes_a_package_with_tests() {
    let project = generated("rust");
    insta::assert_snapshot!(project.tree("mysite"), @r"
    .gitignore
    .scaffold.toml
    Cargo.lock
    Cargo.toml
    README.md
    src/
    src/lib.rs
    src/main.rs
    src/pages/
    src/pages/home.html
    src/settings.rs
    src/urls.rs
    src/views.rs
    src/wsgi.rs
    static/
    static/style.css
    tests/
    tests/application.rs
    tests/settings.rs
    ");
}

/// What is in `[project] name`, which tools refuse where it is not as PEP 508 wants it.
#[test]
fn the_distribution_has_a_name_that_installers_take() {
    for template in ["django", "flask", "wsgi"] {
        for (name, distribution) in [
            ("mysite", "mysite"),
            ("my_site", "my-site"),
            ("_x", "x"),
            ("été", "ete"),
            ("网站", "project"),
        ] {
            let project = Test::new()
                .args(["startproject", name, "--template", template, "-q"])
                .run();
            let pyproject = project.read(format!("{name}/pyproject.toml"));
            let expected = format!("[project]\nname = \"{distribution}\"\n");
            assert!(pyproject.starts_with(&expected), "{pyproject}");
        }
    }
}

#[test]
fn the_wsgi_project_works_under_any_name() {
    for name in ["été", "_x", "网站"] {
        let project = Test::new()
            .args(["startproject", name, "--template", "wsgi", "-q"])
            .run();
        let output = Command::new(newest().as_ref())
            .args(["-B", "-m", "unittest"])
            .current_dir(project.dir().join(name))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {printed}");
    }
}

#[test]
fn the_django_project_passes_djangos_checks_without_a_warning() {
    let project = generated("django");
    let newest_of_each = pythons().iter().map(|it| it.venv(Packages::Django));
    for venv in newest_of_each.chain([pythons()[0].venv(Packages::OldDjango)]) {
        for command in [
            &["check", "--fail-level", "DEBUG"][..],
            &["makemigrations", "--check"],
            &["migrate", "--verbosity", "0"],
        ] {
            let output = Command::new(venv.as_ref())
                .args(["-B", "-W", "error", "manage.py"])
                .args(command)
                .current_dir(project.dir().join("mysite"))
                .output()
                .unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            let place = venv.dir().display();
            assert!(output.status.success(), "{place} {command:?}: {stderr}");
        }
        std::fs::remove_file(project.dir().join("mysite/db.sqlite3")).unwrap();
    }
}

#[test]
fn nothing_is_left_to_render() {
    for template in ["django", "flask", "rust", "wsgi"] {
        let project = generated(template);
        for line in project.tree("mysite").lines() {
            let path = line.trim_end_matches('*');
            assert!(!path.contains("project_name"), "{path}");
            assert!(!path.ends_with("-tpl"), "{path}");
            if !path.ends_with('/') {
                let text = project.read(format!("mysite/{path}"));
                // Jinja's templates have braces of their own.
                if Path::new(path).extension() != Some("html".as_ref()) {
                    assert!(!text.contains("{{") && !text.contains("{%"), "{path}");
                }
                assert!(!text.contains("[[ ") && !text.contains("[% "), "{path}");
            }
        }
    }
}

#[test]
fn the_settings_name_the_application() {
    for template in ["django", "flask", "wsgi"] {
        let project = generated(template);
        let settings = project.read("mysite/mysite/settings.py");
        assert!(settings.contains("\nWSGI_APPLICATION = \"mysite.wsgi.application\"\n"));
        let pyproject = project.read("mysite/pyproject.toml");
        assert!(pyproject.contains("\n[tool.scaffold]\nsettings = \"mysite.settings\"\n"));
    }
}

#[test]
fn python_compiles_every_file() {
    for template in ["django", "flask", "wsgi"] {
        let project = generated(template);
        for interpreter in pythons() {
            python(interpreter, &project, &["-m", "compileall", "-q", "."]);
        }
    }
}

#[test]
fn the_wsgi_projects_own_tests_pass_on_every_python() {
    let project = generated("wsgi");
    for interpreter in pythons() {
        let printed = python(interpreter, &project, &["-m", "unittest"]);
        assert!(printed.contains("\nOK\n"), "{interpreter}: {printed}");
        assert!(!printed.contains("Ran 0 tests"), "{interpreter}: {printed}");
    }
}

/// Its own tests check this too; these are here so that the project may change its tests.
#[test]
fn the_wsgi_application_keeps_to_pep_3333() {
    const CALLS: &str = r#"
import io
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator
from mysite.wsgi import application

for method in ["GET", "HEAD", "POST"]:
    for path in ["/", "/hello/x/", "/hello/x", "/static/style.css", "/static/../x", "/no"]:
        body = b"a=1" if method == "POST" else b""
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        answers = []
        blocks = validator(application)(environ, lambda *answer: answers.append(answer))
        body = b"".join(blocks)
        blocks.close()
        (status, headers), = answers
        print(method, path, status[:3], "no body" if not body else "body")
"#;
    let project = generated("wsgi");
    for interpreter in pythons() {
        let printed = python(interpreter, &project, &["-c", CALLS]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(printed, @r"
            GET / 200 body
            GET /hello/x/ 200 body
            GET /hello/x 308 no body
            GET /static/style.css 200 body
            GET /static/../x 404 body
            GET /no 404 body
            HEAD / 200 no body
            HEAD /hello/x/ 200 no body
            HEAD /hello/x 308 no body
            HEAD /static/style.css 200 no body
            HEAD /static/../x 404 no body
            HEAD /no 404 no body
            POST / 405 body
            POST /hello/x/ 405 body
            POST /hello/x 308 no body
            POST /static/style.css 405 body
            POST /static/../x 405 body
            POST /no 404 body
            ");
        }
    }
}

#[test]
fn another_settings_module_can_be_named() {
    let project = generated("wsgi");
    let settings = "from .settings import *\nSTATIC_URL = '/files/'\n";
    project.write("mysite/mysite/settings_other.py", settings);
    let code = "import os; os.environ['SETTINGS_MODULE'] = 'mysite.settings_other'; \
                from mysite.wsgi import router; print([r.pattern for r in router.routes])";
    for interpreter in pythons() {
        let printed = python(interpreter, &project, &["-c", code]);
        assert!(printed.contains("/files/<path:path>"), "{printed}");
    }
}

//! Django's system checks: before the first request, and beside the worker after a reload.

use std::{path::Path, process::Command};

use crate::support::{Packages, Sandbox, Serve, Server, Venv, newest, pythons};

const SETTINGS: &str = "\
DEBUG = True
SECRET_KEY = 'x'
ROOT_URLCONF = 'urls'
INSTALLED_APPS = ['checked.apps.Checked']
DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'
";

const URLS: &str = "\
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path('', lambda request: HttpResponse('first'))]
";

const APPS: &str = "\
from django.apps import AppConfig
class Checked(AppConfig):
    name = 'checked'
    def ready(self):
        from . import checks
";

/// A check that finds what is said.
fn check(findings: &str) -> String {
    format!(
        "import os, time\n\
         from django.core.checks import Error, Info, Warning, register\n\
         @register()\n\
         def look(app_configs, **options):\n\
         \x20   return [{findings}]\n"
    )
}

const WARNING: &str = "Warning('not nice', hint='be nice', id='checked.W001')";
const ERROR: &str = "Error('all wrong', hint='mend it', obj='thing', id='checked.E001')";

/// A Django project with a check of its own.
fn project(venv: &Venv, findings: &str) -> Serve {
    Serve::new()
        .python(venv)
        .file(
            "manage.py",
            "import os, sys\n\
             if __name__ == '__main__':\n\
             \x20   os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config')\n\
             \x20   from django.core.management import execute_from_command_line\n\
             \x20   execute_from_command_line(sys.argv)\n",
        )
        .file("config.py", SETTINGS)
        .file("urls.py", URLS)
        .file("checked/__init__.py", "")
        .file("checked/apps.py", APPS)
        .file("checked/checks.py", check(findings))
}

/// The oldest and the newest Django, each with such an interpreter.
fn djangos() -> [Venv; 2] {
    let oldest = pythons().first().unwrap();
    [
        oldest.venv(Packages::OldDjango),
        newest().venv(Packages::Django),
    ]
}

/// What Django's own command prints of a project that it does not serve: both streams.
fn refused(sandbox: &Sandbox, venv: &Venv) -> (String, String) {
    let output = Command::new(venv.as_ref())
        .args(["manage.py", "runserver", "0", "--noreload"])
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn warnings_are_printed_as_django_prints_them() {
    let findings = format!("{WARNING}, Info('by the way', id='checked.I001')");
    for venv in djangos() {
        let ours = project(&venv, &findings).start();
        let theirs = project(&venv, &findings).start_djangos_own(&venv);
        theirs.wait_for_output("(0 silenced).");
        ours.wait_for_output("(0 silenced).");
        let stderr = ours.stderr();
        let stderr = stderr.replace("Watching for file changes with inotify\n", "");
        assert_eq!(stderr, theirs.stderr());
        assert!(
            stderr.contains("?: (checked.W001) not nice\n\tHINT: be nice"),
            "{stderr}"
        );
        assert_eq!(ours.get("/").text(), "first");
    }
}

#[test]
fn errors_keep_the_application_from_being_served() {
    for venv in djangos() {
        let server = project(&venv, &format!("{ERROR}, {WARNING}"))
            .args(["--workers", "2"])
            .start();
        let (stdout, stderr) = refused(server.sandbox(), &venv);
        server.wait_for_output("The next request tries again.");
        let output = server.output();
        assert!(output.contains(&stderr), "{stderr} in {output}");
        assert!(server.stdout().starts_with(&stdout), "{}", server.stdout());
        let page = server.get("/");
        assert_eq!(page.status, 500);
        for text in [
            "System check identified 2 issues (0 silenced)",
            "thing: (checked.E001) all wrong\n\tHINT: mend it",
            "--skip-checks",
        ] {
            assert!(page.text().contains(text), "{text} in {}", page.text());
        }
        assert!(!page.text().contains('\x1b'), "{}", page.text());
        server.sandbox().write("checked/checks.py", check(""));
        assert_eq!(server.get("/").text(), "first");
    }
}

#[test]
fn checks_can_be_skipped() {
    let venv = newest().venv(Packages::Django);
    let server = project(&venv, ERROR).args(["--skip-checks"]).start();
    assert_eq!(server.get("/").text(), "first");
    assert!(
        !server.output().contains("checked.E001"),
        "{}",
        server.output()
    );
}

/// A check that waits for a file, and says when it has run.
fn slow(number: u32, findings: &str) -> String {
    check(findings).replace(
        "    return",
        &format!(
            "    while not os.path.exists('go'): time.sleep(0.01)\n\
             \x20   print('checked {number}', flush=True)\n    return"
        ),
    )
}

#[test]
fn after_a_reload_they_run_beside_the_worker() {
    let venv = newest().venv(Packages::Django);
    let server = project(&venv, "").start();
    assert_eq!(server.get("/").text(), "first");
    server.sandbox().write("checked/checks.py", slow(1, ERROR));
    server
        .sandbox()
        .write("urls.py", URLS.replace("first", "second"));
    // The check has not ended, and is not waited for.
    assert_eq!(server.get("/").text(), "second");
    assert!(!server.output().contains("checked 1"));
    server.sandbox().write("go", "");
    server.wait_for_output("SystemCheckError: System check identified some issues");
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains("checked.E001"), "{}", page.text());
    // Once they have found something, they are waited for.
    std::fs::remove_file(server.sandbox().dir().join("go")).unwrap();
    let asking = {
        server.sandbox().write("checked/checks.py", slow(2, ""));
        let address = server.url("/");
        std::thread::spawn(move || crate::support::get(&address))
    };
    server.wait_for_output(" changed, reloading.");
    assert!(!server.output().contains("checked 2"));
    server.sandbox().write("go", "");
    assert_eq!(asking.join().unwrap().text(), "second");
    server.wait_for_output("checked 2");
}

#[test]
fn findings_are_printed_when_they_change() {
    let venv = newest().venv(Packages::Django);
    let server = project(&venv, WARNING).file("go", "").start();
    server.wait_for_output("checked.W001");
    let found = |server: &Server| server.output().matches("checked.W001").count();
    assert_eq!(found(&server), 1);
    for (number, findings, expected) in [(1, WARNING, 1), (2, "", 1), (3, "", 1), (4, WARNING, 2)] {
        let clean = server.output().matches("identified no issues").count();
        server
            .sandbox()
            .write("checked/checks.py", slow(number, findings));
        assert_eq!(server.get("/").text(), "first");
        server.wait_for_output(&format!("checked {number}"));
        match number {
            2 => server.wait_for_output("identified no issues"),
            3 => assert_eq!(clean, 1),
            4 => {
                let mark = server.output().rfind("checked 4").unwrap();
                server.wait_for_output_since(mark, "checked.W001");
            }
            _ => {}
        }
        assert_eq!(found(&server), expected, "{number}: {}", server.output());
    }
}

/// A check that fails, and a database that is not there, are shown with their tracebacks.
#[test]
fn checks_that_cannot_be_run_are_shown() {
    let venv = newest().venv(Packages::Django);
    let server = project(&venv, "1 / 0").start();
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains("ZeroDivisionError"), "{}", page.text());
    server.wait_for_output("ZeroDivisionError: division by zero");
    server.sandbox().write("checked/checks.py", check(""));
    server.sandbox().write(
        "config.py",
        format!(
            "{SETTINGS}\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', \
             'NAME': '/nowhere/db'}}}}\n"
        ),
    );
    let page = server.get("/");
    assert!(
        page.text().contains("unable to open database file"),
        "{}",
        page.text()
    );
    server.sandbox().write("config.py", SETTINGS);
    assert_eq!(server.get("/").text(), "first");
}

/// An unapplied migration is told of, also one that a reload brings.
#[test]
fn migrations_are_looked_for_after_a_reload_too() {
    let venv = newest().venv(Packages::Django);
    let database = "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', \
                    'NAME': 'db.sqlite3'}}\n";
    let server = project(&venv, "")
        .file("config.py", format!("{SETTINGS}{database}"))
        .start();
    assert_eq!(server.get("/").text(), "first");
    assert!(
        !server.output().contains("unapplied"),
        "{}",
        server.output()
    );
    let migration = "from django.db import migrations\n\
                     class Migration(migrations.Migration):\n    pass\n";
    server.sandbox().write("checked/migrations/__init__.py", "");
    server
        .sandbox()
        .write("checked/migrations/0001_initial.py", migration);
    server.sandbox().write("checked/models.py", "");
    assert_eq!(server.get("/").text(), "first");
    server.wait_for_output("You have 1 unapplied migration(s). ");
    assert!(Path::new(&server.sandbox().dir().join("db.sqlite3")).exists());
}

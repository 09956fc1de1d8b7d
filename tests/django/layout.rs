//! Where a project's parts lie, and which settings it is served with: what Django's own command
//! says of the same project.

use crate::support::{Sandbox, Serve, Server, Venv, newest};

use super::{BOTH, Runserver};

const MANAGE: &str = "\
import os
import sys

def main():
    # BEFORE
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings.dev')
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)

if __name__ == '__main__':
    main()
";

const SETTINGS: &str = "\
import os
DEBUG = True
SECRET_KEY = 'x'
ROOT_URLCONF = 'mysite.urls'
MARK = os.environ.get('MARK', 'nothing')
";

const URLS: &str = "\
import os, sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

def view(request):
    named = os.environ['DJANGO_SETTINGS_MODULE']
    return HttpResponse(f'{settings.SETTINGS_MODULE} {named} {settings.MARK} {sys.argv[1]}')

urlpatterns = [path('', view)]
";

/// Django, and what people read `.env` with.
fn venv() -> Venv {
    let requirements = [
        "Django==6.1.3",
        "python-dotenv==1.2.4",
        "django-environ==0.14.0",
    ];
    newest().venv_with("dotenv", &requirements)
}

/// A project in which either server is started.
struct Layout {
    files: Vec<(String, String)>,
    variables: Vec<(&'static str, &'static str)>,
    args: Vec<&'static str>,
    directory: &'static str,
}

impl Layout {
    /// A package of settings below a directory, beside a `manage.py` with these lines before it
    /// chooses its settings.
    fn new(package: &str, before: &str) -> Self {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let inside = |path: &str, text: &str| (format!("{package}mysite/{path}"), text.to_owned());
        let before = before.replace('\n', "\n    ");
        Self {
            files: vec![
                file("manage.py", &MANAGE.replace("# BEFORE", &before)),
                inside("__init__.py", ""),
                inside("urls.py", URLS),
                inside("settings/__init__.py", ""),
                inside("settings/base.py", SETTINGS),
                inside("settings/dev.py", "from .base import *\n"),
                inside("settings/production.py", "from .base import *\n"),
            ],
            variables: Vec::new(),
            args: Vec::new(),
            directory: "",
        }
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn args(mut self, args: &[&'static str]) -> Self {
        self.args.extend(args);
        self
    }

    fn start(&self, runserver: Runserver, venv: &Venv) -> Server {
        let sandbox = Sandbox::new();
        for (path, text) in &self.files {
            sandbox.write(path, text);
        }
        let mut serve = Serve::within(sandbox).in_dir(self.directory);
        for (name, value) in &self.variables {
            serve = serve.env(name, value);
        }
        runserver.start(serve.args(self.args.iter().copied()), venv)
    }

    /// Both servers say that they use these settings, and serve with them; the view adds the mark.
    #[track_caller]
    fn assert_uses(&self, settings: &str, mark: &str) {
        let venv = venv();
        for runserver in BOTH {
            let server = self.start(runserver, &venv);
            let said = format!("using settings '{settings}'");
            assert!(
                server.stdout().contains(&said),
                "{runserver:?} {}",
                server.output()
            );
            let text = format!("{settings} {settings} {mark} runserver");
            assert_eq!(server.get("/").text(), text, "{runserver:?}");
        }
    }
}

const DEV: &str = "mysite.settings.dev";

const PRODUCTION: &str = "mysite.settings.production";

#[test]
fn a_package_of_settings_and_what_goes_before_what() {
    let layout = || Layout::new("", "pass");
    layout().assert_uses(DEV, "nothing");
    let named = layout().env("DJANGO_SETTINGS_MODULE", PRODUCTION);
    named.assert_uses(PRODUCTION, "nothing");
    layout()
        .args(&["--settings", PRODUCTION])
        .assert_uses(PRODUCTION, "nothing");
    layout()
        .env("DJANGO_SETTINGS_MODULE", "mysite.no.such")
        .args(&["--settings=mysite.settings.production"])
        .assert_uses(PRODUCTION, "nothing");
}

#[test]
fn a_package_in_another_directory_than_manage_py() {
    let insert = "sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'src'))";
    Layout::new("src/", insert).assert_uses(DEV, "nothing");
    // As the project of cookiecutter-django, with a module of each name.
    let append = "from pathlib import Path\n\
                  sys.path.append(str(Path(__file__).parent.resolve() / 'src'))";
    Layout::new("src/", append).assert_uses(DEV, "nothing");
    let plain = || Layout::new("src/", "pass");
    plain()
        .args(&["--pythonpath", "src"])
        .assert_uses(DEV, "nothing");
    plain().env("PYTHONPATH", "src").assert_uses(DEV, "nothing");
}

/// Django itself reads no such file, and nor do we.
#[test]
fn a_file_of_variables_is_left_alone() {
    let variables = "DJANGO_SETTINGS_MODULE=mysite.settings.production\nMARK=from-file\n";
    Layout::new("", "pass")
        .file(".env", variables)
        .assert_uses(DEV, "nothing");
}

#[test]
fn a_file_of_variables_that_manage_py_reads_counts() {
    let variables = "DJANGO_SETTINGS_MODULE=mysite.settings.production\nMARK=from-file\n";
    let layout = |before: &str| Layout::new("", before).file(".env", variables);
    let dotenv = "from dotenv import load_dotenv\nload_dotenv()";
    let environ = "import environ\nenviron.Env.read_env('.env')";
    for before in [dotenv, environ] {
        layout(before).assert_uses(PRODUCTION, "from-file");
        layout(before)
            .env("MARK", "from-shell")
            .env("DJANGO_SETTINGS_MODULE", DEV)
            .assert_uses(DEV, "from-shell");
        layout(before)
            .args(&["--settings", DEV])
            .assert_uses(DEV, "from-file");
    }
}

#[test]
fn a_file_of_variables_that_the_settings_read_counts() {
    let read = "import environ, pathlib\n\
                environ.Env.read_env(pathlib.Path(__file__).parents[2] / '.env')\n";
    Layout::new("", "pass")
        .file("mysite/settings/base.py", &format!("{read}{SETTINGS}"))
        .file(".env", "MARK=from-file\n")
        .assert_uses(DEV, "from-file");
}

#[test]
fn a_choice_that_manage_py_makes_is_made() {
    let by_command = "if 'test' in sys.argv:\n    \
                          os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings.no')\n\
                      elif sys.argv[1] == 'runserver':\n    \
                          os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings.production')\n";
    Layout::new("", by_command).assert_uses(PRODUCTION, "nothing");
    Layout::new("", "os.environ['MARK'] = 'from manage.py'").assert_uses(DEV, "from manage.py");
}

/// From a directory below `manage.py`, where Django's command needs the way to it.
#[test]
fn a_directory_within_the_project_is_as_good() {
    let mut layout = Layout::new("", "pass");
    layout.directory = "mysite/settings";
    let server = layout.start(Runserver::Scaffold, &venv());
    assert_eq!(
        server.get("/").text(),
        format!("{DEV} {DEV} nothing runserver")
    );
}

/// What `manage.py` reads before its command counts anew with each reload, and what it raises is
/// shown, until it is mended.
#[test]
fn a_reload_reads_it_again() {
    let dotenv = "from dotenv import load_dotenv\nload_dotenv()";
    let layout = Layout::new("", dotenv).file(".env", "MARK=one\n");
    let server = layout.start(Runserver::Scaffold, &venv());
    let mark = |server: &Server| server.get("/").text().to_owned();
    assert!(mark(&server).contains(" one "));
    server.sandbox().write(".env", "MARK=two\n");
    while !mark(&server).contains(" two ") {}
    let broken = MANAGE.replace("# BEFORE", "raise ValueError('before anything')");
    server.sandbox().write("manage.py", broken);
    while !mark(&server).contains("before anything") {}
    server.wait_for_output("ValueError: before anything");
    server.sandbox().write("manage.py", MANAGE);
    while !mark(&server).contains(" nothing ") {}
}

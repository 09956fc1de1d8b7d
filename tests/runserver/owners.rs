//! Projects in which another app has a `runserver` command.

use crate::support::{Packages, Serve, Venv, newest};

const SETTINGS: &str = "\
DEBUG = True
SECRET_KEY = 'x'
ROOT_URLCONF = 'urls'
STATIC_URL = '/static/'
STATICFILES_DIRS = ['assets']
ASGI_APPLICATION = 'asgi.application'
";

const URLS: &str = "\
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path('', lambda request: HttpResponse(request.META.get('own', 'page')))]
";

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config')\n";

/// A project with these apps, in this order.
fn project(venv: &Venv, apps: &str, lines: &str) -> Serve {
    Serve::new()
        .python(venv)
        .file("manage.py", MANAGE)
        .file(
            "config.py",
            format!("{SETTINGS}INSTALLED_APPS = [{apps}]\n{lines}"),
        )
        .file("urls.py", URLS)
        .file("assets/a.css", "a {}")
}

fn with_owners() -> Venv {
    newest().venv_with(
        "owners",
        &[
            "Django==6.1.3",
            "whitenoise==6.12.0",
            "daphne==4.2.3",
            "channels==4.3.2",
        ],
    )
}

/// An app with a command that extends the one of the static files.
fn own_command(serve: Serve, body: &str) -> Serve {
    serve
        .file("own/__init__.py", "")
        .file("own/management/__init__.py", "")
        .file("own/management/commands/__init__.py", "")
        .file(
            "own/management/commands/runserver.py",
            format!(
                "from django.contrib.staticfiles.management.commands.runserver import Command as Base\n\
                 class Command(Base):\n{body}"
            ),
        )
}

const STATIC: &str = "'django.contrib.staticfiles'";

#[test]
fn whitenoise_serves_static_files_itself() {
    let venv = with_owners();
    let lines = "MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\n";
    let apps = format!("'whitenoise.runserver_nostatic', {STATIC}");
    let server = project(&venv, &apps, lines).start();
    let style = server.get("/static/a.css");
    assert_eq!((style.status, style.text()), (200, "a {}"));
    // What WhiteNoise says while DEBUG is on.
    assert_eq!(style.header("Cache-Control"), Some("max-age=0, public"));
    assert!(
        !server.output().contains("of its own"),
        "{}",
        server.output()
    );

    // Without its middleware nobody serves them.
    let server = project(&venv, &apps, "").start();
    assert_eq!(server.get("/static/a.css").status, 404);

    // Without its app Django serves them before any middleware.
    let server = project(&venv, STATIC, lines).start();
    let style = server.get("/static/a.css");
    assert_eq!(style.text(), "a {}");
    assert_ne!(style.header("Cache-Control"), Some("max-age=0, public"));
}

#[test]
fn what_is_not_served_of_asgi_is_said() {
    let venv = with_owners();
    let asgi = "application = None\n";
    for (apps, status) in [
        (format!("'daphne', {STATIC}"), 200),
        (
            format!("'daphne', 'channels', 'whitenoise.runserver_nostatic', {STATIC}"),
            200,
        ),
        (
            format!("'whitenoise.runserver_nostatic', 'daphne', {STATIC}"),
            404,
        ),
    ] {
        let server = project(&venv, &apps, "").file("asgi.py", asgi).start();
        server.wait_for_output(
            "warning: the runserver of `daphne` serves ASGI, this one serves WSGI\n\
             hint: WebSockets and whatever else is for ASGI alone need `python manage.py runserver`",
        );
        assert_eq!(server.get("/").text(), "page");
        assert_eq!(server.get("/static/a.css").status, status, "{apps}");
    }
}

#[test]
fn defaults_of_an_own_command_count() {
    let venv = newest().venv(Packages::Django);
    let body = "    def add_arguments(self, parser):\n        super().add_arguments(parser)\n\
                \x20       parser.set_defaults(use_static_handler=False, skip_checks=True)\n\
                \x20   default_port = '8080'\n";
    let apps = format!("'own', {STATIC}");
    let server = own_command(project(&venv, &apps, ""), body).start();
    assert_eq!(server.get("/static/a.css").status, 404);
    // An address was given.
    assert!(!server.output().contains("8080"), "{}", server.output());
    assert!(
        !server.output().contains("Performing"),
        "{}",
        server.output()
    );
    assert!(
        !server.output().contains("of its own"),
        "{}",
        server.output()
    );
}

#[test]
fn another_default_address_is_told_of() {
    let venv = newest().venv(Packages::Django);
    let apps = format!("'own', {STATIC}");
    let body = "    default_addr = '0.0.0.0'\n    default_port = '8080'\n";
    // Without an address: the first port that is free.
    let server = own_command(project(&venv, &apps, ""), body)
        .address("--port-fallback")
        .start();
    server.wait_for_output(
        "warning: the runserver of `own` would listen on 0.0.0.0:8080\n\
         hint: `scaffold runserver 0.0.0.0:8080` does so",
    );
}

#[test]
fn a_handler_of_an_own_command_is_served() {
    let venv = newest().venv(Packages::Django);
    let body = "    def get_handler(self, *args, **options):\n\
                \x20       handler = super().get_handler(*args, **options)\n\
                \x20       def own(environ, start_response):\n\
                \x20           environ['own'] = 'own handler'\n\
                \x20           return handler(environ, start_response)\n\
                \x20       return own\n";
    let apps = format!("'own', {STATIC}");
    let server = own_command(project(&venv, &apps, ""), body).start();
    assert_eq!(server.get("/").text(), "own handler");
    assert_eq!(server.get("/static/a.css").text(), "a {}");
}

#[test]
fn what_an_own_command_does_beside_is_not_done_and_said() {
    let venv = newest().venv(Packages::Django);
    let body = "    def inner_run(self, *args, **options):\n        print('compiling assets')\n\
                \x20       super().inner_run(*args, **options)\n";
    let apps = format!("'own', {STATIC}");
    let server = own_command(project(&venv, &apps, ""), body).start();
    server.wait_for_output(
        "warning: `own` has a runserver of its own, of which only the options, the handler and \
         the checks count here\nhint: `python manage.py runserver` runs all of it",
    );
    assert_eq!(server.get("/").text(), "page");
}

#[test]
fn a_command_that_cannot_be_imported_is_shown() {
    let venv = newest().venv(Packages::Django);
    let apps = format!("'own', {STATIC}");
    let server = own_command(project(&venv, &apps, ""), "    nothing\n").start();
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains("NameError"), "{}", page.text());
    own_command_mended(&server);
    assert_eq!(server.get("/").text(), "page");
}

fn own_command_mended(server: &crate::support::Server) {
    server.sandbox().write(
        "own/management/commands/runserver.py",
        "from django.core.management.commands.runserver import Command\n",
    );
}

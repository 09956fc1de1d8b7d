//! What is served: the settings module, `WSGI_APPLICATION`, and what is wrong with them.

use rstest::rstest;

use crate::support::{Response, Serve, Server, Test};

const WSGI: &str = "\
def application(environ, start_response):
    import os
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [repr(os.environ.get('SETTINGS_MODULE')).encode()]

def other(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'other']
";

/// A project without a framework.
fn project(settings: &str) -> Serve {
    Serve::new()
        .file("mysite/__init__.py", "")
        .file("mysite/settings.py", settings)
        .file("mysite/wsgi.py", WSGI)
}

fn failure(server: &Server) -> Response {
    let response = server.get("/");
    assert_eq!(response.status, 500, "{}", response.text());
    assert!(
        response
            .text()
            .starts_with("The application could not be loaded")
    );
    response
}

#[rstest]
#[case("mysite.wsgi.application", "'mysite.settings'")]
#[case("mysite.wsgi", "'mysite.settings'")]
#[case("mysite.wsgi:application", "'mysite.settings'")]
#[case("mysite.wsgi.other", "other")]
fn the_setting_names_the_application(#[case] value: &str, #[case] body: &str) {
    let server = project(&format!("WSGI_APPLICATION = '{value}'\n")).start();
    assert_eq!(server.get("/").text(), body);
    assert!(
        server.stdout().contains("Using settings 'mysite.settings'"),
        "{}",
        server.stdout()
    );
}

#[test]
fn a_directory_of_the_project_will_do() {
    let server = project("WSGI_APPLICATION = 'mysite.wsgi.application'\n")
        .in_dir("a/b")
        .start();
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn the_settings_module_is_found_in_this_order() {
    let other = "WSGI_APPLICATION = 'mysite.wsgi.other'\n";
    let start = || {
        project("WSGI_APPLICATION = 'mysite.wsgi.application'\n")
            .file("flag.py", other)
            .file("environment.py", other)
            .file("configured.py", other)
            .file(
                "pyproject.toml",
                "[tool.scaffold]\nsettings = 'configured'\n",
            )
    };
    let using = |server: &Server, name: &str| {
        let line = format!("Using settings '{name}'");
        assert!(
            server.stdout().contains(&line),
            "{line} in {}",
            server.stdout()
        );
    };
    using(
        &start()
            .env("SETTINGS_MODULE", "environment")
            .args(["--settings", "flag"])
            .start(),
        "flag",
    );
    using(
        &start().env("SETTINGS_MODULE", "environment").start(),
        "environment",
    );
    using(&start().start(), "configured");
}

#[test]
fn pythonpath_comes_first() {
    let server = project("WSGI_APPLICATION = 'mysite.wsgi.application'\n")
        .file(
            "elsewhere/flag.py",
            "WSGI_APPLICATION = 'mysite.wsgi.other'\n",
        )
        .args(["--pythonpath", "elsewhere", "--settings", "flag"])
        .start();
    assert_eq!(server.get("/").text(), "other");
}

#[rstest]
#[case("WSGI_APPLICATION = 'mysite.wsgi.applicaton'\n", &[
    "WSGI application 'mysite.wsgi.applicaton' could not be loaded", "application"])]
#[case("WSGI_APPLICATION = 'nowhere.application'\n", &[
    "WSGI application 'nowhere.application' could not be loaded", "nowhere"])]
#[case("WSGI_APPLICATION = 'mysite.wsgi.__doc__'\n", &["callable"])]
#[case("WSGI_APPLICATION = None\n", &["WSGI_APPLICATION"])]
#[case("", &["WSGI_APPLICATION"])]
#[case("raise RuntimeError('settings <raise>')\n", &["RuntimeError: settings <raise>", "settings.py\", line 1"])]
#[case("WSGI_APPLICATION = (\n", &["SyntaxError", "settings.py\", line 1"])]
#[case("import sys; sys.exit(4)\n", &["exit"])]
fn what_is_wrong_is_shown_in_the_browser_and_in_the_terminal(
    #[case] settings: &str,
    #[case] texts: &[&str],
) {
    let server = project(settings).start();
    let response = failure(&server);
    for text in texts {
        assert!(
            response.text().contains(text),
            "{text} in {}",
            response.text()
        );
        server.wait_for_output(text);
    }
    assert!(response.text().contains("hint: "), "{}", response.text());
    assert!(
        !response.text().contains("scaffold_worker"),
        "{}",
        response.text()
    );
    // Mended, it is served without a restart.
    server.sandbox().write(
        "mysite/settings.py",
        "WSGI_APPLICATION = 'mysite.wsgi.other'\n",
    );
    while server.get("/").text() != "other" {}
}

#[test]
fn a_missing_settings_module_is_named() {
    let server = project("").args(["--settings", "mysite.nothing"]).start();
    assert!(failure(&server).text().contains("mysite.nothing"));
}

#[test]
fn two_candidates_are_named_and_nothing_is_served() {
    Test::new()
        .file("one/settings.py", "")
        .file("one/wsgi.py", "")
        .file("two/settings.py", "")
        .file("two/wsgi.py", "")
        .args(["runserver", "0"])
        .stderr(
            "error: more than one settings module: one.settings, two.settings\n\
             hint: choose one: --settings one.settings\n",
        )
        .status(1)
        .run();
}

#[test]
fn what_app_names_is_looked_for_here_though_the_project_is_above() {
    let server = project("")
        .file("below/app.py", WSGI)
        .in_dir("below")
        .args(["--app", "app:other"])
        .start();
    assert_eq!(server.get("/").text(), "other");
}

#[test]
fn an_application_that_is_missing_is_shown() {
    let server = Serve::new().args(["--app", "nowhere:app"]).start();
    assert!(failure(&server).text().contains("nowhere"));
    server
        .sandbox()
        .write("nowhere.py", WSGI.replace("def other", "def app"));
    while server.get("/").text() != "other" {}
}

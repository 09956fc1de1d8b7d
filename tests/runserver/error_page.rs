//! The page of an exception: what it shows, in which order, and to whom.

use rstest::rstest;

use crate::support::{Packages, Response, Serve, Server, client::exchange, newest, pythons};

fn ask(server: &Server, path: &str) -> Response {
    exchange("GET", &server.url(path), "Accept: text/html\r\n", b"")
}

/// The page as text: without tags, style and script, and with single spaces.
fn shown(page: &str) -> String {
    let (_, main) = page.split_once("<main>").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    let mut text = String::new();
    for part in main.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        text.push(' ');
    }
    let text: Vec<&str> = text.split_whitespace().collect();
    text.join(" ")
}

/// Expects these texts, one after another.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no {part:?} in {rest}"));
        rest = after;
    }
}

const CHAIN: &str = r#"
import json

def read(text):
    return json.loads(text)

def application(environ, start_response):
    try:
        read("{<b>")
    except ValueError as error:
        raise RuntimeError("cannot read\nsecond & last") from error
"#;

#[test]
fn the_fault_comes_first_and_libraries_are_folded_with_every_python() {
    for python in pythons() {
        let server = Serve::new()
            .python(python)
            .file("app.py", CHAIN)
            .args(["--app", "app:application"])
            .start();
        let response = ask(&server, "/");
        assert_eq!(response.status, 500);
        let page = response.text();
        assert_in_order(
            &shown(page),
            &[
                "The application raised an exception",
                "RuntimeError: cannot read",
                "second &amp; last",
                "app.py:11 in application",
                "try:",
                "raise RuntimeError(&quot;cannot read\\nsecond &amp; last&quot;) from error",
                "The direct cause of it",
                "json.decoder.JSONDecodeError",
                "app.py:9 in application",
                "read(&quot;{&lt;b&gt;&quot;)",
                "of libraries",
                "json/decoder.py",
                "Traceback as text",
            ],
        );
        let (_, library) = page.split_once("<details class=\"library\">").unwrap();
        let (before, _) = page.split_once("<details class=\"library\">").unwrap();
        assert!(library.contains("json/decoder.py") && !before.contains("json/decoder.py"));
        // What was being evaluated is marked since 3.11.
        let is_marked = page.contains("<mark>json.loads(text)</mark>");
        assert_eq!(is_marked, python.version().1 >= 11, "{python}");
        assert!(!page.contains("scaffold_worker"), "{page}");
    }
}

#[test]
fn a_syntax_error_has_its_place_with_every_python() {
    for python in pythons() {
        let server = Serve::new()
            .python(python)
            .file("mysite/__init__.py", "")
            .file("mysite/wsgi.py", "")
            .file("mysite/settings.py", "A = 1\n\na = = 2  # é\nB = 3\n")
            .start();
        let response = ask(&server, "/");
        assert_eq!(response.status, 500);
        let page = response.text();
        assert_in_order(
            &shown(page),
            &[
                "The application could not be loaded",
                "SyntaxError: invalid syntax",
                "mysite/settings.py:3",
                "1 A = 1",
                "3 a =",
                "4 B = 3",
                "Traceback as text",
            ],
        );
        let line = "</i>a = <mark>=</mark> 2  # é\n";
        assert!(page.contains(line), "{python}: {page}");
    }
}

#[test]
fn the_members_of_a_group_and_notes_are_shown() {
    let app = "\
def application(environ, start_response):
    error = ExceptionGroup('several', [KeyError('one'), ExceptionGroup('more', [OSError('two')])])
    error.add_note('a note')
    raise error
";
    let server = Serve::new()
        .python(newest())
        .file("app.py", app)
        .args(["--app", "app:application"])
        .start();
    let page = ask(&server, "/");
    assert_in_order(
        &shown(page.text()),
        &[
            "ExceptionGroup: several (2 sub-exceptions)",
            "a note",
            "app.py:4",
            "One of the group",
            "KeyError",
            "&#39;one&#39;",
            "One of the group",
            "more (1 sub-exception)",
            "One of the group",
            "OSError",
            "two",
        ],
    );
    assert!(page.text().contains("depth-2"));
}

#[rstest]
#[case("def application(environ, start_response):\n    return application(environ, None)\n")]
#[case(
    "class E(Exception):\n    def __str__(self): raise E\n    exceptions = property(lambda self: 1 / 0)\ndef application(e, s):\n    raise E\n"
)]
#[case(
    "def application(e, s):\n    raise SyntaxError('\\ud800' * 100_000, ('f', 'x', {}, b'y'))\n"
)]
#[case("def application(e, s):\n    exec('\\n' * 100_000 + 'x' * 100_000)\n")]
fn whatever_is_raised_has_a_page(#[case] app: &str) {
    let server = Serve::new()
        .file("app.py", app)
        .args(["--app", "app:application"])
        .start();
    for _ in 0..2 {
        let page = ask(&server, "/");
        assert_eq!(page.status, 500);
        assert!(page.text().contains("The application raised an exception"));
        assert!(page.body.len() < 2_000_000, "{}", page.body.len());
    }
}

#[test]
fn the_page_is_for_nobody_elses_script_frame_or_cache() {
    let server = Serve::new()
        .file("app.py", CHAIN)
        .args(["--app", "app:application"])
        .start();
    let page = ask(&server, "/");
    let policy = page.header("Content-Security-Policy").unwrap();
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "script-src 'sha256-",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert_eq!(
        page.header("Cross-Origin-Resource-Policy"),
        Some("same-origin")
    );
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    let plain = server.get("/");
    assert_eq!(
        plain.header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(plain.text().contains("RuntimeError: cannot read"));
}

/// Django's own wording stands above the exception that was the reason.
#[test]
fn a_fault_in_djangos_settings() {
    let venv = newest().venv(Packages::Django);
    let server = Serve::new()
        .python(&venv)
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
        )
        .file("mysite/__init__.py", "")
        .file(
            "mysite/settings.py",
            "DEBUG = True\nSECRET_KEY = 'x'\nINSTALLED_APPS = ['nothing']\nROOT_URLCONF = 'mysite.urls'\n",
        )
        .start();
    let page = ask(&server, "/");
    let text = shown(page.text());
    assert_in_order(&text, &["ModuleNotFoundError", "nothing", "of libraries"]);
    // All frames are Django's or the standard library's.
    let (_, library) = page
        .text()
        .split_once("<details class=\"library\">")
        .unwrap();
    assert!(library.contains("django/apps/"), "{library}");
}

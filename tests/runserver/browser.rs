//! What a real browser does with our pages and with the script in the application's: Debian's
//! Chromium. Only with the feature `system-tests`.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use scaffold::serve::Settings;

use super::{applications::django_server, front::Front};
use crate::support::{Packages, Serve, Server, browser::Browser, client::exchange, newest};

/// A page with a style sheet, and a state that a reload would lose.
const PAGE: &str = "<!doctype html><html><head><link rel=stylesheet href='/static/site.css?v=1'>\
                    <link rel=stylesheet href='/static/other.css'></head>\
                    <body><input id=state><p id=count>COUNT</p></body></html>";

/// A front whose pages count how often they were asked for.
fn front(page: &'static str) -> (Front, Arc<AtomicUsize>) {
    let mut front = Front::start_with(Settings {
        live_reload: true,
        ..Settings::default()
    });
    let count = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&count);
    front.answer_all(move |path| {
        if path == "/static/other.css" {
            return ("text/css".into(), "p { margin: 0 }".into());
        }
        if path.starts_with("/static/") {
            let asked = counter.load(Ordering::Relaxed);
            let color = format!("p {{ color: rgb(1, 2, {asked}) }}");
            return ("text/css".into(), color);
        }
        if path == "/" {
            let asked = counter.fetch_add(1, Ordering::Relaxed) + 1;
            return (
                "text/html".into(),
                page.replace("COUNT", &asked.to_string()),
            );
        }
        ("text/plain".into(), String::new())
    });
    (front, count)
}

/// Waits until the page has its event stream: what happens before is told as well, but as
/// something that has happened.
fn wait_for_stream(browser: &Browser) {
    browser.wait_until(
        "performance.getEntriesByType('resource').some(e => e.name.includes('live.js'))",
    );
}

#[test]
fn a_style_sheet_is_exchanged_and_the_page_keeps_its_state() {
    let (front, count) = front(PAGE);
    let browser = Browser::start();
    browser.open(&front.url("/"));
    wait_for_stream(&browser);
    browser.evaluate("document.getElementById('state').value = 'typed'");
    // What a new style sheet is told from.
    count.store(7, Ordering::Relaxed);
    front
        .notifier()
        .changed([Path::new("/project/static/site.css")]);
    browser
        .wait_until("getComputedStyle(document.getElementById('count')).color == 'rgb(1, 2, 7)'");
    // The old one has gone, the other is as it was.
    browser.wait_until("document.querySelectorAll('link').length == 2");
    let links = browser
        .evaluate("[...document.querySelectorAll('link')].map(l => new URL(l.href).search).join()");
    assert_eq!(links, "?v=1&__scaffold__=1,");
    assert_eq!(
        browser.evaluate("document.getElementById('state').value"),
        "typed"
    );
    assert_eq!(
        browser.evaluate("document.getElementById('count').innerText"),
        "1"
    );
    assert!(!browser.has_loaded());
}

#[test]
fn a_page_reloads_for_new_code_and_for_other_files() {
    let (front, count) = front(PAGE);
    let browser = Browser::start();
    front.notifier().ready(1);
    browser.open(&front.url("/"));
    for (expected, change) in [
        (2, &(|| front.notifier().ready(2)) as &dyn Fn()),
        (3, &|| front.notifier().changed([Path::new("a.html")])),
        (4, &|| {
            front
                .notifier()
                .changed([Path::new("a.js"), Path::new("site.css")]);
        }),
    ] {
        change();
        browser.wait_for_load();
        let shown = browser.evaluate("document.getElementById('count').innerText");
        assert_eq!(shown, expected.to_string());
    }
    assert!(!browser.has_loaded());
    assert_eq!(count.load(Ordering::Relaxed), 4);
}

/// The change happened before the script had its stream, or while the page was out of view.
#[test]
fn a_page_hears_of_what_it_has_missed() {
    let (front, _) = front(PAGE);
    let browser = Browser::start();
    front.notifier().ready(1);
    browser.open(&front.url("/"));
    let hide = |state: &str| {
        browser.evaluate(&format!(
            "Object.defineProperty(document, 'visibilityState', \
             {{ configurable: true, value: '{state}' }}); \
             document.dispatchEvent(new Event('visibilitychange'))"
        ));
    };
    wait_for_stream(&browser);
    hide("hidden");
    front.notifier().ready(2);
    assert!(!browser.has_loaded());
    hide("visible");
    browser.wait_for_load();
    assert_eq!(
        browser.evaluate("document.getElementById('count').innerText"),
        "2"
    );
}

#[test]
fn an_imported_style_sheet_reloads_the_page_and_an_unused_one_does_nothing() {
    let (front, _) = front(
        "<!doctype html><head><style>@import '/static/part.css';</style></head>\
         <body><p id=count>COUNT</p></body>",
    );
    let browser = Browser::start();
    browser.open(&front.url("/"));
    wait_for_stream(&browser);
    front.notifier().changed([Path::new("unused.css")]);
    front.notifier().changed([Path::new("part.css")]);
    browser.wait_for_load();
    assert_eq!(
        browser.evaluate("document.getElementById('count').innerText"),
        "2"
    );
}

/// A page with a policy of its own, which the script keeps.
#[test]
fn a_strict_policy_lets_the_script_in_by_its_nonce() {
    let app = "\
def application(environ, start_response):
    policy = \"default-src 'none'; script-src 'nonce-abc123' 'strict-dynamic'; connect-src 'self'\"
    start_response('200 OK', [('Content-Type', 'text/html'), ('Content-Security-Policy', policy)])
    return [b'<!doctype html><title>strict</title><p>text']
";
    let server = Serve::new()
        .file("app.py", app)
        .args(["--app", "app:application", "--live-reload"])
        .start();
    let browser = Browser::start();
    browser.open(&server.url("/"));
    browser.wait_until("window[Symbol.for('scaffold-live-reload')]");
}

const BROKEN: &str = "raise ValueError('first <fault>')\n";

fn site(text: &str) -> String {
    format!(
        "def application(environ, start_response):\n    \
             start_response('200 OK', [('Content-Type', 'text/html')])\n    \
             return [b'<!doctype html><title>a</title><p>{text}']\n"
    )
}

/// Asks until the application is tried again and says this.
fn wait_for_text(server: &Server, text: &str) {
    while !server.get("/").text().contains(text) {}
}

#[test]
fn the_page_of_a_problem_shows_the_next_one_and_goes_when_it_is_mended() {
    let server = Serve::new()
        .file("app.py", BROKEN)
        .args(["--app", "app:application"])
        .start();
    let browser = Browser::start();
    browser.open(&server.url("/"));
    let text = browser.text();
    assert!(
        text.contains("ValueError: first <fault>") && text.contains("app.py:1"),
        "{text}"
    );
    server
        .sandbox()
        .write("app.py", "\nraise KeyError('second')\n");
    wait_for_text(&server, "second");
    browser.wait_until("document.body.innerText.includes('second')");
    assert!(browser.text().contains("app.py:2"), "{}", browser.text());
    assert!(!browser.has_loaded(), "the page has asked the application");
    server.sandbox().write("app.py", site("mended"));
    wait_for_text(&server, "mended");
    browser.wait_for_load();
    assert_eq!(browser.text(), "mended");
}

/// A page and its style sheet, both from files, as an application of its own serves them.
const SITE: &str = "\
import text

PAGE = '<!doctype html><title>a</title><link rel=stylesheet href=/static/site.css><p id=text>%s'

def application(environ, start_response):
    is_style = environ['PATH_INFO'] == '/static/site.css'
    start_response('200 OK', [('Content-Type', 'text/css' if is_style else 'text/html')])
    return [open('static/site.css', 'rb').read() if is_style else (PAGE % text.TEXT).encode()]
";

/// From the save of a file to what is seen, through the whole program.
#[test]
fn the_page_follows_what_is_saved() {
    let server = Serve::new()
        .file("app.py", SITE)
        .file("text.py", "TEXT = 'first'\n")
        .file("static/site.css", "p { color: rgb(1, 2, 3) }")
        .args(["--app", "app:application", "--live-reload"])
        .start();
    let browser = Browser::start();
    browser.open(&server.url("/"));
    assert_eq!(browser.text(), "first");
    wait_for_stream(&browser);
    let save = |name: &str, contents: &str| {
        server.sandbox().write(name, contents);
    };

    save("text.py", "TEXT = 'second'\n");
    browser.wait_for_load();
    assert_eq!(browser.text(), "second");

    wait_for_stream(&browser);
    browser.evaluate("window.state = 1");
    save("static/site.css", "p { color: rgb(4, 5, 6) }");
    browser.wait_until("getComputedStyle(document.getElementById('text')).color == 'rgb(4, 5, 6)'");
    assert_eq!(browser.evaluate("window.state"), 1);
    assert!(!browser.has_loaded());

    save("text.py", "TEXT = (\n");
    browser.wait_for_load();
    let text = browser.text();
    assert!(
        text.contains("SyntaxError") && text.contains("text.py:1"),
        "{text}"
    );

    save("text.py", "TEXT = 'mended'\n");
    browser.wait_for_load();
    assert_eq!(browser.text(), "mended");
}

/// Django's templates, which are read with every request or kept by its loaders, and a view.
#[test]
fn a_page_of_django_follows_its_template_and_its_view() {
    let server = django_server(newest(), Packages::Django, |serve| {
        let urls = "from django.shortcuts import render\n\
                    from django.urls import path\n\
                    urlpatterns = [path('', lambda request: render(request, 'page.html'))]\n";
        serve
            .file("mysite/mysite/urls.py", urls)
            .file(
                "mysite/mysite/templates/page.html",
                "<!doctype html><p>first",
            )
            .file(
                "mysite/pyproject.toml",
                "[tool.scaffold]\nlive-reload = true\n",
            )
    });
    let settings = server.sandbox().dir().join("mysite/mysite/settings.py");
    let with_templates = std::fs::read_to_string(&settings).unwrap().replace(
        "\"DIRS\": []",
        "\"DIRS\": [BASE_DIR / \"mysite/templates\"]",
    );
    let browser = Browser::start();
    browser.open(&server.url("/"));
    assert!(browser.text().contains("TemplateDoesNotExist"));
    // Not a page that has the script: it is no success.
    std::fs::write(&settings, with_templates).unwrap();
    browser.open(&server.url("/"));
    assert_eq!(browser.text(), "first");
    wait_for_stream(&browser);
    let template = "mysite/mysite/templates/page.html";
    server.sandbox().write(template, "<!doctype html><p>second");
    browser.wait_for_load();
    assert_eq!(browser.text(), "second");
    wait_for_stream(&browser);
    let view = "from django.http import HttpResponse\n\
                from django.urls import path\n\
                urlpatterns = [path('', lambda request: HttpResponse('<!doctype html><p>third'))]\n";
    server.sandbox().write("mysite/mysite/urls.py", view);
    browser.wait_for_load();
    assert_eq!(browser.text(), "third");
}

/// A form would be sent again without its user knowing.
#[test]
fn the_answer_to_a_form_is_not_asked_for_again() {
    let server = Serve::new()
        .file(
            "app.py",
            format!(
                "{}    if environ['REQUEST_METHOD'] == 'POST': raise ValueError\n",
                site("<form method=post><button>send</button></form>").replace(
                    "    return",
                    "    if environ['REQUEST_METHOD'] == 'GET': return"
                )
            ),
        )
        .args(["--app", "app:application", "--live-reload"])
        .start();
    let browser = Browser::start();
    browser.open(&server.url("/"));
    browser.evaluate("document.querySelector('button').click()");
    browser.wait_for_load();
    assert!(browser.text().contains("ValueError"), "{}", browser.text());
    // A fault and its end, which other pages reload for.
    server.sandbox().write("app.py", BROKEN);
    browser.wait_until("document.body.innerText.includes('first <fault>')");
    server.sandbox().write("app.py", site("mended"));
    wait_for_text(&server, "mended");
    browser.wait_until("document.body.innerText.includes('send the form again')");
    assert!(!browser.has_loaded());
    assert_eq!(server.output().matches("POST / ").count(), 1);
}

/// Without scripts the page says all that there is to say.
#[test]
fn the_page_can_be_read_without_scripts() {
    let server = Serve::new()
        .file("app.py", BROKEN)
        .args(["--app", "app:application"])
        .start();
    let page = exchange("GET", &server.url("/"), "Accept: text/html\r\n", b"");
    let browser = Browser::start();
    let start = page.text().find("<script").unwrap();
    let static_page = page.text()[..start].replace('%', "%25").replace('#', "%23");
    browser.open(&format!("data:text/html,{static_page}"));
    let text = browser.text();
    assert!(
        text.contains("first <fault>") && text.contains("app.py:1"),
        "{text}"
    );
}

//! `docs/wsgi.md`: its code as it stands there, in a project of ours, with the same results under
//! each server.

mod page;
mod servers;

use page::{Block, Page};
use rstest::rstest;
use servers::{Kind, venv};

use crate::support::{Outcome, Sandbox, Test};

/// What the project says of itself: the path, and how many requests Django knows to be over.
const URLS: &str = "\
from django.core.signals import request_finished
from django.http import HttpResponse
from django.urls import re_path

finished = []


def count(sender, **named):
    finished.append(sender)


def tell(request):
    return HttpResponse(f'{request.path}: {len(finished)} finished')


request_finished.connect(count)
urlpatterns = [re_path('', tell)]
";

/// A project with these blocks of the page in it.
fn project(blocks: &[&Block]) -> Sandbox {
    let made = Test::new().args(["startproject", "mysite", ".", "--no-format"]);
    let mut sandbox = made.run().into_sandbox();
    sandbox.set_env("VIRTUAL_ENV", venv().dir());
    sandbox.write("mysite/urls.py", URLS);
    for block in blocks {
        let before = if block.is_appended {
            std::fs::read_to_string(sandbox.dir().join(&block.path)).unwrap()
        } else {
            String::new()
        };
        sandbox.write(&block.path, format!("{before}{}", block.code));
    }
    sandbox
}

/// What `scaffold check` says of it.
fn check(sandbox: Sandbox) -> Outcome {
    Test::within(sandbox).arg("check").capture()
}

/// What each server is asked, and answers.
type Table = &'static [(&'static str, &'static str)];

const HELLO: Table = &[
    ("/a", "/a: 0 finished"),
    ("/hello/", "Hello, world!\n"),
    ("/b", "/b: 1 finished"),
];

/// The block that forgets `close()`; the one after it has the line inside a `try`.
const FORGETS: &str = "\n        return [block.upper() for block in blocks]\n";

const FORGETTING: Table = &[("/a", "/A: 0 FINISHED"), ("/b", "/B: 0 FINISHED")];

const SHOUTING: Table = &[("/a", "/A: 0 FINISHED"), ("/b", "/B: 1 FINISHED")];

const COUNTING: Table = &[("/a", "/a: 0 finished"), ("/b", "/b: 1 finished")];

const BY_PREFIX: Table = &[
    ("/a", "/a: 0 finished"),
    ("/shop/", "The shop is at /shop/\n"),
    ("/shopping", "/shopping: 1 finished"),
];

#[rstest]
#[case("HelloWorldApplication", HELLO, 0)]
#[case("finally:", SHOUTING, 0)]
#[case(FORGETS, FORGETTING, 1)]
#[case("class Counted", COUNTING, 0)]
#[case("class ByPrefix", BY_PREFIX, 0)]
fn a_wrapper_does_the_same_under_every_server(
    #[case] which: &str,
    #[case] table: Table,
    #[case] status: i32,
) {
    let page = Page::read();
    let mut blocks = vec![page.block(which)];
    if which == "class ByPrefix" {
        blocks.push(page.block("# shop.py"));
    }
    let checked = check(project(&blocks));
    assert_eq!(checked.status, Some(status), "{checked}");
    for kind in Kind::ALL {
        let server = kind.start(project(&blocks));
        for (path, expected) in table {
            let response = server.get(path);
            assert_eq!(
                (response.status, response.text()),
                (200, *expected),
                "{kind:?} {path}"
            );
        }
    }
}

#[test]
fn a_wrapper_that_forgets_close_is_told_as_the_page_says() {
    let page = Page::read();
    let outcome = check(project(&[page.block(FORGETS)]));
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(outcome.stderr.ends_with(&page.said), "{outcome}");
    let row = "PEP 3333     passes wsgiref.validate, but close() is not passed on\n";
    assert!(outcome.stdout.contains(row), "{outcome}");
}

/// Middleware that people have, around Django's handler.
#[rstest]
#[case("from whitenoise import WhiteNoise\napplication = WhiteNoise(application, root='.')\n")]
#[case(
    "from werkzeug.debug import DebuggedApplication\n\
     application = DebuggedApplication(application)\n"
)]
#[case(
    "from werkzeug.middleware.dispatcher import DispatcherMiddleware\n\
     from werkzeug.middleware.proxy_fix import ProxyFix\n\
     application = DispatcherMiddleware(ProxyFix(application))\n"
)]
#[case(
    "from werkzeug.wsgi import ClosingIterator\nfrom shop import app as shop\n\
     def closes(environ, start_response):\n    \
         return ClosingIterator(shop(environ, start_response))\n\
     application = closes\n"
)]
#[case(
    "from werkzeug.middleware.lint import LintMiddleware\n\
     application = LintMiddleware(application)\n"
)]
fn others_middleware_is_not_complained_of(#[case] code: &str) {
    let page = Page::read();
    let block = Block {
        path: "mysite/wsgi.py".to_owned(),
        is_appended: true,
        code: code.to_owned(),
    };
    let outcome = check(project(&[&block, page.block("# shop.py")]));
    assert_eq!(outcome.status, Some(0), "{outcome}");
}

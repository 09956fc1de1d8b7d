//! The project: that of the other tests, with a wrapper, static files of its own, and a view for
//! each behaviour.

use std::{fs, path::Path, process::Command};

use crate::deploy::site::Site;

/// The settings that its `wsgi.py` names.
pub(super) const DEFAULT: &str = "mysite.settings";

/// Those that the environment names.
pub(super) const PRODUCTION: &str = "mysite.production";

/// What the file under `/static/table.css` has.
pub(super) const STATIC_FILE: &str = "table { color: green }\n";

/// What comes first from `/stream`; the rest comes through the pipe.
pub(super) const FIRST: &str = "first\n";

/// How the signal at the end of a request is told through the pipe.
pub(super) const FINISHED: &str = "finished";

const VIEWS: &str = r#"

import hashlib

from django.core.signals import request_finished
from django.http import StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

PIPE = settings.BASE_DIR / "pipe"
is_to_be_told = False


def closing(request):
    global is_to_be_told
    is_to_be_told = True
    return HttpResponse("closing")


def tell(sender, **named):
    global is_to_be_told
    if is_to_be_told:
        is_to_be_told = False
        PIPE.write_text("finished")


def stream(request):
    def blocks():
        yield "first\n"
        yield PIPE.read_text()

    # nginx collects a response otherwise.
    return StreamingHttpResponse(blocks(), headers={"X-Accel-Buffering": "no"})


@csrf_exempt
def upload(request):
    digest = hashlib.sha256()
    while True:
        block = request.read(1 << 16)
        if not block:
            return HttpResponse(digest.hexdigest())
        digest.update(block)


request_finished.connect(tell)
urlpatterns += [
    path("closing", closing),
    path("stream", stream),
    path("upload", upload),
]
"#;

/// It returns an object of its own, so that `close()` comes through only where it is called.
const WRAPPER: &str = r#"

class Blocks:
    def __init__(self, blocks):
        self.blocks = blocks

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        self.blocks.close()


class Marking:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        def start(status, headers, *rest):
            return start_response(status, [*headers, ("X-Wrapper", "passed")], *rest)

        return Blocks(self.application(environ, start))


application = Marking(application)
"#;

/// Makes it, with its static files collected, for the interpreter of a virtual environment.
#[track_caller]
pub(super) fn make(environment: &Path) -> Site {
    let site = Site::with_settings(environment, PRODUCTION);
    let directories = "\nSTATICFILES_DIRS = [BASE_DIR / 'assets']\n";
    site.append("mysite/settings.py", directories);
    site.append("mysite/urls.py", VIEWS);
    site.append("mysite/wsgi.py", WRAPPER);
    let assets = site.dir().join("assets");
    fs::create_dir(&assets).unwrap();
    fs::write(assets.join("table.css"), STATIC_FILE).unwrap();
    let mut collect = Command::new(environment.join("bin/python"));
    collect.args(["manage.py", "collectstatic", "--no-input"]);
    collect.current_dir(site.dir()).env_clear();
    let output = collect.envs(site.environment()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    site
}

//! Static files of Django projects, beside Django's own runserver on the same project.

mod beyond;
mod known;
mod settings;

use std::{
    collections::BTreeMap,
    fs::File,
    os::unix::fs::symlink,
    time::{Duration, SystemTime},
};

use crate::support::{Packages, Response, Sandbox, Serve, Server, Venv, newest, python};

/// When the files were changed last, and that moment in the forms that HTTP knows.
const CHANGED: u64 = 1_000_000_000;
const CHANGED_DATE: &str = "Sun, 09 Sep 2001 01:46:40 GMT";

/// Fields that are the server's business, and those that Django does not have.
const OTHERS: [&str; 7] = [
    "date",
    "server",
    "connection",
    "transfer-encoding",
    "etag",
    "accept-ranges",
    "cache-control",
];

/// What is asked for with GET.
const PATHS: &[&str] = &[
    "/static/site.css",
    "/static/site.css?v=1",
    "/static/app.js",
    "/static/app.mjs",
    "/static/logo.svg",
    "/static/data.csv.gz",
    "/static/thing.unknown",
    "/static/without",
    "/static/empty.txt",
    "/static/large.png",
    "/static/edge.bin",
    "/static/nested/deep/a.css",
    "/static/shop/shop.css",
    "/static/admin/css/base.css",
    "/static/theme/theme.css",
    "/static/theme.css",
    "/static/theme",
    "/static/theme/",
    "/static/both.css",
    "/static/link.css",
    "/static/dangling.css",
    "/static/with%20space.css",
    "/static/with%2520space.css",
    "/static/%C3%BC.css",
    "/static/%FC.css",
    "/static/a%22quote.css",
    "/static/a%23b.css",
    "/static/a%3Fb.css",
    "/static/missing.css",
    "/static/mis%0Asing.css",
    "/static/",
    "/static",
    "/staticx",
    "/static/nested",
    "/static/nested/",
    "/static/site.css/",
    "/static/site.css/more",
    "/static//site.css",
    "/static/nested/../site.css",
    "/static/./site.css",
    "/static/SITE.CSS",
    "/",
    "/nowhere",
];

/// What is asked for `site.css` in other ways.
const REQUESTS: &[(&str, &str)] = &[
    ("HEAD", ""),
    ("POST", "Content-Length: 0\r\n"),
    ("PUT", "Content-Length: 0\r\n"),
    ("OPTIONS", ""),
    (
        "GET",
        "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\n",
    ),
    (
        "HEAD",
        "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\n",
    ),
    (
        "GET",
        "If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT\r\n",
    ),
    (
        "GET",
        "If-Modified-Since: Mon, 10 Sep 2001 01:46:40 GMT\r\n",
    ),
    (
        "GET",
        "If-Modified-Since: Sunday, 09-Sep-01 01:46:40 GMT\r\n",
    ),
    ("GET", "If-Modified-Since: Sun Sep  9 01:46:40 2001\r\n"),
    (
        "GET",
        "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT; length=9\r\n",
    ),
    (
        "GET",
        "If-Modified-Since: Sun, 39 Sep 2001 01:46:40 GMT\r\n",
    ),
    ("GET", "If-Modified-Since: yesterday\r\n"),
    ("GET", "If-Modified-Since: \r\n"),
    ("GET", "Accept-Encoding: gzip\r\n"),
];

/// The static files of a project.
const FILES: &[(&str, &str)] = &[
    ("shop/static/shop/shop.css", "shop {}"),
    ("shop/static/both.css", "in the application"),
    ("shop/static/dangling.css", "in the application"),
    ("assets/both.css", "in the directory"),
    ("assets/site.css", "body {}\n"),
    ("assets/app.js", "let a = 1;\r\n"),
    ("assets/app.mjs", "export {};"),
    ("assets/logo.svg", "<svg/>"),
    ("assets/data.csv.gz", "\x1f\x08 no matter"),
    ("assets/thing.unknown", "\x00\u{ff}"),
    ("assets/without", "nothing is known of it"),
    ("assets/empty.txt", ""),
    ("assets/nested/deep/a.css", "deep {}"),
    ("assets/with space.css", "space {}"),
    ("assets/ü.css", "umlaut {}"),
    ("assets/a\"quote.css", "quote {}"),
    ("assets/a#b.css", "sharp {}"),
    ("assets/a?b.css", "question {}"),
    ("themes/theme.css", "theme {}"),
];

/// A project; `settings` come last in its settings.
fn project(venv: &Venv, settings: &str) -> Serve {
    let sandbox = Sandbox::new();
    for (path, contents) in FILES {
        sandbox.write(path, contents);
    }
    sandbox.write("assets/large.png", large());
    sandbox.write("assets/edge.bin", &large()[..64 * 1024]);
    let assets = sandbox.dir().join("assets");
    symlink("site.css", assets.join("link.css")).unwrap();
    symlink("nothing", assets.join("dangling.css")).unwrap();
    date_all(&sandbox);
    Serve::within(sandbox)
        .file(
            "manage.py",
            "import os, sys\n\
             os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config')\n\
             if __name__ == '__main__':\n\
             \x20   from django.core.management import execute_from_command_line\n\
             \x20   execute_from_command_line(sys.argv)\n",
        )
        .file(
            "config.py",
            format!(
                "from pathlib import Path\n\
                 BASE_DIR = Path(__file__).resolve().parent\n\
                 DEBUG = True\n\
                 SECRET_KEY = 'secret'\n\
                 ROOT_URLCONF = 'urls'\n\
                 SILENCED_SYSTEM_CHECKS = ['admin.E403', 'admin.E408', 'admin.E409', 'admin.E410']\n\
                 INSTALLED_APPS = ['shop', 'django.contrib.admin', 'django.contrib.auth',\n\
                 \x20   'django.contrib.contenttypes', 'django.contrib.messages',\n\
                 \x20   'django.contrib.staticfiles']\n\
                 STATIC_URL = 'static/'\n\
                 STATICFILES_DIRS = [BASE_DIR / 'assets', ('theme', BASE_DIR / 'themes')]\n\
                 {settings}\n"
            ),
        )
        .file(
            "urls.py",
            "from django.http import HttpResponse\n\
             from django.urls import path\n\
             urlpatterns = [path('', lambda request: HttpResponse('the page'))]\n",
        )
        .file("shop/__init__.py", "")
        .env("VIRTUAL_ENV", venv.dir())
}

/// More than travels in one frame; each place in it is another.
fn large() -> Vec<u8> {
    (0..75_000_u32).flat_map(u32::to_be_bytes).collect()
}

/// Gives all files of the project the same date.
fn date_all(sandbox: &Sandbox) {
    let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(CHANGED);
    for entry in walkdir::WalkDir::new(sandbox.dir()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let file = File::open(entry.path()).unwrap();
            file.set_modified(changed).unwrap();
        }
    }
}

/// Our server and Django's, of the same project, told the same.
fn both(venv: &Venv, settings: &str, args: &[&str]) -> [Server; 2] {
    let serve = || project(venv, settings).args(args.iter().copied());
    [serve().start(), serve().start_djangos_own(venv)]
}

/// The oldest Django with the oldest Python, and the newest of both.
fn djangos() -> Vec<Venv> {
    let oldest = python::minor(8).map(|python| python.venv(Packages::OldDjango));
    let newest = newest().venv(Packages::Django);
    oldest.into_iter().chain([newest]).collect()
}

/// Asks for exactly this, of either server as the same host.
fn ask(server: &Server, method: &str, target: &str, fields: &str) -> Response {
    let mut client = server.connect();
    client.send(format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n"
    ));
    if method == "HEAD" {
        client.response_to_head()
    } else {
        client.response()
    }
}

/// The fields that must be the same of both.
fn fields(response: &Response) -> BTreeMap<String, String> {
    let all = response.headers.iter();
    let all = all.map(|(name, value)| (name.to_lowercase(), value.clone()));
    all.filter(|(name, _)| !OTHERS.contains(&name.as_str()))
        .collect()
}

/// Asks both servers the same; ours must answer what Django's does.
#[track_caller]
fn compare(servers: &[Server; 2], method: &str, target: &str, asked: &str) -> Response {
    let [ours, djangos] = servers
        .each_ref()
        .map(|server| ask(server, method, target, asked));
    let what = format!("{method} {target} {asked}");
    let status = |response: &Response| (response.status, response.reason.clone());
    assert_eq!(status(&ours), status(&djangos), "{what}");
    let [mut our_fields, mut djangos_fields] = [&ours, &djangos].map(fields);
    // How long a page is its server does not always say, and of nothing that it has no octets.
    if ours.status == 304 {
        djangos_fields.remove("content-length");
    } else if !djangos_fields.contains_key("content-length") {
        our_fields.remove("content-length");
    }
    assert_eq!(our_fields, djangos_fields, "{what}");
    let is_same = ours.body == djangos.body;
    let [ours_text, djangos_text] =
        [&ours, &djangos].map(|response| String::from_utf8_lossy(&response.body));
    assert!(is_same, "{what}\n{ours_text}\n\n{djangos_text}");
    ours
}

#[test]
fn every_path_is_answered_as_django_does() {
    for venv in djangos() {
        let servers = both(&venv, "", &[]);
        for path in PATHS {
            let response = compare(&servers, "GET", path, "");
            // Ours sends where Django streams, too.
            let is_found = response.status == 200 && path.starts_with("/static");
            assert_eq!(response.header("etag").is_some(), is_found, "{path}");
        }
        let css = ask(&servers[0], "GET", "/static/site.css", "");
        assert_eq!(css.text(), "body {}\n");
        assert_eq!(css.header("last-modified"), Some(CHANGED_DATE));
    }
}

#[test]
fn methods_and_dates_are_those_of_django() {
    for venv in djangos() {
        let servers = both(&venv, "", &[]);
        for (method, fields) in REQUESTS {
            compare(&servers, method, "/static/site.css", fields);
            compare(&servers, method, "/static/large.png", fields);
            compare(&servers, method, "/static/missing", fields);
        }
    }
}

/// Where Django's runserver fails with a bare 500, or serves what is meant.
#[test]
fn no_path_leads_out() {
    for venv in djangos() {
        let server = project(&venv, "").start();
        let directory = server.sandbox().dir();
        let absolute = directory.join("config.py").to_str().unwrap().to_owned();
        let encoded = absolute.replace('/', "%2f");
        for path in [
            "/static/../config.py",
            "/static/nested/../../config.py",
            "/static/%2e%2e/config.py",
            "/static/..%2fconfig.py",
            "/static/%252e%252e/config.py",
            "/static/..%252fconfig.py",
            "/static/theme/../config.py",
            "/static/theme/../../config.py",
            "/static/theme/..%2f../config.py",
            "/static/....//config.py",
            "/static/..",
            "/static/../",
            "/static/%00",
            "/static/site.css%00",
            "/static/../config.py%00.css",
            "/static/%2500",
            &format!("/static/{absolute}"),
            &format!("/static/{encoded}"),
            &format!("/static/theme/{absolute}"),
            &format!("/static/{}", "a".repeat(4000)),
        ] {
            let response = ask(&server, "GET", path, "");
            assert_eq!(response.status, 404, "{path}");
            assert!(!response.text().contains("SECRET_KEY"), "{path}");
        }
        assert!(
            !server.output().contains("Traceback"),
            "{}",
            server.output()
        );
    }
}

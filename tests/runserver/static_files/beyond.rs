//! What static files have beyond Django: ranges, entity tags, and that each change shows.

use std::{fs, time::UNIX_EPOCH};

use rstest::rstest;

use super::{ask, djangos, large, project};
use crate::support::{Packages, Response, Server, newest};

const LARGE: &str = "/static/large.png";
const SMALL: &str = "/static/site.css";

/// The project with the newest Django.
fn server() -> Server {
    project(&newest().venv(Packages::Django), "").start()
}

fn get(server: &Server, path: &str, fields: &str) -> Response {
    ask(server, "GET", path, fields)
}

/// The entity tag of a file, once it is long enough ago that the file was written.
pub(super) fn tag(server: &Server, path: &str) -> String {
    loop {
        let response = ask(server, "HEAD", path, "");
        let tag = response.header("etag").unwrap();
        if !tag.starts_with("W/") {
            return tag.to_owned();
        }
    }
}

#[rstest]
#[case("bytes=0-0", 0, 1)]
#[case("bytes=0-", 0, 300_000)]
#[case("bytes=1-99999", 1, 100_000)]
#[case("bytes=100001-", 100_001, 300_000)]
#[case("bytes=-70000", 230_000, 300_000)]
#[case("bytes=-7", 299_993, 300_000)]
#[case("bytes=200000-9999999", 200_000, 300_000)]
fn a_part_of_a_file_is_sent(#[case] range: &str, #[case] first: usize, #[case] end: usize) {
    let contents = large();
    for venv in djangos() {
        let server = project(&venv, "").start();
        let mut client = server.connect();
        // The same connection, so that what follows shows that not an octet more was sent.
        for _ in 0..2 {
            client.send(format!(
                "GET {LARGE} HTTP/1.1\r\nHost: localhost\r\nRange: {range}\r\n\r\n"
            ));
            let response = client.response();
            assert_eq!(response.status, 206);
            let extent = format!("bytes {first}-{}/300000", end - 1);
            assert_eq!(response.header("content-range"), Some(extent.as_str()));
            assert_eq!(response.header("accept-ranges"), Some("bytes"));
            assert_eq!(response.header("content-type"), Some("image/png"));
            assert!(response.body == contents[first..end]);
        }
    }
}

#[test]
fn what_is_no_single_range_gets_all_of_the_file() {
    let server = server();
    for range in ["bytes=0-1,5-6", "bytes=5-4", "lines=1-2", "bytes", ""] {
        let response = get(&server, LARGE, &format!("Range: {range}\r\n"));
        assert_eq!(response.status, 200, "{range}");
        assert_eq!(response.header("content-range"), None);
        assert!(response.body == large(), "{range}");
    }
    // Only GET has parts.
    let response = ask(&server, "HEAD", LARGE, "Range: bytes=0-1\r\n");
    assert_eq!(
        (response.status, response.header("content-length")),
        (200, Some("300000"))
    );
    let response = ask(
        &server,
        "POST",
        SMALL,
        "Range: bytes=0-1\r\nContent-Length: 0\r\n",
    );
    assert_eq!(response.text(), "body {}\n");
}

#[test]
fn a_range_beyond_the_end_cannot_be_satisfied() {
    let server = server();
    for (path, size) in [(LARGE, 300_000), (SMALL, 8), ("/static/empty.txt", 0)] {
        let response = get(&server, path, &format!("Range: bytes={size}-\r\n"));
        assert_eq!(response.status, 416);
        let extent = format!("bytes */{size}");
        assert_eq!(response.header("content-range"), Some(extent.as_str()));
        assert_eq!(response.text(), "");
    }
}

#[test]
fn a_part_of_another_state_of_the_file_is_not_sent() {
    let server = server();
    let tag = tag(&server, SMALL);
    let date = get(&server, SMALL, "")
        .header("last-modified")
        .unwrap()
        .to_owned();
    for (state, status) in [
        (tag.as_str(), 206),
        (date.as_str(), 206),
        (&*format!("W/{tag}"), 200),
        ("\"another\"", 200),
        ("Mon, 10 Sep 2001 01:46:40 GMT", 200),
    ] {
        let fields = format!("Range: bytes=0-3\r\nIf-Range: {state}\r\n");
        assert_eq!(get(&server, SMALL, &fields).status, status, "{state}");
    }
    server.sandbox().write("assets/site.css", "html {}\n");
    let fields = format!("Range: bytes=0-3\r\nIf-Range: {tag}\r\n");
    assert_eq!(get(&server, SMALL, &fields).text(), "html {}\n");
}

#[test]
fn who_has_the_file_is_told_so() {
    for venv in djangos() {
        let server = project(&venv, "").start();
        for path in [SMALL, LARGE] {
            let tag = tag(&server, path);
            let date = "Sun, 09 Sep 2001 01:46:40 GMT";
            for (fields, status) in [
                (format!("If-None-Match: {tag}\r\n"), 304),
                (format!("If-None-Match: W/{tag}\r\n"), 304),
                (format!("If-None-Match: \"a\", {tag}\r\n"), 304),
                ("If-None-Match: *\r\n".to_owned(), 304),
                ("If-None-Match: \"a\"\r\n".to_owned(), 200),
                // The tag counts, whatever the date says.
                (
                    format!("If-None-Match: \"a\"\r\nIf-Modified-Since: {date}\r\n"),
                    200,
                ),
                (
                    format!("If-None-Match: {tag}\r\nIf-Modified-Since: yesterday\r\n"),
                    304,
                ),
                // Parts are of what has changed only.
                (format!("If-None-Match: {tag}\r\nRange: bytes=0-1\r\n"), 304),
            ] {
                for method in ["GET", "HEAD"] {
                    let response = ask(&server, method, path, &fields);
                    assert_eq!(response.status, status, "{method} {path} {fields}");
                    assert_eq!(response.header("etag"), Some(tag.as_str()));
                    assert_eq!(response.header("cache-control"), Some("no-cache"));
                }
            }
        }
    }
}

#[test]
fn what_is_installed_may_be_kept_as_with_django() {
    let server = server();
    let path = "/static/admin/css/base.css";
    let tag = tag(&server, path);
    let response = get(&server, path, &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(response.status, 304);
    assert_eq!(response.header("cache-control"), None);
}

/// What a browser does: it sends the tag and the date that it was told.
fn revalidate(server: &Server, path: &str, before: &Response) -> Response {
    let fields = format!(
        "If-None-Match: {}\r\nIf-Modified-Since: {}\r\n",
        before.header("etag").unwrap(),
        before.header("last-modified").unwrap(),
    );
    get(server, path, &fields)
}

#[test]
fn each_change_shows_in_the_next_request() {
    let server = server();
    let sandbox = server.sandbox();
    let mut before = get(&server, SMALL, "");
    // Of the same length, and many within one second: no date tells them apart.
    for turn in 10..60 {
        sandbox.write("assets/site.css", format!("body{turn}{{}}"));
        let response = revalidate(&server, SMALL, &before);
        assert_eq!(response.text(), format!("body{turn}{{}}"));
        before = response;
    }

    // Replaced with one that is older.
    let old = sandbox.write("old.css", "old {}");
    let file = fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(UNIX_EPOCH).unwrap();
    fs::rename(old, sandbox.dir().join("assets/site.css")).unwrap();
    let response = revalidate(&server, SMALL, &before);
    assert_eq!(response.text(), "old {}");

    // Gone, and back.
    fs::remove_file(sandbox.dir().join("assets/site.css")).unwrap();
    assert_eq!(get(&server, SMALL, "").status, 404);
    sandbox.write("assets/site.css", "back {}");
    assert_eq!(get(&server, SMALL, "").text(), "back {}");

    // In front of the one of the application, which was served before.
    assert_eq!(get(&server, "/static/shop/shop.css", "").text(), "shop {}");
    sandbox.write("assets/shop/shop.css", "front {}");
    assert_eq!(get(&server, "/static/shop/shop.css", "").text(), "front {}");
    let output = server.output();
    assert!(!output.contains("changed, reloading"), "{output}");
}

/// Without `Cache-Control`, a browser would take a file from its cache for a tenth of the time that
/// it had not been changed for: here, for years.
#[cfg(feature = "system-tests")]
#[test]
fn a_browser_shows_each_edit_of_a_style_sheet() {
    let venv = newest().venv(Packages::Django);
    let page = "<link rel=\"stylesheet\" href=\"/static/site.css\"><body>text";
    let server = project(&venv, "")
        .file(
            "urls.py",
            format!(
                "from django.http import HttpResponse\n\
                 from django.urls import path\n\
                 urlpatterns = [path('', lambda request: HttpResponse('{page}'))]\n"
            ),
        )
        .start();
    let browser = crate::support::browser::Browser::start();
    let width = || {
        browser.open(&server.url("/"));
        browser.evaluate("getComputedStyle(document.body).width")
    };
    let path = server.sandbox().dir().join("assets/site.css");
    for turn in 10..15 {
        fs::write(&path, format!("body {{ width: {turn}px }}")).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH).unwrap();
        assert_eq!(width(), format!("{turn}px"));
    }
}

#[test]
fn the_first_static_files_of_an_application_show_without_a_restart() {
    let settings = "INSTALLED_APPS = ['new', *INSTALLED_APPS]";
    let server = project(&newest().venv(Packages::Django), settings)
        .file("new/__init__.py", "")
        .start();
    assert_eq!(get(&server, "/static/new/a.css", "").status, 404);
    assert_eq!(get(&server, "/static/shop/shop.css", "").text(), "shop {}");
    server.sandbox().write("new/static/new/a.css", "new {}");
    server
        .sandbox()
        .write("new/static/shop/shop.css", "new shop {}");
    assert_eq!(get(&server, "/static/new/a.css", "").text(), "new {}");
    assert_eq!(
        get(&server, "/static/shop/shop.css", "").text(),
        "new shop {}"
    );
}

#[test]
fn many_files_come_over_one_connection() {
    let server = server();
    let mut client = server.connect();
    for _ in 0..30 {
        assert_eq!(client.get(SMALL).text(), "body {}\n");
        assert!(client.get(LARGE).body == large());
        assert_eq!(client.get("/static/edge.bin").body.len(), 64 * 1024);
        assert_eq!(client.get("/static/missing").status, 404);
        assert_eq!(client.get("/").text(), "the page");
        client.send(format!("HEAD {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_eq!(
            client.response_to_head().header("content-length"),
            Some("300000")
        );
    }
}

//! Files that the front sends without asking the worker again.

use std::{fs, os::unix::fs::symlink};

use rustix::{
    io::Errno,
    process::{Signal, kill_process},
};

use super::{PATHS, ask, beyond::tag, djangos, project};
use crate::support::{Packages, Response, Server, newest};

fn get(server: &Server, path: &str, fields: &str) -> Response {
    ask(server, "GET", path, fields)
}

/// What the client gets, but for the time.
fn shown(response: &Response) -> (u16, Vec<(String, String)>, &[u8]) {
    let headers = response.headers.iter();
    let headers = headers.filter(|(name, _)| !name.eq_ignore_ascii_case("date"));
    (response.status, headers.cloned().collect(), &response.body)
}

/// Does something while no worker can do anything.
fn without_worker<T>(server: &Server, act: impl FnOnce() -> T) -> T {
    let workers = server.worker_pids();
    let tell = |signal| {
        for pid in &workers {
            // One that has ended does nothing either.
            let told = kill_process(*pid, signal);
            assert!(matches!(told, Ok(()) | Err(Errno::SRCH)));
        }
    };
    tell(Signal::STOP);
    let result = act();
    tell(Signal::CONT);
    result
}

#[test]
fn a_file_is_found_once_and_sent_without_the_worker() {
    for venv in djangos() {
        let server = project(&venv, "").start();
        let is_file = |path: &&&str| {
            path.starts_with("/static/") && ask(&server, "HEAD", path, "").status == 200
        };
        let files: Vec<&str> = PATHS.iter().filter(is_file).copied().collect();
        assert!(files.len() > 20, "{files:?}");
        for path in &files {
            tag(&server, path);
        }
        let states = |path: &str| {
            let tag = ask(&server, "HEAD", path, "");
            let tag = tag.header("etag").unwrap().to_owned();
            [
                String::new(),
                format!("If-None-Match: {tag}\r\nIf-Modified-Since: no matter\r\n"),
                "If-None-Match: \"another\"\r\n".to_owned(),
            ]
        };
        let requests: Vec<(&str, String)> = files
            .iter()
            .flat_map(|path| states(path).map(|fields| (*path, fields)))
            .collect();
        let first: Vec<_> = requests
            .iter()
            .map(|(path, fields)| get(&server, path, fields))
            .collect();
        without_worker(&server, || {
            for ((path, fields), before) in requests.iter().zip(&first) {
                let again = get(&server, path, fields);
                assert_eq!(shown(&again), shown(before), "{path} {fields}");
            }
        });
        assert_eq!(first[1].status, 304);
        assert!(
            server
                .output()
                .contains("GET /static/large.png HTTP/1.1\" 200 300000")
        );
        assert!(
            server
                .output()
                .contains("GET /static/large.png HTTP/1.1\" 304 0")
        );
    }
}

#[test]
fn each_change_of_a_known_file_shows() {
    let server = project(&newest().venv(Packages::Django), "").start();
    let sandbox = server.sandbox();
    let assets = sandbox.dir().join("assets");
    let known = |path: &str| {
        tag(&server, path);
        let response = get(&server, path, "");
        let again = without_worker(&server, || get(&server, path, ""));
        assert_eq!(shown(&again), shown(&response));
        response
    };
    let style = "/static/site.css";
    let before = known(style);
    let fields = format!("If-None-Match: {}\r\n", before.header("etag").unwrap());

    // Edited in its place, and as long as before.
    sandbox.write("assets/site.css", "html {}\n");
    let response = get(&server, style, &fields);
    assert_eq!((response.status, response.text()), (200, "html {}\n"));

    // A link that comes to lead elsewhere.
    known("/static/link.css");
    fs::remove_file(assets.join("link.css")).unwrap();
    symlink("app.js", assets.join("link.css")).unwrap();
    assert_eq!(
        get(&server, "/static/link.css", "").text(),
        "let a = 1;\r\n"
    );

    // Something in front of it, gone again, and the file gone itself.
    known("/static/shop/shop.css");
    sandbox.write("assets/shop/shop.css", "front {}");
    assert_eq!(get(&server, "/static/shop/shop.css", "").text(), "front {}");
    fs::remove_file(assets.join("shop/shop.css")).unwrap();
    assert_eq!(get(&server, "/static/shop/shop.css", "").text(), "shop {}");
    known("/static/app.js");
    fs::remove_file(assets.join("app.js")).unwrap();
    assert_eq!(get(&server, "/static/app.js", "").status, 404);

    // No file any more.
    known("/static/app.mjs");
    fs::remove_file(assets.join("app.mjs")).unwrap();
    fs::create_dir(assets.join("app.mjs")).unwrap();
    assert_eq!(get(&server, "/static/app.mjs", "").status, 404);

    // Settings that mean another one.
    known("/static/both.css");
    let settings = fs::read_to_string(sandbox.dir().join("config.py")).unwrap();
    sandbox.write("config.py", format!("{settings}\nSTATICFILES_DIRS = []\n"));
    assert_eq!(
        get(&server, "/static/both.css", "").text(),
        "in the application"
    );
}

#[test]
fn a_page_has_its_script_whether_its_file_is_known_or_not() {
    let serve = project(&newest().venv(Packages::Django), "")
        .file("assets/page.html", "<!doctype html><head></head>")
        .arg("--live-reload");
    let server = serve.start();
    let page = "/static/page.html";
    let part = "Sec-Fetch-Dest: iframe\r\n";
    // Until its time tells each state of it apart.
    while get(&server, page, part)
        .header("etag")
        .unwrap()
        .starts_with("W/")
    {}
    let document = "Sec-Fetch-Dest: document\r\n";
    for _ in 0..2 {
        assert!(!get(&server, page, part).text().contains("<script"));
        assert!(get(&server, page, document).text().contains("<script"));
    }
    without_worker(&server, || {
        assert!(!get(&server, page, part).text().contains("<script"));
    });
}

/// Nobody who reads slowly, or stops in the middle, gets anything else than what was asked for.
#[test]
fn many_known_files_come_over_one_connection() {
    let server = project(&newest().venv(Packages::Django), "").start();
    for path in ["/static/site.css", "/static/large.png"] {
        tag(&server, path);
        get(&server, path, "");
    }
    let mut client = server.connect();
    for path in ["site.css", "large.png", "site.css?v=2"].repeat(5) {
        client.send(format!(
            "GET /static/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
    }
    without_worker(&server, || {
        for length in [8, 300_000, 8].repeat(5) {
            let response = client.response();
            assert_eq!((response.status, response.body.len()), (200, length));
        }
    });
}

//! Sites of different frameworks and languages.

use std::{fs, os::unix::fs::symlink};

use super::{django, get, save};
use crate::support::{Packages, Server, Test, cargo, newest};

/// A project with Django, one with Flask and one in Rust.
fn three() -> Server {
    let made = Test::new().args(["startproject", "shop", "--template", "rust", "-q"]);
    let sandbox = made.run().into_sandbox();
    // What it depends on is there then.
    cargo(&sandbox, "shop", &["build", "--locked"]);
    django(&sandbox, "blog", &newest().venv(Packages::Django));
    let flask = include_str!("../frameworks/flask_site.py");
    sandbox.write("hello/hello.py", flask);
    let venv = newest().venv(Packages::Flask);
    symlink(venv.dir(), sandbox.dir().join("hello/.venv")).unwrap();
    sandbox.write(
        "scaffold.sites.toml",
        "[sites.blog]\npath = 'blog'\n[sites.hello]\npath = 'hello'\napp = 'hello:app'\n\
         [sites.shop]\npath = 'shop'\n",
    );
    cargo::serve(sandbox).start()
}

/// What each of them says first, with the path, and after an edit: of which file, and what of it.
const EDITS: [[&str; 6]; 3] = [
    [
        "blog",
        "/",
        "blog 6.1.3 0 blog.localhost",
        "conf/value.py",
        "VALUE = 0",
        "VALUE = 1",
    ],
    [
        "hello",
        "/",
        "hello",
        "hello.py",
        "\"hello\"",
        "\"changed\"",
    ],
    [
        "shop",
        "/hello/x",
        r#"{"message":"Hello, x!"}"#,
        "src/views.rs",
        "Hello, {",
        "Good day, {",
    ],
];

/// What they say after it.
const EDITED: [&str; 3] = [
    "blog 6.1.3 1 blog.localhost",
    "changed",
    r#"{"message":"Good day, x!"}"#,
];

#[test]
fn django_flask_and_rust_are_served_together_and_reloaded_apart() {
    let server = three();
    let said = |site: &str, path: &str| {
        let response = get(&server, &format!("{site}.localhost"), path);
        response.text().to_owned()
    };
    let mut expected = EDITS.map(|[site, path, first, ..]| (site, path, first));
    for (site, path, text) in expected {
        assert_eq!(said(site, path), text);
        let line = format!("{site:5} | [");
        server.wait_for_output(&line);
    }
    let listed = get(&server, "localhost", "/").text().to_owned();
    let port = server.addr().port();
    for site in ["blog", "hello", "shop"] {
        let url = format!("http://{site}.localhost:{port}/");
        let line = listed.lines().find(|line| line.contains(&url));
        assert!(line.is_some_and(|it| it.ends_with("  ready")), "{listed}");
    }
    for (number, [site, _, _, file, from, to]) in EDITS.into_iter().enumerate() {
        let mark = server.mark();
        let path = format!("{site}/{file}");
        let before = fs::read_to_string(server.sandbox().dir().join(&path)).unwrap();
        let after = before.replace(from, to);
        assert_ne!(before, after, "{path}");
        save(&server, &path, &after);
        expected[number].2 = EDITED[number];
        for (site, path, text) in expected {
            assert_eq!(said(site, path), text);
        }
        server.wait_for_output_since(mark, &format!("{site:5} | Reloaded in "));
        let output = &server.output()[mark..];
        let changed = format!("{site:5} | {file} changed, reloading.\n");
        assert_eq!(output.matches(&changed).count(), 1, "{output}");
        // The others have nothing to say but what they were asked.
        let is_quiet = |line: &str| line.starts_with(site) || line.contains(" | [");
        assert!(output.lines().all(is_quiet), "{output}");
    }
}

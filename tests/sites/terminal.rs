//! One terminal for all of them.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::{get, sites};

#[test]
fn each_line_says_whose_it_is() {
    let mut server = sites(&[("a", ""), ("blog", "")]).start();
    assert_eq!(get(&server, "a.localhost", "/print").status, 200);
    server.wait_for_output("a    | one\n");
    server.wait_for_output("a    | two\n");
    // The end of this line does not come.
    server.wait_for_output("a    | no end\n");
    assert_eq!(get(&server, "blog.localhost", "/crash").status, 502);
    server.wait_for_output("blog | last words\n");
    server.wait_for_output("blog | error: worker process ");
    assert_eq!(get(&server, "blog.localhost", "/").status, 200);
    assert_eq!(get(&server, "localhost", "/").status, 200);
    server.signal(Signal::TERM);
    assert!(server.wait_exit(Duration::from_secs(10)).success());
    for output in [server.stdout(), server.stderr()] {
        let lines = output.lines().filter(|line| {
            let is_of_all = line.starts_with("Starting 2 sites") || line.starts_with("Quit ");
            !is_of_all
        });
        for line in lines {
            let known = ["a    | ", "blog | ", "-    | "];
            assert!(known.iter().any(|it| line.starts_with(it)), "{line}");
        }
    }
    let stdout = server.stdout();
    assert!(stdout.contains("a    | one\n"), "{stdout}");
    assert_eq!(stdout.matches('x').count() / 100_000, 1);
    let stderr = server.stderr();
    assert!(stderr.contains("a    | two\n"), "{stderr}");
    for line in ["a    | [", "blog | [", "-    | ["] {
        assert!(stderr.contains(line), "{stderr}");
    }
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}

#[test]
fn names_are_coloured_where_the_rest_is() {
    let server = sites(&[("a", ""), ("b", "")]).arg("--force-color").start();
    for site in ["a", "b"] {
        assert_eq!(get(&server, &format!("{site}.localhost"), "/").status, 200);
    }
    for prefix in ["\u{1b}[32ma | \u{1b}[0m[", "\u{1b}[35mb | \u{1b}[0m["] {
        server.wait_for_output(prefix);
    }
}

#[test]
fn json_lines_have_a_member_for_it() {
    let server = sites(&[("a", ""), ("b", "")])
        .args(["--log-format", "json"])
        .start();
    for host in ["a.localhost", "b.localhost", "localhost"] {
        let mark = server.mark();
        let is_found = get(&server, host, "/log").status == 200;
        assert_eq!(is_found, host != "localhost");
        server.wait_for_output_since(mark, "\"duration_ms\"");
    }
    let stderr = server.stderr();
    let objects = stderr.lines().filter(|line| line.starts_with('{'));
    let objects = objects.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let sites: Vec<_> = objects.map(|object| object["site"].clone()).collect();
    assert_eq!(sites, ["a".into(), "b".into(), Value::Null]);
}

/// Nobody could say at whose prompt is typed.
#[test]
fn a_debugger_ends_and_says_why() {
    let server = sites(&[("a", "")]).start();
    assert_eq!(
        get(&server, "a.localhost", "/debug").text(),
        "a first /debug"
    );
    server.wait_for_output("a | Nothing can be typed here, so the debugger ends at once.");
}

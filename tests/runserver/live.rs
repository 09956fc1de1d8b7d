//! `--live-reload`: the script in the application's pages.

use rstest::rstest;

use super::events::moment;
use crate::support::{Response, Serve, Server, client::exchange};

/// An application with a path for each way of answering.
const APP: &str = r#"
import io

PAGE = b"<!doctype html>\n<html><head><title>a</title></head><body>text</body></html>"
LONG = PAGE + b" " * 200_000

def application(environ, start_response):
    path = environ["PATH_INFO"]
    html = ("Content-Type", "text/html; charset=utf-8")
    length = ("Content-Length", str(len(PAGE)))
    if path == "/plain":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [PAGE]
    if path == "/missing":
        start_response("404 Not Found", [html])
        return [PAGE]
    if path == "/coded":
        start_response("200 OK", [html, ("Content-Encoding", "gzip")])
        return [PAGE]
    if path == "/part":
        start_response("206 Partial Content", [html, ("Content-Range", "bytes 0-1/9")])
        return [PAGE]
    if path == "/fragment":
        start_response("200 OK", [html])
        return [b"<p>text</p>"]
    if path == "/length":
        start_response("200 OK", [html, length, ("ETag", '"a"')])
        return [PAGE]
    if path == "/long":
        start_response("200 OK", [html])
        return [LONG]
    if path == "/octets":
        start_response("200 OK", [html])
        return (bytes([octet]) for octet in PAGE)
    if path == "/octets-length":
        start_response("200 OK", [html, length])
        return (bytes([octet]) for octet in PAGE)
    if path == "/file":
        start_response("200 OK", [html])
        with open("page.html", "wb") as file:
            file.write(LONG)
        return environ["wsgi.file_wrapper"](open("page.html", "rb"))
    if path == "/refuses":
        start_response("200 OK", [html, ("Content-Security-Policy", "default-src 'none'")])
        return [PAGE]
    start_response("200 OK", [html])
    return [PAGE]
"#;

const PAGE: &str = "<!doctype html>\n<html><head><title>a</title></head><body>text</body></html>";

fn server(args: &[&str]) -> Server {
    Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application"])
        .args(args.iter().copied())
        .start()
}

/// A page without the script, where it has it in the right place.
fn without_script(response: &Response) -> Option<String> {
    let text = response.text();
    let (before, rest) = text.split_once("<script src=\"/__scaffold__/live.js\" data-at=\"")?;
    assert!(before.ends_with("<head>"), "{text}");
    let (_, after) = rest.split_once(" async></script>").unwrap();
    Some(format!("{before}{after}"))
}

#[rstest]
#[case("/", "")]
#[case("/length", "")]
#[case("/octets", "")]
#[case("/octets-length", "")]
#[case("/long", "long")]
#[case("/file", "long")]
fn pages_have_the_script(#[case] path: &str, #[case] kind: &str) {
    let server = server(&["--live-reload"]);
    // The client checks the length, and that nothing comes after it.
    let response = server.get(path);
    let page = without_script(&response).expect("a script");
    let spaces = if kind == "long" { 200_000 } else { 0 };
    assert_eq!(page, format!("{PAGE}{}", " ".repeat(spaces)));
    assert_eq!(response.header("ETag"), None);
    assert_eq!(
        response.header("Transfer-Encoding").is_some(),
        path == "/octets"
    );
    let head = exchange("HEAD", &server.url(path), "", b"");
    if let Some(length) = head.header("Content-Length") {
        assert_eq!(length, response.body.len().to_string());
    }
    assert_eq!(
        head.header("Content-Length").is_some(),
        matches!(path, "/" | "/length")
    );
}

#[rstest]
#[case("GET", "/plain", "")]
#[case("GET", "/missing", "")]
#[case("GET", "/coded", "")]
#[case("GET", "/part", "")]
#[case("GET", "/fragment", "")]
#[case("POST", "/", "Content-Length: 0\r\n")]
#[case("GET", "/", "Sec-Fetch-Dest: empty\r\n")]
#[case("GET", "/", "Sec-Fetch-Dest: iframe\r\n")]
fn other_responses_do_not(#[case] method: &str, #[case] path: &str, #[case] headers: &str) {
    let server = server(&["--live-reload"]);
    let response = exchange(method, &server.url(path), headers, b"");
    let expected = if path == "/fragment" {
        "<p>text</p>"
    } else {
        PAGE
    };
    assert_eq!(response.text(), expected);
}

#[test]
fn the_script_and_the_stream_are_there() {
    let server = server(&["--live-reload"]);
    let moment = moment(server.get("/").text());
    let script = server.get("/__scaffold__/live.js");
    assert_eq!(
        script.header("Content-Type"),
        Some("text/javascript; charset=utf-8")
    );
    assert!(script.text().contains("new EventSource"));
    assert!(!script.text().contains(&moment));
    let mut client = server.connect();
    client.send(format!(
        "GET /__scaffold__/events?at={moment} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ));
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().unwrap(), b"retry: 500\n\n");
}

#[test]
fn a_page_that_must_not_have_it_is_told_of_once() {
    let server = server(&["--live-reload"]);
    for _ in 0..2 {
        assert_eq!(server.get("/refuses").text(), PAGE);
    }
    server.get("/plain");
    server.wait_for_output("GET /plain");
    let output = server.output();
    let told = "live reload: pages such as GET /refuses HTTP/1.1 do not reload by themselves";
    assert_eq!(output.matches(told).count(), 1, "{output}");
}

#[rstest]
#[case("", &[], false)]
#[case("live-reload = true", &[], true)]
#[case("live-reload = true", &["--no-live-reload"], false)]
#[case("live-reload = false", &["--live-reload"], true)]
#[case("", &["--no-live-reload", "--live-reload"], true)]
#[case("", &["--live-reload", "--no-live-reload"], false)]
fn it_is_off_unless_it_is_wanted(
    #[case] setting: &str,
    #[case] args: &[&str],
    #[case] is_on: bool,
) {
    let server = Serve::new()
        .file("app.py", APP)
        .file("pyproject.toml", format!("[tool.scaffold]\n{setting}\n"))
        .args(["--app", "app:application"])
        .args(args.iter().copied())
        .start();
    let response = server.get("/length");
    assert_eq!(without_script(&response).is_some(), is_on);
    assert_eq!(response.header("ETag").is_none(), is_on);
}

//! Point 35 with real frameworks: Django and Flask inside the standard library's validator.

use rstest::rstest;

use super::{oldest_and_newest, serving};
use crate::support::{Client, Packages, Response};

const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";

#[rstest]
#[case(Packages::Django, include_str!("django_validated.py"))]
#[case(Packages::Flask, include_str!("flask_validated.py"))]
fn the_validator_passes_a_framework(#[case] packages: Packages, #[case] application: &str) {
    for python in oldest_and_newest() {
        let server = serving(application)
            .env("VIRTUAL_ENV", python.venv(packages).dir())
            .start();
        let mut client = server.connect();
        assert_eq!(client.get("/page/").text(), "a page");
        assert_eq!(client.get("/stream/").text(), "block 0\nblock 1\nblock 2\n");
        assert_eq!(client.get("/file/").text(), "a file");
        assert_eq!(client.get("/empty/").status, 204);
        assert_eq!(client.get("/missing/").status, 404);
        for path in ["page", "stream", "file"] {
            client.send(format!("HEAD /{path}/ HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assert_eq!(client.response_to_head().status, 200);
        }
        for length in [0, 5, 100_000] {
            for is_chunked in [false, true] {
                let body = "x".repeat(length);
                // Of a chunked body Werkzeug knows that it ends, and reads it without a size: that
                // is what the validator would complain of.
                if !(is_chunked && packages == Packages::Flask) {
                    let response = post(&mut client, "echo", "text/plain", &body, is_chunked);
                    assert_eq!(response.text(), body);
                }
                let form = format!("{FORM}{body}\r\n--x--\r\n");
                let kind = "multipart/form-data; boundary=x";
                let response = post(&mut client, "form", kind, &form, is_chunked);
                let answer: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
                assert_eq!(
                    (&answer["field"], &answer["file"]),
                    (&"value".into(), &length.into())
                );
            }
        }
        let output = server.output();
        for complaint in ["Traceback", "AssertionError", "without being closed"] {
            assert!(!output.contains(complaint), "{python}: {output}");
        }
    }
}

fn post(client: &mut Client, path: &str, kind: &str, body: &str, is_chunked: bool) -> Response {
    let head = format!("POST /{path}/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n");
    if is_chunked {
        client.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
        if !body.is_empty() {
            client.send(format!("{:x}\r\n{body}\r\n", body.len()));
        }
        client.send("0\r\n\r\n");
    } else {
        client.send(format!(
            "{head}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ));
    }
    let response = client.response();
    assert_eq!(response.status, 200, "{}", response.text());
    response
}

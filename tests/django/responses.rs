//! What comes of a request and what goes out with a response, beside Django's own server: files,
//! streams, uploads, sessions, messages and tokens against forgery.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{BOTH, Runserver, Visitor, djangos, fields, site};
use crate::support::{Response, Serve, Server, client::exchange};

/// More than what Django keeps in memory, 2.5 MiB.
const LARGE: usize = 3 << 20;

/// Octets that no encoding leaves alone by chance.
fn octets(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

fn sha256(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for octet in Sha256::digest(octets) {
        write!(text, "{octet:02x}").unwrap();
    }
    text
}

#[test]
fn files_are_sent_as_by_djangos_server() {
    for venv in djangos() {
        let mut answers: Vec<Vec<Response>> = Vec::new();
        let sent = octets(500_000);
        for runserver in BOTH {
            let sandbox = site(&venv);
            sandbox.write("sent.bin", &sent);
            sandbox.write("empty.css", "");
            let server = runserver.start(Serve::within(sandbox), &venv);
            let kinds = ["plain", "attached", "memory", "empty", "temporary", "pipe"];
            let mut these: Vec<Response> = kinds
                .iter()
                .map(|kind| server.get(&format!("/file/{kind}/")))
                .collect();
            // Django knows nothing of ranges, so the whole is sent.
            let url = server.url("/file/plain/");
            these.push(exchange("GET", &url, "Range: bytes=0-9\r\n", b""));
            let mut head = exchange("HEAD", &url, "", b"");
            if runserver == Runserver::Scaffold {
                // Of newer Djangos, their server takes it away with the body.
                assert_eq!(head.header("Content-Length"), Some("500000"));
            }
            head.headers.retain(|(name, _)| name != "Content-Length");
            these.push(head);
            answers.push(these);
        }
        let [ours, djangos] = &answers[..] else {
            panic!("two servers")
        };
        assert!(ours[0].body == sent && ours[6].body == sent && ours[7].body.is_empty());
        assert_eq!(ours[5].text(), "through a pipe");
        for (ours, djangos) in ours.iter().zip(djangos) {
            assert_eq!(
                (ours.status, fields(ours)),
                (djangos.status, fields(djangos))
            );
            assert!(ours.body == djangos.body, "{:?}", fields(ours));
        }
    }
}

#[test]
fn the_parts_of_a_stream_arrive_one_by_one() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            let mut client = server.connect();
            client.send("GET /stream/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assert_eq!(client.head().status, 200);
            assert_eq!(client.block().unwrap(), b"one");
            // The view waits, and no other does.
            assert_eq!(server.get("/release/").text(), "released");
            assert_eq!(client.block().unwrap(), b"two");
            assert_eq!(client.block(), None);
        }
    }
}

/// A form with a file.
fn form(file: &[u8]) -> Vec<u8> {
    let head = "--limit\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA caf\u{e9}\r\n\
                --limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \u{e9}.bin\"\r\n\
                Content-Type: application/x-thing\r\n\r\n";
    [head.as_bytes(), file, b"\r\n--limit--\r\n"].concat()
}

fn upload(server: &Server, fields: &str, body: &[u8]) -> Value {
    let fields = format!("Content-Type: multipart/form-data; boundary=limit\r\n{fields}");
    let mark = server.mark();
    let response = exchange("POST", &server.url("/upload/"), &fields, body);
    assert_eq!(response.status, 200, "{}", server.output());
    server.wait_for_output_since(mark, "event: finished POST /upload/");
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn uploads_go_through_both_of_djangos_handlers() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            for (length, kind) in [
                (0, "InMemoryUploadedFile"),
                (1_000, "InMemoryUploadedFile"),
                (1 << 20, "InMemoryUploadedFile"),
                (LARGE, "TemporaryUploadedFile"),
                (8 * LARGE, "TemporaryUploadedFile"),
            ] {
                let file = octets(length);
                let body = form(&file);
                let length_field = format!("Content-Length: {}\r\n", body.len());
                let mut sent = vec![(length_field, body.clone())];
                if runserver == Runserver::Scaffold {
                    // Django's server takes no such body.
                    let mut chunked = Vec::new();
                    for chunk in body.chunks(100_000) {
                        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
                        chunked.extend(chunk);
                        chunked.extend(b"\r\n");
                    }
                    chunked.extend(b"0\r\n\r\n");
                    sent.push(("Transfer-Encoding: chunked\r\n".to_owned(), chunked));
                }
                for (fields, body) in sent {
                    let got = upload(&server, &fields, &body);
                    assert_eq!(got["kind"], kind, "{got}");
                    assert_eq!(got["name"], "a \u{e9}.bin");
                    assert_eq!(got["type"], "application/x-thing");
                    assert_eq!(got["title"], "A caf\u{e9}");
                    assert_eq!(got["size"], length);
                    assert_eq!(got["sha256"], sha256(&file));
                    let path = got["path"].as_str().unwrap();
                    assert_eq!(path.is_empty(), kind.starts_with("InMemory"));
                    assert!(!Path::new(path).exists() || path.is_empty(), "{path}");
                }
            }
        }
    }
}

/// What users upload is none of the project, whatever it is called.
#[test]
fn uploads_do_not_reload_the_project() {
    for venv in djangos() {
        let serve = Serve::within(site(&venv)).args(["-v", "2"]);
        let server = Runserver::Scaffold.start(serve, &venv);
        server.wait_for_output("Noted what the application was loaded from.");
        let sandbox = server.sandbox();
        for name in ["code.py", "page.html", ".env"] {
            sandbox.write(format!("media/deep/{name}"), "x = 1");
        }
        sandbox.write("probe/edited.py", "TEXT = 'edited'\n");
        server.wait_for_output("probe/edited.py changed, reloading.");
        server.wait_for_output("Reloaded in ");
        assert!(!server.output().contains("media"), "{}", server.output());
    }
}

/// A client that goes away while its upload is read: Django says so, and the next one is served.
#[test]
fn an_upload_that_breaks_off_is_over() {
    for venv in djangos() {
        let server = Runserver::Scaffold.start(Serve::within(site(&venv)), &venv);
        let body = form(&octets(LARGE));
        let mut client = server.connect();
        client.send(format!(
            "POST /upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary=limit\r\n\r\n",
            body.len()
        ));
        client.send(&body[..LARGE / 2]);
        server.wait_for_output("event: started POST /upload/");
        client.abort();
        server.wait_for_output("event: finished POST /upload/");
        assert_eq!(server.get("/").text(), "plain");
    }
}

#[test]
fn sessions_messages_and_tokens_work() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            let mut visitor = Visitor::new(&server.url("/"));
            assert!(visitor.get("/note/").text().contains("<p>sent 0"));
            let refused = visitor.submit("/note/", "text=forged");
            assert_eq!(refused.status, 403);
            assert!(refused.text().contains("CSRF"), "{}", refused.text());
            for (count, text) in [(1, "one"), (2, "\u{e9}&amp;")] {
                let moved = visitor.post("/note/", &[("text", &text.replace("&amp;", "&"))]);
                assert_eq!(
                    (moved.status, moved.header("Location")),
                    (302, Some("/note/"))
                );
                let page = visitor.get("/note/");
                let told = format!("<p class=\"success\">got {text}");
                assert!(page.text().contains(&told), "{}", page.text());
                assert!(page.text().contains(&format!("<p>sent {count}")));
                assert!(!visitor.get("/note/").text().contains("success"));
            }
            let mut other = Visitor::new(&server.url("/"));
            assert!(other.get("/note/").text().contains("<p>sent 0"));
        }
    }
}

//! What those get who ask for none of the sites.

use super::{ask, get, save, sites};
use crate::support::{Client, Server};

/// Asks for the start page as a browser does.
fn start_page(server: &Server, path: &str) -> crate::support::Response {
    let mut client = server.connect();
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    ));
    client.response()
}

#[test]
fn the_start_page_lists_the_sites() {
    let server = sites(&[("blog", ""), ("shop", "hosts = ['shop.test']")]).start();
    for site in ["blog", "shop"] {
        assert_eq!(get(&server, &format!("{site}.localhost"), "/").status, 200);
    }
    let port = server.addr().port();
    let page = start_page(&server, "/");
    assert_eq!(page.status, 200);
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    for site in ["blog", "shop"] {
        let link = format!("<a href=\"http://{site}.localhost:{port}/\">{site}</a>");
        assert!(page.text().contains(&link), "{}", page.text());
    }
    assert_eq!(page.text().matches("<td>ready</td>").count(), 2);
    let elsewhere = start_page(&server, "/admin/");
    assert_eq!(elsewhere.status, 404);
    assert!(elsewhere.text().contains("blog.localhost"));
}

#[test]
fn the_start_page_has_a_head_and_takes_a_query() {
    let server = sites(&[("a", "")]).start();
    let mut client = server.connect();
    for (path, status) in [("/", 200), ("/?from=bookmark", 200), ("/x", 404)] {
        client.send(format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        let head = client.response_to_head();
        assert_eq!(head.status, status, "{path}");
        let page = ask(&mut client, "localhost", path);
        assert_eq!(page.status, status, "{path}");
        let length = page.body.len().to_string();
        assert_eq!(head.header("Content-Length"), Some(&*length));
    }
}

/// It follows what happens to the sites.
#[test]
fn the_start_page_is_told_of_changes() {
    let server = sites(&[("a", "")]).start();
    assert_eq!(get(&server, "a.localhost", "/").status, 200);
    let page = start_page(&server, "/");
    let (_, rest) = page.text().split_once("data-at=\"").unwrap();
    let (moment, _) = rest.split_once('"').unwrap();
    let mut stream = server.connect();
    let path = format!("/__scaffold__/events?at={moment}");
    super::send(&mut stream, "localhost", &path);
    assert_eq!(
        stream.head().header("Content-Type"),
        Some("text/event-stream")
    );
    save(&server, "a/value.py", "VALUE = 1 / 0\n");
    until(&mut stream, "event: change");
}

#[track_caller]
fn until(stream: &mut Client, text: &str) {
    let mut all = Vec::new();
    while memchr::memmem::find(&all, text.as_bytes()).is_none() {
        all.extend(stream.block().expect("the stream goes on"));
    }
}

/// A name that somebody has pointed at this machine leads to no site and not to the list of them.
#[test]
fn foreign_hosts_are_refused() {
    let server = sites(&[("a", ""), ("b", "hosts = ['b.test']")]).start();
    for host in ["evil.test", "a.localhost.evil.test", "test", "x.b.test"] {
        let response = get(&server, host, "/");
        assert_eq!(response.status, 403, "{host}");
        let text = response.text();
        assert!(text.contains(&format!("`hosts = [\"{host}\"]`")), "{text}");
        assert!(!text.contains("localhost:"), "{text}");
    }
    // The host of one site does not make the other answer to it, nor the start page.
    assert_eq!(get(&server, "b.test", "/").text(), "b first /");
}

/// Whoever breaks the rules is answered before it is known which site is meant, and a connection
/// goes on behind the start page.
#[test]
fn it_is_a_server_as_any() {
    let server = sites(&[("a", "")]).start();
    let mut client = server.connect();
    assert_eq!(ask(&mut client, "localhost", "/x").status, 404);
    assert_eq!(ask(&mut client, "a.localhost", "/").text(), "a first /");
    client.send("GET / HTTP/1.1\r\nHost: a.localhost\r\nHost: b\r\n\r\n");
    assert_eq!(client.response().status, 400);
    client.expect_close();
    let mut client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(client.response().status, 404);
}

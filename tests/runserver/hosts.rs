//! Which hosts are answered: those of this machine, those that the user allows, and those that the
//! application allows. A web site can let its own name mean this machine.

use std::os::unix::net::UnixListener;

use rstest::rstest;

use super::{app_server, responses::own_address, serve_app};
use crate::support::{Packages, Response, Serve, Server, Test, get, newest};

/// Sends a request to a path, with a header line or none for the host.
fn ask(server: &Server, target: &str, host: &str) -> Response {
    let mut client = server.connect();
    client.send(format!(
        "GET {target} HTTP/1.1\r\n{host}Connection: close\r\n\r\n"
    ));
    let response = client.response();
    client.expect_close();
    response
}

fn status(server: &Server, host: &str) -> u16 {
    ask(server, "/", &format!("Host: {host}\r\n")).status
}

#[test]
fn a_foreign_host_is_told_what_to_do_and_reaches_nobody() {
    let server = serve_app();
    let mut client = server.connect();
    // The request behind it is not read.
    let request = "GET /raise-before HTTP/1.1\r\nHost: Evil.example:8000\r\n\r\n";
    client.send(request.repeat(2));
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (403, Some("close"))
    );
    assert_eq!(
        response.text(),
        "403 Forbidden: this server does not answer to the host `Evil.example:8000`\n\n\
         A web site can point its own name at your machine, to read what is served here. So only \
         names of\nthis machine are answered, and those that are allowed.\n\n\
         hint: allow it with `--allowed-host Evil.example`, or in Django's ALLOWED_HOSTS\n"
    );
    client.finish_sending();
    client.expect_close();
    server.wait_for_output("\"GET /raise-before HTTP/1.1\" 403 ");
    assert!(!server.output().contains("ValueError"));
}

#[test]
fn other_machines_cannot_connect_unless_asked_for() {
    let server = serve_app();
    let address = std::net::SocketAddr::new(own_address(), server.addr().port());
    assert!(!address.ip().is_loopback());
    let error = std::net::TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[rstest]
#[case("localhost", 200)]
#[case("LOCALHOST.:1", 200)]
#[case("a.b.localhost", 200)]
#[case("127.0.0.1", 200)]
#[case("192.0.2.7:8000", 200)]
#[case("[2001:db8::1]:8000", 200)]
#[case("", 200)]
#[case("evil.example", 403)]
#[case("evil.example.:80", 403)]
#[case("localhost.evil.example", 403)]
#[case("127.0.0.1.evil.example", 403)]
#[case("evillocalhost", 403)]
#[case("0x7f000001", 403)]
fn hosts(#[case] host: &str, #[case] expected: u16) {
    let server = serve_app();
    assert_eq!(status(&server, host), expected);
}

#[test]
fn http10_without_a_host_comes_from_a_program() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.response().status, 200);
    let mut client = server.connect();
    client.send("GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n");
    assert_eq!(client.response().status, 403);
}

#[test]
fn the_host_of_a_whole_url_counts() {
    let server = serve_app();
    let local = "Host: localhost\r\n";
    let foreign = "Host: evil.example\r\n";
    assert_eq!(ask(&server, "http://evil.example/", local).status, 403);
    assert_eq!(ask(&server, "http://localhost/", foreign).status, 200);
}

#[test]
fn a_head_request_gets_no_body() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("HEAD / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert_eq!(client.response_to_head().status, 403);
    client.expect_close();
}

/// A body would be taken, and put on the disk, for nobody.
#[test]
fn the_body_of_a_foreign_request_is_not_asked_for() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\
         Expect: 100-continue\r\n\r\n",
    );
    assert_eq!(client.head().status, 403);
}

#[test]
fn the_user_allows_hosts() {
    let server = app_server()
        .file(
            "pyproject.toml",
            "[tool.scaffold]\nallowed-hosts = ['configured.test']\n",
        )
        .args(["--allowed-host", "One.test", "--allowed-host", ".two.test"])
        .start();
    for (host, expected) in [
        ("one.TEST.:80", 200),
        ("a.one.test", 403),
        ("two.test", 200),
        ("a.b.two.test", 200),
        ("atwo.test", 403),
        ("configured.test", 200),
        ("three.test", 403),
    ] {
        assert_eq!(status(&server, host), expected, "{host}");
    }
    // Our own pages keep the project's inside for those who are at this machine: what comes from a
    // tunnel looks as if it did.
    let response = ask(&server, "/raise-before", "Host: one.test\r\n");
    assert_eq!(response.status, 500);
    assert!(
        !response.text().contains("ValueError"),
        "{}",
        response.text()
    );
}

#[test]
fn the_user_allows_all_hosts() {
    let server = app_server().args(["--allowed-host", "*"]).start();
    assert_eq!(status(&server, "any.example"), 200);
}

#[test]
fn a_host_that_can_match_nothing_is_an_error() {
    for text in ["http://a.test", "a.test:8000", "*.a.test", ""] {
        Test::new()
            .file("app.py", super::APP)
            .args(["runserver", "0", "--app", "app:application"])
            .args(["--allowed-host", text])
            .stderr(format!(
                "error: `{text}` is no host to allow\n\
                 hint: as in `dev.example.com`, `.example.com` for it and all below, or `*`; \
                 without scheme, port and path\n"
            ))
            .status(1)
            .run();
    }
}

#[test]
fn the_machines_own_name_is_answered_at_all_of_its_addresses() {
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let server = app_server().address("0.0.0.0:0").start();
    assert_eq!(status(&server, &name.to_uppercase()), 200, "{name}");
    assert_eq!(status(&server, &format!("{name}.local:80")), 200, "{name}");
    assert_eq!(status(&server, &format!("a.{name}")), 403, "{name}");
    let server = serve_app();
    assert_eq!(status(&server, &name), 403, "{name}");
    server.wait_for_output("\" 403 ");
}

#[test]
fn other_machines_are_answered_by_address_and_the_user_is_warned() {
    let address = own_address();
    let server = app_server().address(format!("{address}:0")).start();
    server.wait_for_output("warning: other machines can reach this server");
    assert_eq!(get(&server.url("/")).status, 200);
    assert_eq!(status(&server, "evil.example"), 403);
    // At loopback addresses there is nothing to warn of.
    let server = serve_app();
    assert_eq!(server.get("/").status, 200);
    assert!(!server.output().contains("other machines"));
}

const SETTINGS: &str = "\
SECRET_KEY = 'x'
ROOT_URLCONF = 'mysite.urls'
";

const URLS: &str = "\
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path('', lambda request: HttpResponse(request.get_host()))]
";

/// A Django project with these settings.
fn django(settings: &str) -> Serve {
    Serve::new()
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
        )
        .file("mysite/__init__.py", "")
        .file("mysite/settings.py", format!("{SETTINGS}{settings}"))
        .file("mysite/urls.py", URLS)
}

#[test]
fn what_django_allows_is_left_to_django() {
    let allowed = "DEBUG = True\nALLOWED_HOSTS = ['one.test', '.two.test']\n";
    let server = django(allowed).start();
    for (host, expected) in [
        ("One.test.:80", 200),
        ("a.one.test", 403),
        ("two.test", 200),
        ("a.two.test", 200),
        ("three.test", 403),
        // Ours let it pass, and Django does not.
        ("localhost", 400),
    ] {
        assert_eq!(status(&server, host), expected, "{host}");
    }
    let settings = format!("{SETTINGS}{allowed}raise RuntimeError('secret')\n");
    server.sandbox().write("mysite/settings.py", settings);
    // What it allowed before is what is known now.
    let response = ask(&server, "/", "Host: one.test\r\n");
    assert_eq!(response.status, 500, "{}", response.text());
    assert!(!response.text().contains("secret"), "{}", response.text());
    assert_eq!(status(&server, "three.test"), 403);
}

#[test]
fn django_without_a_list_allows_this_machine() {
    let server = django("DEBUG = True\n").start();
    assert_eq!(status(&server, "a.localhost"), 200);
    assert_eq!(status(&server, "evil.example"), 403);
    // Addresses pass here, and Django decides.
    assert_eq!(status(&server, "192.0.2.1"), 400);
}

#[test]
fn django_that_allows_all_hosts_is_left_to_it() {
    let server = django("ALLOWED_HOSTS = ['*']\n").start();
    assert_eq!(status(&server, "any.example"), 200);
}

/// Nothing of the application is known then, and the page of the failure is ours.
#[test]
fn a_foreign_host_learns_nothing_of_an_application_that_does_not_load() {
    let server = Serve::new()
        .file("app.py", "raise RuntimeError('secret')\n")
        .args(["--app", "app:application", "--allowed-host", "one.test"])
        .start();
    assert_eq!(status(&server, "evil.example"), 403);
    let response = ask(&server, "/", "Host: one.test\r\n");
    assert_eq!(response.status, 500);
    assert!(!response.text().contains("secret"), "{}", response.text());
    let response = ask(&server, "/", "Host: localhost\r\n");
    assert!(response.text().contains("secret"), "{}", response.text());
}

/// Whether the application allows a host is not known before it is loaded.
#[test]
fn a_foreign_host_waits_until_the_application_is_loaded() {
    let server = django("DEBUG = True\nALLOWED_HOSTS = ['one.test']\n").start();
    let gate = server.sandbox().dir().join("gate");
    let listener = UnixListener::bind(&gate).unwrap();
    let wait = format!(
        "{SETTINGS}DEBUG = True\nALLOWED_HOSTS = ['two.test']\nimport socket\n\
         gate = socket.socket(socket.AF_UNIX)\ngate.connect({gate:?})\ngate.recv(1)\n"
    );
    // The project is loaded again because of that.
    server.sandbox().write("mysite/settings.py", wait);
    // The next worker loads its settings now, and goes on when this is closed.
    let (loading, _) = listener.accept().unwrap();
    let mut clients = ["one.test", "two.test"].map(|host| {
        let mut client = server.connect();
        client.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        client
    });
    // Those before this one have been read when it is answered.
    assert_eq!(status(&server, "?"), 400);
    drop(loading);
    let statuses = clients.each_mut().map(|client| client.response().status);
    assert_eq!(statuses, [403, 200]);
}

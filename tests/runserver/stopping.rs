//! SIGTERM: requests under way come to their end, and nothing else is waited for. What a stop does
//! to processes is in `processes`.

use std::{
    fmt::Write as _,
    io::{self, ErrorKind},
    net::{TcpListener, TcpStream},
    process::Command,
    time::{Duration, Instant},
};

use rstest::rstest;
use rustix::process::{Pid, Signal};
use sha2::{Digest as _, Sha256};

use super::events::moment;
use crate::support::{Client, Sandbox, Serve, Server, client::exchange, pythons};

const APP: &str = include_str!("stopping.py");

/// What a user is promised for Ctrl-C, and for a stop with nothing to finish.
const SECOND: Duration = Duration::from_secs(1);

/// How long requests may take to be finished.
const LIMIT: Duration = Duration::from_secs(8);

/// Is said once one request has been waited for.
const ONE: &str = "Finishing 1 request (Ctrl-C: end now).\n";

/// A server of [`APP`] that is not started yet, with its gate.
fn app() -> Serve {
    let sandbox = Sandbox::new();
    let gate = sandbox.dir().join("gate");
    assert!(Command::new("mkfifo").arg(gate).status().unwrap().success());
    let serve = Serve::within(sandbox).file("app.py", APP);
    serve.args(["--app", "app:application"])
}

/// Asks for a path on a connection that stays open.
fn ask(server: &Server, path: &str) -> Client {
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    client
}

/// A request that the application has, and answers only when the gate is opened.
#[track_caller]
fn ask_to_wait(server: &Server, path: &str) -> Client {
    let mark = server.mark();
    let client = ask(server, path);
    server.wait_for_output_since(mark, "waiting");
    client
}

/// Lets one go on that waits at the gate, or that is about to.
fn open_gate(server: &Server) {
    server.sandbox().write("gate", "open");
}

/// A response that is complete, and the last one of its connection.
#[track_caller]
fn assert_last(mut client: Client, text: &str) {
    let response = client.response();
    assert_eq!((response.status, response.text()), (200, text));
    assert_eq!(response.header("Connection"), Some("close"));
    client.expect_close();
}

/// The connection is closed in order, and nothing was sent on it.
#[track_caller]
fn assert_closed(mut client: Client) {
    assert_eq!(client.rest().unwrap(), b"");
}

/// The server ends soon, as asked, and after its workers.
#[track_caller]
fn assert_ends(mut server: Server, workers: &[Pid]) {
    assert_eq!(server.wait_exit(SECOND).code(), Some(0));
    for &worker in workers {
        server.wait_gone(worker, Duration::ZERO);
    }
}

/// Nobody listens any more.
#[track_caller]
fn assert_refuses(server: &Server) {
    let error = TcpStream::connect(server.addr()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    TcpListener::bind(server.addr()).unwrap();
}

#[rstest]
#[case(&[])]
#[case(&["--noreload"])]
#[case(&["--workers", "2"])]
#[case(&["--nothreading"])]
fn a_request_under_way_is_answered(#[case] args: &[&str]) {
    let server = app().args(args.iter().copied()).start();
    let mut idle = server.connect();
    assert_eq!(idle.get("/").text(), "done");
    let unused = server.connect();
    let waiting = ask_to_wait(&server, "/wait");
    let workers = server.worker_pids();
    server.signal(Signal::TERM);
    // Who waits for nothing does not have to wait for others.
    assert_closed(idle);
    assert_closed(unused);
    server.wait_for_output(ONE);
    assert_refuses(&server);
    assert!(!waiting.has_answer());
    open_gate(&server);
    assert_last(waiting, "done");
    assert_ends(server, &workers);
}

#[test]
fn nothing_is_waited_for_or_said_where_there_is_no_request() {
    let server = app().start();
    let mut idle: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for client in &mut idle {
        assert_eq!(client.get("/").text(), "done");
    }
    let workers = server.worker_pids();
    let mark = server.mark();
    server.signal(Signal::TERM);
    idle.into_iter().for_each(assert_closed);
    let mut server = server;
    assert_eq!(server.wait_exit(SECOND).code(), Some(0));
    for worker in workers {
        server.wait_gone(worker, Duration::ZERO);
    }
    assert!(
        !server.output()[mark..].contains("Finishing"),
        "{}",
        server.output()
    );
}

/// What clients have sent has been sent, whether the server has had time to read it or not.
#[test]
fn what_was_sent_before_the_signal_is_answered() {
    let server = app().start();
    let mut kept = server.connect();
    assert_eq!(kept.get("/").text(), "done");
    server.signal(Signal::STOP);
    let new: Vec<_> = (0..300).map(|_| ask(&server, "/")).collect();
    kept.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.signal(Signal::TERM);
    server.signal(Signal::CONT);
    assert_last(kept, "done");
    for client in new {
        assert_last(client, "done");
    }
    assert_ends(server, &[]);
}

#[test]
fn a_request_of_which_the_head_is_not_whole_is_answered() {
    let server = app().start();
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\n");
    // The front has read it when it has answered what came later.
    assert_eq!(server.get("/").text(), "done");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    client.send("Host: localhost\r\n\r\n");
    assert_last(client, "done");
    assert_ends(server, &[]);
}

#[rstest]
#[case("1.1")]
#[case("1.0")]
fn a_stream_comes_to_its_end(#[case] version: &str) {
    let server = app().start();
    let mut client = server.connect();
    client.send(format!(
        "GET /stream HTTP/{version}\r\nHost: localhost\r\n\r\n"
    ));
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().unwrap(), b"first\n");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    open_gate(&server);
    assert_eq!(client.block().unwrap(), b"last\n");
    assert_eq!(client.block(), None);
    assert_closed(client);
    assert_ends(server, &[]);
}

/// Read by the front, by the application itself, and in chunks.
#[rstest]
#[case(50_000, false)]
#[case(5_000_000, false)]
#[case(50_000, true)]
#[case(5_000_000, true)]
fn an_upload_comes_to_its_end(#[case] length: usize, #[case] is_chunked: bool) {
    let server = app().start();
    let body: Vec<u8> = (0..length).map(|number| number.to_le_bytes()[0]).collect();
    let (half, rest) = body.split_at(length / 2);
    let mut client = server.connect();
    let send = |client: &mut Client, part: &[u8]| {
        if is_chunked {
            client.send(format!("{:x}\r\n", part.len()));
        }
        client.send(part);
        if is_chunked {
            client.send("\r\n");
        }
    };
    let framing = if is_chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {length}")
    };
    client.send(format!(
        "POST /digest HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n"
    ));
    send(&mut client, half);
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    send(&mut client, rest);
    if is_chunked {
        client.send("0\r\n\r\n");
    }
    let mut digest = String::new();
    for octet in Sha256::digest(&body) {
        write!(digest, "{octet:02x}").unwrap();
    }
    assert_last(client, &digest);
    assert_ends(server, &[]);
}

/// Whoever still sends would lose the answer with the connection; that the request before was read
/// whole says nothing of this one.
#[test]
fn a_refusal_comes_to_whoever_is_still_sending() {
    let server = app().start();
    let mut client = server.connect();
    assert_eq!(client.get("/").text(), "done");
    let half = "x".repeat(50_000);
    let head = "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 100000\r\n\r\n";
    client.send(format!("{head}{half}"));
    server.wait_for_output("\"POST / HTTP/1.1\" 403 ");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    client.send(half);
    let response = client.response();
    assert_eq!(response.status, 403);
    assert!(response.text().contains("`evil.example`"));
    client.expect_close();
    assert_ends(server, &[]);
}

#[test]
fn a_view_that_never_ends_is_waited_for_up_to_the_limit() {
    let mut server = app().start();
    let mut client = ask_to_wait(&server, "/ever");
    let worker = server.worker_pids()[0];
    let began = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait_exit(LIMIT + 2 * SECOND).code(), Some(0));
    assert!(began.elapsed() >= LIMIT);
    server.wait_gone(worker, Duration::ZERO);
    let output = server.output();
    assert_eq!(output.matches(ONE).count(), 1, "{output}");
    assert!(
        output.contains("Broke 1 request off after 8 s.\n"),
        "{output}"
    );
    assert_eq!(client.rest().unwrap(), b"");
}

#[rstest]
fn a_further_signal_ends_it_at_once(
    #[values(Signal::INT, Signal::TERM, Signal::HUP)] signal: Signal,
    #[values("/wait", "/ever")] path: &str,
) {
    let server = app().start();
    let mut client = ask_to_wait(&server, path);
    let workers = server.worker_pids();
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    server.signal(signal);
    assert_ends(server, &workers);
    assert_eq!(client.rest().unwrap(), b"");
}

/// `timeout` sends it to its child, and then to the group that the child is in.
#[test]
fn the_same_signal_twice_at_once_is_one() {
    let server = app().start();
    let client = ask_to_wait(&server, "/wait");
    server.signal(Signal::TERM);
    server.signal_all(Signal::TERM);
    server.wait_for_output(ONE);
    open_gate(&server);
    assert_last(client, "done");
    assert_ends(server, &[]);
}

/// Workers get a signal that is for the whole group, those too that were forked.
#[test]
fn a_signal_to_the_group_lets_requests_be_finished_too() {
    for python in pythons() {
        let server = app().python(python).start();
        let wait = || {
            let client = ask_to_wait(&server, "/wait");
            server.signal_all(Signal::TERM);
            server.wait_for_output(ONE);
            client
        };
        server.wait_for_forkserver();
        server
            .sandbox()
            .write("app.py", format!("{APP}\nNEW = 1\n"));
        assert_eq!(server.get("/").text(), "done");
        let client = wait();
        open_gate(&server);
        assert_last(client, "done");
        assert!(!server.output().contains("SIGTERM"), "{}", server.output());
        assert_ends(server, &[]);
    }
}

#[test]
fn programs_that_the_project_forks_end_by_the_signal() {
    let server = app().start();
    assert_eq!(server.get("/child").text(), "1");
}

/// Ctrl-C is not patient: not with requests, and not with several workers.
#[rstest]
fn ctrl_c_waits_for_nothing(
    #[values(Signal::INT, Signal::HUP)] signal: Signal,
    #[values(1, 3)] count: usize,
) {
    let server = app()
        .args(["--workers".to_owned(), count.to_string()])
        .start();
    let mut clients: Vec<_> = (0..count)
        .flat_map(|_| ["/wait", "/ever"].map(|path| ask_to_wait(&server, path)))
        .collect();
    let workers = server.worker_pids();
    server.signal(signal);
    assert_ends(server, &workers);
    for client in &mut clients {
        assert_eq!(client.rest().unwrap(), b"");
    }
}

#[test]
fn a_worker_that_dies_meanwhile_holds_up_nothing() {
    let server = app().start();
    let mut client = ask_to_wait(&server, "/die");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    open_gate(&server);
    assert_eq!(client.response().status, 502);
    assert_ends(server, &[]);
}

#[test]
fn a_change_meanwhile_holds_up_nothing() {
    let server = app().start();
    let client = ask_to_wait(&server, "/wait");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    server
        .sandbox()
        .write("app.py", format!("{APP}\nNEW = 1\n"));
    server.wait_for_output("Reloaded in ");
    open_gate(&server);
    assert_last(client, "done");
    assert_ends(server, &[]);
}

/// Such a request is with no worker yet.
#[test]
fn a_request_that_waits_for_a_worker_is_answered() {
    let server = app().start();
    server
        .sandbox()
        .write("app.py", format!("{APP}\nsay('loading')\ngate()\n"));
    server.wait_for_output("loading");
    let client = ask(&server, "/");
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    open_gate(&server);
    assert_last(client, "done");
    assert_ends(server, &[]);
}

/// A worker that hangs is given up as ever.
#[test]
fn a_worker_that_does_not_react_is_given_up_meanwhile() {
    let server = app().args(["--timeout", "2"]).start();
    let mut client = ask_to_wait(&server, "/wait");
    let worker = server.worker_pids()[0];
    server.signal(Signal::TERM);
    server.wait_for_output(ONE);
    rustix::process::kill_process(worker, Signal::STOP).unwrap();
    assert_eq!(client.response().status, 502);
    assert_ends(server, &[]);
}

#[test]
fn event_streams_are_not_waited_for() {
    let server = app().file("app.py", "1 / 0\n").start();
    let page = exchange("GET", &server.url("/"), "Accept: text/html\r\n", b"");
    let mut stream = ask(
        &server,
        &format!("/__scaffold__/events?at={}", moment(page.text())),
    );
    assert_eq!(stream.head().status, 200);
    server.signal(Signal::TERM);
    assert_ends(server, &[]);
    let rest: io::Result<Vec<u8>> = stream.rest();
    assert!(rest.is_ok(), "{rest:?}");
}

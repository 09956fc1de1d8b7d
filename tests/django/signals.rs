//! The beginning and the end of a request: Django's signals, and the database connections that are
//! closed or kept with them.

use std::{fs, thread};

use super::{BOTH, Runserver, djangos, events, site};
use crate::support::{Serve, Server, client::exchange, get};

/// Sends a request to its end, and waits until the project has said that it is over.
#[track_caller]
fn ask(server: &Server, method: &str, path: &str) -> u16 {
    let mark = server.mark();
    let status = exchange(method, &server.url(path), "", b"").status;
    server.wait_for_output_since(mark, &format!("event: finished {method} {path} in "));
    status
}

/// Sends a request to which the answer is not complete.
#[track_caller]
fn ask_for_half(server: &Server, path: &str) {
    let mark = server.mark();
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let _ = client.try_response();
    server.wait_for_output_since(mark, &format!("event: finished GET {path} in "));
}

/// Goes away in the middle of an answer.
#[track_caller]
fn go_away(server: &Server, path: &str) {
    let mark = server.mark();
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_eq!(client.head().status, 200);
    client.block();
    client.abort();
    server.wait_for_output_since(mark, &format!("event: finished GET {path} in "));
}

#[test]
fn each_request_is_started_and_finished_once() {
    for venv in djangos() {
        let mut said = Vec::new();
        for runserver in BOTH {
            let sandbox = site(&venv);
            sandbox.write("sent.bin", vec![b'a'; 300_000]);
            let server = runserver.start(Serve::within(sandbox), &venv);
            assert_eq!(ask(&server, "GET", "/"), 200);
            assert_eq!(ask(&server, "HEAD", "/"), 200);
            assert_eq!(ask(&server, "HEAD", "/stream/"), 200);
            assert_eq!(ask(&server, "GET", "/file/plain/"), 200);
            assert_eq!(ask(&server, "HEAD", "/file/plain/"), 200);
            assert_eq!(ask(&server, "GET", "/nothing/"), 404);
            assert_eq!(ask(&server, "GET", "/fail/"), 500);
            ask_for_half(&server, "/fail-late/");
            go_away(&server, "/endless/");
            assert_eq!(ask(&server, "GET", "/"), 200);
            said.push(events(&server));
        }
        let [ours, djangos] = &said[..] else {
            panic!("two servers")
        };
        // One that is sent twice, or late, is seen between those of the others.
        assert_eq!(ours, djangos);
        assert_eq!(ours.len(), 2 * 10 + 1, "{ours:#?}");
    }
}

/// How many of its files a server has open that are the database's.
fn open_databases(runserver: Runserver, server: &Server) -> usize {
    let workers = match runserver {
        Runserver::Scaffold => server.worker_pids(),
        Runserver::Django => vec![server.pid()],
    };
    let descriptors = workers.into_iter().flat_map(|worker| {
        let directory = format!("/proc/{}/fd", worker.as_raw_nonzero());
        fs::read_dir(directory)
            .unwrap()
            .map(|it| it.unwrap().path())
    });
    let files = descriptors.filter_map(|descriptor| fs::read_link(descriptor).ok());
    files.filter(|file| file.ends_with("db.sqlite3")).count()
}

#[test]
fn a_connection_is_closed_with_its_request() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            let connected = || {
                let events = events(&server);
                events
                    .iter()
                    .filter(|it| *it == "connected default")
                    .count()
            };
            // Django's server looks for migrations first, and keeps that connection.
            let before = open_databases(runserver, &server);
            for (count, path) in (1..).zip(["/query/", "/query-stream/", "/query/", "/query-fail/"])
            {
                ask(&server, "GET", path);
                assert_eq!(connected(), count, "{runserver:?} {path}");
                let open = open_databases(runserver, &server);
                assert_eq!(open, before, "{runserver:?} {path}");
            }
            go_away(&server, "/endless/");
            assert_eq!(connected(), 5);
            assert_eq!(open_databases(runserver, &server), before);
        }
    }
}

/// How many connections one request after another needs at most. Django's belong to threads: a
/// request may meet one that still ends the last request, another that has just been called to
/// stand by, and on a busy machine some more.
const KEPT: usize = 8;

#[test]
fn a_connection_is_kept_for_its_age() {
    for venv in djangos() {
        let serve = Serve::within(site(&venv)).env("CONN_MAX_AGE", "60");
        let server = Runserver::Scaffold.start(serve, &venv);
        for path in [
            "/query/",
            "/query-stream/",
            "/query-fail/",
            "/quit/",
            "/query/",
        ] {
            let mark = server.mark();
            server.get(path);
            server.wait_for_output_since(mark, "event: started GET");
            let open = open_databases(Runserver::Scaffold, &server);
            assert!((1..=KEPT).contains(&open), "{open} after {path}");
        }
        // Also over one connection of the client's, as a browser has it.
        let mut client = server.connect();
        for _ in 0..10 * KEPT {
            assert_eq!(client.get("/query/").status, 200);
        }
        let events = events(&server);
        let connected = events.iter().filter(|event| *event == "connected default");
        assert!((1..=KEPT).contains(&connected.count()), "{events:#?}");
    }
}

/// Of the threads that a crowd needed, each keeps a connection only as long as there is work.
#[test]
fn what_a_crowd_opened_is_closed_when_it_has_gone() {
    /// As many as the view waits for.
    const CROWD: usize = 12;
    for venv in djangos() {
        let serve = Serve::within(site(&venv))
            .env("CONN_MAX_AGE", "60")
            .env("SAY_CLOSED", "yes");
        let server = Runserver::Scaffold.start(serve, &venv);
        let url = server.url("/query-together/");
        thread::scope(|scope| {
            for _ in 0..CROWD {
                scope.spawn(|| assert_eq!(get(&url).text(), "together"));
            }
        });
        assert!(open_databases(Runserver::Scaffold, &server) >= CROWD);
        let mut mark = server.mark();
        // The one that waits for the next request keeps its own.
        for _ in 1..CROWD {
            let closed = "event: closed default";
            server.wait_for_output_since(mark, closed);
            mark += server.output()[mark..].find(closed).unwrap() + closed.len();
        }
        assert!(open_databases(Runserver::Scaffold, &server) <= KEPT);
        assert_eq!(ask(&server, "GET", "/query/"), 200);
    }
}

/// `sys.exit()` in a view ends the request and nothing else. Django does not finish such a request:
/// its connection is closed with a later one of the same thread.
#[test]
fn views_that_exit_do_not_collect_connections() {
    for venv in djangos() {
        let server = Runserver::Scaffold.start(Serve::within(site(&venv)), &venv);
        for _ in 0..5 {
            assert_eq!(server.get("/quit/").status, 500);
            assert_eq!(ask(&server, "GET", "/query/"), 200);
            let open = open_databases(Runserver::Scaffold, &server);
            assert!(open <= KEPT, "{open}");
        }
    }
}

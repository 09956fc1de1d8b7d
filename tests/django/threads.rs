//! Views that need other threads, or other views of the same server, as Django's live server tests
//! do; and `--nothreading`.

use std::thread;

use super::{BOTH, Runserver, djangos, site};
use crate::support::{Serve, Server};

/// Asks for several paths at once; gives the answers in the order of the paths.
#[track_caller]
fn ask_at_once(server: &Server, paths: &[&str]) -> Vec<String> {
    let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
    let answers = thread::scope(|scope| {
        let asking: Vec<_> = paths
            .iter()
            .map(|path| scope.spawn(|| server.get(path)))
            .collect();
        asking
            .into_iter()
            .map(|it| it.join().unwrap())
            .collect::<Vec<_>>()
    });
    answers
        .into_iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.text().to_owned()
        })
        .collect()
}

#[test]
fn views_call_views_of_the_same_server() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            // The first ones are asked of a server that has no second thread yet.
            assert_eq!(server.get("/nest/1/").text(), "bottom.");
            assert_eq!(
                server.get("/nest/20/").text(),
                format!("bottom{}", ".".repeat(20))
            );
            // Neither is answered unless both are served, and what they ask for is as well.
            for _ in 0..3 {
                let answers = ask_at_once(&server, &["/meet/one/", "/meet/other/"]);
                assert_eq!(answers, ["met one", "met other"]);
            }
        }
    }
}

#[test]
fn threads_and_coroutines_use_the_database() {
    for venv in djangos() {
        for runserver in BOTH {
            let server = runserver.start(Serve::within(site(&venv)), &venv);
            let written: Vec<String> = (0..8).map(|it| format!("from a thread {it}")).collect();
            let crowd = server.get("/crowd/");
            assert_eq!(
                serde_json::from_slice::<Vec<String>>(&crowd.body).unwrap(),
                written
            );
            assert_eq!(server.get("/later/").text(), "soon");
            server.wait_for_output("event: later");
            for count in 1..=3 {
                let text = format!("asynchronous {count}");
                assert_eq!(server.get("/asynchronous/").text(), text);
            }
        }
    }
}

/// One at a time, yet whoever keeps a connection without a request keeps nobody waiting, as it is
/// with Django's server.
#[test]
fn without_threads_an_idle_connection_blocks_nobody() {
    for venv in djangos() {
        let serve = Serve::within(site(&venv)).arg("--nothreading");
        let server = Runserver::Scaffold.start(serve, &venv);
        let silent = server.connect();
        let mut begun = server.connect();
        begun.send("GET / HTTP/1.1\r\nHo");
        let mut kept = server.connect();
        assert_eq!(kept.get("/").text(), "plain");
        let mut sending = server.connect();
        sending.send("POST /note/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200\r\n\r\ntext=");
        for answer in ask_at_once(&server, &["/one-at-a-time/"; 8]) {
            assert_eq!(answer, "1");
        }
        assert_eq!(kept.get("/").text(), "plain");
        begun.send("st: localhost\r\n\r\n");
        assert_eq!(begun.response().text(), "plain");
        drop((silent, sending));
    }
}

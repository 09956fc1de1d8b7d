//! The end of several sites: requests under way at any of them are answered first.

use std::{net::TcpStream, process::Command, time::Duration};

use rustix::process::Signal;

use super::{get, send, sites};
use crate::support::{Client, Server};

/// What a user is promised for Ctrl-C.
const SECOND: Duration = Duration::from_secs(1);

/// Two sites at one port and one at its own, with a gate each, and a request that waits at it in
/// two of them.
fn waiting() -> (Server, Vec<Client>) {
    let serve = sites(&[("a", "workers = 2"), ("b", ""), ("c", "port = 0")]);
    let server = serve.start();
    for site in ["a", "c"] {
        let gate = server.sandbox().dir().join(site).join("gate");
        assert!(Command::new("mkfifo").arg(gate).status().unwrap().success());
    }
    assert_eq!(get(&server, "b.localhost", "/").status, 200);
    let said = "c | Starting WSGI development server at http://";
    server.wait_for_output(said);
    let output = server.output();
    let (_, rest) = output.split_once(said).unwrap();
    let own = rest.lines().next().unwrap().trim_end_matches('/');
    let mut clients = vec![server.connect(), Client::connect(own)];
    for (client, site) in clients.iter_mut().zip(["a", "c"]) {
        send(client, &format!("{site}.localhost"), "/wait");
        server.wait_for_output(&format!("{site} | waiting"));
    }
    (server, clients)
}

#[test]
fn requests_at_all_sites_are_answered() {
    let (mut server, clients) = waiting();
    let workers = server.worker_pids();
    server.signal(Signal::TERM);
    server.wait_for_output("- | Finishing 2 requests (Ctrl-C: end now).\n");
    TcpStream::connect(server.addr()).unwrap_err();
    for (mut client, site) in clients.into_iter().zip(["a", "c"]) {
        assert!(!client.has_answer());
        server.sandbox().write(format!("{site}/gate"), "open");
        let response = client.response();
        assert_eq!(response.text(), format!("{site} first /wait"));
        assert_eq!(response.header("Connection"), Some("close"));
        client.expect_close();
    }
    assert_eq!(server.wait_exit(SECOND).code(), Some(0));
    for worker in workers {
        server.wait_gone(worker, Duration::ZERO);
    }
}

#[test]
fn ctrl_c_waits_for_none_of_them() {
    for signals in [&[Signal::INT][..], &[Signal::TERM, Signal::INT]] {
        let (mut server, mut clients) = waiting();
        let workers = server.worker_pids();
        for &signal in signals {
            server.signal(signal);
            if signal == Signal::TERM {
                server.wait_for_output("Finishing 2 requests");
            }
        }
        assert_eq!(server.wait_exit(SECOND).code(), Some(0));
        for worker in workers {
            server.wait_gone(worker, Duration::ZERO);
        }
        for client in &mut clients {
            assert_eq!(client.rest().unwrap(), b"");
        }
    }
}

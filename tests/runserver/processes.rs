//! The server's processes: how they end, and what happens when they do not end well.

use std::{io::ErrorKind, process::Command, time::Duration};

use rustix::process::{Pid, Signal, test_kill_process};

use super::{app_server, serve_app};
use crate::support::{Serve, Server, pythons};

/// What a user is promised for Ctrl-C.
const SECOND: Duration = Duration::from_secs(1);

/// How long the system may take to end a process whose parent was killed, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

/// The server ends in time and as asked, and its worker before it.
#[track_caller]
fn assert_ends_in_order(server: &mut Server, worker: Pid) {
    assert_eq!(server.wait_exit(SECOND).code(), Some(0));
    assert!(
        test_kill_process(worker).is_err(),
        "the worker has ended first"
    );
}

#[test]
fn one_worker_serves() {
    let server = serve_app();
    assert_eq!(server.worker_pids().len(), 1);
    let pid = server.worker_pids()[0].to_string();
    assert_eq!(server.get("/pid").text(), pid);
}

#[test]
fn ctrl_c_ends_everything_within_a_second() {
    let mut server = serve_app();
    assert_eq!(server.get("/").status, 200);
    let worker = server.worker_pids()[0];
    server.signal_all(Signal::INT);
    assert_ends_in_order(&mut server, worker);
    assert!(
        !server.output().contains("Traceback"),
        "{}",
        server.output()
    );
}

#[test]
fn a_supervisors_signal_ends_everything_within_a_second() {
    let mut server = serve_app();
    let worker = server.worker_pids()[0];
    server.signal(Signal::TERM);
    assert_ends_in_order(&mut server, worker);
}

#[test]
fn ctrl_c_ends_a_worker_that_is_inside_the_application() {
    let mut server = serve_app();
    let mut client = server.connect();
    client.send("GET /spin HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("spinning");
    let worker = server.worker_pids()[0];
    server.signal_all(Signal::INT);
    assert_ends_in_order(&mut server, worker);
}

#[test]
fn what_the_project_registered_for_its_exit_runs() {
    let mut server = serve_app();
    assert_eq!(server.get("/atexit").status, 200);
    server.signal_all(Signal::INT);
    assert_eq!(server.wait_exit(SECOND).code(), Some(0));
    assert!(
        server.output().contains("exit handler ran"),
        "{}",
        server.output()
    );
}

#[test]
fn no_worker_outlives_a_front_that_is_killed() {
    for python in pythons() {
        let mut server = app_server().python(python).start();
        let mut client = server.connect();
        client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
        server.wait_for_output("holding");
        let worker = server.worker_pids()[0];
        server.signal(Signal::KILL);
        server.wait_exit(SOON);
        server.wait_gone(worker, SOON);
    }
}

#[test]
fn a_worker_that_is_killed_is_replaced() {
    let server = serve_app();
    let response = server.get("/kill");
    assert_eq!(response.status, 502);
    assert!(
        response.text().contains("worker process ended"),
        "{}",
        response.text()
    );
    assert_eq!(server.get("/").status, 200);
    server.wait_for_output("was killed by SIGKILL");
}

#[test]
fn a_response_that_a_killed_worker_has_begun_never_looks_complete() {
    let server = Serve::new()
        .file(
            "app.py",
            "import os, signal\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   yield b'begun'\n\
             \x20   while not os.path.exists('go'):\n\
             \x20       pass\n\
             \x20   os.kill(os.getpid(), signal.SIGKILL)\n",
        )
        .args(["--app", "app:application"])
        .start();
    for version in ["1.1", "1.0"] {
        let mut client = server.connect();
        client.send(format!("GET / HTTP/{version}\r\nHost: localhost\r\n\r\n"));
        assert_eq!(client.head().status, 200);
        server.sandbox().write("go", "");
        assert!(
            client
                .rest()
                .is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
        );
    }
}

#[test]
fn programs_that_the_project_starts_get_nothing_of_ours() {
    let server = Serve::new()
        .file(
            "app.py",
            "import subprocess\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   command = ['ls', '/proc/self/fd']\n\
             \x20   return [subprocess.run(command, close_fds=False, stdout=-1).stdout]\n",
        )
        .args(["--app", "app:application"])
        .start();
    // What this process hands on by itself, there is too.
    let ours = Command::new("ls").arg("/proc/self/fd").output().unwrap();
    assert_eq!(server.get("/").body, ours.stdout);
}

#[test]
fn a_worker_that_exits_is_replaced_again_and_again() {
    let server = serve_app();
    for _ in 0..4 {
        assert_eq!(server.get("/exit-process").status, 502);
        // This one waits for the next worker.
        assert_eq!(server.get("/").status, 200);
    }
    server.wait_for_output("exited with code 7");
}

#[test]
fn a_worker_that_dies_while_loading_is_shown_and_retried() {
    let server = Serve::new()
        .file(
            "app.py",
            "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
        )
        .args(["--app", "app:application"])
        .start();
    let response = server.get("/");
    assert_eq!(response.status, 500);
    assert!(
        response
            .text()
            .contains("was killed by SIGSEGV while it loaded"),
        "{}",
        response.text()
    );
    server.sandbox().write("app.py", super::APP);
    while server.get("/").status != 200 {}
}

#[test]
fn requests_in_the_worker_that_dies_are_answered() {
    let server = serve_app();
    let mut waiting = server.connect();
    waiting.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("waiting");
    assert_eq!(server.get("/kill").status, 502);
    assert_eq!(waiting.response().status, 502);
    assert_eq!(waiting.get("/").status, 200);
}

/// The usual limit of open files is 1,024, and each connection is one.
#[test]
fn more_clients_than_files_may_be_open_are_served_and_the_project_keeps_the_limit() {
    let app = "import resource\n\
               def application(environ, start_response):\n    \
                   start_response('200 OK', [])\n    \
                   return [b'%d' % resource.getrlimit(resource.RLIMIT_NOFILE)[0]]\n";
    let server = Serve::new()
        .file("app.py", app)
        .args(["--app", "app:application"])
        .before("ulimit -S -n 100")
        .start();
    let mut clients: Vec<_> = (0..300).map(|_| server.connect()).collect();
    for _ in 0..2 {
        for client in &mut clients {
            assert_eq!(client.get("/").text(), "100");
        }
    }
}

#[test]
fn every_python_serves() {
    for python in pythons() {
        let server = app_server().python(python).start();
        assert_eq!(server.get("/stream").text(), "block 0\nblock 1\nblock 2\n");
        let (major, minor, _) = python.version();
        assert!(
            server
                .stdout()
                .contains(&format!("CPython {major}.{minor}.")),
            "{}",
            server.stdout()
        );
    }
}

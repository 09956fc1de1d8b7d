//! Workers that die or hang while they have requests, and several workers.

use std::{collections::BTreeSet, fs::File, io::Read, thread};

use rustix::process::{Signal, kill_process};

use super::{app_server, serve_app};
use crate::support::{Response, Serve, Server};

/// An application that can be killed in the middle of known requests: `/hold` waits until the file
/// `go` is there, `/hang` for ever, all others answer at once with their process's number.
const APP: &str = r#"
import ctypes, os, time

# More than a pipe holds.
TOO_MUCH = b"x" * 1_000_000
os.path.exists("hung") or os.mkfifo("hung")

LOG = os.open("begun", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

def application(environ, start_response):
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read()
    os.write(LOG, b"%s\n" % path.encode())
    print(f"begun {path} in {os.getpid()}.", flush=True)
    if path.startswith("/hold"):
        while not os.path.exists("go"):
            time.sleep(0.001)
    if path == "/hang":
        # One call into C code, which keeps the interpreter lock and never returns. Who can read from
        # the pipe knows that it is being made, and that nothing else of this process can run.
        ctypes.PyDLL(None).write(os.open("hung", os.O_RDWR), TOO_MUCH, len(TOO_MUCH))
    start_response("200 OK", [])
    return [b"%d %s" % (os.getpid(), body)]
"#;

fn server(args: &[&str]) -> Server {
    Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application"])
        .args(args.iter().copied())
        .start()
}

fn pid(response: &Response) -> i32 {
    let number = response.text().split(' ').next().unwrap_or_default();
    number
        .parse()
        .unwrap_or_else(|_| panic!("{}", response.text()))
}

/// One that runs is inside the application; those behind it have not been begun, because without
/// threads nothing else runs. They go to the next worker, whatever their body is.
#[test]
fn only_the_request_inside_a_killed_worker_fails() {
    let server = server(&["--nothreading"]);
    let mut inside = server.connect();
    inside.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("begun /hold");
    let worker = server.worker_pids()[0];
    let long = "x".repeat(100_000);
    let bodies = ["", "small", &long, &long];
    let mut behind: Vec<_> = bodies
        .iter()
        .enumerate()
        .map(|(number, body)| {
            let mut client = server.connect();
            let (framing, body) = match number {
                // The last one is sent in chunks.
                3 => (
                    "Transfer-Encoding: chunked".to_owned(),
                    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
                ),
                _ => (
                    format!("Content-Length: {}", body.len()),
                    (*body).to_owned(),
                ),
            };
            client.send(format!(
                "POST /behind HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n{body}"
            ));
            client
        })
        .collect();
    // The front has read a request when it has answered a later one of its own on a new connection.
    assert_eq!(malformed(&server).status, 400);
    kill_process(worker, Signal::KILL).unwrap();
    let response = inside.response();
    assert_eq!(response.status, 502);
    assert!(
        response.text().contains("ended during this request"),
        "{}",
        response.text()
    );
    for (client, body) in behind.iter_mut().zip(bodies) {
        let response = client.response();
        assert_eq!(response.status, 200);
        assert_ne!(pid(&response), worker.as_raw_pid());
        assert!(response.text().ends_with(&format!(" {body}")));
    }
    // Nothing ran twice.
    assert_eq!(begun(&server, "/behind"), bodies.len());
    assert_eq!(begun(&server, "/hold"), 1);
}

/// How many requests for a path have been begun, by all workers there have been.
fn begun(server: &Server, path: &str) -> usize {
    let log = std::fs::read_to_string(server.sandbox().dir().join("begun")).unwrap();
    log.lines().filter(|line| *line == path).count()
}

/// Returns when the worker hangs in `/hang`.
fn wait_until_hung(server: &Server) {
    let mut pipe = File::open(server.sandbox().dir().join("hung")).unwrap();
    pipe.read_exact(&mut [0]).unwrap();
}

fn malformed(server: &Server) -> Response {
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\n\r\n");
    client.response()
}

#[test]
fn under_load_only_what_a_killed_worker_had_begun_fails() {
    let server = server(&[]);
    let worker = server.worker_pids()[0];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|number| {
                let mut client = server.connect();
                let server = &server;
                scope.spawn(move || {
                    let mut statuses = Vec::new();
                    for round in 0..200 {
                        if number == 0 && round == 100 {
                            kill_process(server.worker_pids()[0], Signal::KILL).unwrap();
                        }
                        statuses.push(client.get("/quick").status);
                    }
                    statuses
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    assert_ne!(server.worker_pids()[0], worker);
    let failed = statuses.iter().filter(|&&status| status == 502).count();
    let answered = statuses.iter().filter(|&&status| status == 200).count();
    assert_eq!(failed + answered, 1600);
    // At most one for each connection had been begun, and each request ran once.
    assert!(failed <= 8, "{failed} failed");
    let begun = begun(&server, "/quick");
    assert!((answered..=1600).contains(&begun), "{begun} begun");
}

#[test]
fn a_worker_that_hangs_in_c_code_is_replaced_and_the_page_says_so() {
    let server = server(&["--timeout", "1"]);
    let mut before = server.connect();
    before.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("begun /hold");
    let mut hung = server.connect();
    hung.send("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wait_until_hung(&server);
    let mut behind = server.connect();
    behind.send("GET /behind HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let page = hung.response();
    assert_eq!(page.status, 502);
    assert!(
        page.text().contains("most likely in this request")
            && page.text().contains("did not react for 1 s"),
        "{}",
        page.text()
    );
    let page = before.response();
    assert_eq!(page.status, 502);
    assert!(page.text().contains("another request"), "{}", page.text());
    assert_eq!(behind.response().status, 200);
    server.wait_for_output("did not react for 1 s and was killed");
}

/// A chunked body is read to its end first, on the disk. A limit on the size of files stands for a
/// disk that is full: both are errors of writing.
#[test]
fn a_body_for_which_the_disk_has_no_room_is_refused_and_the_server_goes_on() {
    let server = Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application"])
        .before("ulimit -f 200")
        .start();
    let mut client = server.connect();
    let chunk = format!("{:x}\r\n{}\r\n", 50_000, "x".repeat(50_000));
    client.send("POST /full HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    // The answer may come before all of it is sent.
    for _ in 0..10 {
        let _ = client.try_send(&chunk);
    }
    let _ = client.try_send("0\r\n\r\n");
    let response = client.response();
    assert_eq!(response.status, 507);
    assert!(response.text().contains("no room"), "{}", response.text());
    assert_eq!(response.header("connection"), Some("close"));
    assert_eq!(server.get("/quick").status, 200);
    assert_eq!(begun(&server, "/full"), 0);
}

#[test]
fn without_threads_an_idle_connection_keeps_nobody_waiting() {
    let server = server(&["--nothreading"]);
    let mut idle: Vec<_> = (0..5).map(|_| server.connect()).collect();
    assert_eq!(idle[0].get("/quick").status, 200);
    // Also one whose request has only begun.
    idle[1].send("GET /quick HTTP/1.1\r\n");
    assert_eq!(server.get("/quick").status, 200);
}

/// A long request is no hang: the interpreter goes on, and so do others.
#[test]
fn a_worker_that_only_takes_long_is_left_alone() {
    let server = server(&["--timeout", "1"]);
    let worker = server.worker_pids()[0];
    let mut slow = server.connect();
    slow.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("begun /hold");
    // By then it would have been given up: the other worker hangs for as long.
    let other = self::server(&["--timeout", "2"]);
    assert_eq!(other.get("/hang").status, 502);
    server.sandbox().write("go", "");
    assert_eq!(pid(&slow.response()), worker.as_raw_pid());
}

/// Each request goes to the worker that has the fewest.
#[test]
fn several_workers_share_the_requests() {
    let server = server(&["--workers", "3"]);
    let mut busy = BTreeSet::new();
    let mut held = Vec::new();
    while busy.len() < 3 {
        // Until the next worker is ready, one that is busy answers.
        while busy.contains(&pid(&server.get("/quick"))) {}
        let mut client = server.connect();
        let number = busy.len();
        client.send(format!(
            "GET /hold{number} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
        let begun = format!("begun /hold{number} in ");
        server.wait_for_output(&begun);
        held.push(client);
        let output = server.output();
        let (_, rest) = output.split_once(&begun).unwrap();
        let (pid, _) = rest.split_once('.').unwrap();
        assert!(busy.insert(pid.parse().unwrap()), "{pid} was not free");
    }
    assert_eq!(busy, workers(&server));
    server.sandbox().write("go", "");
    let pids: BTreeSet<i32> = held
        .iter_mut()
        .map(|client| pid(&client.response()))
        .collect();
    assert_eq!(pids, busy);
}

#[test]
fn each_of_several_workers_is_replaced() {
    let server = app_server().args(["--workers", "2"]).start();
    let multiprocess = server.get("/environ");
    assert!(
        multiprocess
            .text()
            .contains("\"wsgi.multiprocess\": \"True\"")
    );
    while server.worker_pids().len() < 2 {
        thread::yield_now();
    }
    let first: BTreeSet<_> = workers(&server);
    for worker in server.worker_pids() {
        kill_process(worker, Signal::KILL).unwrap();
        assert_eq!(server.get("/").status, 200);
    }
    while workers(&server).len() < 2 || !workers(&server).is_disjoint(&first) {
        assert_eq!(server.get("/").status, 200);
    }
}

fn workers(server: &Server) -> BTreeSet<i32> {
    server
        .worker_pids()
        .into_iter()
        .map(rustix::process::Pid::as_raw_pid)
        .collect()
}

#[test]
fn one_worker_is_the_default_and_says_so() {
    let response = serve_app().get("/environ");
    assert!(
        response.text().contains("\"wsgi.multiprocess\": \"False\""),
        "{}",
        response.text()
    );
}

//! What is asked of each server, by one request or a few. A server may do it or not; that it does
//! something else, such as never to answer, fails the test.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use sha2::{Digest, Sha256};

use super::{
    project::{FINISHED, FIRST, STATIC_FILE},
    servers::Running,
};
use crate::{deploy::site::PIPE, support::Response};

/// How long a message may take, on a machine with much to do.
const DEADLINE: Duration = Duration::from_mins(1);

/// An upload goes out in as many blocks of so many octets: 100 MiB.
const BLOCKS: u32 = 1600;
const BLOCK: usize = 64 * 1024;

fn get(server: &Running, target: &str) -> Response {
    let mut client = server.connect();
    client.send(request("GET", target, ""));
    client.response()
}

fn request(method: &str, target: &str, headers: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
}

pub(super) fn page(server: &Running) -> bool {
    let page = get(server, "/");
    let url = page.text().lines().nth(1);
    page.status == 200 && url.is_some_and(|it| it.starts_with("http://localhost"))
}

/// The module of the settings that the project runs with.
pub(super) fn settings(server: &Running) -> String {
    let page = get(server, "/");
    page.text().lines().next().unwrap_or_default().to_owned()
}

pub(super) fn static_file(server: &Running) -> bool {
    let file = get(server, "/static/table.css");
    file.status == 200 && file.text() == STATIC_FILE
}

/// Whether the response is that of the wrapper in `wsgi.py`.
pub(super) fn wrapper(server: &Running) -> bool {
    get(server, "/").header("X-Wrapper") == Some("passed")
}

pub(super) fn status(server: &Running, target: &str) -> u16 {
    get(server, target).status
}

/// Whether `close()` of the response is called, and Django says that the request is finished.
pub(super) fn close(server: &Running) -> bool {
    let (sender, told) = mpsc::channel();
    let pipe = server.site.dir().join(PIPE);
    // It waits for ever where nobody speaks; nobody waits for it then.
    thread::spawn(move || sender.send(fs::read_to_string(pipe).unwrap()));
    let is_answered = get(server, "/closing").text() == "closing";
    is_answered && told.recv_timeout(DEADLINE).is_ok_and(|it| it == FINISHED)
}

/// Whether the first part of a response comes before the last one is there.
pub(super) fn streaming(server: &Running) -> bool {
    let mut client = server.connect();
    client.send(request("GET", "/stream", ""));
    let head = client.head();
    let mut received = Vec::new();
    while received.len() < FIRST.len() {
        received.extend(client.block().expect("more of the response"));
    }
    let is_first = received == FIRST.as_bytes();
    let mut pipe = open_pipe(server);
    pipe.write_all(b"last\n").unwrap();
    drop(pipe);
    while let Some(block) = client.block() {
        received.extend(block);
    }
    head.status == 200 && is_first && received == [FIRST, "last\n"].concat().as_bytes()
}

/// This waits for a view that reads it.
fn open_pipe(server: &Running) -> fs::File {
    let pipe = server.site.dir().join(PIPE);
    OpenOptions::new().write(true).open(pipe).unwrap()
}

/// The octets of an upload; no two blocks are the same.
fn blocks() -> impl Iterator<Item = Vec<u8>> {
    (0..BLOCKS).map(|number| number.to_be_bytes().repeat(BLOCK / 4))
}

/// Their sum.
fn sum() -> &'static str {
    static SUM: OnceLock<String> = OnceLock::new();
    SUM.get_or_init(|| {
        let mut digest = Sha256::new();
        blocks().for_each(|block| digest.update(block));
        let mut text = String::new();
        for octet in digest.finalize() {
            write!(text, "{octet:02x}").unwrap();
        }
        text
    })
}

/// Whether the project gets each octet of a large body.
pub(super) fn upload(server: &Running) -> bool {
    let mut client = server.connect();
    let length = BLOCKS as usize * BLOCK;
    let headers = format!("Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n");
    client.send(request("POST", "/upload", &headers));
    for block in blocks() {
        // A server that refuses it has answered.
        if client.try_send(block).is_err() {
            break;
        }
    }
    let response = client.try_response();
    response.is_ok_and(|it| it.status == 200 && it.text() == sum())
}

/// Whether a request is answered that was under way when the server was told to stop. It has to stop
/// in any case.
pub(super) fn graceful_stop(mut server: Running) -> bool {
    let waiting = server.site.wait(server.connect());
    server.tell_to_stop();
    let is_answered = waiting.was_answered();
    server.wait_exit();
    is_answered
}

//! A hostile worker: whatever frames it sends, its client sees well-formed responses, or a
//! connection that is broken off, and never one that only looks complete. Pages get the script of
//! `--live-reload` on the way.
#![no_main]

mod support;

use std::{
    fs::File,
    io::{self, IoSlice},
    mem::MaybeUninit,
    os::{
        fd::AsFd as _,
        unix::{fs::FileExt as _, net::UnixStream as StdUnixStream},
    },
};

use bytes::{BufMut as _, BytesMut};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use scaffold::wire::frame::{self, Kind, RequestId};
use support::{Worker, responses, with_front};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What the client sends, and which of its requests are HEAD.
const REQUESTS: &[(&str, &[bool])] = &[
    ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", &[false]),
    ("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", &[true]),
    ("GET / HTTP/1.0\r\n\r\n", &[false]),
    (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\
         Expect: 100-continue\r\n\r\nabc",
        &[false],
    ),
    (
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n\
         GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        &[false, true, false],
    ),
];

/// A page, which the script goes into.
const PAGE: &[u8] = b"<!doctype html><html><head><title>a</title>";

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    requests: u8,
    steps: Vec<Step<'i>>,
}

/// What the worker does.
#[derive(Arbitrary, Debug)]
enum Step<'i> {
    /// A frame on the connection that it belongs to, about a request under way or any.
    Frame {
        kind: Message<'i>,
        request: u8,
        other: Option<u32>,
    },
    /// Octets on the data connection.
    Data(&'i [u8]),
    /// Octets on the control connection.
    Control(&'i [u8]),
    /// The descriptor of a file of so many octets, or of none that the front may take.
    Descriptor { length: Option<u16>, request: u8 },
    /// So many requests have been begun, as the worker says.
    Begun(u64),
    /// The front has time to act, and requests may arrive.
    Wait,
}

#[derive(Arbitrary, Debug)]
enum Message<'i> {
    Response(Head<'i>, &'i [u8]),
    Head(Head<'i>),
    Block(&'i [u8]),
    /// The beginning of a page.
    Page(u8),
    LongBlock(u16),
    End,
    /// Where in the file, and how much of it.
    File(u64, u64),
    /// An error, and whatever octets for the exceptions behind it.
    Error(&'i str, &'i str, &'i [u8]),
    Want,
    Ready,
    /// Any payload of any kind.
    Other(u8, &'i [u8]),
}

#[derive(Arbitrary, Debug)]
struct Head<'i> {
    /// One that is right; any otherwise.
    status: Result<Status, &'i str>,
    headers: Vec<(Name<'i>, &'i str)>,
    length: Option<u8>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Status {
    Ok,
    NoContent,
    NotModified,
    NotFound,
}

#[derive(Arbitrary, Debug)]
enum Name<'i> {
    X,
    ContentType,
    ContentLength,
    TransferEncoding,
    Connection,
    Other(&'i str),
}

fuzz_target!(|input: Input<'_>| {
    let (octets, heads) = REQUESTS[usize::from(input.requests) % REQUESTS.len()];
    with_front(|front| {
        front.runtime.block_on(async {
            let worker = front.worker();
            let hostile = async {
                attack(worker, &input.steps).await;
                // What still waits is to be answered without a worker.
                front.no_worker();
            };
            let client = front.exchange(octets.as_bytes(), octets.len());
            let (received, ()) = tokio::join!(client, hostile);
            let responses = responses(&received, |index, _, _| {
                *heads.get(index).expect("no more answers than requests")
            });
            assert!(responses.len() <= heads.len());
            if received.in_order {
                let last = responses.last().expect("an answer");
                assert!(responses.len() == heads.len() || !last.stays);
            }
            for response in &responses {
                assert!(response.status >= 200);
            }
        });
    });
});

async fn attack(worker: Worker, steps: &[Step<'_>]) {
    let Worker {
        mut link,
        mut data,
        mut control,
        files,
        begun,
    } = worker;
    let (mut received, mut ids) = (BytesMut::new(), Vec::new());
    while ids.is_empty() {
        if data.read_buf(&mut received).await.unwrap() == 0 {
            break;
        }
        note(&mut received, &mut ids);
    }
    for step in steps {
        let mut frame = BytesMut::new();
        // The front may have given the worker up.
        let written = match step {
            Step::Data(octets) => data.write_all(octets).await,
            Step::Control(octets) => control.write_all(octets).await,
            Step::Descriptor { length, request } => {
                let known = ids.get(usize::from(*request) % ids.len().max(1));
                let _ = send(&files, *length, known.copied().unwrap_or_default());
                Ok(())
            }
            Step::Begun(count) => begun.write_all_at(&count.to_ne_bytes(), 0),
            Step::Wait => {
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                }
                let _ = data.try_read_buf(&mut received);
                note(&mut received, &mut ids);
                // What it is told is of no interest, but must not fill the connection.
                let _ = control.try_read_buf(&mut BytesMut::with_capacity(1 << 16));
                Ok(())
            }
            Step::Frame {
                kind,
                request,
                other,
            } => {
                let known = ids.get(usize::from(*request) % ids.len().max(1));
                let id = other.unwrap_or_else(|| known.copied().unwrap_or_default());
                match put(&mut frame, kind, id) {
                    Kind::Want | Kind::Ready => control.write_all(&frame).await,
                    _ => data.write_all(&frame).await,
                }
            }
        };
        if written.is_err() {
            break;
        }
    }
    drop((data, control));
    let _ = link.closed().await;
}

/// Sends a descriptor as an honest worker does before `FILE`; of a directory where there is no
/// length.
fn send(files: &StdUnixStream, length: Option<u16>, id: RequestId) -> io::Result<()> {
    let file = match length {
        Some(length) => {
            let file = tempfile::tempfile()?;
            file.set_len(length.into())?;
            file
        }
        None => File::open("/")?,
    };
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [file.as_fd()];
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let id = id.to_le_bytes();
    let parts = [IoSlice::new(&id)];
    sendmsg(files, &parts, &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Notes the requests that have arrived.
fn note(received: &mut BytesMut, ids: &mut Vec<RequestId>) {
    while let Ok(Some(frame)) = frame::take(received) {
        ids.push(frame.id);
    }
}

fn put(out: &mut BytesMut, message: &Message<'_>, id: RequestId) -> Kind {
    let (kind, payload) = match message {
        Message::Response(head, body) => {
            let mut payload = head_payload(head, 3);
            payload.put_u8(b's');
            payload.put_u32_le(body.len() as u32);
            payload.put_slice(body);
            (Kind::Response, payload)
        }
        Message::Head(head) => (Kind::Head, head_payload(head, 2)),
        Message::Block(octets) => (Kind::Block, octets.to_vec()),
        Message::Page(length) => {
            let length = usize::from(*length) % PAGE.len() + 1;
            (Kind::Block, PAGE[..length].to_vec())
        }
        Message::LongBlock(length) => (Kind::Block, vec![b'x'; usize::from(*length) + 1]),
        Message::End => (Kind::End, Vec::new()),
        Message::Error(summary, traceback, exceptions) => {
            let mut payload = vec![b'(', 2, 0, 0, 0];
            text(&mut payload, summary);
            text(&mut payload, traceback);
            payload.put_slice(exceptions);
            (Kind::Error, payload)
        }
        Message::Want => (Kind::Want, Vec::new()),
        Message::File(offset, length) => {
            let part = [*offset, *length].map(u64::to_le_bytes);
            (Kind::File, part.as_flattened().to_vec())
        }
        Message::Ready => (Kind::Ready, b"[\0\0\0\0".to_vec()),
        Message::Other(kind, octets) => {
            let kind = Kind::ALL[usize::from(*kind) % Kind::ALL.len()];
            (kind, octets.to_vec())
        }
    };
    frame::put(out, kind, id, |out| out.put_slice(&payload));
    kind
}

fn head_payload(head: &Head<'_>, parts: u8) -> Vec<u8> {
    let mut payload = vec![b'(', parts, 0, 0, 0];
    text(
        &mut payload,
        match head.status {
            Ok(Status::Ok) => "200 OK",
            Ok(Status::NoContent) => "204 No Content",
            Ok(Status::NotModified) => "304 Not Modified",
            Ok(Status::NotFound) => "404 Not Found",
            Err(other) => other,
        },
    );
    let length = head.length.map(|length| length.to_string());
    let count = head.headers.len() + usize::from(length.is_some());
    payload.put_u8(b'[');
    payload.put_u32_le(count as u32);
    let mut header = |name: &str, value: &str| {
        payload.put_slice(&[b'(', 2, 0, 0, 0]);
        text(&mut payload, name);
        text(&mut payload, value);
    };
    for (name, value) in &head.headers {
        let name = match name {
            Name::X => "X",
            Name::ContentType => {
                header("Content-Type", "text/html");
                continue;
            }
            Name::ContentLength => "Content-Length",
            Name::TransferEncoding => "Transfer-Encoding",
            Name::Connection => "Connection",
            Name::Other(name) => name,
        };
        header(name, value);
    }
    if let Some(length) = length {
        header("Content-Length", &length);
    }
    payload
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.put_u8(b'u');
    out.put_u32_le(text.len() as u32);
    out.put_slice(text.as_bytes());
}

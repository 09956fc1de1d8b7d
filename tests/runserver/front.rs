//! The front in this process, for what the program has no options for: short limits, and a worker
//! that does whatever a test wants.

mod application;
mod body;

use std::{
    fs::File,
    io::{IoSlice, IoSliceMut, Read as _, Write as _},
    mem::MaybeUninit,
    net::{SocketAddr, TcpListener},
    num::NonZeroU32,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::{Buf as _, BufMut as _, BytesMut};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use scaffold::{
    serve::{
        self, AccessLog, Backend, Limits, Listener, Notifier, Server, Settings, Shutdown, State,
    },
    wire::{
        Connections, Link,
        frame::{self, Frame, Kind, RequestId},
        message::Configure,
    },
};
use tokio::{runtime::Builder, sync::oneshot};

pub(super) use application::{Application, Peer};
pub(super) use body::Body;

use crate::support::Client;

/// How long anything may take to show; whatever passes it hangs.
const DEADLINE: Duration = Duration::from_mins(1);

/// Limits that no test reaches.
pub(super) const ENDLESS: Limits = Limits {
    idle: Duration::from_hours(1),
    head: Duration::from_hours(1),
    body_stall: Duration::from_hours(1),
    body_rate: NonZeroU32::MIN,
    write_stall: Duration::from_hours(1),
    linger: Duration::from_hours(1),
    heartbeat: Duration::from_hours(1),
    chunked: u64::MAX,
};

/// A front that serves, with whatever is at the other ends of its connections as its worker.
pub(super) struct Serving {
    address: SocketAddr,
    notifier: Notifier,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts it. The worker may become ready later: requests wait on its connection.
    pub(super) fn start(
        settings: Settings,
        connections: Connections,
        configure: Configure,
    ) -> Self {
        Self::start_at(settings, AccessLog::off(), move || {
            let link = Link::start(connections, &configure, None).unwrap();
            (link.client().clone().into(), link)
        })
    }

    /// Starts it with what `make` gives as its backend; what else that gives is kept.
    fn start_at<K>(
        settings: Settings,
        log: AccessLog,
        make: impl FnOnce() -> (Backend, K) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bound = Listener {
            socket: listener,
            name: String::new(),
        };
        let (stop, stopped) = oneshot::channel();
        let (workers, upstream) = serve::upstream(Arc::new(|| true));
        let notifier = workers.notifier().clone();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (backend, _kept) = make();
                workers.set(State::Ready([backend].into()));
                let server = Server::new(vec![bound], settings, upstream, log).unwrap();
                let shutdown = Shutdown::default();
                let serving = server.run(shutdown.guard());
                let stopping = async {
                    let _ = stopped.await;
                    drop(shutdown);
                };
                tokio::join!(serving, stopping);
            });
        });
        Self {
            address,
            notifier,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Client {
        Client::connect(self.address)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().expect("the front did not panic");
        }
    }
}

/// A front with a worker of this process.
pub(super) struct Front {
    serving: Serving,
    worker: Worker,
    frames: mpsc::Receiver<Frame>,
}

/// The worker's ends of the connections.
#[derive(Clone)]
pub(super) struct Worker {
    data: Arc<Mutex<UnixStream>>,
    control: Arc<Mutex<UnixStream>>,
    files: Arc<UnixStream>,
}

impl Front {
    /// Starts it.
    pub(super) fn start(limits: Limits) -> Self {
        Self::start_with(Settings {
            limits,
            ..Settings::default()
        })
    }

    /// Starts it with these settings.
    pub(super) fn start_with(settings: Settings) -> Self {
        let (connections, [data, control, files, _begun]) = Connections::new().unwrap();
        let [own_data, own_control, files] = [data, control, files].map(UnixStream::from);
        let serving = Serving::start(settings, connections, Configure::default());
        let (sender, frames) = mpsc::channel();
        for stream in [&own_data, &own_control] {
            let (stream, sender) = (stream.try_clone().unwrap(), sender.clone());
            thread::spawn(move || read_frames(stream, &sender));
        }
        Self {
            serving,
            worker: Worker {
                data: Arc::new(Mutex::new(own_data)),
                control: Arc::new(Mutex::new(own_control)),
                files: Arc::new(files),
            },
            frames,
        }
    }

    /// Lets requests from now on be answered with 200 and the content type and text that
    /// `pages` has for their path.
    pub(super) fn answer_all(&mut self, pages: impl Fn(&str) -> (String, String) + Send + 'static) {
        let frames = std::mem::replace(&mut self.frames, mpsc::channel().1);
        let worker = self.worker.clone();
        thread::spawn(move || {
            for frame in frames {
                if frame.kind == Kind::Request {
                    let (content_type, text) = pages(&path(&frame.payload));
                    worker.respond_page(frame.id, &content_type, &text);
                }
            }
        });
    }

    /// What says that something has changed.
    pub(super) fn notifier(&self) -> &Notifier {
        &self.serving.notifier
    }

    /// The full address of a path, which starts with a slash.
    #[cfg(feature = "system-tests")]
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.serving.address)
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Client {
        self.serving.connect()
    }

    /// The worker's side.
    pub(super) fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Waits until the worker is sent a frame of this kind; others before it are dropped.
    #[track_caller]
    pub(super) fn wait_for(&self, kind: Kind) -> Frame {
        self.wait_for_any(&[kind])
    }

    /// Waits until the worker is sent a frame of one of these kinds; others before it are dropped.
    #[track_caller]
    pub(super) fn wait_for_any(&self, kinds: &[Kind]) -> Frame {
        loop {
            let frame = self.frames.recv_timeout(DEADLINE);
            let frame = frame.unwrap_or_else(|_| panic!("no frame of {kinds:?}"));
            if kinds.contains(&frame.kind) {
                return frame;
            }
        }
    }

    /// Whether the worker has been sent no request since the last one that was waited for.
    pub(super) fn is_without_request(&self) -> bool {
        self.frames
            .try_iter()
            .all(|frame| frame.kind != Kind::Request)
    }

    /// Sends a request on a connection of its own and answers it: the front has had time, and
    /// still serves others.
    #[track_caller]
    pub(super) fn serve_another(&self) {
        let mut client = self.connect();
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let id = self.wait_for(Kind::Request).id;
        self.worker.respond(id, b"another");
        assert_eq!(client.response().text(), "another");
    }
}

impl Worker {
    /// Sends a frame on the connection where its kind belongs.
    pub(super) fn send(&self, kind: Kind, id: RequestId, payload: &[u8]) {
        let mut octets = BytesMut::new();
        frame::put(&mut octets, kind, id, |out| out.put_slice(payload));
        let connection = match kind {
            Kind::Want | Kind::Ready | Kind::Failed => &self.control,
            _ => &self.data,
        };
        // The front may have given the worker up.
        let _ = connection.lock().unwrap().write_all(&octets);
    }

    /// Answers a request with 200 and this body.
    pub(super) fn respond(&self, id: RequestId, body: &[u8]) {
        self.respond_whole(id, "200 OK", &[], body);
    }

    /// Answers a request with 200 and this text, of this content type.
    pub(super) fn respond_page(&self, id: RequestId, content_type: &str, text: &str) {
        let headers = [("Content-Type", content_type)];
        self.respond_whole(id, "200 OK", &headers, text.as_bytes());
    }

    /// Answers a request with this head, of which a body follows.
    pub(super) fn begin(&self, id: RequestId, status: &str, headers: &[(&str, &str)]) {
        self.send(Kind::Head, id, &head(status, headers, 2));
    }

    /// Answers a request with this status and headers, and no octets.
    pub(super) fn respond_with(&self, id: RequestId, status: &str, headers: &[(&str, &str)]) {
        self.respond_whole(id, status, headers, b"");
    }

    fn respond_whole(&self, id: RequestId, status: &str, headers: &[(&str, &str)], body: &[u8]) {
        let mut payload = head(status, headers, 3);
        payload.push(b's');
        payload.put_u32_le(u32::try_from(body.len()).unwrap());
        payload.put_slice(body);
        self.send(Kind::Response, id, &payload);
    }

    /// Answers the rest of a request's body with so many octets of a file from there on.
    pub(super) fn send_file(&self, id: RequestId, file: &File, offset: u64, length: u64) {
        let descriptors = [file.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
        sendmsg(
            &*self.files,
            &[IoSlice::new(&id.to_le_bytes())],
            &mut ancillary,
            SendFlags::empty(),
        )
        .unwrap();
        let part = [offset.to_le_bytes(), length.to_le_bytes()];
        self.send(Kind::File, id, &part.concat());
    }

    /// The application wants the request's body.
    pub(super) fn want(&self, id: RequestId) {
        self.send(Kind::Want, id, &[]);
    }

    /// The body as the worker was sent it.
    pub(super) fn body(&self, frame: Frame) -> Body {
        let Frame {
            kind: Kind::Body,
            id,
            mut payload,
        } = frame
        else {
            panic!("not a body: {frame:?}");
        };
        let left = payload.get_u64_le();
        Body {
            stall: Duration::from_millis(payload.get_u32_le().into()),
            rate: payload.get_u32_le(),
            ahead: payload.to_vec(),
            socket: (left > 0).then(|| self.descriptor(id).into()),
            left,
        }
    }

    /// The descriptor that was sent for a request.
    fn descriptor(&self, id: RequestId) -> OwnedFd {
        let mut number = [0; 4];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        recvmsg(
            &*self.files,
            &mut [IoSliceMut::new(&mut number)],
            &mut ancillary,
            RecvFlags::DONTWAIT,
        )
        .unwrap();
        assert_eq!(u32::from_le_bytes(number), id);
        let mut descriptors = ancillary.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        });
        descriptors.next().unwrap().next().unwrap()
    }
}

/// The path of a request, whose environ is the beginning of this payload.
fn path(payload: &[u8]) -> String {
    let name = b"PATH_INFOz";
    let start = memchr::memmem::find(payload, name).unwrap() + name.len();
    let length = usize::from(payload[start]);
    let path = &payload[start + 1..start + 1 + length];
    String::from_utf8(path.to_vec()).unwrap()
}

/// The beginning of a payload of so many parts, as Python's marshal writes it.
fn head(status: &str, headers: &[(&str, &str)], parts: u8) -> Vec<u8> {
    let text = |out: &mut Vec<u8>, text: &str| {
        out.push(b'u');
        out.put_u32_le(u32::try_from(text.len()).unwrap());
        out.put_slice(text.as_bytes());
    };
    let mut payload = vec![b'(', parts, 0, 0, 0];
    text(&mut payload, status);
    payload.push(b'[');
    payload.put_u32_le(u32::try_from(headers.len()).unwrap());
    for (name, value) in headers {
        payload.put_slice(b"(\x02\0\0\0");
        text(&mut payload, name);
        text(&mut payload, value);
    }
    payload
}

fn read_frames(mut stream: UnixStream, frames: &mpsc::Sender<Frame>) {
    let (mut received, mut octets) = (BytesMut::new(), vec![0; 64 * 1024]);
    while let Ok(count @ 1..) = stream.read(&mut octets) {
        received.extend_from_slice(&octets[..count]);
        while let Some(frame) = frame::take(&mut received).unwrap() {
            // The test may have ended.
            let _ = frames.send(frame);
        }
    }
}

//! A front with an application that speaks HTTP on a Unix socket, as whose other end a test plays
//! the exact octets.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    sync::Arc,
};

use rustix::event::{PollFd, PollFlags, poll};
use scaffold::{
    serve::{
        AccessLog, Backend, Limits, LogFormat, Palette, Protocol, Settings,
        http::{HttpClient, Said},
    },
    wire::{
        Cause,
        message::{self, ApplicationError},
    },
};
use tempfile::TempDir;

use super::{DEADLINE, Serving};
use crate::support::Client;

/// A front, and where its application listens.
pub(in crate::runserver) struct Application {
    serving: Serving,
    listener: UnixListener,
    client: HttpClient,
    log: AccessLog,
    /// Where the socket is.
    _directory: TempDir,
}

/// The application's end of one connection.
pub(in crate::runserver) struct Peer {
    stream: UnixStream,
    received: Vec<u8>,
}

impl Application {
    /// Starts it.
    pub(in crate::runserver) fn start(limits: Limits) -> Self {
        Self::start_with(Settings {
            limits,
            ..Settings::default()
        })
    }

    /// Starts it with these settings, but for the protocol.
    pub(in crate::runserver) fn start_with(settings: Settings) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("http");
        let listener = UnixListener::bind(&path).unwrap();
        let explain = Arc::new(|said: Said| ApplicationError {
            summary: format!("explained {:?}", said.kind),
            traceback: said.text,
            exceptions: Vec::new(),
            kind: message::ErrorKind::Error,
        });
        let client = HttpClient::new(&path, explain).unwrap();
        let settings = Settings {
            protocol: Protocol::Http,
            ..settings
        };
        let log = AccessLog::new(LogFormat::Common, Palette::default());
        let backend = Backend::from(client.clone());
        Self {
            serving: Serving::start_at(settings, log.clone(), || (backend, ())),
            listener,
            client,
            log,
            _directory: directory,
        }
    }

    /// Opens a connection to the front.
    pub(in crate::runserver) fn connect(&self) -> Client {
        self.serving.connect()
    }

    /// The front's next connection.
    #[track_caller]
    pub(in crate::runserver) fn accept(&self) -> Peer {
        let mut sockets = [PollFd::new(&self.listener, PollFlags::IN)];
        let deadline = DEADLINE.try_into().unwrap();
        let count = poll(&mut sockets, Some(&deadline)).unwrap();
        assert!(count > 0, "the front connects");
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Peer {
            stream,
            received: Vec::new(),
        }
    }

    /// Nobody listens any more.
    pub(in crate::runserver) fn stop_listening(self) -> Serving {
        self.serving
    }

    /// Notes that it is gone.
    pub(in crate::runserver) fn close(&self, cause: Cause) {
        self.client.close(cause);
    }

    /// How many requests the front says that it has.
    pub(in crate::runserver) fn pending(&self) -> Option<usize> {
        self.client.pending()
    }

    /// The next lines of the access log, once there are any.
    pub(in crate::runserver) fn log(&self) -> String {
        let mut lines = Vec::new();
        self.log.take(&mut lines);
        String::from_utf8(lines).unwrap()
    }
}

impl Peer {
    /// Reads until these octets have come, and takes what is up to their end.
    #[track_caller]
    pub(in crate::runserver) fn until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = memchr::memmem::find(&self.received, end.as_bytes()) {
                let octets: Vec<u8> = self.received.drain(..at + end.len()).collect();
                return String::from_utf8(octets).unwrap();
            }
            assert!(self.receive() > 0, "the front goes on: {:?}", self.received);
        }
    }

    /// Reads the head of a request.
    #[track_caller]
    pub(in crate::runserver) fn head(&mut self) -> String {
        self.until("\r\n\r\n")
    }

    /// Reads so many octets.
    #[track_caller]
    pub(in crate::runserver) fn take(&mut self, count: usize) -> Vec<u8> {
        while self.received.len() < count {
            assert!(self.receive() > 0, "the front goes on");
        }
        self.received.drain(..count).collect()
    }

    /// Sends octets.
    pub(in crate::runserver) fn send(&mut self, octets: impl AsRef<[u8]>) {
        // The front may have closed it.
        let _ = self.stream.write_all(octets.as_ref());
    }

    /// Sends a response with this text.
    pub(in crate::runserver) fn respond(&mut self, text: &str) {
        let length = text.len();
        self.send(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}"
        ));
    }

    /// Says that nothing more will be sent.
    pub(in crate::runserver) fn finish_sending(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Expects that the front sends nothing more, and takes what it sends before.
    #[track_caller]
    pub(in crate::runserver) fn rest(&mut self) -> Vec<u8> {
        while self.receive() > 0 {}
        std::mem::take(&mut self.received)
    }

    /// Expects that the front closes the connection, and takes what it sends before.
    #[track_caller]
    pub(in crate::runserver) fn until_closed(mut self) -> Vec<u8> {
        self.rest()
    }

    /// What has come and was not taken.
    pub(in crate::runserver) fn at_hand(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.received)
    }

    /// Another handle on it, for another thread.
    pub(in crate::runserver) fn stream(&self) -> UnixStream {
        self.stream.try_clone().unwrap()
    }

    fn receive(&mut self) -> usize {
        let mut octets = vec![0; 64 * 1024];
        match self.stream.read(&mut octets) {
            Ok(count) => {
                self.received.extend(&octets[..count]);
                count
            }
            // What we had sent was not read.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("the front does something: {error}"),
        }
    }
}

//! A request body as the worker is sent it.

use std::{
    io::{ErrorKind, Read as _},
    net::TcpStream,
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, poll};

use super::DEADLINE;

/// A request body that does not go through a file.
#[derive(Debug)]
pub(in crate::runserver) struct Body {
    /// How long the worker is to wait for the client at a time.
    pub(in crate::runserver) stall: Duration,
    /// For how many octets more it may wait for a second more.
    pub(in crate::runserver) rate: u32,
    /// What the front has read already.
    pub(in crate::runserver) ahead: Vec<u8>,
    /// How much more is to be read from the client's connection.
    pub(in crate::runserver) left: u64,
    /// The client's connection.
    pub(in crate::runserver) socket: Option<TcpStream>,
}

impl Body {
    /// All of it.
    pub(in crate::runserver) fn read(mut self) -> Vec<u8> {
        let mut octets = self.ahead;
        if let Some(socket) = &mut self.socket {
            while self.left > 0 {
                let mut sockets = [PollFd::new(socket, PollFlags::IN)];
                let deadline = DEADLINE.try_into().unwrap();
                let count = poll(&mut sockets, Some(&deadline)).unwrap();
                assert!(count > 0, "nothing has come, nor the end");
                let mut piece = vec![0; usize::try_from(self.left.min(65_536)).unwrap()];
                match socket.read(&mut piece) {
                    Ok(0) => break,
                    Ok(count) => {
                        octets.extend(&piece[..count]);
                        self.left -= count as u64;
                    }
                    Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                }
            }
        }
        octets
    }
}

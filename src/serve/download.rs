//! A response body on its way to the client, delimited as its head said.

use std::io;

use super::{
    chunks,
    response::{Begun, Delimiter},
    socket::{Socket, is_broken_pipe},
    transmit,
};
use crate::wire::FilePart;

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Another request may come.
    KeepAlive,
    /// It is closed in order.
    Close,
    /// It is broken off, because the response is not complete.
    Abort,
    /// The client has broken it off.
    Gone,
}

/// How an answered request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) status: u16,
    /// Octets of the body that were sent.
    pub(super) size: u64,
    pub(super) then: Then,
}

/// A response whose head is written.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) begun: Begun,
    /// Octets of the body so far.
    pub(super) sent: u64,
}

impl Download {
    /// Writes a block, as much of it as the announced length leaves room for.
    pub(super) fn write(&mut self, output: &mut Vec<u8>, octets: &[u8]) {
        let mut octets = octets;
        match self.begun.delimiter {
            Delimiter::NoBody => return,
            Delimiter::Length(length) => {
                let room = usize::try_from(length - self.sent).unwrap_or(usize::MAX);
                octets = octets.get(..room).unwrap_or(octets);
                output.extend_from_slice(octets);
            }
            Delimiter::Chunks => chunks::put(output, octets),
            Delimiter::Close => output.extend_from_slice(octets),
        }
        self.sent += octets.len() as u64;
    }

    /// Sends the rest of the body from a file, as much of it as the announced length leaves room
    /// for. A file that has become shorter leaves the body short.
    pub(super) async fn send_file(
        &mut self,
        socket: &mut Socket,
        part: FilePart,
    ) -> io::Result<()> {
        let FilePart {
            file,
            offset,
            length,
        } = part;
        let length = match self.begun.delimiter {
            Delimiter::NoBody => return Ok(()),
            Delimiter::Length(announced) => length.min(announced - self.sent),
            // A chunk of no octets would be the last one.
            Delimiter::Chunks if length == 0 => return Ok(()),
            Delimiter::Chunks => {
                // All of it is one chunk.
                socket
                    .output
                    .extend_from_slice(format!("{length:x}\r\n").as_bytes());
                length
            }
            Delimiter::Close => length,
        };
        let sent = &mut self.sent;
        let is_whole = transmit::send_file(socket, &file, offset, length, sent).await?;
        if self.begun.delimiter == Delimiter::Chunks {
            if !is_whole {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            socket.output.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    /// Ends the body; `false` where it is shorter than its head said.
    pub(super) fn end(&self, output: &mut Vec<u8>) -> bool {
        match self.begun.delimiter {
            Delimiter::Length(length) => self.sent == length,
            Delimiter::Chunks => {
                output.extend_from_slice(chunks::LAST);
                true
            }
            Delimiter::Close | Delimiter::NoBody => true,
        }
    }

    /// The response is complete, with so many octets of a body.
    pub(super) fn answered(&self, size: u64) -> Answered {
        let then = if self.begun.keep_alive {
            Then::KeepAlive
        } else {
            Then::Close
        };
        Answered {
            status: self.begun.status,
            size,
            then,
        }
    }

    /// The response will not be completed, because writing to the client has failed.
    pub(super) fn broken_off_by(&self, error: &io::Error) -> Answered {
        let mut answered = self.broken_off();
        if is_broken_pipe(error) {
            answered.then = Then::Gone;
        }
        answered
    }

    /// The response will not be completed.
    pub(super) fn broken_off(&self) -> Answered {
        Answered {
            status: self.begun.status,
            size: self.sent,
            then: Then::Abort,
        }
    }
}

//! Frames that bring descriptors, on their way to a forkserver.

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    os::fd::{AsFd as _, OwnedFd},
};

use bytes::{Buf as _, Bytes};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::{io::Interest, net::UnixStream};

/// A frame, and the descriptors that come with it.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) octets: Bytes,
    pub(super) descriptors: Vec<OwnedFd>,
}

/// How many descriptors a parcel has at most: those of a worker.
const DESCRIPTORS: usize = 4;

impl Parcel {
    /// Writes all of it. The descriptors go with the first octet.
    pub(super) async fn write(mut self, connection: &UnixStream) -> io::Result<()> {
        while self.octets.has_remaining() {
            let write = || send(connection, &self.octets, &self.descriptors);
            let written = connection.async_io(Interest::WRITABLE, write).await?;
            self.octets.advance(written);
            self.descriptors.clear();
        }
        Ok(())
    }
}

fn send(connection: &UnixStream, octets: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = descriptors.iter().map(|one| one.as_fd()).collect();
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let message = [IoSlice::new(octets)];
    Ok(sendmsg(
        connection,
        &message,
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?)
}

//! Descriptors on their way between a worker and the front.
//!
//! The worker gives the front what the application returns as `wsgi.file_wrapper`, and the front
//! sends it to the client without any octet going through Python. The front gives the worker what a
//! long request body can be read from, so that the application's own thread reads it.
//!
//! They have a connection of their own, because whoever reads one that may bring descriptors has to
//! ask the system for them at each read. A descriptor is sent before the `FILE` or `BODY` frame that
//! means it, so it is there when the frame is; nobody ever waits here.

use std::{
    fs::File,
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::net::UnixStream as StdUnixStream,
    },
    sync::Arc,
};

use rustix::{
    fs::{FileType, fstat},
    io::Errno,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    },
};

use super::{
    frame::{Kind, RequestId},
    link::LinkError,
};

/// Most descriptors that may have come before their frames: one for each thread that may be just
/// between the two, and more than an honest worker ever has.
const MAX_EARLY: usize = 2048;

/// The front's end of the connection, for what comes.
#[derive(Debug)]
pub(super) struct Files {
    connection: Arc<StdUnixStream>,
    /// Descriptors whose frames have not come yet.
    early: Vec<(RequestId, OwnedFd)>,
}

impl Files {
    pub(super) fn new(connection: StdUnixStream) -> io::Result<Self> {
        connection.set_nonblocking(true)?;
        Ok(Self {
            connection: Arc::new(connection),
            early: Vec::new(),
        })
    }

    /// The same end, for what goes.
    pub(super) fn sender(&self) -> FileSender {
        FileSender {
            connection: Arc::clone(&self.connection),
        }
    }

    /// The file that was sent for a request. Anything else than a regular file is refused: reading
    /// it could make the front wait.
    pub(super) fn take(&mut self, id: RequestId) -> Result<File, LinkError> {
        let descriptor = self.find(id)?;
        let status = fstat(&descriptor).map_err(io::Error::from)?;
        if FileType::from_raw_mode(status.st_mode) == FileType::RegularFile {
            Ok(descriptor.into())
        } else {
            Err(LinkError::Misplaced(Kind::File))
        }
    }

    fn find(&mut self, id: RequestId) -> Result<OwnedFd, LinkError> {
        if let Some(index) = self.early.iter().position(|(early, _)| *early == id) {
            return Ok(self.early.swap_remove(index).1);
        }
        while self.early.len() < MAX_EARLY {
            let (found, descriptor) = self.receive()?;
            if found == id {
                return Ok(descriptor);
            }
            self.early.push((found, descriptor));
        }
        Err(LinkError::Misplaced(Kind::File))
    }

    /// The next message: a request and its descriptor.
    fn receive(&self) -> Result<(RequestId, OwnedFd), LinkError> {
        let misplaced = LinkError::Misplaced(Kind::File);
        let mut id = [0; size_of::<RequestId>()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = loop {
            let result = recvmsg(
                &*self.connection,
                &mut [IoSliceMut::new(&mut id)],
                &mut ancillary,
                RecvFlags::CMSG_CLOEXEC,
            );
            match result {
                Err(Errno::INTR) => {}
                // There is a frame without a descriptor.
                Err(Errno::AGAIN) => return Err(misplaced),
                result => break result.map_err(io::Error::from)?,
            }
        };
        let descriptor = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        match descriptor {
            Some(descriptor) if received.bytes == id.len() => {
                Ok((RequestId::from_le_bytes(id), descriptor))
            }
            _ => Err(misplaced),
        }
    }
}

/// The front's end of the connection, for what goes. Clones are the same end.
#[derive(Clone, Debug)]
pub(super) struct FileSender {
    connection: Arc<StdUnixStream>,
}

impl FileSender {
    /// Sends a request's descriptor. An error of kind `WouldBlock` means that the worker has taken
    /// none for long.
    pub(super) fn send(&self, id: RequestId, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        send(&self.connection, id, descriptor)
    }
}

fn send(connection: &StdUnixStream, id: RequestId, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let id = id.to_le_bytes();
    let message = [IoSlice::new(&id)];
    match sendmsg(connection, &message, &mut ancillary, SendFlags::NOSIGNAL) {
        Ok(sent) if sent == id.len() => Ok(()),
        // Four octets fit or do not.
        Ok(_) => Err(io::ErrorKind::WriteZero.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    fn send(worker: &StdUnixStream, id: RequestId, file: &impl AsFd) {
        super::send(worker, id, file.as_fd()).unwrap();
    }

    fn pair() -> (Files, StdUnixStream) {
        let (ours, theirs) = StdUnixStream::pair().unwrap();
        (Files::new(ours).unwrap(), theirs)
    }

    #[test]
    fn each_request_gets_its_own_file_in_any_order() {
        let (mut files, worker) = pair();
        let sent: Vec<_> = (0..3).map(|_| tempfile::tempfile().unwrap()).collect();
        for (id, file) in (1..).zip(&sent) {
            file.set_len(u64::from(id)).unwrap();
            send(&worker, id, file);
        }
        for id in [2, 3, 1] {
            let length = files.take(id).unwrap().metadata().unwrap().len();
            assert_eq!(length, u64::from(id));
        }
        assert!(matches!(
            files.take(1),
            Err(LinkError::Misplaced(Kind::File))
        ));
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let (mut files, worker) = pair();
        let (pipe, _other) = io::pipe().unwrap();
        send(&worker, 1, &pipe);
        assert!(files.take(1).is_err());
        send(&worker, 2, &File::open("/dev/zero").unwrap());
        assert!(files.take(2).is_err());
    }

    #[test]
    fn octets_without_a_descriptor_are_refused() {
        let (mut files, mut worker) = pair();
        io::Write::write_all(&mut worker, &1_u32.to_le_bytes()).unwrap();
        assert!(files.take(1).is_err());
    }
}

//! What is between the front and one worker process, as it is made before the process starts.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
};

use super::{begun::Begun, files::Files};

/// The front's ends.
#[derive(Debug)]
pub struct Connections {
    pub(super) data: UnixStream,
    pub(super) control: UnixStream,
    pub(super) files: Files,
    pub(super) begun: Begun,
}

impl Connections {
    /// Makes them, and the worker's ends, in the order in which the worker is told their numbers.
    pub fn new() -> io::Result<(Self, [OwnedFd; 4])> {
        let (data, worker_data) = UnixStream::pair()?;
        let (control, worker_control) = UnixStream::pair()?;
        let (files, worker_files) = UnixStream::pair()?;
        let (begun, worker_begun) = Begun::new()?;
        let ours = Self {
            data,
            control,
            files: Files::new(files)?,
            begun,
        };
        let theirs = [
            worker_data.into(),
            worker_control.into(),
            worker_files.into(),
            worker_begun,
        ];
        Ok((ours, theirs))
    }
}

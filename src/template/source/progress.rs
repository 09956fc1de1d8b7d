//! What is told to the user while a template is fetched.

use std::path::Path;

/// Something that takes time.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A download begins.
    Downloading {
        /// The address, without credentials.
        url: &'a str,
    },
    /// A part of the download is there.
    Received {
        /// How many octets are there.
        octets: u64,
        /// How many there will be, where the server says so.
        of: Option<u64>,
    },
    /// The download is complete.
    Downloaded,
    /// An archive is read.
    Extracting {
        /// Its name.
        archive: &'a Path,
    },
    /// A repository is fetched with the `git` program.
    Fetching {
        /// The repository, without credentials.
        repository: &'a str,
    },
    /// The repository is there.
    Fetched,
    /// The template is read, and its files are rendered.
    Rendering,
    /// The user is asked: what takes time now is not the program.
    Asking,
}

/// Is told what takes time.
pub trait Progress {
    /// Something begins, goes on or ends.
    fn step(&self, step: Step<'_>);
}

/// Who wants to hear nothing.
impl Progress for () {
    fn step(&self, _: Step<'_>) {}
}

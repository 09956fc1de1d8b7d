//! Reading that ends when the user wants the end.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::atomic::{AtomicBool, Ordering},
};

/// Something that is read until a flag is set, and fails from then on: who reads it need not know
/// of the flag. What that error means is for whoever set the flag up to say.
#[derive(Debug)]
pub(super) struct Stoppable<'a, R> {
    pub(super) inner: R,
    pub(super) stop: &'a AtomicBool,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            // Not `Interrupted`, which is tried again.
            return Err(io::Error::other("interrupted"));
        }
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for Stoppable<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_flag() {
        let stop = AtomicBool::new(false);
        let mut stoppable = Stoppable {
            inner: io::repeat(1),
            stop: &stop,
        };
        assert_eq!(stoppable.read(&mut [0; 4]).unwrap(), 4);
        stop.store(true, Ordering::Relaxed);
        let error = stoppable.read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(error.to_string(), "interrupted");
    }
}

//! Parts of a message: octets that mean something in it, and others.

use libfuzzer_sys::arbitrary::{self, Arbitrary};

/// One of those that are known to the target, or any octets.
#[derive(Arbitrary, Debug)]
pub enum Part<'i> {
    Known(u8),
    Other(&'i [u8]),
}

impl<'i> Part<'i> {
    pub fn octets(&self, known: &[&'i str]) -> &'i [u8] {
        match self {
            Self::Known(index) => known[usize::from(*index) % known.len()].as_bytes(),
            Self::Other(octets) => octets,
        }
    }
}

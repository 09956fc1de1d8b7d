//! Python's marshal format, as much of it as the protocol uses.
//!
//! The format is internal to CPython, but the type codes used here have not changed since 3.4 and
//! PyPy reads them too. It is used only between this program and its own worker, over a
//! connection that nobody else can reach.

mod decode;
mod encode;

pub use decode::{DecodeError, Decoder};
pub use encode::Encoder;

//! Stop signals.

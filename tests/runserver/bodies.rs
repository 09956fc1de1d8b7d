//! Request bodies, and what the applications of tests say of them.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// A body of which no part looks like another.
pub(super) fn body(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect()
}

/// Its length and its digest, as `/digest` answers.
pub(super) fn digest(body: &[u8]) -> String {
    let mut text = format!("{} ", body.len());
    for octet in Sha256::digest(body) {
        write!(text, "{octet:02x}").unwrap();
    }
    text
}

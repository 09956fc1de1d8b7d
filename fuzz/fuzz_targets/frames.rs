//! Octets that claim to be frames from a worker: never a panic, and no more memory than the limit
//! of one frame.
#![no_main]

use libfuzzer_sys::fuzz_target;

// TODO: hand `octets` to the decoder of `scaffold::wire::frame` in pieces and in one piece, and
// compare; re-encode what came out and compare with what was read.
fuzz_target!(|octets: &[u8]| {
    let _ = octets;
});

use scaffold as _;

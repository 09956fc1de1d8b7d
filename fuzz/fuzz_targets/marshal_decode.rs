//! Octets that claim to be marshalled values from a worker: the decoder ends, within its bounds,
//! without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

// TODO: hand `octets` to the decoder of `scaffold::wire::marshal`; encode what came out and decode
// it again, which must give the same value.
fuzz_target!(|octets: &[u8]| {
    let _ = octets;
});

use scaffold as _;

//! Clients that speak TLS to a port where only HTTP is spoken: somebody has typed `https:`. Pure.

/// How TLS begins: a record of the handshake, of SSL 3.0 or later.
const HELLO: &[u8] = b"\x16\x03";

/// What such a client is told, so that it gives up at once: a fatal alert that this version of the
/// protocol is not supported (RFC 8446, section 6.2), in a record of TLS 1.0, which all can read.
pub(super) const ALERT: &[u8] = &[21, 3, 1, 0, 2, 2, 70];

/// Whether octets are the beginning of TLS.
pub(super) fn is_hello(octets: &[u8]) -> bool {
    octets.starts_with(HELLO)
}

/// Whether octets are too few to tell.
pub(super) fn may_become_hello(octets: &[u8]) -> bool {
    octets.len() < HELLO.len() && HELLO.starts_with(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_told_from_its_first_two_octets() {
        assert!(is_hello(b"\x16\x03\x01\x02"));
        assert!(!is_hello(b"\x16"));
        assert!(may_become_hello(b"\x16"));
        for octets in [&b"G"[..], b"\x16\n", b"\x15\x03"] {
            assert!(!is_hello(octets) && !may_become_hello(octets), "{octets:?}");
        }
    }
}

//! Versions of HTTP in a request line other than 1.0 and 1.1.

use super::Reject;

/// The head with HTTP/1.1 in place of a later minor version, which means what HTTP/1.1 does to those
/// who know none later (RFC 9110, section 2.5).
pub(super) fn as_http11(octets: &[u8]) -> Option<Vec<u8>> {
    let (major, b'2'..=b'9', at) = digits(octets)? else {
        return None;
    };
    let mut octets = (major == b'1').then(|| octets.to_vec())?;
    *octets.get_mut(at)? = b'1';
    Some(octets)
}

/// What is wrong with a version that cannot be spoken.
pub(super) fn unknown(octets: &[u8]) -> Reject {
    match digits(octets) {
        Some(_) => Reject::VERSION,
        None => Reject::bad("the request line does not end with an HTTP version"),
    }
}

/// The digits of the version in a first line that is complete but for it, and where the second one
/// is.
fn digits(octets: &[u8]) -> Option<(u8, u8, usize)> {
    let start = octets.len() - octets.trim_ascii_start().len();
    let line = octets.get(start..)?.split(|&octet| octet == b'\n').next()?;
    let line = line.trim_ascii_end();
    let mut words = line.split(|&octet| octet == b' ');
    let (Some(_), Some(_), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return None;
    };
    match version.strip_prefix(b"HTTP/")? {
        &[major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Some((major, minor, start + line.len() - 1))
        }
        _ => None,
    }
}

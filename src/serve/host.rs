//! The `Host` that a client asks for: its syntax, and whether our own pages answer to it. Pure.

use std::net::Ipv6Addr;

/// Whether this is `uri-host [":" port]` (RFC 9110, section 7.2), without the user information
/// that a URL's authority could have.
pub(crate) fn is_valid(host: &[u8]) -> bool {
    let Some((name, port)) = split_port(host) else {
        return false;
    };
    let port_is_valid =
        port.is_none_or(|port| port.len() <= 5 && port.iter().all(u8::is_ascii_digit));
    port_is_valid && (is_ip6_literal(name) || is_reg_name(name))
}

/// Whether our own pages, which show the project's source, answer to this host.
///
/// Names that only this machine can mean, IP addresses, and the name that the server was told to
/// bind do. Any other name may be a web site that points its own name at this machine to read
/// those pages (DNS rebinding).
pub(crate) fn is_local(host: &[u8], bound: &str) -> bool {
    let Some((name, _)) = split_port(host) else {
        return false;
    };
    let name = name.strip_suffix(b".").unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    lower == b"localhost"
        || lower.ends_with(b".localhost")
        || is_ip6_literal(name)
        || is_ip4(name)
        || (!bound.is_empty() && name.eq_ignore_ascii_case(bound.as_bytes()))
}

fn split_port(host: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let end = if host.first() == Some(&b'[') {
        host.iter().position(|&octet| octet == b']')? + 1
    } else {
        host.iter()
            .position(|&octet| octet == b':')
            .unwrap_or(host.len())
    };
    let (name, rest) = host.split_at_checked(end)?;
    match rest {
        [] => Some((name, None)),
        [b':', port @ ..] => Some((name, Some(port))),
        _ => None,
    }
}

fn is_ip6_literal(name: &[u8]) -> bool {
    name.strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"]"))
        .and_then(|address| std::str::from_utf8(address).ok())
        .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn is_ip4(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| name.parse::<std::net::Ipv4Addr>().is_ok())
}

fn is_reg_name(name: &[u8]) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+;=%".contains(octet))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("localhost", true, true)]
    #[case("LocalHost.:8000", true, true)]
    #[case("a.localhost:8000", true, true)]
    #[case("127.0.0.1:8000", true, true)]
    #[case("192.168.1.2", true, true)]
    #[case("[::1]:8000", true, true)]
    #[case("dev.test:80", true, true)]
    #[case("evil.example", true, false)]
    #[case("127.0.0.1.evil.example", true, false)]
    #[case("evillocalhost", true, false)]
    #[case("my_host", true, false)]
    #[case("a:b", false, false)]
    #[case("a:123456", false, false)]
    #[case("a,b", false, false)]
    #[case("u@a", false, false)]
    #[case("a/b", false, false)]
    #[case("[::1", false, false)]
    #[case("[::1]x", false, false)]
    #[case("", false, false)]
    fn hosts(#[case] host: &str, #[case] valid: bool, #[case] local: bool) {
        assert_eq!(is_valid(host.as_bytes()), valid, "validity of {host:?}");
        assert_eq!(
            valid && is_local(host.as_bytes(), "dev.test"),
            local,
            "locality of {host:?}"
        );
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (is_valid(&octets), is_local(&octets, "x"));
        }
    }
}

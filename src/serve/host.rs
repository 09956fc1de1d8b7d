//! The `Host` that a client asks for: its syntax, and who answers to it. Pure.
//!
//! A web site can point its own name at this machine and read, by way of a visitor's browser, what
//! is served there (DNS rebinding). So a request is answered only where it names this machine, or
//! a host that the user or the application allows.

use std::{
    cmp::Reverse,
    net::{Ipv4Addr, Ipv6Addr},
};

/// Whether this is `uri-host [":" port]` (RFC 9110, section 7.2), without the user information
/// that a URL's authority could have.
pub(crate) fn is_valid(host: &[u8]) -> bool {
    let Some((name, port)) = split_port(host) else {
        return false;
    };
    port.is_none_or(is_port) && (is_ip6_literal(name) || is_reg_name(name))
}

/// Which hosts are answered, the application's own allow-list aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    own: Vec<String>,
    allowed: Vec<HostPattern>,
}

/// Who answers to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It means this machine: everything of ours does.
    Local,
    /// The user allows it.
    Allowed,
    /// Nobody, unless the application allows it.
    Foreign,
}

impl Hosts {
    /// `own` are the names that this machine is known by, beside `localhost` and its addresses;
    /// `allowed` are other hosts that the user wants to be answered.
    #[must_use]
    pub fn new(own: Vec<String>, allowed: Vec<HostPattern>) -> Self {
        // The dot that may end a host is taken off when it is compared.
        let own = own.into_iter().map(|mut name| {
            name.truncate(name.trim_end_matches('.').len());
            name
        });
        Self {
            own: own.collect(),
            allowed,
        }
    }

    /// Who answers to this valid host.
    pub(crate) fn admission(&self, host: &[u8]) -> Admission {
        let name = name_of(host);
        let is_own = |own: &String| name.eq_ignore_ascii_case(own.as_bytes());
        if is_local(name) || self.own.iter().any(is_own) {
            Admission::Local
        } else if self.allowed.iter().any(|pattern| pattern.matches(host)) {
            Admission::Allowed
        } else {
            Admission::Foreign
        }
    }
}

/// Hosts that are allowed, as Django's `ALLOWED_HOSTS` writes them: a name, a name with a dot
/// before it for the domain and all below it, or `*` for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

/// A text that can match no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host to allow")]
pub struct NotAHost(String);

impl NotAHost {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "as in `dev.example.com`, `.example.com` for it and all below, or `*`; without scheme, \
         port and path"
    }
}

impl HostPattern {
    /// A pattern that the user wrote.
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        let name = text.strip_prefix('.').unwrap_or(text).as_bytes();
        let is_name = (is_reg_name(name) && !name.contains(&b'*')) || is_ip6_literal(name);
        if is_name || text == "*" {
            Ok(Self::of_application(text))
        } else {
            Err(NotAHost(text.to_owned()))
        }
    }

    /// A pattern of an application's own: one that makes no sense matches nothing.
    #[must_use]
    pub fn of_application(text: &str) -> Self {
        // The dot that may end a host is taken off when it is compared.
        Self(text.strip_suffix('.').unwrap_or(text).to_owned())
    }

    /// The hosts of a site among several: `NAME.localhost` and all below.
    pub(crate) fn of_site(name: &str) -> Self {
        Self(format!(".{name}.localhost"))
    }

    /// How many hosts it is for, to be compared: a host is for fewer than a domain, and a domain for
    /// fewer than one above it.
    pub(crate) fn breadth(&self) -> (bool, Reverse<usize>) {
        (self.0.starts_with('.'), Reverse(self.0.len()))
    }

    /// Whether these are all hosts.
    pub(crate) fn is_any(&self) -> bool {
        self.0 == "*"
    }

    /// Whether the host is one of those (Django's `django.http.request.validate_host`).
    pub(crate) fn matches(&self, host: &[u8]) -> bool {
        let (name, pattern) = (name_of(host), self.0.as_bytes());
        match pattern {
            b"" => false,
            b"*" => true,
            [b'.', domain @ ..] => {
                name.eq_ignore_ascii_case(domain) || ends_with_ignore_case(name, pattern)
            }
            _ => name.eq_ignore_ascii_case(pattern),
        }
    }
}

/// The host without its port, and without the dot that may end it.
fn name_of(host: &[u8]) -> &[u8] {
    let (name, _) = split_port(host).unwrap_or_default();
    name.strip_suffix(b".").unwrap_or(name)
}

/// Whether only this machine can be meant. A browser asks for an address only where its user
/// does, or a page that this machine served: a foreign page has a name.
fn is_local(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"localhost")
        || ends_with_ignore_case(name, b".localhost")
        || is_ip6_literal(name)
        || is_ip4(name)
}

fn ends_with_ignore_case(name: &[u8], end: &[u8]) -> bool {
    let start = name.len().checked_sub(end.len());
    start
        .and_then(|start| name.get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
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

/// A port may be left out after its colon (RFC 3986, section 3.2.3).
fn is_port(port: &[u8]) -> bool {
    port.is_empty()
        || (port.iter().all(u8::is_ascii_digit)
            && std::str::from_utf8(port).is_ok_and(|port| port.parse::<u16>().is_ok()))
}

fn is_ip6_literal(name: &[u8]) -> bool {
    name.strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"]"))
        .and_then(|address| std::str::from_utf8(address).ok())
        .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn is_ip4(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| name.parse::<Ipv4Addr>().is_ok())
}

/// A registered name (RFC 3986, section 3.2.2), commas excepted: they would make it look like two.
fn is_reg_name(name: &[u8]) -> bool {
    let mut rest = name;
    while let [octet, after @ ..] = rest {
        rest = match (octet, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                after
            }
            (octet, after)
                if octet.is_ascii_alphanumeric() || b"-._~!$&'()*+;=".contains(octet) =>
            {
                after
            }
            _ => return false,
        };
    }
    !name.is_empty() && name.len() <= 255
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_dot_that_ends_a_name_makes_no_difference() {
        let allowed = HostPattern::parse("a.test.").unwrap();
        let hosts = Hosts::new(vec!["own.".into()], vec![allowed]);
        for (host, admission) in [
            ("own", Admission::Local),
            ("own.:80", Admission::Local),
            ("a.test", Admission::Allowed),
            ("a.test.", Admission::Allowed),
            ("b.test.", Admission::Foreign),
        ] {
            assert_eq!(hosts.admission(host.as_bytes()), admission, "{host}");
        }
    }

    #[rstest]
    #[case("localhost")]
    #[case("LocalHost.:8000")]
    #[case("a.b-c_d.localhost:")]
    #[case("127.0.0.1:8000")]
    #[case("[::1]:65535")]
    #[case("[::ffff:1.2.3.4]")]
    #[case("xn--caf-dma.example")]
    #[case("caf%C3%A9.example")]
    fn valid_hosts(#[case] host: &str) {
        assert!(is_valid(host.as_bytes()));
    }

    #[rstest]
    #[case("")]
    #[case(":80")]
    #[case("a:b")]
    #[case("a:65536")]
    #[case("a:+1")]
    #[case("a:1:2")]
    #[case("a,b")]
    #[case("a b")]
    #[case("a%4")]
    #[case("a%zz")]
    #[case("u@a")]
    #[case("a/b")]
    #[case("::1")]
    #[case("[::1")]
    #[case("[::1]x")]
    #[case("[a]")]
    #[case("caf\u{e9}")]
    fn invalid_hosts(#[case] host: &str) {
        assert!(!is_valid(host.as_bytes()));
    }

    #[rstest]
    #[case("localhost", Admission::Local)]
    #[case("LocalHost.:8000", Admission::Local)]
    #[case("a.LOCALHOST:8000", Admission::Local)]
    #[case("127.0.0.1:8000", Admission::Local)]
    #[case("192.168.1.2.", Admission::Local)]
    #[case("[::1]:8000", Admission::Local)]
    #[case("Dev.Test.:80", Admission::Local)]
    #[case("a.Example.:80", Admission::Allowed)]
    #[case("example", Admission::Allowed)]
    #[case("one.test", Admission::Allowed)]
    #[case("a.one.test", Admission::Foreign)]
    #[case("a.dev.test", Admission::Foreign)]
    #[case("evilexample", Admission::Foreign)]
    #[case("127.0.0.1.evil.test", Admission::Foreign)]
    #[case("localhost.evil.test", Admission::Foreign)]
    #[case("evillocalhost", Admission::Foreign)]
    #[case("localhost..", Admission::Foreign)]
    #[case("2130706433", Admission::Foreign)]
    fn hosts_are_admitted(#[case] host: &str, #[case] admission: Admission) {
        let allowed = [".example", "One.test"].map(|text| HostPattern::parse(text).unwrap());
        let hosts = Hosts::new(vec!["dev.test".into()], allowed.into());
        assert!(is_valid(host.as_bytes()));
        assert_eq!(hosts.admission(host.as_bytes()), admission);
    }

    #[rstest]
    #[case("", "a", false)]
    #[case(".", "a", false)]
    #[case("*", "a", true)]
    #[case("*.a", "b.a", false)]
    #[case("a:80", "a:80", false)]
    #[case("[::1]", "[::1]:80", true)]
    fn patterns_are_djangos(#[case] pattern: &str, #[case] host: &str, #[case] matches: bool) {
        assert_eq!(
            HostPattern::of_application(pattern).matches(host.as_bytes()),
            matches
        );
    }

    #[rstest]
    #[case("")]
    #[case(".")]
    #[case("*.example.com")]
    #[case("http://example.com")]
    #[case("example.com:8000")]
    #[case("example.com/")]
    #[case("a,b")]
    fn a_user_is_told_of_patterns_that_match_nothing(#[case] text: &str) {
        let error = HostPattern::parse(text).unwrap_err();
        assert_eq!(error.to_string(), format!("`{text}` is no host to allow"));
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..60)) {
            let hosts = Hosts::new(vec!["x".into()], vec![HostPattern::of_application(".y")]);
            let _ = (is_valid(&octets), hosts.admission(&octets));
        }
    }
}

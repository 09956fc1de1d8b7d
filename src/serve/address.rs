//! What to listen on: Django's `addrport` argument, and the sockets.
//!
//! - `syntax`: what is an address, and its parts
//! - `listening`: the listening sockets
//! - `holder`: who has a port that is taken

mod holder;
mod listening;
mod syntax;

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _},
};

pub use holder::Holder;
pub use listening::{Bound, listen};
use syntax::Host;

/// The port that is meant where none is said.
const DEFAULT_PORT: u16 = 8000;

/// Why there is nothing to listen on. The words are Django's.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The argument is no port and no address with a port.
    #[error("\"{0}\" is not a valid port number or address:port pair.")]
    Syntax(String),
    /// There is no port of that number.
    #[error("\"{0}\" is not a valid port number or address:port pair.")]
    PortTooLarge(String),
    /// IPv6 was asked for, with another address.
    #[error("\"{0}\" is not a valid IPv6 address.")]
    NotIpv6(String),
    /// The name has no address.
    #[error("cannot find the address of `{name}`: {source}")]
    Unresolved {
        /// The name.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The address cannot be bound.
    #[error("{}", bind_message(source))]
    Bind {
        /// What was to be bound.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
        /// Who has the port, where it is taken and that can be found out.
        holder: Option<Holder>,
    },
}

impl AddressError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax(_) => Some("as in `8000`, `0.0.0.0:8000`, `[::1]:8000`".into()),
            Self::PortTooLarge(_) => Some(format!("ports go from 0 to {}", u16::MAX)),
            Self::NotIpv6(_) => Some("as in `[::1]:8000`; any other one goes without `-6`".into()),
            Self::Unresolved { .. } => {
                Some("give an address, or a name that this machine can look up".into())
            }
            Self::Bind {
                address,
                source,
                holder,
            } => match (source.kind(), holder) {
                (io::ErrorKind::AddrInUse, Some(holder)) => Some(format!(
                    "{holder} has it: stop that, choose another port, or let `--port-fallback` \
                     take the next one"
                )),
                (io::ErrorKind::AddrInUse, None) => Some(format!(
                    "choose another port than {}, or let `--port-fallback` take the next one",
                    address.port()
                )),
                (io::ErrorKind::PermissionDenied, _) => {
                    Some("ports below 1024 are the system's; choose a higher one".into())
                }
                _ => None,
            },
        }
    }

    /// Whether the words are Django's own.
    #[must_use]
    pub fn is_django(&self) -> bool {
        !matches!(self, Self::Unresolved { .. })
    }
}

/// Django's words for what the system says (`runserver`'s `inner_run`).
fn bind_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "You don't have permission to access that port.".into(),
        io::ErrorKind::AddrInUse => "That port is already in use.".into(),
        io::ErrorKind::AddrNotAvailable => "That IP address can't be assigned to.".into(),
        _ => error.to_string(),
    }
}

/// What to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A host name or an address, without brackets.
    pub host: String,
    /// 0 lets the system choose.
    pub port: u16,
    /// Only IPv6 will do.
    pub is_ipv6: bool,
    /// The host stands in brackets in a URL.
    pub is_bracketed: bool,
}

impl Address {
    /// Reads `[host:]port` as Django does; a missing host, or an empty text, is the loopback
    /// address.
    pub fn parse(text: &str, ipv6: bool) -> Result<Self, AddressError> {
        let parts = if text.is_empty() {
            syntax::Parts {
                host: None,
                port: Some(DEFAULT_PORT),
            }
        } else {
            syntax::parts(text).ok_or_else(|| AddressError::Syntax(text.to_owned()))?
        };
        let (host, is_ipv6, is_bracketed) = match parts.host {
            None if ipv6 => (Ipv6Addr::LOCALHOST.to_string(), true, true),
            None => (Ipv4Addr::LOCALHOST.to_string(), false, false),
            Some(Host::Ipv6(host)) => (host.to_owned(), true, true),
            Some(Host::Ipv4(host)) if ipv6 => return Err(AddressError::NotIpv6(host.to_owned())),
            // Django's short form for all addresses.
            Some(Host::Name("0")) => (Ipv4Addr::UNSPECIFIED.to_string(), ipv6, false),
            Some(Host::Ipv4(host) | Host::Name(host)) => (host.to_owned(), ipv6, false),
        };
        let too_large = || AddressError::PortTooLarge(text.to_owned());
        Ok(Self {
            host,
            port: parts.port.ok_or_else(too_large)?,
            is_ipv6,
            is_bracketed,
        })
    }

    /// All addresses that it means: a name may have several, and browsers try one after another.
    fn resolve(&self) -> Result<Vec<SocketAddr>, AddressError> {
        if self.is_bracketed && self.host.parse::<Ipv6Addr>().is_err() {
            return Err(AddressError::NotIpv6(self.host.clone()));
        }
        let unresolved = |source| AddressError::Unresolved {
            name: self.host.clone(),
            source,
        };
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        let mut addresses: Vec<SocketAddr> = if is_localhost(&self.host) {
            // Browsers know without asking that it has both.
            let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            let found = found.into_iter().flatten();
            let both = both.map(|ip| SocketAddr::new(ip, self.port));
            both.into_iter().chain(found).collect()
        } else {
            found.map_err(unresolved)?.collect()
        };
        let mut seen = HashSet::new();
        addresses.retain(|it| (it.is_ipv6() || !self.is_ipv6) && seen.insert(*it));
        if addresses.is_empty() {
            return Err(unresolved(io::Error::other("it has no IPv6 address")));
        }
        Ok(addresses)
    }

    /// The URL of the site, once its port is known.
    #[must_use]
    pub fn url(&self, port: u16) -> String {
        let Self { host, .. } = self;
        if self.is_bracketed {
            format!("http://[{host}]:{port}/")
        } else {
            format!("http://{host}:{port}/")
        }
    }

    /// The names by which this machine is asked for at this address: the one that the user gave,
    /// and its own, also as the local network knows it, where it listens on all of its addresses.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![self.host.clone()];
        let is_all = |address: IpAddr| address.is_unspecified();
        if self.host.parse().is_ok_and(is_all)
            && let Some(own) = own_name()
        {
            names.push(format!("{own}.local"));
            names.push(own);
        }
        names
    }
}

/// Whether a name means this machine everywhere (RFC 6761, section 6.3).
fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// What the system calls this machine.
fn own_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", false, "http://127.0.0.1:8000/")]
    #[case("", true, "http://[::1]:8000/")]
    #[case("8080", false, "http://127.0.0.1:8080/")]
    #[case("0:80", false, "http://0.0.0.0:80/")]
    #[case("1.2.3.4:0", false, "http://1.2.3.4:0/")]
    #[case("[0::1]:1", false, "http://[0::1]:1/")]
    #[case("beef:7654", false, "http://beef:7654/")]
    #[case("my-host.test:7", true, "http://my-host.test:7/")]
    fn addresses(#[case] text: &str, #[case] ipv6: bool, #[case] url: &str) {
        let address = Address::parse(text, ipv6).unwrap();
        assert_eq!(address.url(address.port), url);
    }

    #[test]
    fn this_machine_is_known_by_the_name_it_is_bound_to() {
        let names = |text| Address::parse(text, false).unwrap().names();
        assert_eq!(names("my-host.test:7"), ["my-host.test"]);
        assert_eq!(names("1.2.3.4:7"), ["1.2.3.4"]);
        let own = own_name().unwrap();
        assert_eq!(names("0:7"), ["0.0.0.0", &format!("{own}.local"), &own]);
    }

    #[rstest]
    #[case("abc")]
    #[case(":8000")]
    #[case("99999")]
    fn other_texts_are_no_address(#[case] text: &str) {
        let error = Address::parse(text, false).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("\"{text}\" is not a valid port number or address:port pair.")
        );
        assert!(error.hint().is_some());
    }

    #[rstest]
    #[case("localhost:7", false, &["127.0.0.1:7", "[::1]:7"])]
    #[case("my.LocalHost:7", false, &["127.0.0.1:7", "[::1]:7"])]
    #[case("localhost:7", true, &["[::1]:7"])]
    #[case("127.1:7", false, &["127.0.0.1:7"])]
    #[case("[0::1]:7", false, &["[::1]:7"])]
    fn names_stand_for_all_their_addresses(
        #[case] text: &str,
        #[case] ipv6: bool,
        #[case] expected: &[&str],
    ) {
        let found = Address::parse(text, ipv6).unwrap().resolve().unwrap();
        let found: Vec<_> = found.iter().map(SocketAddr::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn only_ipv6_addresses_are_ipv6() {
        let given = Address::parse("127.0.0.1:1", true).unwrap_err();
        let words = |it: &str| format!("\"{it}\" is not a valid IPv6 address.");
        assert_eq!(given.to_string(), words("127.0.0.1"));
        // Django's expression takes it; the system would not.
        let bracketed = Address::parse("[:]:1", false).unwrap();
        assert_eq!(bracketed.resolve().unwrap_err().to_string(), words(":"));
        let all = Address::parse("0:1", true).unwrap().resolve().unwrap_err();
        assert!(all.to_string().contains("no IPv6 address"), "{all}");
    }
}

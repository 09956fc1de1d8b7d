//! What to listen on: Django's `addrport` argument, and the listening socket.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that the system may hold before they are accepted: none is refused in a burst.
const BACKLOG: i32 = 1024;

/// Why there is nothing to listen on. The words are Django's.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The argument is no port and no address with a port.
    #[error("\"{0}\" is not a valid port number or address:port pair.")]
    Syntax(String),
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
    },
}

impl AddressError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax(_) => Some("as in `8000`, `0.0.0.0:8000`, `[::1]:8000`".into()),
            Self::NotIpv6(_) => Some("leave `-6` out, or give an address like `[::1]:8000`".into()),
            Self::Unresolved { .. } => None,
            Self::Bind { address, source } => match source.kind() {
                io::ErrorKind::AddrInUse => Some(format!(
                    "choose another port than {}, or 0 for any that is free",
                    address.port()
                )),
                io::ErrorKind::PermissionDenied => {
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
    is_ipv6: bool,
}

impl Address {
    /// Reads `[host:]port`; a missing host is the loopback address (Django's `runserver`,
    /// `naiveip_re`).
    pub fn parse(addrport: Option<&str>, ipv6: bool) -> Result<Self, AddressError> {
        let text = addrport.unwrap_or("8000");
        let syntax = || AddressError::Syntax(text.to_owned());
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (Some(host), port),
            None => (None, text),
        };
        if port.is_empty() || !port.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(syntax());
        }
        let port = port.parse().map_err(|_| syntax())?;
        let Some(host) = host else {
            let host = if ipv6 {
                Ipv6Addr::LOCALHOST.into()
            } else {
                IpAddr::from(Ipv4Addr::LOCALHOST)
            };
            return Ok(Self {
                host: host.to_string(),
                port,
                is_ipv6: ipv6,
            });
        };
        if let Some(bracketed) = host.strip_prefix('[') {
            let inner = bracketed.strip_suffix(']').ok_or_else(syntax)?;
            inner.parse::<Ipv6Addr>().map_err(|_| syntax())?;
            return Ok(Self {
                host: inner.to_owned(),
                port,
                is_ipv6: true,
            });
        }
        let is_name = !host.is_empty()
            && host
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b".-_".contains(&octet));
        if !is_name {
            return Err(syntax());
        }
        if ipv6 && host.parse::<Ipv4Addr>().is_ok() {
            return Err(AddressError::NotIpv6(host.to_owned()));
        }
        // Django's short form for all addresses.
        let host = if host == "0" { "0.0.0.0" } else { host };
        Ok(Self {
            host: host.to_owned(),
            port,
            is_ipv6: ipv6,
        })
    }

    /// Listens on the address, or on the first that its name has.
    pub fn listen(&self) -> Result<TcpListener, AddressError> {
        let unresolved = |source| AddressError::Unresolved {
            name: self.host.clone(),
            source,
        };
        let address = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(unresolved)?
            .find(|address| address.is_ipv6() || !self.is_ipv6)
            .ok_or_else(|| unresolved(io::ErrorKind::NotFound.into()))?;
        listen(address).map_err(|source| AddressError::Bind { address, source })
    }

    /// How a URL names the host.
    #[must_use]
    pub fn url_host(&self) -> String {
        match self.host.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => self.host.clone(),
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

    /// Whether only programs on this machine can connect.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// What the system calls this machine.
fn own_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A server that has just ended leaves connections behind that would keep the port for a minute.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, false, "127.0.0.1", 8000)]
    #[case(None, true, "::1", 8000)]
    #[case(Some("8080"), false, "127.0.0.1", 8080)]
    #[case(Some("0:80"), false, "0.0.0.0", 80)]
    #[case(Some("1.2.3.4:0"), false, "1.2.3.4", 0)]
    #[case(Some("[::1]:1"), false, "::1", 1)]
    #[case(Some("beef:7654"), false, "beef", 7654)]
    #[case(Some("my-host.test:7"), true, "my-host.test", 7)]
    fn addresses(
        #[case] text: Option<&str>,
        #[case] ipv6: bool,
        #[case] host: &str,
        #[case] port: u16,
    ) {
        let address = Address::parse(text, ipv6).unwrap();
        assert_eq!((address.host.as_str(), address.port), (host, port));
    }

    #[test]
    fn this_machine_is_known_by_the_name_it_is_bound_to() {
        let names = |text| Address::parse(Some(text), false).unwrap().names();
        assert_eq!(names("my-host.test:7"), ["my-host.test"]);
        assert_eq!(names("1.2.3.4:7"), ["1.2.3.4"]);
        let own = own_name().unwrap();
        assert_eq!(names("0:7"), ["0.0.0.0", &format!("{own}.local"), &own]);
    }

    #[rstest]
    #[case("abc")]
    #[case("")]
    #[case(":8000")]
    #[case("a:")]
    #[case("a b:1")]
    #[case("99999")]
    #[case("+1")]
    #[case("::1:80")]
    #[case("[::1:80")]
    #[case("[x]:80")]
    fn other_texts_are_no_address(#[case] text: &str) {
        let error = Address::parse(Some(text), false).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("\"{text}\" is not a valid port number or address:port pair.")
        );
    }

    #[test]
    fn ipv6_is_not_for_ipv4_addresses() {
        let error = Address::parse(Some("127.0.0.1:1"), true)
            .unwrap_err()
            .to_string();
        assert_eq!(error, "\"127.0.0.1\" is not a valid IPv6 address.");
    }

    #[test]
    fn a_port_in_use_is_said_in_djangos_words() {
        let first = Address::parse(Some("0"), false).unwrap().listen().unwrap();
        let port = first.local_addr().unwrap().port();
        let error = Address::parse(Some(&port.to_string()), false)
            .unwrap()
            .listen()
            .unwrap_err();
        assert_eq!(error.to_string(), "That port is already in use.");
    }
}

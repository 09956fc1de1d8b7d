//! The listening sockets for the addresses that the user gave.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
};

use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use super::{Address, AddressError, Holder, holder::holder};

/// Connections that the system may hold before they are accepted: none is refused in a burst.
const BACKLOG: i32 = 1024;

/// How many ports after one that is taken are tried in its place: as many servers as anybody has
/// running, and few enough that the port stays easy to find.
const FALLBACKS: u16 = 50;

/// How many ports of the system's choice are tried for a name with several addresses: that one is
/// free at one address and taken at another is rare.
const CHOICES: usize = 16;

/// What is listened on for one address that the user gave.
#[derive(Debug)]
pub struct Bound {
    /// One for each address of a name; none where the socket of another address that the user gave
    /// takes its connections, such as one for all addresses.
    pub sockets: Vec<TcpListener>,
    /// The port of all of them.
    pub port: u16,
    /// Who has the port that was asked for, where another one was taken in its place; it may not
    /// be known.
    pub evaded: Option<Option<Holder>>,
}

/// Listens on all the addresses. `has_fallback` says whether one whose port is taken may have one
/// of the next ports.
pub fn listen(addresses: &[Address], has_fallback: bool) -> Result<Vec<Bound>, AddressError> {
    let mut wanted = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        wanted.push((index, address.port, address.resolve()?));
    }
    // Those that take the connections of others first.
    wanted.sort_by_key(|(_, _, own)| own.iter().map(breadth).min());
    let mut held = Vec::new();
    let mut bound = Vec::new();
    for (index, port, own) in wanted {
        let one = listen_with_fallback(&own, port, has_fallback, &held)?;
        for socket in &one.sockets {
            held.extend(socket.local_addr());
        }
        bound.push((index, one));
    }
    bound.sort_by_key(|(index, _)| *index);
    Ok(bound.into_iter().map(|(_, one)| one).collect())
}

/// How little an address takes beside its own connections.
fn breadth(address: &SocketAddr) -> u8 {
    match address.ip() {
        IpAddr::V6(ip) if ip.is_unspecified() => 0,
        IpAddr::V4(ip) if ip.is_unspecified() => 1,
        _ => 2,
    }
}

fn listen_with_fallback(
    addresses: &[SocketAddr],
    port: u16,
    has_fallback: bool,
    held: &[SocketAddr],
) -> Result<Bound, AddressError> {
    let taken = match listen_at(addresses, port, held) {
        Ok((sockets, port)) => {
            return Ok(Bound {
                sockets,
                port,
                evaded: None,
            });
        }
        Err(taken) if is_taken(&taken.source) => taken,
        Err(other) => return Err(other.into_error(None)),
    };
    let holder = holder(taken.address);
    if has_fallback && port > 0 {
        for next in (port..=u16::MAX).skip(1).take(FALLBACKS.into()) {
            match listen_at(addresses, next, held) {
                Ok((sockets, port)) => {
                    return Ok(Bound {
                        sockets,
                        port,
                        evaded: Some(holder),
                    });
                }
                Err(taken) if is_taken(&taken.source) => {}
                Err(other) => return Err(other.into_error(None)),
            }
        }
    }
    Err(taken.into_error(holder))
}

/// An address that cannot be listened on.
struct Refused {
    address: SocketAddr,
    source: io::Error,
}

impl Refused {
    fn into_error(self, holder: Option<Holder>) -> AddressError {
        let Self { address, source } = self;
        AddressError::Bind {
            address,
            source,
            holder,
        }
    }
}

/// Listens on all addresses of one name at the same port, and says which that is.
fn listen_at(
    addresses: &[SocketAddr],
    port: u16,
    held: &[SocketAddr],
) -> Result<(Vec<TcpListener>, u16), Refused> {
    let mut choices = if port == 0 { CHOICES } else { 1 };
    loop {
        choices -= 1;
        match try_listen(addresses, port, held) {
            Err(refused) if choices > 0 && is_taken(&refused.source) => {}
            result => return result,
        }
    }
}

fn try_listen(
    addresses: &[SocketAddr],
    mut port: u16,
    held: &[SocketAddr],
) -> Result<(Vec<TcpListener>, u16), Refused> {
    let mut sockets = Vec::new();
    let mut missing = None;
    let mut is_served = false;
    for address in addresses {
        let address = SocketAddr::new(address.ip(), port);
        if held.iter().any(|&held| takes(held, address)) {
            is_served = true;
            continue;
        }
        let listening = listen_on(address).and_then(|it| Ok((it.local_addr()?.port(), it)));
        match listening {
            Ok((real_port, socket)) => {
                port = real_port;
                sockets.push(socket);
                is_served = true;
            }
            // A name may have addresses that this machine has not, such as `::1` without IPv6.
            Err(source) if is_missing(&source) => missing = Some(Refused { address, source }),
            Err(source) => return Err(Refused { address, source }),
        }
    }
    match missing {
        Some(missing) if !is_served => Err(missing),
        _ => Ok((sockets, port)),
    }
}

/// Whether connections to an address go to a socket that we have.
fn takes(held: SocketAddr, address: SocketAddr) -> bool {
    let is_wider = held.ip().is_unspecified() && (held.is_ipv6() || address.is_ipv4());
    held.port() == address.port() && (held.ip() == address.ip() || is_wider)
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || Errno::from_io_error(error) == Some(Errno::AFNOSUPPORT)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    // A server that has just ended leaves connections behind that would keep the port for a minute.
    socket.set_reuse_address(true)?;
    if address.is_ipv6() && address.ip().is_unspecified() {
        // IPv4 too, as under Django. Systems that can do without it must not fail.
        let _ = socket.set_only_v6(false);
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<Address> {
        let parse = |text: &&str| Address::parse(text, false).unwrap();
        texts.iter().map(parse).collect()
    }

    fn taken() -> (TcpListener, u16) {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        (taken, port)
    }

    #[test]
    fn a_port_in_use_is_said_in_djangos_words() {
        let (_taken, port) = taken();
        let error = listen(&addresses(&[&port.to_string()]), false).unwrap_err();
        assert_eq!(error.to_string(), "That port is already in use.");
        let hint = error.hint().unwrap();
        assert!(hint.contains("--port-fallback"), "{hint}");
        if cfg!(target_os = "linux") {
            let process = format!("(process {}) has it", std::process::id());
            assert!(hint.contains(&process), "{hint}");
        }
    }

    #[test]
    fn one_of_the_next_ports_will_do_where_the_user_says_so() {
        let (_taken, port) = taken();
        let bound = listen(&addresses(&[&port.to_string()]), true).unwrap();
        let [
            Bound {
                sockets,
                port: own,
                evaded,
            },
        ] = bound.as_slice()
        else {
            panic!("{bound:?}");
        };
        assert!(*own > port && *own <= port + FALLBACKS, "{own}");
        assert_eq!(sockets.first().unwrap().local_addr().unwrap().port(), *own);
        assert!(evaded.is_some());
    }

    #[test]
    fn after_the_last_port_there_is_none() {
        let last = TcpListener::bind(("127.0.0.1", u16::MAX));
        let error = listen(&addresses(&["65535"]), true).unwrap_err();
        drop(last);
        assert_eq!(error.to_string(), "That port is already in use.");
    }

    /// What takes the connections of another address leaves no socket to that.
    #[rstest]
    #[case(&["127.0.0.1:PORT", "PORT"], &[1, 0])]
    #[case(&["127.0.0.1:PORT", "0:PORT"], &[0, 1])]
    #[case(&["[::1]:PORT", "0:PORT", "[::]:PORT"], &[0, 0, 1])]
    #[case(&["127.0.0.1:PORT", "127.0.0.2:PORT"], &[1, 1])]
    fn addresses_share_a_port(#[case] texts: &[&str], #[case] counts: &[usize]) {
        // What was free may be somebody else's the next moment.
        let (bound, port) = loop {
            let (free, port) = taken();
            drop(free);
            let named: Vec<_> = texts
                .iter()
                .map(|it| it.replace("PORT", &port.to_string()))
                .collect();
            let named: Vec<_> = named.iter().map(String::as_str).collect();
            if let Ok(bound) = listen(&addresses(&named), false) {
                break (bound, port);
            }
        };
        let have: Vec<_> = bound.iter().map(|it| it.sockets.len()).collect();
        assert_eq!(have, counts);
        assert!(bound.iter().all(|it| it.port == port));
    }

    #[test]
    fn all_addresses_of_a_name_get_one_port() {
        let bound = listen(&addresses(&["localhost:0"]), false).unwrap();
        let bound = bound.first().unwrap();
        assert!(!bound.sockets.is_empty());
        for socket in &bound.sockets {
            assert_eq!(socket.local_addr().unwrap().port(), bound.port);
        }
    }

    #[test]
    fn an_address_that_a_name_has_and_the_machine_has_not_is_left_out() {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let foreign = SocketAddr::from(([192, 0, 2, 1], 0));
        let (sockets, port) = try_listen(&[foreign, loopback], 0, &[]).ok().unwrap();
        assert_eq!((sockets.len(), port > 0), (1, true));
        let refused = try_listen(&[foreign], 0, &[]).err().unwrap();
        assert_eq!(refused.source.kind(), io::ErrorKind::AddrNotAvailable);
    }
}

//! From what the user wants to be listened on to the listening sockets.

use crate::{
    console::Voice,
    serve::{
        Listener,
        address::{self, Address, Bound},
    },
};

use super::error::Error;

/// What the user wants to be listened on.
pub(super) fn addresses(texts: &[String], ipv6: bool) -> Result<Vec<Address>, Error> {
    let default = [String::new()];
    let texts = if texts.is_empty() { &default } else { texts };
    let parsed = texts.iter().map(|text| Address::parse(text, ipv6));
    Ok(parsed.collect::<Result<_, _>>()?)
}

/// Where the server is.
pub(super) struct Listening {
    pub(super) listeners: Vec<Listener>,
    /// One for each address that the user gave.
    pub(super) urls: Vec<String>,
    /// Only this machine can reach it.
    pub(super) is_loopback: bool,
}

/// Listens on all of them, and says so where another port than the user's is taken.
pub(super) fn listen(
    addresses: &[Address],
    has_fallback: bool,
    voice: &Voice,
) -> Result<Listening, Error> {
    let mut listening = Listening {
        listeners: Vec::new(),
        urls: Vec::new(),
        is_loopback: true,
    };
    let bound = address::listen(addresses, has_fallback)?;
    for (address, bound) in addresses.iter().zip(bound) {
        let Bound {
            sockets,
            port,
            evaded,
        } = bound;
        if let Some(holder) = evaded {
            let holder = holder.map(|holder| format!("{holder} has the other one"));
            voice.warning(
                format_args!("port {} is in use; taking {port}", address.port),
                holder.as_deref(),
            );
        }
        listening.urls.push(address.url(port));
        for socket in sockets {
            let local = socket.local_addr().map_err(Error::Runtime)?;
            listening.is_loopback &= local.ip().to_canonical().is_loopback();
            listening.listeners.push(Listener {
                socket,
                name: address.host.clone(),
            });
        }
    }
    Ok(listening)
}

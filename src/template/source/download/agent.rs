//! The HTTP client: how long it waits, whom it trusts, through which proxy it goes.

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::crypto::ring;
use ureq::{
    Agent, Proxy, ProxyProtocol, Timeout,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{address::Target, error::Fault, proxy};
use crate::template::{shown::printable, source::limits::LIMITS};

/// How long is waited, and how much is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the connection, with the name's address, a proxy and TLS.
    pub(super) connect: Duration,
    /// For the next octets.
    pub(super) silence: Duration,
    /// For all of it, redirects too.
    pub(super) total: Duration,
    /// How large a download may be.
    pub(super) octets: u64,
}

/// Long enough for a slow line, and short enough for somebody who waits before a terminal.
pub(super) const PATIENCE: Patience = Patience {
    // Three attempts of TCP to reach a host take 7 s, and a name server may time out before.
    connect: Duration::from_secs(30),
    // The archive of a large repository takes a forge some ten seconds to make.
    silence: Duration::from_mins(1),
    // The largest download at 3 Mbit/s.
    total: Duration::from_mins(30),
    octets: LIMITS.octets,
};

/// The client for one request.
pub(super) fn agent(target: &Target, patience: &Patience, end: Instant) -> Result<Agent, Fault> {
    let proxy = proxy_for(target)?;
    let is_encrypted = target.url.scheme() == "https"
        || proxy
            .as_ref()
            .is_some_and(|proxy| proxy.protocol() == ProxyProtocol::Https);
    let roots = if is_encrypted {
        roots()?
    } else {
        RootCerts::Specific(Arc::default())
    };
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(roots)
        .build();
    let left = end.saturating_duration_since(Instant::now());
    let config = Agent::config_builder()
        .user_agent(concat!("scaffold/", env!("CARGO_PKG_VERSION")))
        // An archive is wanted as it is: what is compressed already must not be so twice.
        .accept_encoding("identity")
        .http_status_as_error(false)
        // Redirects are looked at before they are followed.
        .max_redirects(0)
        .timeout_global(Some(left))
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_per_read(Some(patience.silence))
        .tls_config(tls)
        .proxy(proxy)
        .build();
    Ok(config.new_agent())
}

/// The certificates that the system trusts, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name,
/// so that those of companies and of developers count. Read only where they are needed.
fn roots() -> Result<RootCerts, Fault> {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(Fault::NoRoots);
    }
    let certificates: Vec<_> = found
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    Ok(RootCerts::from(certificates))
}

fn proxy_for(target: &Target) -> Result<Option<Proxy>, Fault> {
    let Some(proxy) = proxy::of(&target.url, |name| env::var(name).ok()) else {
        return Ok(None);
    };
    let proxy = Proxy::new(&proxy).map_err(|_| Fault::Proxy)?;
    let is_supported = matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https);
    if is_supported {
        Ok(Some(proxy))
    } else {
        Err(Fault::Proxy)
    }
}

/// What an error of the client means.
pub(super) fn fault(error: ureq::Error, patience: &Patience) -> Fault {
    match error {
        ureq::Error::Timeout(timeout) => {
            let (what, limit) = match timeout {
                Timeout::Global => ("the download", patience.total),
                Timeout::Resolve | Timeout::Connect => ("connecting", patience.connect),
                _ => ("waiting for the server", patience.silence),
            };
            Fault::Timeout {
                what,
                seconds: limit.as_secs(),
            }
        }
        ureq::Error::HostNotFound => Fault::Host,
        ureq::Error::Rustls(error) => Fault::Tls(error.to_string()),
        ureq::Error::Tls(error) => Fault::Tls(error.to_owned()),
        ureq::Error::InvalidProxyUrl => Fault::Proxy,
        ureq::Error::ConnectProxyFailed(_) => Fault::ProxyRefused,
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => Fault::Request,
        ureq::Error::Io(error) => match error.downcast::<rustls::Error>() {
            Ok(error) => Fault::Tls(error.to_string()),
            Err(error) => Fault::Io(error),
        },
        other => Fault::Protocol(printable(&other.to_string())),
    }
}

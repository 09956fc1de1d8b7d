//! Why a download failed: the texts, and what to do next.

use std::io;

use ureq::http::StatusCode;

use crate::template::shown::printable;

/// A download that failed. Django's wording.
#[derive(Debug, thiserror::Error)]
#[error("couldn't download URL {url} to {name}: {fault}")]
pub struct DownloadError {
    /// The address, without credentials.
    pub url: String,
    /// What the download would be called.
    pub name: String,
    /// Why it failed.
    pub fault: Fault,
}

impl DownloadError {
    /// What the user can do next.
    pub(in crate::template) fn hint(&self) -> Option<String> {
        self.fault.hint().map(str::to_owned)
    }
}

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Django knows this scheme.
    #[error("FTP is not supported")]
    Ftp,
    /// The address is none.
    #[error("it is not an address: {0}")]
    Address(url::ParseError),
    /// The address cannot be put into a request.
    #[error("it cannot be requested")]
    Request,
    /// The server does not give it. The wording is that of `urllib`.
    #[error("HTTP Error {}", status(*code))]
    Status {
        /// The status code.
        code: u16,
    },
    /// A redirect without an address, or to none.
    #[error("the server redirects to nowhere (HTTP status {code})")]
    RedirectNowhere {
        /// The status code.
        code: u16,
    },
    /// A redirect to something that is not HTTP.
    #[error("the server redirects to a `{}:` address", printable(scheme))]
    RedirectScheme {
        /// The scheme of that.
        scheme: String,
    },
    /// A redirect that takes the encryption away.
    #[error("the server redirects from `https:` to `http:`")]
    Downgrade,
    /// A loop, most likely.
    #[error("the server redirects more than {0} times")]
    Redirects(usize),
    /// There is more than a template would be.
    #[error("it is larger than {} MiB", octets >> 20)]
    TooLarge {
        /// How much is taken.
        octets: u64,
    },
    /// The connection ended before the body did.
    #[error("{}", truncated(*octets, *of))]
    Truncated {
        /// How much came.
        octets: u64,
        /// How much the server said would come.
        of: Option<u64>,
    },
    /// The server does not answer, or not in time.
    #[error("{what} took longer than {seconds} s")]
    Timeout {
        /// What took too long.
        what: &'static str,
        /// The limit.
        seconds: u64,
    },
    /// The name is not known.
    #[error("there is no host of this name")]
    Host,
    /// The certificate is not one that is trusted, or the handshake failed otherwise.
    #[error("no trusted connection: {0}")]
    Tls(String),
    /// No certificates are trusted.
    #[error("no trusted connection: the system has no root certificates")]
    NoRoots,
    /// The environment names a proxy that cannot be used.
    #[error("the proxy of the environment cannot be used")]
    Proxy,
    /// The proxy does not connect.
    #[error("the proxy of the environment refuses the connection")]
    ProxyRefused,
    /// A page was sent: an error page or a login, most likely.
    #[error("the server sent {what} and not an archive")]
    Page {
        /// What came.
        what: &'static str,
    },
    /// What the server says is not HTTP.
    #[error("the server's answer is not HTTP: {0}")]
    Protocol(String),
    /// The system's answer.
    #[error("{0}")]
    Io(io::Error),
    /// The temporary file cannot be written.
    #[error("cannot write a temporary file: {0}")]
    Store(io::Error),
}

impl Fault {
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Ftp => "download it with another program, and give the archive",
            Self::Address(_) | Self::Request => {
                "write it as https://host/path; what is no letter or digit in a user's name or \
                 password is written as %XX"
            }
            Self::Status { code: 401 | 403 } => {
                "is it private? put user and password into the address, https://user:password@…, \
                 or take the repository, which `git` asks credentials for"
            }
            Self::Status { code: 404 | 410 } => "is the address right? private things look so too",
            Self::Status { code: 429 | 500.. } => "try again later",
            Self::Proxy => "look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
            Self::ProxyRefused => {
                "is there an `https:` address? many proxies connect to no other; or look at \
                 HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY"
            }
            Self::Downgrade => {
                "who is between could change it; give `--checksum`, or the `http:` address itself"
            }
            Self::TooLarge { .. } => "is this a template? unpack it, and give the directory",
            Self::Truncated { .. } | Self::Timeout { .. } => "try again",
            Self::Host => "is the address right, and the network there?",
            Self::Tls(_) => {
                "if the certificate is to be trusted, name a file with it, or with the one that \
                 signed it, in SSL_CERT_FILE"
            }
            Self::NoRoots => "install `ca-certificates`, or name a file in SSL_CERT_FILE",
            Self::Page { .. } => "open it in a browser, and look for the address of the archive",
            Self::Store(_) => "make room in the directory that TMPDIR names",
            _ => return None,
        })
    }
}

/// The status as `urllib` writes it, with the registered phrase: the server's own is not shown.
fn status(code: u16) -> String {
    let phrase = StatusCode::from_u16(code)
        .ok()
        .and_then(|status| status.canonical_reason());
    match phrase {
        Some(phrase) => format!("{code}: {phrase}"),
        None => code.to_string(),
    }
}

fn truncated(octets: u64, of: Option<u64>) -> String {
    match of {
        Some(of) => format!("the connection ended after {octets} of {of} octets"),
        None => format!("the connection ended after {octets} octets, in the middle"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_djangos() {
        let error = DownloadError {
            url: "http://h/x.zip".to_owned(),
            name: "x.zip".to_owned(),
            fault: Fault::Status { code: 404 },
        };
        assert_eq!(
            error.to_string(),
            "couldn't download URL http://h/x.zip to x.zip: HTTP Error 404: Not Found"
        );
        assert_eq!(status(599), "599");
    }
}

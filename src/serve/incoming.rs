//! What is left to know of a request once its environ is made.

use super::{
    Hosts,
    head::{Framing, Head},
    host::Admission,
    pages::Audience,
    response::Asked,
};

/// What is left to know of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incoming {
    pub(super) asked: Asked,
    pub(super) audience: Audience,
    pub(super) framing: Framing,
    pub(super) expects_continue: bool,
    /// Octets of its head.
    pub(super) length: usize,
    /// The script of `live` may go into its response.
    pub(super) takes_script: bool,
}

impl Incoming {
    /// `has_script` says whether there is a script for pages.
    pub(super) fn new(
        head: &Head<'_>,
        is_loopback: bool,
        admission: Admission,
        has_script: bool,
    ) -> Self {
        Self {
            asked: Asked {
                is_head: head.method == "HEAD",
                is_http11: head.is_http11,
                keep_alive: head.keep_alive,
            },
            audience: Audience {
                is_loopback,
                host_is_local: admission == Admission::Local,
                wants_html: head
                    .header("accept")
                    .is_some_and(|accept| memchr::memmem::find(accept, b"text/html").is_some()),
                is_get: head.method == "GET",
            },
            framing: head.framing,
            expects_continue: head.expects_continue,
            length: head.length,
            takes_script: has_script && takes_script(head),
        }
    }
}

/// Whether a page in a window of its own is asked for, as far as the browser says: what a script
/// fetches, and what a frame shows, is a part of such a page, which has the script already.
fn takes_script(head: &Head<'_>) -> bool {
    matches!(head.method, "GET" | "HEAD")
        && head
            .header("sec-fetch-dest")
            .is_none_or(|destination| destination == b"document")
}

/// Who answers to the host that is asked for. Only programs, never browsers, name none.
pub(super) fn admission(hosts: &Hosts, head: &Head<'_>) -> Admission {
    match head.host {
        None | Some([]) => Admission::Local,
        Some(host) => hosts.admission(host),
    }
}

/// Writes the line of the access log.
pub(super) fn note_request_line(line: &mut Vec<u8>, head: &Head<'_>) {
    line.clear();
    line.extend_from_slice(head.method.as_bytes());
    line.push(b' ');
    line.extend_from_slice(head.target.as_bytes());
    line.extend_from_slice(if head.is_http11 {
        b" HTTP/1.1"
    } else {
        b" HTTP/1.0"
    });
}

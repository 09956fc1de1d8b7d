//! What is left to know of a request once its environ is made.

use super::{
    Hosts,
    head::{Framing, Head},
    host::Admission,
    known_files::Wanted,
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
    /// What of a static file it wants.
    pub(super) wanted: Wanted,
}

impl Incoming {
    /// `has_script` says whether there is a script for pages; `state` notes in which state the client
    /// has a file.
    pub(super) fn new(
        head: &Head<'_>,
        is_loopback: bool,
        admission: Admission,
        has_script: bool,
        state: &mut Vec<u8>,
    ) -> Self {
        let takes_script = has_script && takes_script(head);
        Self {
            asked: Asked {
                is_head: head.method == "HEAD",
                is_http11: head.is_http11,
                keep_alive: head.keep_alive,
            },
            audience: Audience {
                is_developer: is_loopback && admission == Admission::Local,
                wants_html: head
                    .header("accept")
                    .is_some_and(|accept| memchr::memmem::find(accept, b"text/html").is_some()),
                is_get: head.method == "GET",
            },
            framing: head.framing,
            expects_continue: head.expects_continue,
            length: head.length,
            takes_script,
            // A page gets the script on its way from the worker.
            wanted: if takes_script {
                Wanted::Worker
            } else {
                Wanted::of(head, state)
            },
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::head, *};

    fn incoming(line: &str, headers: &str, is_loopback: bool, admission: Admission) -> Incoming {
        let octets = format!("{line} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        head::parse(octets.as_bytes(), |head| {
            Incoming::new(head, is_loopback, admission, true, &mut Vec::new())
        })
        .unwrap()
        .unwrap()
    }

    #[rstest]
    #[case(true, Admission::Local, true)]
    #[case(false, Admission::Local, false)]
    #[case(true, Admission::Allowed, false)]
    #[case(true, Admission::Foreign, false)]
    fn who_may_see_the_projects_inside(
        #[case] is_loopback: bool,
        #[case] admission: Admission,
        #[case] is_developer: bool,
    ) {
        let incoming = incoming("GET /", "", is_loopback, admission);
        assert_eq!(incoming.audience.is_developer, is_developer);
    }

    #[rstest]
    #[case("GET /", "", true)]
    #[case("HEAD /", "Sec-Fetch-Dest: document\r\n", true)]
    #[case("POST /", "", false)]
    #[case("GET /", "Sec-Fetch-Dest: iframe\r\n", false)]
    #[case("GET /", "sec-fetch-dest: empty\r\n", false)]
    fn what_takes_the_script(#[case] line: &str, #[case] headers: &str, #[case] takes: bool) {
        let incoming = incoming(line, headers, true, Admission::Local);
        assert_eq!(incoming.takes_script, takes);
    }
}

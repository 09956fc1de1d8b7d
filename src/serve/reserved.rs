//! The paths that are the front's own, and who may ask for them. Pure.
//!
//! No path but these is taken from the application, and these only for GET. What is there tells of
//! the project; so only pages of this server may read it. Foreign ones are refused by what their
//! browser says of them, and where it says nothing (before 2023 some did not, and none does over
//! plain HTTP to another machine) they lack the token of [`Notifier`](super::Notifier).

use super::head::Head;

/// Where pages are told what happens to the application.
pub(crate) const EVENTS: &str = "/__scaffold__/events";

/// Where the script for pages of the application is.
pub(crate) const SCRIPT: &str = "/__scaffold__/live.js";

/// A request for what is the front's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// For the event stream.
    Events {
        /// The moment from which on the page wants to know.
        moment: String,
        /// The page tells of a problem, and wants the next one as a page too.
        is_problem: bool,
    },
    /// For the script.
    Script,
    /// For one of these, by a page of another origin.
    Foreign,
}

/// What of the front's own this request is for; `has_script` says whether the script is there.
pub(crate) fn asked_for(head: &Head<'_>, has_script: bool) -> Option<Reserved> {
    let is_events = head.path == EVENTS;
    if !(is_events || has_script && head.path == SCRIPT) || head.method != "GET" {
        return None;
    }
    if !is_same_origin(head) {
        return Some(Reserved::Foreign);
    }
    if !is_events {
        return Some(Reserved::Script);
    }
    let mut moment = "";
    let mut is_problem = false;
    for part in head.query.split('&') {
        match part.split_once('=') {
            Some(("at", value)) => moment = value,
            Some(("problem", _)) => is_problem = true,
            _ => {}
        }
    }
    // A stream that was cut off goes on where it was.
    let last = head
        .header("last-event-id")
        .and_then(|last| str::from_utf8(last).ok());
    Some(Reserved::Events {
        moment: last.unwrap_or(moment).to_owned(),
        is_problem,
    })
}

/// Whether this is a request by a page of this very origin, as far as its browser says.
fn is_same_origin(head: &Head<'_>) -> bool {
    let all = |name: &'static str| {
        head.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    };
    let is_own_site = all("sec-fetch-site").all(|site| matches!(site, b"same-origin" | b"none"));
    // Behind a proxy that speaks TLS, the scheme is another one.
    let is_own_origin = all("origin").all(|origin| {
        let authority = origin
            .strip_prefix(b"http://")
            .or_else(|| origin.strip_prefix(b"https://"));
        match (authority, head.host) {
            (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
            _ => false,
        }
    });
    is_own_site && is_own_origin
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::head, *};

    fn ask(line: &str, headers: &str) -> Option<Reserved> {
        let octets = format!("{line} HTTP/1.1\r\nHost: localhost:8000\r\n{headers}\r\n");
        head::parse(octets.as_bytes(), |head| asked_for(head, true))
            .unwrap()
            .unwrap()
    }

    fn events(moment: &str, is_problem: bool) -> Reserved {
        Reserved::Events {
            moment: moment.into(),
            is_problem,
        }
    }

    #[test]
    fn only_these_paths_are_ours_and_only_for_get() {
        assert_eq!(ask("GET /__scaffold__/events", ""), Some(events("", false)));
        assert_eq!(
            ask("GET /__scaffold__/events?problem=1&at=a.1&b", ""),
            Some(events("a.1", true))
        );
        assert_eq!(
            ask("GET /__scaffold__/live.js?x", ""),
            Some(Reserved::Script)
        );
        for line in [
            "POST /__scaffold__/events",
            "HEAD /__scaffold__/live.js",
            "GET /__scaffold__/events/",
            "GET /__scaffold__/Events",
            "GET /__scaffold__/%65vents",
            "GET //__scaffold__/events",
            "GET /__scaffold__/",
            "GET /",
        ] {
            assert_eq!(ask(line, ""), None, "{line}");
        }
        let octets = b"GET /__scaffold__/live.js HTTP/1.1\r\nHost: a\r\n\r\n";
        let reserved = head::parse(octets, |head| asked_for(head, false));
        assert_eq!(reserved, Ok(Some(None)));
    }

    #[test]
    fn a_stream_goes_on_where_it_was() {
        assert_eq!(
            ask("GET /__scaffold__/events?at=a.1", "Last-Event-ID: a.2\r\n"),
            Some(events("a.2", false))
        );
    }

    #[rstest]
    #[case("", true)]
    #[case("Origin: http://localhost:8000\r\n", true)]
    #[case("Origin: https://LOCALHOST:8000\r\n", true)]
    #[case("Sec-Fetch-Site: same-origin\r\n", true)]
    #[case("Sec-Fetch-Site: none\r\n", true)]
    #[case("Origin: null\r\n", false)]
    #[case("Origin: http://localhost\r\n", false)]
    #[case("Origin: http://localhost:8001\r\n", false)]
    #[case("Origin: http://127.0.0.1:8000\r\n", false)]
    #[case("Origin: http://evil.example\r\n", false)]
    #[case("Origin: localhost:8000\r\n", false)]
    #[case(
        "Origin: http://localhost:8000\r\nOrigin: http://evil.example\r\n",
        false
    )]
    #[case("Sec-Fetch-Site: cross-site\r\n", false)]
    #[case("Sec-Fetch-Site: same-site\r\n", false)]
    fn foreign_origins_are_refused(#[case] headers: &str, #[case] is_ours: bool) {
        for path in [EVENTS, SCRIPT] {
            let asked = ask(&format!("GET {path}"), headers);
            assert_eq!(asked != Some(Reserved::Foreign), is_ours, "{asked:?}");
        }
    }
}

//! The pages that the front itself answers with when something is wrong.
//!
//! They tell of the project's inside. So they are complete only for clients on this machine that
//! asked for a host which is this machine; whoever else asks learns the status. What comes through
//! a tunnel comes from this machine too, but asks for another host.

use super::{head::Reject, upstream::Failure};
use crate::wire::{Loss, message::ApplicationError};

const TEMPLATE: &str = include_str!("pages/problem.html");

/// Who a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Audience {
    /// The client is on this machine.
    pub(crate) is_loopback: bool,
    /// It asked for a host that is this machine.
    pub(crate) host_is_local: bool,
    /// It takes HTML.
    pub(crate) wants_html: bool,
}

/// A page of our own, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) status: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

/// What a page tells.
#[derive(Clone, Copy, Debug, Default)]
struct Problem<'a> {
    status: &'static str,
    title: &'a str,
    summary: &'a str,
    traceback: &'a str,
    hint: &'a str,
    footer: &'a str,
}

/// The application could not be loaded.
pub(crate) fn not_loaded(failure: &Failure, audience: Audience) -> Page {
    page(
        Problem {
            status: "500 Internal Server Error",
            title: "The application could not be loaded",
            summary: &failure.message,
            traceback: &failure.traceback,
            hint: &failure.hint,
            footer: "scaffold tries again when you reload this page.",
        },
        audience,
    )
}

/// The application failed in this request.
pub(crate) fn application_failed(error: &ApplicationError, audience: Audience) -> Page {
    page(
        Problem {
            status: "500 Internal Server Error",
            title: "The application raised an exception",
            summary: &error.summary,
            traceback: &error.traceback,
            footer: "Raised outside the framework's own error handling.",
            ..Problem::default()
        },
        audience,
    )
}

/// There is no worker that takes the request, for a reason that is nobody's secret.
pub(crate) fn unavailable(reason: &str) -> Page {
    let status = "503 Service Unavailable";
    plain(status, format!("{status}: {reason}\n"))
}

/// The worker process went away during this request.
pub(crate) fn worker_lost(loss: Loss, audience: Audience) -> Page {
    let Loss { silence, is_latest } = loss;
    let (title, summary, hint) = match (silence, is_latest) {
        (None, _) => (
            "The worker process ended during this request",
            "The process that ran the application is gone; a new one is started.".to_owned(),
            "the terminal shows how it ended",
        ),
        (Some(seconds), true) => (
            "The worker process hung, most likely in this request",
            format!(
                "The process that ran the application did not react for {seconds} s, and was \
                 replaced. This request was begun last."
            ),
            "look for a call into C code that does not end, such as a regular expression; \
             `--timeout 0` waits for ever",
        ),
        (Some(seconds), false) => (
            "The worker process hung during this request",
            format!(
                "The process that ran the application did not react for {seconds} s, and was \
                 replaced. Most likely it hung in another request, which was begun after this one."
            ),
            "the access log shows the requests that failed with it",
        ),
    };
    page(
        Problem {
            status: "502 Bad Gateway",
            title,
            summary: &summary,
            hint,
            ..Problem::default()
        },
        audience,
    )
}

/// The worker sent what must not be sent on.
pub(crate) fn bad_response(reason: &str, audience: Audience) -> Page {
    page(
        Problem {
            status: "500 Internal Server Error",
            title: "The response could not be sent",
            summary: reason,
            ..Problem::default()
        },
        audience,
    )
}

/// The request itself was wrong: what was wrong is no secret.
pub(crate) fn rejected(reject: &Reject) -> Page {
    plain(
        reject.status,
        format!("{}: {}\n", reject.status, reject.reason),
    )
}

/// The request is for a host that is not this machine, and that nobody allows. The host is valid,
/// so it has only characters that mean nothing to a terminal.
pub(crate) fn foreign_host(host: &[u8]) -> Page {
    let status = "403 Forbidden";
    let host = String::from_utf8_lossy(host);
    let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
    plain(
        status,
        format!(
            "{status}: this server does not answer to the host `{host}`\n\n\
             A web site can point its own name at your machine, to read what is served here. So \
             only names of\nthis machine are answered, and those that are allowed.\n\n\
             hint: allow it with `--allowed-host {name}`, or in Django's ALLOWED_HOSTS\n"
        ),
    )
}

fn page(problem: Problem<'_>, audience: Audience) -> Page {
    let Problem {
        status,
        title,
        summary,
        traceback,
        hint,
        footer,
    } = problem;
    if !(audience.host_is_local && audience.is_loopback) {
        return plain(
            status,
            format!("{status}\n\nThe server's terminal shows what is wrong.\n"),
        );
    }
    if audience.wants_html {
        let mut context = tera::Context::new();
        for (name, value) in [
            ("title", title),
            ("summary", summary),
            ("traceback", traceback),
            ("hint", hint),
            ("footer", footer),
        ] {
            context.insert(name, value);
        }
        if let Ok(body) = tera::Tera::one_off(TEMPLATE, &context, true) {
            return Page {
                status,
                content_type: "text/html; charset=utf-8",
                body,
            };
        }
    }
    let mut body = format!("{title}\n\n{summary}\n");
    if !hint.is_empty() {
        body.push_str("\nhint: ");
        body.push_str(hint);
        body.push('\n');
    }
    if !traceback.is_empty() {
        body.push('\n');
        body.push_str(traceback);
    }
    plain(status, body)
}

fn plain(status: &'static str, body: String) -> Page {
    Page {
        status,
        content_type: "text/plain; charset=utf-8",
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVELOPER: Audience = Audience {
        is_loopback: true,
        host_is_local: true,
        wants_html: true,
    };

    fn failure() -> Failure {
        Failure {
            message: "NameError: <x>".into(),
            traceback: "line <1>".into(),
            hint: "do \"this\"".into(),
        }
    }

    #[test]
    fn the_page_shows_everything_escaped() {
        let page = not_loaded(&failure(), DEVELOPER);
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        for part in [
            "NameError: &lt;x&gt;",
            "line &lt;1&gt;",
            "this",
            "<!DOCTYPE html>",
        ] {
            assert!(
                page.body.contains(part),
                "{part} is missing in {}",
                page.body
            );
        }
        assert!(!page.body.contains("<x>") && !page.body.contains("{{"));
    }

    #[test]
    fn clients_that_do_not_ask_for_html_get_plain_text() {
        let page = not_loaded(
            &failure(),
            Audience {
                wants_html: false,
                ..DEVELOPER
            },
        );
        assert_eq!(page.content_type, "text/plain; charset=utf-8");
        assert!(
            page.body
                .contains("NameError: <x>\n\nhint: do \"this\"\n\nline <1>")
        );
    }

    #[test]
    fn other_machines_and_foreign_hosts_learn_nothing() {
        for audience in [
            Audience {
                is_loopback: false,
                ..DEVELOPER
            },
            Audience {
                host_is_local: false,
                ..DEVELOPER
            },
        ] {
            let page = not_loaded(&failure(), audience);
            assert!(!page.body.contains("NameError"), "{}", page.body);
        }
    }
}

//! The pages that the front itself answers with when something is wrong.
//!
//! They tell of the project's inside. So they are complete only for clients on this machine that
//! asked for a host which is this machine; whoever else asks learns the status. What comes through
//! a tunnel comes from this machine too, but asks for another host.

mod ansi;
mod lost;
mod start;
mod view;

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{
    head::Reject,
    notices::Moment,
    upstream::{FailedStep, Failure},
};
use crate::wire::{
    exceptions::Exception,
    message::{ApplicationError, ErrorKind},
};

pub(crate) use lost::process_lost;
pub(crate) use start::{Row, StartPage, start};
use view::View;

/// The page, and the parts that it is made of.
const TEMPLATES: [(&str, &str); 6] = [
    ("page", include_str!("pages/page.html")),
    ("start", include_str!("pages/start.html")),
    ("problem", include_str!("pages/problem.html")),
    ("frame", include_str!("pages/frame.html")),
    ("source", include_str!("pages/source.html")),
    ("lines", include_str!("pages/lines.html")),
];

const STYLE: &str = include_str!("pages/style.css");

/// What pages of ours, and with `--live-reload` those of the application, do when something
/// happens.
const SCRIPT: &str = include_str!("client.js");

/// The Content-Security-Policy of what is no page with style and script.
pub(crate) const NO_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What the traceback of an exception is called.
const TRACEBACK: &str = "Traceback as text";

/// What that of a panic is called.
const BACKTRACE: &str = "Backtrace as text";

static TERA: LazyLock<Option<tera::Tera>> = LazyLock::new(|| {
    let mut tera = tera::Tera::default();
    tera.add_raw_templates(TEMPLATES).ok()?;
    // Whatever a template is called.
    tera.autoescape_on(vec![""]);
    Some(tera)
});

/// The Content-Security-Policy of a page with our style and script, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// Who a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Audience {
    /// It may see the project's inside: the client is on this machine, and asked for a host that is
    /// this machine.
    pub(crate) is_developer: bool,
    /// It takes HTML.
    pub(crate) wants_html: bool,
    /// It has asked by GET: it may ask for the same again by itself.
    pub(crate) is_get: bool,
}

/// A page of our own, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) status: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) body: String,
}

/// What a page tells.
#[derive(Clone, Copy, Debug, Default)]
struct Problem<'a> {
    status: &'static str,
    title: &'a str,
    summary: &'a str,
    traceback: &'a str,
    traceback_name: &'a str,
    hint: &'a str,
    footer: &'a str,
    exceptions: &'a [Exception],
    /// The application could not be loaded, so the page waits until it can be.
    is_load: bool,
}

/// The application could not be loaded.
pub(crate) fn not_loaded(failure: &Failure, audience: Audience, moment: &Moment) -> Page {
    page(of_failure(failure), audience, moment)
}

/// What a page of an earlier problem is to show instead, now that the application could not be
/// loaded; `None` where it is not for such a page's reader.
pub(crate) fn not_loaded_again(failure: &Failure, audience: Audience) -> Option<String> {
    audience
        .is_developer
        .then(|| render("problem", &context(&of_failure(failure))))
        .flatten()
}

fn of_failure(failure: &Failure) -> Problem<'_> {
    let title = match failure.step {
        FailedStep::Load => "The application could not be loaded",
        FailedStep::Build => "The project could not be built",
        FailedStep::Compile => "The project does not compile",
        FailedStep::Make => "The application panicked before it could serve",
    };
    Problem {
        status: "500 Internal Server Error",
        title,
        summary: &failure.message,
        traceback: &failure.traceback,
        traceback_name: match failure.step {
            FailedStep::Load => TRACEBACK,
            FailedStep::Build | FailedStep::Compile => "What Cargo says",
            FailedStep::Make => BACKTRACE,
        },
        hint: &failure.hint,
        footer: "scaffold tries again when you reload this page.",
        exceptions: &failure.exceptions,
        is_load: true,
    }
}

/// The application failed in this request.
pub(crate) fn application_failed(
    error: &ApplicationError,
    audience: Audience,
    moment: &Moment,
) -> Page {
    let (title, traceback_name, footer) = match error.kind {
        ErrorKind::Exception => (
            "The application raised an exception",
            TRACEBACK,
            "Raised outside the framework's own error handling.",
        ),
        ErrorKind::Panic => (
            "The application panicked",
            BACKTRACE,
            "This request was lost by it, and no other one; the application goes on.",
        ),
        ErrorKind::Error => (
            "The application returned an error",
            "The error as text",
            "Returned by the outermost service, in place of a response.",
        ),
    };
    page(
        Problem {
            status: "500 Internal Server Error",
            title,
            summary: &error.summary,
            traceback: &error.traceback,
            traceback_name,
            footer,
            exceptions: &error.exceptions,
            ..Problem::default()
        },
        audience,
        moment,
    )
}

/// A page of another origin wants what is for pages of this server.
pub(crate) fn foreign_origin() -> Page {
    let status = "403 Forbidden";
    plain(
        status,
        format!("{status}: this is for pages of this server only\n"),
    )
}

/// The script for pages of the application.
pub(crate) fn script() -> Page {
    Page {
        status: "200 OK",
        content_type: "text/javascript; charset=utf-8",
        policy: NO_POLICY,
        body: SCRIPT.to_owned(),
    }
}

/// There is no worker that takes the request, for a reason that is nobody's secret.
pub(crate) fn unavailable(reason: &str) -> Page {
    let status = "503 Service Unavailable";
    plain(status, format!("{status}: {reason}\n"))
}

/// The worker sent what must not be sent on.
pub(crate) fn bad_response(reason: &str, audience: Audience, moment: &Moment) -> Page {
    page(
        Problem {
            status: "500 Internal Server Error",
            title: "The response could not be sent",
            summary: reason,
            ..Problem::default()
        },
        audience,
        moment,
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
pub(crate) fn foreign_host(host: &[u8], is_of_several: bool) -> Page {
    let status = "403 Forbidden";
    let host = String::from_utf8_lossy(host);
    let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
    let hint = if is_of_several {
        format!("say whose it is, with `hosts = [\"{name}\"]` in scaffold.sites.toml")
    } else {
        format!("allow it with `--allowed-host {name}`, or in Django's ALLOWED_HOSTS")
    };
    plain(
        status,
        format!(
            "{status}: this server does not answer to the host `{host}`\n\n\
             A web site can point its own name at your machine, to read what is served here. So \
             only names of\nthis machine are answered, and those that are allowed.\n\n\
             hint: {hint}\n"
        ),
    )
}

fn page(problem: Problem<'_>, audience: Audience, moment: &Moment) -> Page {
    let status = problem.status;
    if !audience.is_developer {
        return plain(
            status,
            format!("{status}\n\nThe server's terminal shows what is wrong.\n"),
        );
    }
    if audience.wants_html {
        let mut context = context(&problem);
        context.insert("moment", &moment.to_string());
        context.insert("problem", if problem.is_load { "load" } else { "request" });
        context.insert("again", &audience.is_get);
        context.insert("style", STYLE);
        context.insert("script", SCRIPT);
        if let Some(body) = render("page", &context) {
            return Page {
                status,
                content_type: "text/html; charset=utf-8",
                policy: &POLICY,
                body,
            };
        }
    }
    let Problem {
        title,
        summary,
        traceback,
        hint,
        ..
    } = problem;
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

fn context(problem: &Problem<'_>) -> tera::Context {
    let mut context = tera::Context::new();
    let mut exceptions = problem.exceptions.iter();
    // It stands there in colours.
    let is_printed = exceptions.any(|exception| !exception.printed.is_empty());
    let traceback = if is_printed { "" } else { problem.traceback };
    for (name, value) in [
        ("title", problem.title),
        ("traceback", traceback),
        ("traceback_name", problem.traceback_name),
        ("hint", problem.hint),
        ("footer", problem.footer),
    ] {
        context.insert(name, value);
    }
    context.insert("view", &View::new(problem.summary, problem.exceptions));
    context
}

/// A template with its values; `None` where it could not be rendered.
fn render(template: &str, context: &tera::Context) -> Option<String> {
    TERA.as_ref()?.render(template, context).ok()
}

fn plain(status: &'static str, body: String) -> Page {
    Page {
        status,
        content_type: "text/plain; charset=utf-8",
        policy: NO_POLICY,
        body,
    }
}

#[cfg(test)]
mod tests;

//! The page that lists the sites where there are several.

use serde::Serialize;

use super::{Audience, Moment, POLICY, Page, SCRIPT, STYLE, plain, render};

/// What the start page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StartPage<'a> {
    /// It was asked for; else there is nothing where the client has asked.
    pub(crate) is_start: bool,
    /// The sites, in their order.
    pub(crate) sites: &'a [Row<'a>],
}

/// A site on the start page.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    pub(crate) url: &'a str,
    pub(crate) state: &'a str,
}

/// The page. It tells what is served here, so only this machine's user is shown it.
pub(crate) fn start(page: &StartPage<'_>, audience: Audience, moment: &Moment) -> Page {
    let StartPage { is_start, sites } = *page;
    let status = if is_start && audience.is_developer {
        "200 OK"
    } else {
        "404 Not Found"
    };
    if !audience.is_developer {
        let text = "several sites are served here, each by its own name\n";
        return plain(status, format!("{status}: {text}"));
    }
    let title = if is_start {
        "Sites"
    } else {
        "None of the sites was asked for"
    };
    if audience.wants_html {
        let mut context = tera::Context::new();
        for (name, value) in [("title", title), ("style", STYLE), ("script", SCRIPT)] {
            context.insert(name, value);
        }
        context.insert("moment", &moment.to_string());
        context.insert("sites", sites);
        if let Some(body) = render("start", &context) {
            return Page {
                status,
                content_type: "text/html; charset=utf-8",
                policy: &POLICY,
                body,
            };
        }
    }
    let mut body = format!("{title}\n\n");
    for Row { name, url, state } in sites {
        for part in [name, "  ", url, "  ", state, "\n"] {
            body.push_str(part);
        }
    }
    plain(status, body)
}

//! Where those come who ask for none of several sites: the start page, which lists them.

use std::path::Path;

use futures_util::future::join_all;

use super::{
    AccessLog, Answering, Front, Hosts, Limits, Settings, Upstream,
    pages::{self, Audience, Page, Row, StartPage},
    upstream::{self, Standing},
};

/// A site on the start page.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// What tells its state.
    pub upstream: Upstream,
}

/// What is served at the addresses of several sites to whoever asks for none of them.
#[derive(Debug)]
pub struct Lobby {
    /// Nothing is ever behind its upstream, whose notifier tells the start page.
    answering: Answering,
    sites: Vec<Listed>,
}

impl Lobby {
    /// A lobby that answers to these hosts, logs there, and lists these sites.
    #[must_use]
    pub fn new(hosts: Hosts, limits: Limits, log: AccessLog, sites: Vec<Listed>) -> Self {
        let (_, upstream) = upstream::nowhere();
        let settings = Settings {
            hosts,
            limits,
            ..Settings::default()
        };
        Self {
            answering: Answering::new(settings, upstream, log),
            sites,
        }
    }

    /// The front at an address that the user calls so, at that port.
    pub(super) fn at(&self, name: String, port: u16) -> Front {
        self.answering.at(name, port)
    }

    pub(super) fn hosts(&self) -> &Hosts {
        &self.answering.settings.hosts
    }

    /// Tells pages whenever a site has come to another state. Never ends while a site is there.
    pub(super) async fn follow(&self) {
        let notifier = &self.answering.upstream.notifier;
        let sites = self.sites.iter().map(async |site| {
            let mut upstream = site.upstream.clone();
            let mut last = upstream.standing();
            while upstream.changed().await {
                let now = upstream.standing();
                if now != last {
                    notifier.changed([Path::new("sites")]);
                }
                last = now;
            }
        });
        join_all(sites).await;
    }

    /// The start page; elsewhere it says that there is nothing. `line` is that of the request.
    pub(super) fn page(&self, line: &[u8], audience: Audience) -> Page {
        let notifier = &self.answering.upstream.notifier;
        // Before the states: what comes between the two is told to the page.
        let position = notifier.position();
        let sites: Vec<Row<'_>> = self
            .sites
            .iter()
            .map(|site| Row {
                name: &site.name,
                url: &site.url,
                state: match site.upstream.standing() {
                    Standing::Starting => "loading",
                    Standing::Ready => "ready",
                    Standing::Failed => "failed",
                },
            })
            .collect();
        pages::start(
            &StartPage {
                is_start: is_start(line),
                sites: &sites,
            },
            audience,
            &notifier.moment(position),
        )
    }
}

/// Whether a request is for the start page.
fn is_start(line: &[u8]) -> bool {
    let methods: [&[u8]; 2] = [b"GET /", b"HEAD /"];
    let rest = methods
        .into_iter()
        .find_map(|method| line.strip_prefix(method));
    matches!(rest, Some([b' ' | b'?', ..]))
}

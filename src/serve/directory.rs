//! Several sites at the same addresses: which of them a request is for, by the host that it asks
//! for.
//!
//! Names for one site are no names for another, and none makes the lobby answer to a host that is
//! not this machine.

use std::sync::Arc;

use super::{AccessLog, Answering, Front, HostPattern, Lobby, Settings, Upstream, host::Admission};

/// A site among others.
#[derive(Debug)]
pub struct Hosted {
    /// Its name: it answers to `NAME.localhost`, and to what is below that.
    pub name: String,
    /// The hosts beside those that are for it. Its settings must allow them.
    pub hosts: Vec<HostPattern>,
    /// What its front is to be like.
    pub settings: Settings,
    /// Where its requests go.
    pub upstream: Upstream,
    /// Where its access log goes.
    pub log: AccessLog,
}

/// The same, at whichever address.
#[derive(Debug)]
pub(super) struct Neighbour {
    name: String,
    hosts: Vec<HostPattern>,
    answering: Answering,
}

impl From<Hosted> for Neighbour {
    fn from(site: Hosted) -> Self {
        let Hosted {
            name,
            hosts,
            settings,
            upstream,
            log,
        } = site;
        Self {
            name,
            hosts,
            answering: Answering::new(settings, upstream, log),
        }
    }
}

/// The fronts of the sites at one address.
#[derive(Debug)]
pub(super) struct Directory {
    lobby: Arc<Lobby>,
    /// The front of the lobby: for whoever asks for no site.
    entry: Front,
    /// Which hosts are for which front; the first that matches counts. What is for few hosts comes
    /// before what is for many.
    sites: Vec<(HostPattern, Front)>,
    /// The front for all other hosts.
    rest: Option<Front>,
}

impl Directory {
    /// The sites at an address that the user calls so, at that port.
    pub(super) fn new(lobby: &Arc<Lobby>, sites: &[Neighbour], name: &str, port: u16) -> Self {
        let fronts = sites
            .iter()
            .map(|site| (site, site.answering.at(name.to_owned(), port)));
        let fronts: Vec<_> = fronts.collect();
        let own = fronts
            .iter()
            .map(|(site, front)| (HostPattern::of_site(&site.name), front.clone()));
        let others = fronts.iter().flat_map(|(site, front)| {
            let hosts = site.hosts.iter().filter(|host| !host.is_any());
            hosts.map(|host| (host.clone(), front.clone()))
        });
        let mut others: Vec<_> = others.collect();
        others.sort_by_key(|(pattern, _)| pattern.breadth());
        let takes_all = |site: &Neighbour| site.hosts.iter().any(HostPattern::is_any);
        let rest = fronts.iter().find(|(site, _)| takes_all(site));
        Self {
            entry: lobby.at(name.to_owned(), port),
            lobby: Arc::clone(lobby),
            sites: own.chain(others).collect(),
            rest: rest.map(|(_, front)| front.clone()),
        }
    }

    /// The front of the lobby, where each connection begins.
    pub(super) fn entry(&self) -> Front {
        self.entry.clone()
    }

    /// The lobby, if this is its front.
    pub(super) fn lobby(&self, front: &Front) -> Option<&Lobby> {
        front.is_same(&self.entry).then_some(&*self.lobby)
    }

    /// The front for a request that asks for this valid host; `None` where the present one is.
    pub(super) fn other_than(&self, present: &Front, host: Option<&[u8]>) -> Option<&Front> {
        let front = match host {
            None | Some([]) => &self.entry,
            Some(host) => self.front(host),
        };
        (!front.is_same(present)).then_some(front)
    }

    fn front(&self, host: &[u8]) -> &Front {
        let mut sites = self.sites.iter();
        if let Some((_, front)) = sites.find(|(pattern, _)| pattern.matches(host)) {
            return front;
        }
        match &self.rest {
            Some(rest) if self.lobby.hosts().admission(host) != Admission::Local => rest,
            _ => &self.entry,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{
        super::{Hosts, Limits, upstream},
        *,
    };

    fn hosted(name: &str, hosts: &[&str]) -> Neighbour {
        let (_, upstream) = upstream(Arc::new(|| true));
        Neighbour::from(Hosted {
            name: name.to_owned(),
            hosts: hosts
                .iter()
                .map(|host| HostPattern::parse(host).unwrap())
                .collect(),
            settings: Settings::default(),
            upstream,
            log: AccessLog::off(),
        })
    }

    /// A directory, and the number of the site for a host; 0 is the lobby.
    fn found(sites: &[Neighbour], host: Option<&str>) -> usize {
        let own = Hosts::new(vec!["my-host".into()], Vec::new());
        let lobby = Arc::new(Lobby::new(own, Limits::default(), AccessLog::off(), vec![]));
        let directory = Directory::new(&lobby, sites, "127.0.0.1", 8000);
        let entry = directory.entry();
        let host = host.map(str::as_bytes);
        let Some(front) = directory.other_than(&entry, host) else {
            return 0;
        };
        assert!(directory.lobby(front).is_none());
        // What has been found is not found again.
        assert!(directory.other_than(front, host).is_none());
        let own = directory.sites.iter().take(sites.len());
        let mut numbers = own.zip(1..);
        let found = numbers.find(|((_, other), _)| other.is_same(front));
        found.unwrap().1
    }

    #[rstest]
    #[case("blog.localhost", 1)]
    #[case("Blog.Localhost.:8000", 1)]
    #[case("api.blog.localhost:8000", 1)]
    #[case("shop.localhost", 2)]
    #[case("one.test", 2)]
    #[case("a.two.test:80", 2)]
    #[case("localhost:8000", 0)]
    #[case("127.0.0.1:8000", 0)]
    #[case("[::1]:8000", 0)]
    #[case("my-host:8000", 0)]
    #[case("other.localhost", 0)]
    #[case("shopblog.localhost", 0)]
    #[case("blog.localhost.evil.test", 0)]
    #[case("evil.test", 0)]
    fn a_host_is_for_one_site_or_for_none(#[case] host: &str, #[case] number: usize) {
        let sites = [
            hosted("blog", &[]),
            hosted("shop", &["one.test", ".two.test"]),
        ];
        assert_eq!(found(&sites, Some(host)), number);
    }

    #[test]
    fn a_host_goes_before_a_domain_and_that_before_one_above_it() {
        let sites = [
            hosted("all", &[".test"]),
            hosted("below", &[".one.test"]),
            hosted("one", &["one.test"]),
        ];
        let hosts = ["one.test", "a.one.test", "two.test", "test"];
        assert_eq!(hosts.map(|host| found(&sites, Some(host))), [3, 2, 1, 1]);
    }

    #[test]
    fn who_names_no_host_comes_to_the_lobby() {
        let sites = [hosted("blog", &["*"])];
        assert_eq!([None, Some("")].map(|host| found(&sites, host)), [0, 0]);
    }

    #[test]
    fn who_takes_all_hosts_gets_those_that_are_not_this_machine() {
        let sites = [hosted("blog", &["*"]), hosted("shop", &["one.test"])];
        let hosts = [
            "any.test",
            "one.test",
            "shop.localhost",
            "127.0.0.1",
            "my-host",
        ];
        assert_eq!(hosts.map(|host| found(&sites, Some(host))), [1, 2, 2, 0, 0]);
    }
}

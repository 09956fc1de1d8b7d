//! Running several sites side by side, on one thread: what waits for one of them holds up no other.

use std::pin::Pin;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::task::yield_now;

use crate::{
    command::{error::Error, listening::Listening, printer::Printer, runtime},
    console::{Terminal, Verbosity, Voice},
    dev::{self, Event},
    serve::{AccessLog, Hosted, Hosts, Limits, Listed, Listener, Lobby, Server, ShutdownGuard},
};

use super::{
    LAST_LINES,
    planned::Address,
    relay::{Ended, relay},
    several::{Introduction, Site},
    stopping,
};

/// What is to be served.
pub(super) struct Together {
    pub(super) sites: Vec<Site>,
    /// What is told before the first of them says something.
    pub(super) introduction: Option<Introduction>,
    pub(super) verbosity: Verbosity,
    /// What the sites have in common that do not listen by themselves.
    pub(super) listeners: Option<Vec<Listener>>,
    /// The names of this machine that it listens at.
    pub(super) names: Vec<String>,
    /// The access log of what is for no site.
    pub(super) log: AccessLog,
    /// What speaks for none of them.
    pub(super) nobody: Voice,
}

/// What prints, and is waited for at the end.
#[derive(Default)]
struct Printers {
    all: Vec<Printer>,
    logs: Vec<AccessLog>,
}

/// A site that runs, until everything ends.
type Running = Pin<Box<dyn Future<Output = Result<(), dev::Error>>>>;

/// Serves them until a signal asks to stop. Every process of all of them is gone when this returns.
pub(super) fn run(together: Together) -> Result<(), Error> {
    let terminal = Terminal::note();
    let mut printers = Printers::default();
    let runtime = runtime()?;
    let result = runtime.block_on(serve(together, &terminal, &mut printers));
    terminal.restore();
    printers.end();
    result
}

async fn serve(
    together: Together,
    terminal: &Terminal,
    printers: &mut Printers,
) -> Result<(), Error> {
    let Together {
        sites,
        introduction,
        verbosity,
        listeners,
        names,
        log,
        nobody,
    } = together;
    let guard = stopping::listen(terminal, nobody, verbosity)?;
    let mut running = FuturesUnordered::<Running>::new();
    let (mut hosted, mut listed) = (Vec::new(), Vec::new());
    for (number, site) in sites.into_iter().enumerate() {
        let started = start(site, verbosity, &guard, printers)?;
        running.push(Box::pin(in_turn(number, guard.begins(), started.running)));
        listed.push(started.listed);
        hosted.extend(started.hosted);
    }
    if let Some(introduction) = introduction {
        introduction.tell();
    }
    printers.of_log(&log);
    let server = match listeners {
        Some(listeners) => {
            let hosts = Hosts::new(names, Vec::new());
            let lobby = Lobby::new(hosts, Limits::default(), log, listed);
            Some(Server::of_several(listeners, lobby, hosted).map_err(Error::Listen)?)
        }
        None => None,
    };
    let over = guard.over();
    let front = async {
        match server {
            Some(server) => server.run(guard).await,
            None => drop(guard),
        }
        over.await;
        Ok(())
    };
    let sites = async {
        while let Some(ended) = running.next().await {
            ended?;
        }
        Ok(())
    };
    tokio::try_join!(front, sites).map(drop)
}

/// Runs a site once as many others have begun. Starting a process takes a moment in which nothing
/// else happens, so that a signal, or a request at a site that is there, would wait for all of them.
async fn in_turn(
    number: usize,
    end: impl Future<Output = ()>,
    running: impl Future<Output = Result<(), dev::Error>>,
) -> Result<(), dev::Error> {
    let turn = async {
        for _ in 0..number {
            yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = end => Ok(()),
        () = turn => running.await,
    }
}

/// A site that was started.
struct Started {
    running: Running,
    listed: Listed,
    /// What is to be served for it at the addresses of all; none where it has its own.
    hosted: Option<Hosted>,
}

/// Starts one of them. Nothing of it runs before its future does.
fn start(
    site: Site,
    verbosity: Verbosity,
    guard: &ShutdownGuard,
    printers: &mut Printers,
) -> Result<Started, Error> {
    let Site {
        name,
        place,
        planned,
        voice,
        printed,
        log,
        front,
        hosts,
        urls,
        own,
    } = site;
    let url = urls.first().cloned().unwrap_or_default();
    let address = Address {
        urls,
        // That another machine can reach it is said once for all.
        is_loopback: true,
    };
    let (announcer, engine, watch) = planned.announced(voice.clone(), verbosity, address, true);
    let made = dev::Site::new(engine, watch, false).map_err(|error| Error::OfSite {
        name: name.clone(),
        place,
        error: Box::new(error.into()),
    });
    let (site, upstream) = made?;
    printers.of_log(&log);
    let (mut over, ended) = Ended::new().map_err(Error::Runtime)?;
    let relaying = Printer::start(move || relay(printed, ended, &voice));
    printers.all.push(relaying);
    let (printer, events) = Printer::of_events(announcer);
    printers.all.push(printer);
    let tell = move |event| {
        if let Event::Ended(_) | Event::NotLoaded(_) = event {
            over.tell();
        }
        // The printer listens as long as there is somebody to send.
        let _ = events.send(event);
    };
    let listed = Listed {
        name: name.clone(),
        url,
        upstream: upstream.clone(),
    };
    let Some(Listening { listeners, .. }) = own else {
        let hosted = Hosted {
            name,
            hosts,
            settings: front,
            upstream,
            log,
        };
        return Ok(Started {
            running: Box::pin(site.run(guard.over(), tell)),
            listed,
            hosted: Some(hosted),
        });
    };
    let server = Server::new(listeners, front, upstream, log).map_err(Error::Listen)?;
    let serving = server.run(guard.clone());
    Ok(Started {
        running: Box::pin(site.run(serving, tell)),
        listed,
        hosted: None,
    })
}

impl Printers {
    fn of_log(&mut self, log: &AccessLog) {
        self.all.push(Printer::of_log(log.clone()));
        self.logs.push(log.clone());
    }

    /// Has everything printed that is left, but does not wait for long.
    fn end(self) {
        for log in self.logs {
            log.close();
        }
        for printer in self.all {
            printer.wait(LAST_LINES);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::serve::Shutdown;

    /// What would begin after the end does not.
    #[test]
    fn a_stop_is_heard_between_one_site_and_the_next() {
        let shutdown = Shutdown::default();
        let guard = shutdown.guard();
        let begun = Cell::new(0);
        let site = async || {
            begun.set(begun.get() + 1);
            shutdown.end();
        };
        let all: FuturesUnordered<_> = (0..3)
            .map(|number| {
                in_turn(number, guard.over(), async {
                    site().await;
                    Ok(())
                })
            })
            .collect();
        let ended: Vec<_> = runtime().unwrap().block_on(all.collect());
        assert!(ended.into_iter().all(|ended| ended.is_ok()));
        assert_eq!(begun.get(), 1);
    }
}

//! One project at the addresses that the user gave.

use std::{path::Path, sync::mpsc};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    command::{
        error::Error,
        listening::{self, Listening},
        printer::Printer,
        runtime, site,
    },
    console::{Terminal, Verbosity, Voice},
    dev::{self, Engine, Event},
    project::{Environment, Streams},
    serve::{self, AccessLog, Label, Listener, Server, address::Address as Bindable},
    watch,
};

use super::{
    LAST_LINES,
    limit::raise_open_files,
    planned::{Address, Planned, Setting},
    stopping,
};

/// What is to be served.
struct Plan {
    listeners: Vec<Listener>,
    front: serve::Settings,
    engine: Engine,
    watch: Option<watch::Rules>,
    log: AccessLog,
    verbosity: Verbosity,
}

/// Serves the project of somebody who is in the directory `here`, until a signal asks to stop.
pub(super) fn run(
    args: &RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
    here: &Path,
) -> Result<(), Error> {
    let addresses = listening::addresses(&args.addrport, args.ipv6)?;
    let setting = Setting {
        here,
        variable: site::variable(),
        open_files: raise_open_files(),
        environment: Environment::default(),
        // The worker keeps the terminal, so that `breakpoint()` in a view works.
        streams: Streams::Shared,
        is_one_of_several: false,
    };
    let planned = Planned::find(args, output, &setting)?;
    let log = planned.log(args, verbosity, Label::default());
    let names = addresses.iter().flat_map(Bindable::names).collect();
    let front = planned.front(args, names, &[])?;
    let Listening {
        listeners,
        urls,
        is_loopback,
    } = listening::listen(&addresses, args.port_fallback, &Voice::default())?;
    let address = Address { urls, is_loopback };
    let (announcer, engine, watch) = planned.announced(Voice::default(), verbosity, address, false);
    let plan = Plan {
        listeners,
        front,
        engine,
        watch,
        log: log.clone(),
        verbosity,
    };

    let log_printer = Printer::of_log(log.clone());
    let (event_printer, events) = Printer::of_events(announcer);
    let terminal = Terminal::note();
    // One thread: the front wakes less often than two would, and leaves a core to the worker.
    let runtime = runtime()?;
    let result = runtime.block_on(serve(plan, events, &terminal));
    terminal.restore();
    log.close();
    log_printer.wait(LAST_LINES);
    event_printer.wait(LAST_LINES);
    result
}

async fn serve(plan: Plan, events: mpsc::Sender<Event>, terminal: &Terminal) -> Result<(), Error> {
    let Plan {
        listeners,
        front,
        engine,
        watch,
        log,
        verbosity,
    } = plan;
    let guard = stopping::listen(terminal, Voice::default(), verbosity)?;
    let (site, upstream) = dev::Site::new(engine, watch, true)?;
    let server = Server::new(listeners, front, upstream, log).map_err(Error::Listen)?;
    let tell = |event| {
        if let Event::Ended(_) | Event::BrokenOff = event {
            terminal.restore();
        }
        // The printer listens as long as there is somebody to send.
        let _ = events.send(event);
    };
    site.run(server.run(guard), tell).await?;
    Ok(())
}

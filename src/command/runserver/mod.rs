//! `scaffold runserver`: serve the project in development.
//!
//! - `python`, `rust`: what runs the application, by the language of the project

mod python;
mod rust;

use std::{
    env,
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    console::{self, Terminal, Verbosity},
    dev::{self, Engine, Event},
    project::{Config, ConfigTable},
    serve::{
        self, AccessLog, HostPattern, Hosts, Limits, LogFormat, NotAHost, Palette, Protocol,
        address::Address,
    },
    shutdown::Stop,
    watch,
};

use super::{
    announcer::{Announcer, Printer},
    banner::{Banner, Runtime},
    error::Error,
    listening::{self, Listening},
    runtime,
    site::{self, Found},
};

/// How long the last lines may take to be printed: a stopped terminal must not keep the program
/// from ending.
const LAST_LINES: Duration = Duration::from_millis(200);

/// Exit code after a second stop signal, as shells give for the first.
const INTERRUPTED: i32 = 130;

/// Runs `scaffold runserver`: returns when a signal asks the program to stop.
pub(super) fn run(
    args: &RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<(), Error> {
    let addresses = listening::addresses(&args.addrport, args.ipv6)?;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let open_files = raise_open_files();
    let Planned {
        engine,
        shown,
        root,
        watch,
        config,
        table,
    } = match site::find(&args.choice, &here)? {
        Found::Python(site) => python::plan(args, output, &site, &here, open_files)?,
        Found::Rust(root) => rust::plan(args, &root)?,
    };
    let log_format = args.log_format.as_ref().or(config.log_format.as_ref());
    let log = match verbosity {
        Verbosity::Quiet => AccessLog::off(),
        Verbosity::Normal | Verbosity::Verbose => {
            let format = log_format.and_then(|name| LogFormat::named(name));
            AccessLog::new(format.unwrap_or_default(), palette())
        }
    };
    let allowed = args.allowed_host.iter().chain(&config.allowed_hosts);
    let allowed = allowed
        .map(|text| HostPattern::parse(text))
        .collect::<Result<_, NotAHost>>()?;
    let Listening {
        listeners,
        urls,
        is_loopback,
    } = listening::listen(&addresses, args.port_fallback)?;
    let names = addresses.iter().flat_map(Address::names).collect();
    let front = serve::Settings {
        hosts: Hosts::new(names, allowed),
        limits: Limits::default(),
        live_reload: (args.live_reload || config.live_reload) && !args.no_live_reload,
        protocol: match engine {
            Engine::Python { .. } => Protocol::Worker,
            Engine::Rust(_) => Protocol::Http,
        },
    };
    let announcer = Announcer {
        banner: Banner {
            urls,
            is_loopback,
            runtime: shown,
        },
        verbosity,
        watcher: watch.is_some().then_some(watch::SOURCE),
        checked: None,
        is_announced: false,
        root,
        config,
        table,
        change: None,
        failure: None,
    };
    let plan = dev::Plan {
        listeners,
        front,
        engine,
        watch,
        log: log.clone(),
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

async fn serve(
    plan: dev::Plan,
    events: mpsc::Sender<Event>,
    terminal: &Terminal,
) -> Result<(), Error> {
    let mut stop = Stop::listen().map_err(Error::Runtime)?;
    let at_once = terminal.clone();
    let shutdown = async move {
        stop.signalled().await;
        tokio::spawn(async move {
            stop.signalled().await;
            at_once.restore();
            // The workers see their connections close, or their parent die.
            std::process::exit(INTERRUPTED);
        });
    };
    let tell = |event| {
        if let Event::Ended(_) | Event::BrokenOff = event {
            terminal.restore();
        }
        // The printer listens as long as there is somebody to send.
        let _ = events.send(event);
    };
    dev::run(plan, shutdown, tell).await?;
    Ok(())
}

/// The colours of the access log.
fn palette() -> Palette {
    if console::has_color() {
        Palette::of_setting(&env::var("DJANGO_COLORS").unwrap_or_default())
    } else {
        Palette::plain()
    }
}

/// What the arguments and the project come to.
struct Planned {
    engine: Engine,
    /// What the user is told of it.
    shown: Runtime,
    /// Where the project is.
    root: PathBuf,
    /// Which files are watched, where any are.
    watch: Option<watch::Rules>,
    /// What the project's file configures, and where it is.
    config: Config,
    table: ConfigTable,
}

/// Which files of a project are watched.
fn rules(
    args: &RunserverArgs,
    config: &Config,
    root: &Path,
    language: watch::Language,
) -> Option<watch::Rules> {
    (!args.noreload).then(|| watch::Rules {
        root: root.to_owned(),
        language,
        watch: [args.watch.as_slice(), &config.watch].concat(),
        ignore: [args.ignore.as_slice(), &config.ignore].concat(),
    })
}

/// Lets this process have as many files open as the system allows it: each connection is one, and
/// the usual limit is 1,024. Returns the limit as it was, or 0 where it has not changed; it is the
/// project's, since there are programs that go through all the numbers a descriptor could have.
fn raise_open_files() -> i32 {
    let limit = getrlimit(Resource::Nofile);
    let Rlimit { current, maximum } = limit;
    if current == maximum
        || setrlimit(
            Resource::Nofile,
            Rlimit {
                current: maximum,
                ..limit
            },
        )
        .is_err()
    {
        return 0;
    }
    current
        .and_then(|current| i32::try_from(current).ok())
        .unwrap_or_default()
}

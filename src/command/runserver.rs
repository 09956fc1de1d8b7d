//! `scaffold runserver`: serve the project in development.

use std::{env, num::NonZeroU32, path::Path, sync::mpsc, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    console::{self, Terminal, Verbosity},
    dev::{self, Event},
    project::{Config, Interpreter},
    serve::{
        self, AccessLog, HostPattern, Hosts, Limits, LogFormat, NotAHost, Palette, Protocol,
        address::Address,
    },
    shutdown::Stop,
    watch,
    wire::message::Configure,
    worker,
};

use super::{
    announcer::{Announcer, Printer},
    banner::Banner,
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
    args: RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<(), Error> {
    let addresses = listening::addresses(&args.addrport, args.ipv6)?;
    let has_fallback = args.port_fallback;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let workers = args.workers;
    let Planned {
        mut worker,
        interpreter,
        allowed,
        watch,
        preload,
        live_reload,
        log_format,
        config,
    } = plan_worker(args, output, &here)?;
    worker.configure.open_files = raise_open_files();
    let Listening {
        listeners,
        urls,
        is_loopback,
    } = listening::listen(&addresses, has_fallback)?;
    let log = match verbosity {
        Verbosity::Quiet => AccessLog::off(),
        Verbosity::Normal | Verbosity::Verbose => AccessLog::new(log_format, palette()),
    };
    let announcer = Announcer {
        banner: Banner {
            urls,
            is_loopback,
            interpreter,
            workers,
        },
        verbosity,
        watcher: watch.is_some().then_some(watch::SOURCE),
        checked: None,
        is_announced: false,
        root: worker.root.clone(),
        config,
        change: None,
        failure: None,
    };
    let names = addresses.iter().flat_map(Address::names).collect();
    let plan = dev::Plan {
        listeners,
        front: serve::Settings {
            hosts: Hosts::new(names, allowed),
            limits: Limits::default(),
            protocol: Protocol::Worker,
            live_reload,
        },
        worker,
        workers,
        preload,
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

/// What the arguments and the project's configuration come to.
struct Planned {
    /// How workers are to be started.
    worker: worker::Config,
    interpreter: Interpreter,
    /// The hosts that the user allows.
    allowed: Vec<HostPattern>,
    /// Which files are watched, where any are.
    watch: Option<watch::Rules>,
    /// Whether workers are forked where that is possible.
    preload: bool,
    live_reload: bool,
    log_format: LogFormat,
    /// What the project's file configures.
    config: Config,
}

/// Finds the project and its interpreter.
fn plan_worker(args: RunserverArgs, output: OutputArgs, here: &Path) -> Result<Planned, Error> {
    let project_argv = project_argv(&args, output);
    let RunserverArgs {
        addrport: _,
        ipv6: _,
        port_fallback: _,
        choice,
        allowed_host,
        threads,
        nothreading,
        workers,
        timeout,
        nostatic: _,
        insecure: _,
        skip_checks: _,
        noreload,
        no_preload,
        watch,
        ignore,
        live_reload,
        no_live_reload,
        log_format,
        traceback: _,
    } = args;
    let site = match site::find(&choice, here)? {
        Found::Python(site) => site,
        Found::Rust(root) => return Err(Error::RustProject(root.directory)),
    };
    let config = Config::read(&site.root.directory)?;
    let Config {
        settings: _,
        app: _,
        python: _,
        allowed_hosts: configured_hosts,
        watch: configured_watch,
        ignore: configured_ignore,
        live_reload: configured_live_reload,
        log_format: configured_log_format,
    } = config.clone();
    let allowed = allowed_host.iter().chain(&configured_hosts);
    let allowed = allowed
        .map(|text| HostPattern::parse(text))
        .collect::<Result<_, NotAHost>>()?;
    let interpreter = site.interpreter(&choice, &config)?;
    let configure = Configure {
        argv: project_argv,
        threads: if nothreading { 0 } else { threads },
        multiprocess: workers > 1,
        ..site.configure(&choice, &config, here)
    };
    let worker = worker::Config {
        interpreter: interpreter.path.clone(),
        root: site.directory,
        streams: worker::Streams::Shared,
        // Projects ask for this variable to do something in Django's serving process only.
        environment: vec![("RUN_MAIN".into(), "true".into())],
        configure,
        timeout: NonZeroU32::new(timeout),
    };
    let watch = (!noreload).then(|| watch::Rules {
        root: worker.root.clone(),
        watch: [watch, configured_watch].concat(),
        ignore: [ignore, configured_ignore].concat(),
    });
    Ok(Planned {
        worker,
        interpreter,
        allowed,
        watch,
        // Only reloading makes up for what the warm interpreter costs.
        preload: !(noreload || no_preload),
        live_reload: (live_reload || configured_live_reload) && !no_live_reload,
        log_format: log_format
            .or(configured_log_format)
            .and_then(|name| LogFormat::named(&name))
            .unwrap_or_default(),
        config,
    })
}

/// The command line of Django's own command that means the same: the project's `sys.argv`, which
/// the worker lets Django's parser read, or that of the application that has its own `runserver`.
fn project_argv(args: &RunserverArgs, output: OutputArgs) -> Vec<String> {
    let OutputArgs {
        quiet,
        verbosity,
        no_color,
        force_color,
    } = output;
    let mut words = vec!["manage.py".to_owned(), "runserver".to_owned()];
    // Django takes one.
    words.extend(args.addrport.first().cloned());
    for (is_given, option) in [
        (args.ipv6, "--ipv6"),
        (args.nothreading, "--nothreading"),
        (args.noreload, "--noreload"),
        (args.nostatic, "--nostatic"),
        (args.insecure, "--insecure"),
        (args.skip_checks, "--skip-checks"),
        (no_color, "--no-color"),
        (force_color, "--force-color"),
    ] {
        if is_given {
            words.push(option.to_owned());
        }
    }
    let verbosity = if quiet { 0 } else { verbosity };
    if verbosity != 1 {
        words.push(format!("--verbosity={verbosity}"));
    }
    words.extend(site::django_words(&args.choice));
    words
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

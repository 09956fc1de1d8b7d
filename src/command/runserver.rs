//! `scaffold runserver`: serve the project in development.

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::{
    cli::RunserverArgs,
    console::{self, Verbosity},
    dev::{self, Event},
    project::{Config, Interpreter, Root, Search, settings_modules},
    serve::{AccessLog, Failure, address::Address},
    shutdown::Stop,
    wire::message::{Configure, Report},
    worker,
};

use super::error::Error;

/// How long the last lines of the access log may take to be printed: a stopped terminal must not
/// keep the program from ending.
const LAST_LINES: Duration = Duration::from_millis(200);

/// How long the access log collects lines while requests keep coming: nobody reads faster, and
/// each write costs the requests as much as several lines.
const LOG_PAUSE: Duration = Duration::from_millis(10);

/// From how many octets of lines at once on requests keep coming.
const LOG_BUSY: usize = 4096;

/// Exit code after a second stop signal, as shells give for the first.
const INTERRUPTED: i32 = 130;

/// Runs `scaffold runserver`: returns when a signal asks the program to stop.
pub(super) fn run(args: RunserverArgs, verbosity: Verbosity) -> Result<(), Error> {
    let address = Address::parse(args.addrport.as_deref(), args.ipv6)?;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let (worker, interpreter) = plan_worker(args, &here)?;
    let listener = address.listen()?;
    let log = match verbosity {
        Verbosity::Quiet => AccessLog::off(),
        Verbosity::Normal | Verbosity::Verbose => AccessLog::new(console::has_color()),
    };
    let announcer = Announcer {
        url: url(&address, &listener).map_err(Error::CurrentDirectory)?,
        is_loopback: address.is_loopback(),
        interpreter,
        verbosity,
        is_announced: false,
    };
    let plan = dev::Plan {
        listener,
        name: address.host,
        worker,
        log: log.clone(),
    };

    let printed = print_log(log.clone());
    // One thread: the front wakes less often than two would, and leaves a core to the worker.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let result = runtime.block_on(serve(plan, announcer));
    log.close();
    // Nothing depends on the last lines.
    let _ = printed.recv_timeout(LAST_LINES);
    result
}

async fn serve(plan: dev::Plan, mut announcer: Announcer) -> Result<(), Error> {
    let mut stop = Stop::listen().map_err(Error::Runtime)?;
    let shutdown = async move {
        stop.signalled().await;
        tokio::spawn(async move {
            stop.signalled().await;
            // The workers see their connections close and exit too.
            std::process::exit(INTERRUPTED);
        });
    };
    dev::run(plan, shutdown, |event| announcer.tell(event)).await?;
    Ok(())
}

/// Finds the project and its interpreter: how workers are to be started.
fn plan_worker(args: RunserverArgs, here: &Path) -> Result<(worker::Config, Interpreter), Error> {
    let RunserverArgs {
        addrport,
        ipv6: _,
        settings,
        app,
        python,
        pythonpath,
        threads,
        nothreading,
        // Nothing is reloaded yet.
        noreload: _,
    } = args;
    // What `--app` names is looked for where the user is, as Flask and Gunicorn do.
    let (project, root) = if app.is_some() {
        (Root::find_or(here).directory, here.to_owned())
    } else {
        let root = Root::find(here)?.directory;
        (root.clone(), root)
    };
    let Config {
        settings: configured_settings,
        app: configured_app,
        python: configured_python,
    } = Config::read(&project)?;
    let search = Search {
        argument: python,
        configured: configured_python.map(PathBuf::from),
        ..Search::new(&project)
    };
    let interpreter = search.find()?;
    let mut project_argv = vec!["manage.py".to_owned(), "runserver".to_owned()];
    project_argv.extend(addrport);
    let pythonpath = pythonpath.map(|path| here.join(path));
    let configure = Configure {
        root: lossy(&root),
        app: app.unwrap_or_default(),
        settings: settings.unwrap_or_default(),
        configured_app: configured_app.unwrap_or_default(),
        configured_settings: configured_settings.unwrap_or_default(),
        candidates: settings_modules(&root),
        pythonpath: pythonpath.iter().map(|path| lossy(path)).collect(),
        argv: project_argv,
        threads: if nothreading { 0 } else { threads },
        multiprocess: false,
    };
    let config = worker::Config {
        interpreter: interpreter.path.clone(),
        root,
        // Projects ask for this variable to do something in Django's serving process only.
        environment: vec![("RUN_MAIN".into(), "true".into())],
        configure,
    };
    Ok((config, interpreter))
}

/// The worker reads names as text; the root is its working directory besides.
fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn url(address: &Address, listener: &TcpListener) -> std::io::Result<String> {
    Ok(format!(
        "http://{}:{}/",
        address.url_host(),
        listener.local_addr()?.port()
    ))
}

/// Prints the access log on a thread of its own, because a terminal may be slow. The receiver
/// gets a message when the log has ended.
fn print_log(log: AccessLog) -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = Vec::new();
        while log.take(&mut lines) {
            console::log(&lines);
            if lines.len() > LOG_BUSY {
                thread::sleep(LOG_PAUSE);
            }
        }
        // Where nobody waits any more, the program has ended.
        let _ = sender.send(());
    });
    receiver
}

/// Tells the user what happens to the application.
struct Announcer {
    url: String,
    is_loopback: bool,
    interpreter: Interpreter,
    verbosity: Verbosity,
    is_announced: bool,
}

impl Announcer {
    fn tell(&mut self, event: Event) {
        match event {
            Event::Ready(report) => {
                if self.is_announced && self.verbosity > Verbosity::Quiet {
                    console::note("The application is loaded.");
                }
                self.announce(Some(&report));
            }
            Event::NotLoaded(failure) => {
                print_failure(&failure);
                self.announce(None);
            }
            Event::Ended(how) => {
                console::error(
                    "error",
                    how,
                    Some("requests wait for the worker that is started now"),
                );
            }
        }
    }

    /// Prints the address, and what was loaded, once.
    fn announce(&mut self, report: Option<&Report>) {
        if std::mem::replace(&mut self.is_announced, true) || self.verbosity == Verbosity::Quiet {
            return;
        }
        let python = report.map_or("Python", |report| report.get("python"));
        console::line(format_args!(
            "{python} at {} ({})",
            self.interpreter.path.display(),
            self.interpreter.origin
        ));
        if let Some(report) = report {
            console::line(format_args!("Application {}", report.get("application")));
            match (report.get("framework"), report.get("settings")) {
                (_, "") => {}
                ("", settings) => console::line(format_args!("Using settings '{settings}'")),
                (framework, settings) => {
                    // As Django says it: `Django version 5.2, using settings 'mysite.settings'`.
                    let framework = framework.replacen(' ', " version ", 1);
                    console::line(format_args!("{framework}, using settings '{settings}'"));
                }
            }
        }
        console::line(format_args!(
            "Starting WSGI development server at {}",
            self.url
        ));
        console::line("Quit the server with CONTROL-C.\n");
        if !self.is_loopback {
            console::note("Other machines can reach this server: it is for development only.");
        }
    }
}

fn print_failure(failure: &Failure) {
    let Failure {
        message,
        traceback,
        hint,
    } = failure;
    if !traceback.is_empty() {
        console::raw(format_args!("{}\n", traceback.trim_end()));
    }
    let hint = if hint.is_empty() {
        None
    } else {
        Some(hint.as_str())
    };
    console::error("error", message, hint);
    console::note("The next request tries again.");
}

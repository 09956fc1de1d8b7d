//! Forked workers: real interpreters, real packages, `worker::Starter` as the program uses it.

mod django;
mod libraries;
mod likeness;
mod lives;

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    time::Duration,
};

use scaffold::{
    project::{Environment, Streams},
    wire::{
        Condition, Event, Loaded, Status,
        message::{Configure, Environ, Report},
    },
    worker::{Config, Origin, Starter, Worker},
};

use crate::support::{OwnVenv, Python, Sandbox, python};

/// How long anything may take to show; whatever passes it hangs.
const DEADLINE: Duration = Duration::from_mins(1);

/// The interpreters that these tests run with: the oldest, one between, the newest.
fn pythons() -> impl Iterator<Item = &'static Python> {
    [8, 11, 13].into_iter().filter_map(python::minor)
}

/// A project, its interpreter, and how it is configured.
struct Site {
    sandbox: Sandbox,
    config: Config,
}

impl Site {
    /// An empty project whose application is `app:application`.
    fn new(interpreter: impl AsRef<Path>) -> Self {
        let sandbox = Sandbox::new();
        let root = sandbox.dir().canonicalize().unwrap();
        let config = Config {
            interpreter: interpreter.as_ref().to_owned(),
            configure: Configure {
                root: root.to_str().unwrap().to_owned(),
                app: "app:application".to_owned(),
                argv: vec!["manage.py".to_owned(), "runserver".to_owned()],
                threads: 4,
                ..Configure::default()
            },
            root,
            environment: Environment::default(),
            streams: Streams::Shared,
            timeout: None,
        };
        Self { sandbox, config }
    }

    /// A project with a virtual environment of its own, in which these modules are installed.
    fn with_packages(python: &Python, modules: &[(&str, &str)]) -> (Self, OwnVenv) {
        let mut site = Self::new(python);
        let venv = python.own_venv(&site.sandbox.home().join("venv"));
        for (name, source) in modules {
            let path = venv.packages().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, source).unwrap();
        }
        venv.as_ref().clone_into(&mut site.config.interpreter);
        (site, venv)
    }

    fn file(self, path: &str, contents: &str) -> Self {
        self.sandbox.write(path, contents);
        self
    }

    /// An application that answers with the value of an expression, in a file with these lines.
    fn answering(self, lines: &str, expression: &str) -> Self {
        self.file("app.py", &answering(lines, expression))
    }

    fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let pair = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.config.environment.set.push(pair);
        self
    }

    /// Runs a test with a starter of the project's workers, in time.
    fn run<T>(self, test: impl AsyncFnOnce(&Self, &Starter) -> T) -> T {
        let starter = Starter::new(self.config.clone(), true);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let test = async { tokio::time::timeout(DEADLINE, test(&self, &starter)).await };
        runtime.block_on(test).expect("the test ends in time")
    }
}

fn answering(lines: &str, expression: &str) -> String {
    format!(
        "{lines}\ndef application(environ, start_response):\n    \
         start_response('200 OK', [])\n    return [str(({expression})).encode()]\n"
    )
}

/// A worker that has loaded the application.
struct Served {
    worker: Worker,
    report: Report,
    files: Vec<PathBuf>,
    modules: Vec<String>,
}

/// Starts a worker and waits until it has loaded the application and has said what it loaded.
async fn load(starter: &Starter) -> Served {
    let mut worker = starter.start().await.unwrap();
    let mut early = Loaded::default();
    loop {
        match worker.status().await {
            Some(Status::Ready(report)) => {
                starter.ready(&worker, &report);
                let mut served = Served {
                    worker,
                    report,
                    files: early.files,
                    modules: early.modules,
                };
                served.list(starter).await;
                return served;
            }
            Some(Status::Loaded(loaded)) => {
                early.files.extend(loaded.files);
                early.modules.extend(loaded.modules);
            }
            Some(Status::Checked(_)) => {}
            Some(Status::Failed(report)) => panic!("{report:?}"),
            None => panic!("the worker {}", worker.ended().await),
        }
    }
}

/// Starts a worker, keeps warm what it has loaded, and ends it. The next one can be forked. Gives
/// what is not kept warm.
async fn warm_up(starter: &Starter) -> Report {
    keep_warm(load(starter).await, starter).await
}

/// The same, with what is loaded at the first request: there has to be something.
async fn warm_up_by_request(starter: &Starter) -> Report {
    let mut first = load(starter).await;
    first.get("/").await;
    first.list(starter).await;
    keep_warm(first, starter).await
}

async fn keep_warm(first: Served, starter: &Starter) -> Report {
    let Some(Condition::Warm(refused)) = starter.warm().await else {
        panic!("nothing is warm: {:?}", starter.warm().await);
    };
    first.worker.stop().await;
    refused
}

/// Loads the application in a worker that must have been forked.
async fn load_forked(starter: &Starter) -> Served {
    let served = load(starter).await;
    assert_eq!(served.worker.origin(), &Origin::Forked);
    served
}

/// Loads it in one that must have been started; gives the reason, too.
async fn load_started(starter: &Starter) -> (Served, String) {
    let served = load(starter).await;
    match served.worker.origin().clone() {
        Origin::Started(reason) => (served, reason.unwrap_or_default()),
        Origin::Forked => panic!("the worker is forked"),
    }
}

impl Served {
    /// Waits until the worker says what it has loaded.
    async fn list(&mut self, starter: &Starter) {
        match self.worker.status().await {
            Some(Status::Loaded(loaded)) => {
                starter.loaded(&loaded);
                self.files.extend(loaded.files);
                self.modules.extend(loaded.modules);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Gets a path; gives the body of the answer.
    async fn get(&self, path: &str) -> String {
        let mut environ = Environ::new();
        for (name, value) in [
            ("REQUEST_METHOD", "GET"),
            ("SCRIPT_NAME", ""),
            ("PATH_INFO", path),
            ("QUERY_STRING", ""),
            ("SERVER_NAME", "localhost"),
            ("SERVER_PORT", "8000"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("HTTP_HOST", "localhost"),
            ("wsgi.url_scheme", "http"),
        ] {
            environ.set(name, value.as_bytes());
        }
        let mut exchange = self.worker.client().submit(&environ, Some(b"")).unwrap();
        match std::future::poll_fn(|context| exchange.poll_event(context)).await {
            Event::Response(_, body) => String::from_utf8_lossy(&body).into_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// Gets the answer and ends the worker.
    async fn answer(self) -> String {
        let answer = self.get("/").await;
        self.worker.stop().await;
        answer
    }
}

/// Why a module was not kept warm.
fn refusal<'r>(refused: &'r Report, module: &str) -> &'r str {
    refused
        .pairs()
        .find(|(name, _)| *name == module)
        .map_or("", |(_, reason)| reason)
}

/// A variable of the environment.
fn variable(name: &str, value: &str) -> (OsString, OsString) {
    (name.into(), value.into())
}

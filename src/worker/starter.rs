//! Whether the next worker is forked or started, and the forkserver that this takes.
//!
//! A fork is ready many times sooner than a new process. Where it might differ from one, a new
//! process it is.

use std::{cell::RefCell, sync::Arc};

use indexmap::IndexSet;

use super::{
    Config, Error, Package, Worker,
    forkserver::{Cold, Forkserver},
    process::Origin,
};
use crate::wire::{Condition, Loaded, message::Report};

/// How many times in a row forking may go wrong for reasons of its own before it is no longer
/// tried: what goes wrong is the same each time, and each time costs somebody's patience.
const MAX_FAULTS: u32 = 3;

/// How many forkservers in a row may be outdated before any worker was forked from them. Each was
/// started for nothing: something keeps changing, or an edit in a library is tried out.
const MAX_OUTDATED: u32 = 10;

/// Most modules that are kept warm: more than the largest projects use, and a bound on what a
/// worker can make us remember.
const MAX_MODULES: usize = 20_000;

/// Starts workers of one configuration.
///
/// The caller tells what becomes of each:
///
/// - what it has loaded ([`Starter::loaded`]), whenever it says so,
/// - that it is ready ([`Starter::ready`]),
/// - that it could not load the application although another one might
///   ([`Worker::is_doubtful`], [`Starter::start_again`]).
#[derive(Debug)]
pub struct Starter {
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    config: Arc<Config>,
    /// Whether forking may be tried at all.
    may_fork: bool,
    forkserver: Option<Arc<Forkserver>>,
    /// What workers have loaded, in an order in which it can be imported.
    modules: IndexSet<String>,
    /// Modules that made a forkserver unfit, with all below them.
    refused: Vec<String>,
    /// How many times in a row forking went wrong.
    faults: u32,
    /// How many forkservers in a row were outdated.
    outdated: u32,
    /// A forked worker could not load the application, and a new one is about to try.
    is_suspect: bool,
}

impl Starter {
    /// A starter of workers of this configuration; `preload` says whether to fork them from a warm
    /// interpreter where that is possible.
    #[must_use]
    pub fn new(config: Config, preload: bool) -> Self {
        Self {
            state: RefCell::new(State {
                config: Arc::new(config),
                // Elsewhere there is no way to see the threads and descriptors of a process.
                may_fork: preload && cfg!(target_os = "linux"),
                forkserver: None,
                modules: IndexSet::new(),
                refused: Vec::new(),
                faults: 0,
                outdated: 0,
                is_suspect: false,
            }),
        }
    }

    /// The configuration of the next worker.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.state.borrow().config)
    }

    /// Replaces the configuration, for the workers that are started from now on.
    pub fn set_config(&self, config: Config) {
        self.state.borrow_mut().config = Arc::new(config);
    }

    /// Starts a worker: forks it if that is possible, as [`Worker::origin`] tells.
    ///
    /// Must be called as [`Worker::start`] is.
    pub async fn start(&self) -> Result<Worker, Error> {
        let (forkserver, config) = {
            let mut state = self.state.borrow_mut();
            // If a worker was tried again, the project has been edited since.
            state.is_suspect = false;
            (state.forkserver.clone(), Arc::clone(&state.config))
        };
        let Some(forkserver) = forkserver else {
            return self.start_new(None);
        };
        match forkserver.fork(&config).await {
            Ok(worker) => Ok(worker),
            Err(cold) => {
                let reason = self.state.borrow_mut().note_cold(&forkserver, cold);
                self.start_new(Some(reason))
            }
        }
    }

    /// Starts a new process in place of a forked one that could not load the application. The
    /// forkserver is kept: in most cases the new process cannot, either.
    pub async fn start_again(&self, failed: Worker) -> Result<Worker, Error> {
        failed.stop().await;
        self.state.borrow_mut().is_suspect = true;
        self.start_new(Some("the forked worker failed to load it".to_owned()))
    }

    /// Takes note that a worker has loaded the application, and of what it reported.
    pub fn ready(&self, worker: &Worker, report: &Report) {
        let mut state = self.state.borrow_mut();
        if !report.get("python").starts_with("CPython ") {
            state.stop_forking();
        }
        let was_suspect = std::mem::take(&mut state.is_suspect);
        match worker.origin() {
            Origin::Forked => {
                state.faults = 0;
                state.outdated = 0;
            }
            Origin::Started(_) if was_suspect => state.note_fault(),
            Origin::Started(_) => {}
        }
    }

    /// Keeps warm what a worker has loaded, for the next one. To be called with all that a worker
    /// says, once it is ready.
    pub fn loaded(&self, loaded: &Loaded) {
        self.state.borrow_mut().note_loaded(loaded);
    }

    /// Waits until everything is warm that can be, or until that is out of the question. For tests
    /// and measurements: nobody need wait before a start.
    pub async fn warm(&self) -> Option<Condition> {
        let forkserver = self.state.borrow().forkserver.clone();
        Some(forkserver?.settled().await)
    }

    fn start_new(&self, reason: Option<String>) -> Result<Worker, Error> {
        let config = self.config();
        // Each time: somebody may have cleaned the cache.
        let mut worker = Worker::start(&config, Package::unpack()?)?;
        worker.origin = Origin::Started(reason);
        let mut state = self.state.borrow_mut();
        if state.forkserver.is_none() {
            // The new process says what is needed now.
            state.modules.clear();
        }
        Ok(worker)
    }
}

impl State {
    /// Draws the consequences of a fork that did not come about, and gives the reason in words.
    fn note_cold(&mut self, forkserver: &Arc<Forkserver>, cold: Cold) -> String {
        let is_current = self
            .forkserver
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, forkserver));
        match cold {
            Cold::Outdated(reason) => {
                if is_current {
                    self.forkserver = None;
                    self.outdated += 1;
                    if self.outdated >= MAX_OUTDATED {
                        self.stop_forking();
                    }
                }
                reason
            }
            Cold::Unfit(reason) => {
                if is_current {
                    self.note_fault();
                }
                reason
            }
            Cold::Busy => {
                self.faults += 1;
                if self.faults >= MAX_FAULTS {
                    self.stop_forking();
                }
                "the warm interpreter is busy".to_owned()
            }
        }
    }

    /// The forkserver is no good; perhaps the next one is.
    fn note_fault(&mut self) {
        let Some(forkserver) = self.forkserver.take() else {
            return;
        };
        if let Some(report) = forkserver.fault() {
            let names = report.pairs().map(|(name, _)| name);
            let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
            self.refused.extend(names);
        }
        self.faults += 1;
        if self.faults >= MAX_FAULTS {
            self.stop_forking();
        }
    }

    fn stop_forking(&mut self) {
        self.may_fork = false;
        self.forkserver = None;
        self.modules = IndexSet::new();
    }

    fn note_loaded(&mut self, loaded: &Loaded) {
        if !self.may_fork {
            return;
        }
        let known = self.modules.len();
        for name in &loaded.modules {
            if self.modules.len() < MAX_MODULES && !self.is_refused(name) {
                self.modules.insert(name.clone());
            }
        }
        if self
            .forkserver
            .as_ref()
            .is_some_and(|one| one.fault().is_some())
        {
            self.note_fault();
            if !self.may_fork {
                return;
            }
            let refused: Vec<_> = self
                .modules
                .iter()
                .map(|name| self.is_refused(name))
                .collect();
            let mut refused = refused.into_iter();
            self.modules.retain(|_| refused.next() == Some(false));
        }
        match &self.forkserver {
            None if self.modules.is_empty() => {}
            None => self.start_forkserver(),
            Some(_) if self.modules.len() == known => {}
            Some(forkserver) => {
                let new: Vec<_> = self
                    .modules
                    .iter()
                    .skip(known)
                    .map(String::as_str)
                    .collect();
                forkserver.preload(new.into_iter());
            }
        }
    }

    /// Whether a module must not be imported ahead.
    fn is_refused(&self, module: &str) -> bool {
        self.refused.iter().any(|refused| {
            let below = module.strip_prefix(refused.as_str());
            below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
        })
    }

    fn start_forkserver(&mut self) {
        let started =
            Package::unpack().and_then(|package| Forkserver::start(&self.config, package));
        match started {
            Ok(forkserver) => {
                forkserver.preload(self.modules.iter().map(String::as_str));
                self.forkserver = Some(Arc::new(forkserver));
            }
            // The next worker is started in the same way, and says what is wrong.
            Err(_) => self.stop_forking(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Environment, Streams};

    #[test]
    fn what_is_below_a_refused_module_is_refused_too() {
        let starter = Starter::new(config(), true);
        let mut state = starter.state.into_inner();
        state.refused = vec!["a.b".to_owned()];
        let refused = ["a.b", "a.b.c", "a", "a.bc", "a.c", ""].map(|name| state.is_refused(name));
        assert_eq!(refused, [true, true, false, false, false, false]);
    }

    #[test]
    fn nothing_is_kept_warm_where_nothing_may_be_forked() {
        let starter = Starter::new(config(), false);
        starter.loaded(&Loaded {
            files: Vec::new(),
            modules: vec!["json".to_owned()],
            templates: Vec::new(),
            uploads: Vec::new(),
        });
        let state = starter.state.into_inner();
        assert!(state.forkserver.is_none() && state.modules.is_empty());
    }

    fn config() -> Config {
        Config {
            interpreter: "/nonexistent".into(),
            root: "/".into(),
            environment: Environment::default(),
            configure: crate::wire::message::Configure::default(),
            streams: Streams::Shared,
            timeout: None,
        }
    }
}

//! What the arguments and one project come to, before anything is started.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    command::{
        announcer::Announcer,
        banner::{Banner, Runtime},
        error::Error,
        site::{self, Found},
    },
    console::{self, Verbosity, Voice},
    dev::Engine,
    project::{Config, ConfigTable, Environment, Streams},
    serve::{
        self, AccessLog, HostPattern, Hosts, Label, Limits, LogFormat, NotAHost, Palette, Protocol,
    },
    watch,
};

use super::{python, rust};

/// In what a project is found and run.
pub(super) struct Setting<'a> {
    /// Where its user is.
    pub(super) here: &'a Path,
    /// The settings module that the environment names for a Rust project.
    pub(super) variable: Option<String>,
    /// The project's own limit of open files, where it is not that of this process; else 0.
    pub(super) open_files: i32,
    pub(super) environment: Environment,
    pub(super) streams: Streams,
    /// Others are served beside it: what the user has activated in the shell is for none of them.
    pub(super) is_one_of_several: bool,
}

/// What the arguments and the project come to.
pub(super) struct Planned {
    pub(super) engine: Engine,
    /// What the user is told of it.
    pub(super) shown: Runtime,
    /// Where the project is.
    pub(super) root: PathBuf,
    /// Which files are watched, where any are.
    pub(super) watch: Option<watch::Rules>,
    /// What the project's file configures, and where it is.
    pub(super) config: Config,
    pub(super) table: ConfigTable,
}

/// Where a site is.
pub(super) struct Address {
    /// One for each address that the user gave.
    pub(super) urls: Vec<String>,
    /// Only this machine can reach it, or that is said already.
    pub(super) is_loopback: bool,
}

impl Planned {
    /// Finds the project and plans it.
    pub(super) fn find(
        args: &RunserverArgs,
        output: OutputArgs,
        setting: &Setting<'_>,
    ) -> Result<Self, Error> {
        match site::find(&args.choice, setting.variable.as_ref(), setting.here)? {
            Found::Python(site) => python::plan(args, output, &site, setting),
            Found::Rust(root) => rust::plan(args, &root, setting),
        }
    }

    /// The access log.
    pub(super) fn log(
        &self,
        args: &RunserverArgs,
        verbosity: Verbosity,
        label: Label,
    ) -> AccessLog {
        let format = args.log_format.as_ref().or(self.config.log_format.as_ref());
        log(format, verbosity, label)
    }

    /// What the front is to be like: it answers to these names of this machine, and to these hosts
    /// beside those that are configured.
    pub(super) fn front(
        &self,
        args: &RunserverArgs,
        names: Vec<String>,
        hosts: &[String],
    ) -> Result<serve::Settings, NotAHost> {
        let allowed = args.allowed_host.iter().chain(&self.config.allowed_hosts);
        let allowed = allowed.chain(hosts);
        let allowed = allowed
            .map(|text| HostPattern::parse(text))
            .collect::<Result<_, NotAHost>>()?;
        Ok(serve::Settings {
            hosts: Hosts::new(names, allowed),
            limits: Limits::default(),
            live_reload: (args.live_reload || self.config.live_reload) && !args.no_live_reload,
            protocol: match self.engine {
                Engine::Python { .. } => Protocol::Worker,
                Engine::Rust(_) => Protocol::Http,
            },
        })
    }

    /// What tells of it, and what is left: what is to be run, and which files are watched.
    pub(super) fn announced(
        self,
        voice: Voice,
        verbosity: Verbosity,
        address: Address,
        is_one_of_several: bool,
    ) -> (Announcer, Engine, Option<watch::Rules>) {
        let Self {
            engine,
            shown,
            root,
            watch,
            config,
            table,
        } = self;
        let Address { urls, is_loopback } = address;
        let announcer = Announcer {
            voice,
            banner: Banner {
                urls,
                is_loopback,
                is_one_of_several,
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
        (announcer, engine, watch)
    }
}

/// An access log of that format.
pub(super) fn log(format: Option<&String>, verbosity: Verbosity, label: Label) -> AccessLog {
    match verbosity {
        Verbosity::Quiet => AccessLog::off(),
        Verbosity::Normal | Verbosity::Verbose => {
            let format = format.and_then(|name| LogFormat::named(name));
            AccessLog::of_site(format.unwrap_or_default(), palette(), label)
        }
    }
}

/// The colours of the access log.
fn palette() -> Palette {
    if console::has_color() {
        Palette::of_setting(&env::var("DJANGO_COLORS").unwrap_or_default())
    } else {
        Palette::plain()
    }
}

/// Which files of a project are watched.
pub(super) fn rules(
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

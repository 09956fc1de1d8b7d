//! A Python project: its interpreter, and what workers are told.

use std::num::NonZeroU32;

use crate::{
    cli::{OutputArgs, RunserverArgs},
    command::{
        banner::Runtime,
        error::Error,
        site::{self, Site},
    },
    dev::Engine,
    project::{Config, ConfigTable},
    watch::Language,
    wire::message::Configure,
    worker,
};

use super::planned::{Planned, Setting, rules};

/// Plans what serves a Python project: finds its interpreter.
pub(super) fn plan(
    args: &RunserverArgs,
    output: OutputArgs,
    site: &Site,
    setting: &Setting<'_>,
) -> Result<Planned, Error> {
    let RunserverArgs {
        choice,
        threads,
        nothreading,
        workers,
        timeout,
        noreload,
        no_preload,
        ..
    } = args;
    let table = ConfigTable::Pyproject;
    let config = Config::read(&site.root.directory, table)?;
    let mut search = site.search(choice, &config);
    if setting.is_one_of_several {
        search.virtual_env = None;
        search.of_site = search.argument.take();
    }
    let interpreter = search.find()?;
    let mut environment = setting.environment.clone();
    // Projects ask for this variable to do something in Django's serving process only.
    environment.set.push(("RUN_MAIN".into(), "true".into()));
    let worker = worker::Config {
        interpreter: interpreter.path.clone(),
        root: site.directory.clone(),
        streams: setting.streams.clone(),
        environment,
        configure: Configure {
            argv: project_argv(args, output),
            threads: if *nothreading { 0 } else { *threads },
            multiprocess: *workers > 1,
            open_files: setting.open_files,
            ..site.configure(choice, &config, setting.here)
        },
        timeout: NonZeroU32::new(*timeout),
    };
    Ok(Planned {
        root: site.directory.clone(),
        watch: rules(args, &config, &site.directory, Language::Python),
        shown: Runtime::Python {
            interpreter,
            workers: *workers,
        },
        engine: Engine::Python {
            worker,
            workers: *workers,
            // Only reloading makes up for what the warm interpreter costs.
            preload: !(*noreload || *no_preload),
        },
        config,
        table,
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

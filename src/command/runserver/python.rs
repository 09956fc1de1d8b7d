//! A Python project: its interpreter, and what workers are told.

use std::{num::NonZeroU32, path::Path};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    command::{
        banner::Runtime,
        error::Error,
        site::{self, Site},
    },
    dev::Engine,
    project::{Config, ConfigTable, Streams},
    watch::Language,
    wire::message::Configure,
    worker,
};

use super::{Planned, rules};

/// Finds the interpreter of a project. `open_files` is the project's own limit, where it is not
/// that of this process; else 0.
pub(super) fn plan(
    args: &RunserverArgs,
    output: OutputArgs,
    site: &Site,
    here: &Path,
    open_files: i32,
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
    let interpreter = site.interpreter(choice, &config)?;
    let worker = worker::Config {
        interpreter: interpreter.path.clone(),
        root: site.directory.clone(),
        streams: Streams::Shared,
        // Projects ask for this variable to do something in Django's serving process only.
        environment: vec![("RUN_MAIN".into(), "true".into())],
        configure: Configure {
            argv: project_argv(args, output),
            threads: if *nothreading { 0 } else { *threads },
            multiprocess: *workers > 1,
            open_files,
            ..site.configure(choice, &config, here)
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

//! A Rust project: what builds its program.

use std::num::NonZeroU32;

use crate::{
    cargo::{Builder, Surroundings},
    cli::RunserverArgs,
    command::{banner::Runtime, error::Error, site},
    console,
    dev::{Engine, Rust},
    project::{Config, ConfigTable, Root},
    watch::Language,
};

use super::planned::{Planned, Setting, rules};

/// Plans what serves the package with that root.
pub(super) fn plan(
    args: &RunserverArgs,
    root: &Root,
    setting: &Setting<'_>,
) -> Result<Planned, Error> {
    refuse_pythons_options(args)?;
    let table = ConfigTable::Cargo;
    let config = Config::read(&root.directory, table)?;
    let choice = site::rust_choice(&args.choice, setting.variable.clone(), &config);
    let environment = setting.environment.clone();
    Ok(Planned {
        engine: Engine::Rust(Rust {
            builder: Builder::new(
                root.directory.clone(),
                choice,
                environment.clone(),
                console::has_color(),
            ),
            surroundings: Surroundings {
                environment,
                streams: setting.streams.clone(),
            },
            timeout: NonZeroU32::new(args.timeout),
        }),
        shown: Runtime::Rust,
        root: root.directory.clone(),
        watch: rules(args, &config, &root.directory, Language::Rust),
        config,
        table,
    })
}

/// Options that would have no effect are told of, and not passed over.
fn refuse_pythons_options(args: &RunserverArgs) -> Result<(), Error> {
    let given = [
        (args.workers > 1, "--workers"),
        (args.nothreading, "--nothreading"),
        (args.no_preload, "--no-preload"),
        (args.nostatic, "--nostatic"),
        (args.insecure, "--insecure"),
        (args.skip_checks, "--skip-checks"),
    ];
    match given.into_iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => Err(Error::PythonOption(option)),
        None => Ok(()),
    }
}

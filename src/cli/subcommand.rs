//! The subcommands: their names, what they are for, and their arguments.

use clap::{ArgMatches, Args as _, Error, FromArgMatches as _, error::ErrorKind};

use super::{
    AddArgs, CheckArgs, DeployArgs, RunserverArgs, StartappArgs, StartprojectArgs, TemplateArgs,
    UpdateArgs,
};

/// What the user asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Startproject(StartprojectArgs),
    Startapp(StartappArgs),
    Runserver(RunserverArgs),
    Check(CheckArgs),
    Add(AddArgs),
    Deploy(DeployArgs),
    Template(TemplateArgs),
    Update(UpdateArgs),
}

struct Subcommand {
    name: &'static str,
    about: &'static str,
    arguments: fn(clap::Command) -> clap::Command,
    read: fn(&mut ArgMatches) -> Result<Command, Error>,
}

const SUBCOMMANDS: [Subcommand; 8] = [
    Subcommand {
        name: "startproject",
        about: "Make a new project from a template",
        arguments: StartprojectArgs::augment_args,
        read: |given| StartprojectArgs::from_arg_matches_mut(given).map(Command::Startproject),
    },
    Subcommand {
        name: "startapp",
        about: "Make a new application of a Django project from a template",
        arguments: StartappArgs::augment_args,
        read: |given| StartappArgs::from_arg_matches_mut(given).map(Command::Startapp),
    },
    Subcommand {
        name: "runserver",
        about: "Serve the project in development",
        arguments: RunserverArgs::augment_args,
        read: |given| RunserverArgs::from_arg_matches_mut(given).map(Command::Runserver),
    },
    Subcommand {
        name: "check",
        about: "Tell which project would be served, and whether its application works",
        arguments: CheckArgs::augment_args,
        read: |given| CheckArgs::from_arg_matches_mut(given).map(Command::Check),
    },
    Subcommand {
        name: "add",
        about: "Add what a project lacks",
        arguments: AddArgs::augment_args,
        read: |given| AddArgs::from_arg_matches_mut(given).map(Command::Add),
    },
    Subcommand {
        name: "deploy",
        about: "Write what a server in production needs to run the project",
        arguments: DeployArgs::augment_args,
        read: |given| DeployArgs::from_arg_matches_mut(given).map(Command::Deploy),
    },
    Subcommand {
        name: "template",
        about: "List, make, check and test templates",
        arguments: TemplateArgs::augment_args,
        read: |given| TemplateArgs::from_arg_matches_mut(given).map(Command::Template),
    },
    Subcommand {
        name: "update",
        about: "Bring later changes of its template into a project",
        arguments: UpdateArgs::augment_args,
        read: |given| UpdateArgs::from_arg_matches_mut(given).map(Command::Update),
    },
];

/// Adds the subcommands, of which one is meant: the arguments of others are made only when they
/// are asked for, because making all of them is a good part of a short run.
///
/// Those of one that is meant are made at once and not when it is parsed, because those that all
/// subcommands have would stand before its own in its help then.
pub(super) fn add(command: clap::Command, is_meant: impl Fn(&str) -> bool) -> clap::Command {
    let all = SUBCOMMANDS.iter().map(|it| {
        let subcommand = clap::Command::new(it.name);
        let subcommand = if is_meant(it.name) {
            (it.arguments)(subcommand)
        } else {
            subcommand.defer(it.arguments)
        };
        subcommand.about(it.about)
    });
    command.subcommands(all)
}

/// The subcommand that was given.
pub(super) fn read(matches: &mut ArgMatches) -> Result<Command, Error> {
    let (name, mut given) = matches
        .remove_subcommand()
        .ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))?;
    let meant = SUBCOMMANDS.iter().find(|it| it.name == name);
    let meant = meant.ok_or_else(|| Error::new(ErrorKind::InvalidSubcommand))?;
    (meant.read)(&mut given)
}

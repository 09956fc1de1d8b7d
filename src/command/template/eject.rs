//! `scaffold template eject`: the files of a built-in template, to change them.

use super::{
    here,
    made::{self, Made},
    stop,
};
use crate::{
    cli::{EjectArgs, SubjectArgs},
    command::error::Error,
    console::Verbosity,
    template::{self, Subject},
};

/// Runs the command.
pub(super) fn run(args: &EjectArgs, json: bool, verbosity: Verbosity) -> Result<(), Error> {
    let EjectArgs {
        template,
        directory,
        subject: SubjectArgs { app },
    } = args;
    let here = here()?;
    let subject = app.then_some(Subject::App);
    let ejected = template::eject(subject, template)?;
    // What a project has for a server is in a directory of that name.
    let name = Subject::deployment(template).unwrap_or(template);
    let target = made::target(name, directory.as_deref(), &here)?;
    made::write(&ejected.plan, &target, &*stop()?)?;
    Made {
        command: "eject",
        name: template,
        plan: &ejected.plan,
        subject: ejected.subject,
        target: target.path(),
        here: &here,
    }
    .tell(json, verbosity);
    Ok(())
}

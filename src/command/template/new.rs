//! `scaffold template new`: a small template that works, to begin with.

use std::path::Path;

use super::{
    Imagined, here,
    made::{self, Made},
    stop, subject,
};
use crate::{
    cli::{NewArgs, SubjectArgs},
    command::error::Error,
    console::Verbosity,
    template::{self, Cases, Request, Wanted},
};

/// Runs the command.
pub(super) fn run(args: &NewArgs, json: bool, verbosity: Verbosity) -> Result<(), Error> {
    let NewArgs {
        template: name,
        directory,
        subject: SubjectArgs { app },
    } = args;
    let here = here()?;
    let subject = subject(*app);
    let target = made::target(name, directory.as_deref(), &here)?;
    // The name may be a path's last part for all that anybody knows.
    let last = Path::new(name)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let plan = template::new_template(subject, &last, &target)?;
    let stop = stop()?;
    made::write(&plan, &target, &stop)?;
    // What its tests compare with is what it makes.
    let imagined = Imagined::new(subject, &here);
    let place = target.path().to_string_lossy();
    let request = imagined.request(&place, &stop);
    let request = Request {
        wanted: Wanted {
            own_templates: None,
            ..request.wanted
        },
        ..request
    };
    for case in Cases::read(&request)?.cases {
        if let Ok(Some(plan)) = case.plan(&request)? {
            case.update(&plan)?;
        }
    }
    Made {
        command: "new",
        name: &last,
        plan: &plan,
        subject,
        target: target.path(),
        here: &here,
    }
    .tell(json, verbosity);
    Ok(())
}

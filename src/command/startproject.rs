//! `scaffold startproject`: arguments → plan → write → report.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    cli::StartprojectArgs,
    console::{self, Verbosity},
    project, shutdown,
    template::{self, Plan, ProjectOrApp, Request, Target, Wanted},
};

use super::{error::Error, install};

/// Runs `scaffold startproject`.
pub(super) fn run(args: StartprojectArgs, verbosity: Verbosity) -> Result<(), Error> {
    let start = Instant::now();
    let StartprojectArgs {
        name,
        directory,
        template,
        checksum,
        reference,
        subdirectory,
        install,
    } = args;
    let here = std::env::current_dir().map_err(Error::CurrentDirectory)?;
    let name = project::identifier(&name)?;
    let path = Target::locate(&name, directory.as_deref(), &here);
    project::validate_project_name(&name, &here, &path)?;
    let target = Target::resolve(&name, directory.as_deref(), &here)?;
    // From here on there may be something to put in order before the end.
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let plan = template::prepare(&Request {
        wanted: Wanted {
            template: template.as_deref(),
            checksum: checksum.as_deref(),
            reference: reference.as_deref(),
            subdirectory: subdirectory.as_deref(),
            ..Wanted::default()
        },
        install,
        stop: &stop,
        ..Request::new(ProjectOrApp::Project, &name, &target, &here)
    })?;
    template::write(&plan, &target, &stop)?;
    let took = start.elapsed();
    if verbosity >= Verbosity::Verbose {
        for file in plan.files() {
            console::note(format_args!(
                "Creating {}",
                target.path().join(file).display()
            ));
        }
    }
    if verbosity >= Verbosity::Normal {
        console::note(made(&name, &plan, target.path(), took));
    }
    if install {
        install::run(target.path(), verbosity, &stop)?;
    }
    if verbosity >= Verbosity::Normal {
        console::note(next(&plan, target.path(), &here));
    }
    Ok(())
}

/// What was made, where, and in what time.
fn made(name: &str, plan: &Plan, root: &Path, took: Duration) -> String {
    let files = match plan.files().count() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    format!(
        "made `{name}` from the template `{}`: {files} in {} ({:.1} ms)",
        plan.template(),
        root.display(),
        took.as_secs_f64() * 1000.0
    )
}

/// The commands that serve the project, then what the template's author has to say.
fn next(plan: &Plan, root: &Path, here: &Path) -> String {
    let mut text = "\nnext:\n".to_owned();
    if root != here {
        let path = root.strip_prefix(here).unwrap_or(root);
        let _ = writeln!(text, "  cd {}", argument(path));
    }
    text.push_str("  scaffold runserver");
    if let Some(message) = plan.message() {
        let _ = write!(text, "\n\n{}", message.trim());
    }
    text
}

/// The path as a shell reads it back, and a command takes it for a path.
fn argument(path: &Path) -> String {
    if path.to_string_lossy().starts_with('-') {
        project::quoted(Path::new(".").join(path).as_os_str())
    } else {
        project::quoted(path.as_os_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_option() {
        for (path, expected) in [
            ("mysite", "mysite"),
            ("été", "été"),
            ("a b", "'a b'"),
            ("-x", "./-x"),
            ("-x y", "'./-x y'"),
        ] {
            assert_eq!(argument(Path::new(path)), expected);
        }
    }
}

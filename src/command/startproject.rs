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
    template::{self, Plan, Request, Target},
};

use super::{error::Error, install};

/// Runs `scaffold startproject`.
pub(super) fn run(args: StartprojectArgs, verbosity: Verbosity) -> Result<(), Error> {
    let start = Instant::now();
    let StartprojectArgs {
        name,
        directory,
        template,
        install,
    } = args;
    let here = std::env::current_dir().map_err(Error::CurrentDirectory)?;
    let name = project::identifier(&name)?;
    let path = Target::locate(&name, directory.as_deref(), &here);
    project::validate_project_name(&name, &here, &path)?;
    let target = Target::resolve(&name, directory.as_deref(), &here)?;
    let plan = template::prepare(&Request {
        template: &template,
        name: &name,
        target: &target,
        current_directory: &here,
        install,
    })?;
    // From here on there is something to put in order before the end.
    let stop = shutdown::flag().map_err(Error::Runtime)?;
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

/// What the template's author has to say, then the commands that serve the project.
fn next(plan: &Plan, root: &Path, here: &Path) -> String {
    let mut text = String::new();
    if let Some(message) = plan.message() {
        let _ = writeln!(text, "\n{}", message.trim_end());
    }
    text.push_str("\nnext:\n");
    if root != here {
        let path = root.strip_prefix(here).unwrap_or(root);
        let _ = writeln!(text, "  cd {}", quoted(path));
    }
    text.push_str("  scaffold runserver");
    text
}

/// The path as a shell reads it back.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"/._-+,:@%".contains(&octet);
    if !text.starts_with('-') && text.bytes().all(is_plain) {
        text.into_owned()
    } else if text.starts_with('-') {
        format!("'./{}'", text.replace('\'', r"'\''"))
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        for (path, expected) in [
            ("mysite", "mysite"),
            ("/a/b-c.d", "/a/b-c.d"),
            ("a b", "'a b'"),
            ("a'b", r"'a'\''b'"),
            ("$x", "'$x'"),
            ("-x", "'./-x'"),
        ] {
            assert_eq!(quoted(Path::new(path)), expected);
        }
    }
}

//! What somebody at a terminal reads after a project or an application is made.

use std::{fmt::Write as _, path::Path, time::Duration};

use crate::{
    command::words::counted,
    project,
    template::{Plan, Subject, shown_path, shown_text},
};

/// What was made, where, and in what time.
pub(super) fn made(name: &str, plan: &Plan, files: usize, root: &Path, took: Duration) -> String {
    let files = counted(files, "file", "files");
    format!(
        "made `{name}` from the template `{}`: {files} in {} ({:.1} ms)",
        shown_text(plan.template()),
        shown_path(root),
        took.as_secs_f64() * 1000.0
    )
}

/// What to do next: for a project, the commands that serve it; then what the template's author
/// has to say.
pub(super) fn next(plan: &Plan, root: &Path, here: &Path) -> String {
    let path = root.strip_prefix(here).unwrap_or(root);
    let mut text = match plan.subject() {
        Subject::Project => {
            let mut text = "\nnext:\n".to_owned();
            if root != here {
                let _ = writeln!(text, "  cd {}", argument(path));
            }
            text.push_str("  scaffold runserver");
            text
        }
        Subject::App => "\nnext: add it to INSTALLED_APPS in the settings".to_owned(),
        Subject::Deployment => String::new(),
    };
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

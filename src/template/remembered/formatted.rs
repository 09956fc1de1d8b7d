//! Files that were formatted after they were made: an update has to format both versions of the
//! template as well, or the formatter's changes would be the user's.

use std::path::{Path, PathBuf};

use super::FILE_NAME;
use crate::template::{
    error::Error,
    plan::Plan,
    target::Target,
    write::{self, Found, Place, Step},
};

/// Has a project that was just made remember that its Python files were formatted, and what those
/// `files` of it are now.
pub fn note_formatter(
    plan: &Plan,
    target: &Target,
    formatter: &str,
    files: &[PathBuf],
) -> Result<(), Error> {
    let Some(mut remembered) = plan.remembered.clone() else {
        return Ok(());
    };
    let place = Place::open(target.path())?;
    let file = Path::new(FILE_NAME);
    let mode = match place.look(file)? {
        Found::File { contents, mode } if contents == remembered.text().as_bytes() => mode,
        // It is none of this run.
        _ => return Ok(()),
    };
    remembered.project.formatter = Some(formatter.to_owned());
    let relative = files
        .iter()
        .filter_map(|path| path.strip_prefix(target.path()).ok());
    for python in relative.filter(|path| is_python(path)) {
        if let Found::File { contents, mode } = place.look(python)? {
            remembered.add_file(python, &contents, mode);
        }
    }
    let step = Step::Put {
        path: file.into(),
        contents: remembered.text().into_bytes(),
        mode,
        is_exact: true,
        replaces: true,
    };
    let never = std::sync::atomic::AtomicBool::new(false);
    write::replace(&[step], target.path(), plan.subject(), &never)
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "py")
}

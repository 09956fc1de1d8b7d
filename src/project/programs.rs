//! Programs on the disk: whether a file is one, and looking one up on PATH.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

/// The first program with one of the names in the directories of a PATH.
#[must_use]
pub fn program_on_path(path: &OsStr, names: &[impl AsRef<Path>]) -> Option<PathBuf> {
    names.iter().find_map(|name| {
        env::split_paths(path)
            // An empty entry means the current directory, where a stranger's file may lie.
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(name))
            .find(|candidate| is_program(candidate))
    })
}

/// Whether this process may run the file.
pub(super) fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

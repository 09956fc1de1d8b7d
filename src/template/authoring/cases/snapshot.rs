//! What a case made before, and what differs from it now.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::Case;
use crate::template::{
    authoring::AuthoringError,
    error::Error,
    mode::{EXECUTABLE, is_executable},
    plan::Plan,
    shown,
    source::Kind,
};

/// What a difference between two texts may have in octets: longer ones are not for reading.
const MOST_OCTETS: usize = 1 << 20;

/// A file that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// There is no snapshot yet.
    None,
    /// It was there, and is not made any more.
    Gone(PathBuf),
    /// It is made, and was not there.
    New(PathBuf),
    /// Its text differs: the difference in the unified form, from what was to what is.
    Text(PathBuf, String),
    /// It differs, and is no text.
    Octets(PathBuf),
    /// It is executable and was not, or the other way round.
    Mode(PathBuf),
}

/// A file: its contents, and whether it is executable.
type File = (Vec<u8>, bool);

impl Case {
    /// What differs between what is made now and the snapshot; nothing where there is to be none.
    pub fn differences(&self, plan: &Plan) -> Result<Vec<Difference>, Error> {
        let Some(snapshot) = &self.snapshot else {
            return Ok(Vec::new());
        };
        if !snapshot.is_dir() {
            return Ok(vec![Difference::None]);
        }
        let (before, now) = (read(snapshot)?, files(plan));
        let paths: BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
        let differences =
            paths
                .into_iter()
                .filter_map(|path| match (before.get(path), now.get(path)) {
                    (Some(_), None) => Some(Difference::Gone(path.clone())),
                    (None, _) => Some(Difference::New(path.clone())),
                    (Some(before), Some(now)) => difference(path, before, now),
                });
        Ok(differences.collect())
    }

    /// Makes what is made now the snapshot. Says whether that changed anything.
    pub fn update(&self, plan: &Plan) -> Result<bool, Error> {
        let Some(snapshot) = &self.snapshot else {
            return Ok(false);
        };
        if self.differences(plan)?.is_empty() {
            return Ok(false);
        }
        let fail = |path: &Path, source: io::Error| AuthoringError::Write {
            path: path.to_owned(),
            source,
        };
        let above = snapshot.parent().unwrap_or(snapshot);
        fs::create_dir_all(above).map_err(|it| fail(above, it))?;
        // Beside it first: a snapshot is whole, or it is the old one.
        let place = tempfile::Builder::new().prefix(".new-").tempdir_in(above);
        let place = place.map_err(|it| fail(above, it))?;
        let fresh = place.path().join("made");
        fs::create_dir(&fresh).map_err(|it| fail(&fresh, it))?;
        for (path, (contents, is_executable)) in files(plan) {
            let path = fresh.join(path);
            let directory = path.parent().unwrap_or(&fresh);
            let write = || {
                fs::create_dir_all(directory)?;
                fs::write(&path, contents)?;
                if is_executable {
                    let mode = fs::metadata(&path)?.permissions().mode() | EXECUTABLE;
                    fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
                }
                Ok(())
            };
            write().map_err(|it| fail(&path, it))?;
        }
        if snapshot.exists() {
            let old = place.path().join("old");
            fs::rename(snapshot, old).map_err(|it| fail(snapshot, it))?;
        }
        fs::rename(&fresh, snapshot).map_err(|it| fail(snapshot, it))?;
        Ok(true)
    }
}

/// The files of a plan.
fn files(plan: &Plan) -> BTreeMap<PathBuf, File> {
    plan.contents()
        .filter_map(|(path, kind)| match kind {
            Kind::Directory => None,
            Kind::File { contents, mode } => {
                let file = (contents.to_vec(), is_executable(*mode));
                Some((path.to_owned(), file))
            }
        })
        .collect()
}

/// The files of a snapshot.
fn read(snapshot: &Path) -> Result<BTreeMap<PathBuf, File>, AuthoringError> {
    let fail = |path: &Path, source: io::Error| AuthoringError::Read {
        path: path.to_owned(),
        source,
    };
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(snapshot) {
        let entry = entry.map_err(|it| fail(snapshot, it.into()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path();
        let read = || {
            let mode = fs::metadata(path)?.permissions().mode();
            Ok((fs::read(path)?, is_executable(mode)))
        };
        let file = read().map_err(|it| fail(path, it))?;
        let relative = path.strip_prefix(snapshot).unwrap_or(path);
        files.insert(relative.to_owned(), file);
    }
    Ok(files)
}

fn difference(path: &Path, before: &File, now: &File) -> Option<Difference> {
    let (before, was_executable) = before;
    let (now, is_executable) = now;
    if before == now {
        return (was_executable != is_executable).then(|| Difference::Mode(path.to_owned()));
    }
    let is_short = before.len() + now.len() <= MOST_OCTETS;
    let texts = (std::str::from_utf8(before), std::str::from_utf8(now));
    Some(match texts {
        (Ok(before), Ok(now)) if is_short => {
            Difference::Text(path.to_owned(), unified(path, before, now))
        }
        _ => Difference::Octets(path.to_owned()),
    })
}

/// The difference between two texts in the unified form.
fn unified(path: &Path, before: &str, now: &str) -> String {
    let path = shown::path(path);
    diffy::DiffOptions::new()
        .set_original_filename(format!("snapshot/{path}"))
        .set_modified_filename(format!("now/{path}"))
        .create_patch(before, now)
        .to_string()
}

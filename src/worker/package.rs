//! The bundled Python package, unpacked where the interpreter can import it.
//!
//! It goes into the user's cache directory under a name made of its contents' hash, once for each
//! version of the program; never into the project.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::Error;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Each file of the package and its contents.
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("python/scaffold_worker/", $name)))),*];
    };
}

files![
    "__init__.py",
    "__main__.py",
    "add_wsgi.py",
    "assigned.py",
    "bytecode.py",
    "client.py",
    "closing.py",
    "conditional.py",
    "control.py",
    "deadline.py",
    "debugger.py",
    "deployment.py",
    "django_checks.py",
    "django_files.py",
    "django_project.py",
    "django_runserver.py",
    "errors.py",
    "examination.py",
    "exceptions.py",
    "exchange.py",
    "facts.py",
    "failure.py",
    "files.py",
    "forkserver.py",
    "frameworks.py",
    "freshness.py",
    "guard.py",
    "handler.py",
    "headers.py",
    "hints.py",
    "input.py",
    "insertion.py",
    "link.py",
    "loaded.py",
    "main.py",
    "manage.py",
    "modules.py",
    "parcels.py",
    "patience.py",
    "preloading.py",
    "prologue.py",
    "report.py",
    "requirements.py",
    "resolve.py",
    "runner.py",
    "shadows.py",
    "silence.py",
    "sources.py",
    "static_files.py",
    "target.py",
    "trial.py",
    "where.py",
    "window.py",
    "wire.py",
];

/// The package's name, which is its directory's.
const NAME: &str = "scaffold_worker";

/// The unpacked package.
#[derive(Clone, Debug)]
pub struct Package {
    directory: PathBuf,
    /// Removed with this, where the cache could not be used.
    _temporary: Option<Arc<TempDir>>,
}

impl Package {
    /// Unpacks the package, unless an earlier run has done so.
    ///
    /// Where the cache directory cannot be written (no home directory, a read-only one), it goes
    /// into a private directory among the temporary files.
    pub fn unpack() -> Result<Self, Error> {
        let version = hash();
        if let Some(caches) = caches() {
            let directory = caches.join("scaffold").join("worker").join(&version);
            if is_complete(&directory) || unpack_into(&directory).is_ok() {
                return Ok(Self {
                    directory,
                    _temporary: None,
                });
            }
        }
        let private = tempfile::Builder::new()
            .prefix("scaffold-worker-")
            .tempdir();
        let unpacked = private.and_then(|directory| {
            write_files(directory.path())?;
            Ok(directory)
        });
        match unpacked {
            Ok(directory) => Ok(Self {
                directory: directory.path().to_owned(),
                _temporary: Some(Arc::new(directory)),
            }),
            Err(source) => Err(Error::Unpack {
                path: std::env::temp_dir(),
                source,
            }),
        }
    }

    /// The file that the interpreter runs.
    #[must_use]
    pub fn main(&self) -> PathBuf {
        self.directory.join(NAME).join("__main__.py")
    }
}

fn caches() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir()).filter(|path| path.is_absolute())
}

/// The contents' hash, as part of a path.
fn hash() -> String {
    let mut hasher = Sha256::new();
    for (name, contents) in FILES {
        hasher.update(name.len().to_le_bytes());
        hasher.update(name);
        hasher.update(contents.len().to_le_bytes());
        hasher.update(contents);
    }
    let mut text = String::with_capacity(16);
    for octet in hasher.finalize().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}

/// Somebody who cleans the cache may have removed some of the files.
fn is_complete(directory: &Path) -> bool {
    FILES.iter().all(|(name, contents)| {
        fs::metadata(directory.join(NAME).join(name))
            .is_ok_and(|metadata| metadata.len() == contents.len() as u64)
    })
}

/// Writes the package beside its place and renames it, so that no other run sees half of it.
fn unpack_into(directory: &Path) -> io::Result<()> {
    let parent = directory.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(parent)?;
    let temporary = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(parent)?;
    write_files(temporary.path())?;
    if fs::rename(temporary.path(), directory).is_ok() {
        // Renamed: there is nothing left to remove.
        let _ = temporary.keep();
        return Ok(());
    }
    // Another run was first, or an incomplete one is in the way.
    if is_complete(directory) {
        return Ok(());
    }
    fs::remove_dir_all(directory)?;
    fs::rename(temporary.path(), directory)?;
    let _ = temporary.keep();
    Ok(())
}

fn write_files(directory: &Path) -> io::Result<()> {
    let package = directory.join(NAME);
    fs::create_dir(&package)?;
    for (name, contents) in FILES {
        fs::write(package.join(name), contents)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_package_is_bundled() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/worker/python")
            .join(NAME);
        let on_disk: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "__pycache__" && name != "py.typed")
            .collect();
        let bundled: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).into()).collect();
        assert_eq!(bundled, on_disk);
    }

    #[test]
    fn a_damaged_copy_is_replaced() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("worker").join(hash());
        unpack_into(&directory).unwrap();
        assert!(is_complete(&directory));
        fs::write(directory.join(NAME).join("__main__.py"), "").unwrap();
        assert!(!is_complete(&directory));
        unpack_into(&directory).unwrap();
        assert!(is_complete(&directory));
        assert_eq!(
            fs::read_dir(directory.parent().unwrap()).unwrap().count(),
            1
        );
    }
}

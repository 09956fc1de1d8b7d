//! Building the program of one project again and again, as its files change.

use std::{
    cell::RefCell,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use super::{Application, Build, Choice, Error, Output, Package, dep_info};
use crate::project::Environment;

/// The most octets that are read of what Cargo says a program was built from: more than any project
/// has files.
const MOST_SOURCES: u64 = 16 * 1024 * 1024;

/// Builds one project. What Cargo says of its package is asked once for each state of its manifests:
/// that takes a good part of the time of a small build.
#[derive(Debug)]
pub struct Builder {
    directory: PathBuf,
    choice: Choice,
    environment: Environment,
    has_color: bool,
    known: RefCell<Option<Known>>,
}

/// What Cargo said of a package, in which state of the manifests.
#[derive(Debug)]
struct Known {
    package: Arc<Package>,
    manifests: [Option<Stamp>; 2],
}

/// What tells one state of a file from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
    inode: u64,
}

/// A program that serves a project.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// What it serves.
    pub application: Application,
    /// Of which package.
    pub package: Arc<Package>,
    /// The files on this disk that it was built from, without those that the build itself made.
    pub sources: Vec<PathBuf>,
}

impl Builder {
    /// Builds the package in a directory, where Cargo has that environment; nothing happens before
    /// [`Builder::build`]. `has_color` says whether Cargo is to use colours in its own words.
    #[must_use]
    pub fn new(
        directory: PathBuf,
        choice: Choice,
        environment: Environment,
        has_color: bool,
    ) -> Self {
        Self {
            directory,
            choice,
            environment,
            has_color,
            known: RefCell::new(None),
        }
    }

    /// Where the package is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What Cargo says of the package, as its manifest is now.
    async fn package(&self) -> Result<Arc<Package>, Error> {
        if let Some(Known { package, manifests }) = &*self.known.borrow()
            && *manifests == stamps(package)
        {
            return Ok(Arc::clone(package));
        }
        let package = Arc::new(Package::read(&self.directory, &self.environment).await?);
        self.known.replace(Some(Known {
            manifests: stamps(&package),
            package: Arc::clone(&package),
        }));
        Ok(package)
    }

    /// Builds the program as the project's files are now. Where this is dropped, the build ends.
    pub async fn build(&self, tell: impl FnMut(Output<'_>)) -> Result<Program, Error> {
        let package = self.package().await?;
        let application = Application::read(&package, &self.choice)?;
        let build = Build {
            package: &package,
            application: &application,
            environment: &self.environment,
            has_color: self.has_color,
        };
        let path = build.run(tell).await?;
        let sources = sources(&path, &package.target);
        Ok(Program {
            path,
            application,
            package,
            sources,
        })
    }
}

/// The state of the manifests that say what a package is: its own, and that of its workspace.
fn stamps(package: &Package) -> [Option<Stamp>; 2] {
    [&package.directory, &package.workspace].map(|directory| {
        let metadata = fs::metadata(directory.join("Cargo.toml")).ok()?;
        Some(Stamp {
            modified: metadata.modified().ok()?,
            length: metadata.len(),
            inode: metadata.ino(),
        })
    })
}

/// What Cargo says that a program was built from. Without it, only what the project's own
/// directory holds is known.
fn sources(program: &Path, target: &Path) -> Vec<PathBuf> {
    let text = read_bounded(&program.with_extension("d")).unwrap_or_default();
    let mut sources = dep_info::sources(&text);
    sources.retain(|file| file.is_absolute() && !file.starts_with(target));
    sources
}

fn read_bounded(path: &Path) -> io::Result<String> {
    use io::Read as _;

    let mut text = String::new();
    fs::File::open(path)?
        .take(MOST_SOURCES)
        .read_to_string(&mut text)?;
    Ok(text)
}

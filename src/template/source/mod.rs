//! Where a template comes from, and the entries it consists of.
//!
//! Which entries belong to a template is decided here, by Django's rules; what becomes of them is
//! not.

mod address;
mod archive;
mod builtin;
mod directory;
mod limits;
mod listing;
mod progress;
mod subdirectory;

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Cursor},
    path::{Path, PathBuf},
};

use super::{Request, Selection, error::Error};
use address::Address;
use subdirectory::Scope;

pub use archive::ArchiveError;
pub use progress::{Progress, Step};

/// Which template is wanted, as the user said it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// A name, a path, a URL or a repository; nothing means the default.
    pub template: Option<&'a str>,
    /// The branch, tag or commit of a repository; nothing means its default branch.
    pub reference: Option<&'a str>,
    /// The directory, within what is found there, that is the template.
    pub subdirectory: Option<&'a Path>,
    /// What the archive's octets must hash to, as `sha256:…`.
    pub checksum: Option<&'a str>,
    /// The directory that holds the user's own templates, each in a directory of its name.
    pub own_templates: Option<&'a Path>,
}

/// One thing in a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is in the template: relative, and never empty.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

/// What an entry is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File {
        contents: Cow<'static, [u8]>,
        /// The permission bits, before the umask.
        mode: u32,
    },
}

/// A template that was found and read.
#[derive(Debug)]
pub(super) struct Source {
    /// How the template is called in messages; its entries are below that.
    pub(super) root: PathBuf,
    /// Everything in it, in no particular order.
    pub(super) entries: Vec<Entry>,
}

impl Source {
    /// Finds and reads the template that the user means.
    pub(super) fn open(request: &Request<'_>) -> Result<Self, Error> {
        let Request {
            subject,
            wanted,
            selection,
            current_directory,
            progress,
            ..
        } = *request;
        let template = wanted.template.unwrap_or(builtin::DEFAULT);
        let address = match builtin::find(subject, builtin::DEFAULT) {
            Some(builtin) if wanted.template.is_none() => Address::Builtin(builtin),
            _ => Address::of(template, subject, current_directory, wanted.own_templates)?,
        };
        let subdirectory = wanted.subdirectory;
        let scope = Scope {
            selection,
            subdirectory,
        };
        Ok(match address {
            Address::Builtin(directory) => {
                let root = PathBuf::from(builtin::name(directory));
                if let Some(subdirectory) = subdirectory {
                    return Err(subdirectory::missing(&root, subdirectory, Vec::new()));
                }
                Self {
                    root,
                    entries: builtin::entries(directory, selection),
                }
            }
            Address::Directory(root) => {
                let root = subdirectory::in_directory(root, subdirectory)?;
                Self {
                    entries: directory::entries(&root, selection)?,
                    root,
                }
            }
            Address::File(path) => {
                let file = open(&path)?;
                progress.step(Step::Extracting { archive: &path });
                Self {
                    entries: archive::entries(&path, file, scope)?,
                    root: within(path, subdirectory),
                }
            }
            Address::Url(_) | Address::Git(_) => {
                return Err(Error::UnknownTemplate {
                    subject,
                    template: template.to_owned(),
                    hint: String::new(),
                });
            }
        })
    }

    /// How an entry is called in messages.
    pub(super) fn locate(&self, entry: &Path) -> PathBuf {
        self.root.join(entry)
    }

    /// How the template is called in messages.
    pub(super) fn name(&self) -> String {
        self.root.display().to_string()
    }
}

/// Opens an archive. What is no file is not opened: a pipe would keep us waiting.
fn open(path: &Path) -> Result<File, Error> {
    let open = || {
        if path.metadata()?.is_file() {
            File::open(path)
        } else {
            Err(std::io::Error::other("it is not a file"))
        }
    };
    open().map_err(|error| archive::fault(path, ArchiveError::Open(error)))
}

/// How a template in a subdirectory is called.
fn within(path: PathBuf, subdirectory: Option<&Path>) -> PathBuf {
    match subdirectory {
        None => path,
        Some(subdirectory) => path.join(subdirectory),
    }
}

/// The paths of what a template would consist of that is an archive of these octets, whose kind the
/// name tells. Nothing is read from the disk or written to it.
pub fn archive_listing(name: &Path, octets: &[u8]) -> Result<Vec<PathBuf>, Error> {
    let scope = Scope {
        selection: &Selection::default(),
        subdirectory: None,
    };
    let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
    let archive = BufReader::new(Cursor::new(octets));
    let items = archive::items(name, archive, length, limits::LIMITS)?;
    let entries = listing::entries(items, scope, name)?;
    Ok(entries.into_iter().map(|entry| entry.path).collect())
}

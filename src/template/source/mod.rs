//! Where a template comes from, and the entries it consists of.
//!
//! Which entries belong to a template is decided here, by Django's rules; what becomes of them is
//! not.

mod address;
mod archive;
mod builtin;
mod checksum;
mod directory;
mod download;
mod git;
mod limits;
mod listing;
mod origin;
mod progress;
mod redact;
mod stoppable;
mod subdirectory;

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Cursor},
    path::{Path, PathBuf},
};

use include_dir::Dir;

use super::{Request, Selection, error::Error, manifest, shown};
use address::Address;
use checksum::{Checksum, VerifyError};
use download::{Outcome, Received};
pub(super) use git::local::Question as CommitQuestion;
pub(super) use origin::Origin;
use subdirectory::Scope;

pub(super) use builtin::{all as builtin_templates, blank, named as builtin_named};

pub use archive::ArchiveError;
pub use checksum::ChecksumError;
pub use download::{DownloadError, Fault as DownloadFault};
pub use git::GitError;
pub use progress::{Progress, Step};
pub use redact::without_credentials;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is in the template: relative, and never empty.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

#[cfg(test)]
impl Entry {
    /// A file.
    pub(super) fn file(path: &str, contents: &'static [u8], mode: u32) -> Self {
        let contents = contents.into();
        Self {
            path: path.into(),
            kind: Kind::File { contents, mode },
        }
    }
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Where it can be found again.
    pub(super) origin: Origin,
}

impl Source {
    /// Finds and reads the template that the user means.
    pub(super) fn open(request: &Request<'_>) -> Result<Self, Error> {
        let Wanted {
            template,
            own_templates,
            ..
        } = request.wanted;
        let template = template.unwrap_or(builtin::DEFAULT);
        let address = address(request)?;
        let origin = Origin::of(template, &address, own_templates);
        let mut source = Self::read(request, address)?;
        source.origin.template = origin.template;
        Ok(source)
    }

    /// The template as it was in a commit; nothing where that cannot be had.
    pub(super) fn open_commit(request: &Request<'_>, commit: &str) -> Result<Option<Self>, Error> {
        match address(request)? {
            Address::Directory(root) => {
                let root = subdirectory::in_directory(root, request.wanted.subdirectory)?;
                git::local::source(request, &root, commit)
            }
            Address::Git(url) => {
                let wanted = Wanted {
                    reference: Some(commit),
                    ..request.wanted
                };
                match git::source(&Request { wanted, ..*request }, &url) {
                    Err(Error::Git(GitError::NoReference { .. })) => Ok(None),
                    found => found.map(Some),
                }
            }
            Address::Builtin(_) | Address::File(_) | Address::Url(_) => Ok(None),
        }
    }

    /// Whether there is an entry with this path.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.entries.iter().any(|entry| entry.path == path)
    }

    /// A hash of all that the template consists of.
    pub(super) fn hash(&self) -> String {
        origin::hash(&self.entries)
    }

    fn read(request: &Request<'_>, address: Address) -> Result<Self, Error> {
        let Request {
            subject, wanted, ..
        } = *request;
        let template = wanted.template.unwrap_or(builtin::DEFAULT);
        let checksum = wanted.checksum.map(Checksum::parse).transpose()?;
        let no_archive = |what| match checksum {
            Some(_) => Err(Error::Checksum(ChecksumError::NoArchive {
                template: redact::typed(template),
                what,
            })),
            None => Ok(()),
        };
        let no_repository = |what| match wanted.reference {
            Some(_) => Err(Error::NoRepository {
                template: redact::typed(template),
                what,
            }),
            None => Ok(()),
        };
        match address {
            Address::Builtin(directory) => {
                no_repository("built in")?;
                no_archive("built in")?;
                Self::builtin(request, directory)
            }
            Address::Directory(root) => {
                no_repository("a directory")?;
                no_archive("a directory")?;
                let root = subdirectory::in_directory(root, wanted.subdirectory)?;
                Ok(Self {
                    entries: directory::entries(request, &root)?,
                    root,
                    origin: Origin::default(),
                })
            }
            Address::File(path) => {
                no_repository("an archive")?;
                let file = open(&path)?;
                Self::archive(request, path, file, checksum)
            }
            Address::Url(url) => {
                no_repository("an archive")?;
                let downloaded =
                    download::download(&url, checksum.is_some(), request.progress, request.stop)?;
                match downloaded {
                    Outcome::Archive(Received { name, file }) => {
                        Self::archive(request, name.into(), file, checksum)
                    }
                    Outcome::Stopped => Err(Error::Interrupted { subject }),
                }
            }
            Address::Git(url) => {
                no_archive("a repository")?;
                git::source(request, &url)
            }
        }
    }

    fn builtin(request: &Request<'_>, directory: &'static Dir<'static>) -> Result<Self, Error> {
        let root = PathBuf::from(builtin::name(directory));
        match request.wanted.subdirectory {
            Some(subdirectory) => Err(subdirectory::missing(&root, subdirectory, Vec::new())),
            None => Ok(Self {
                root,
                entries: builtin::entries(directory, request.selection),
                origin: Origin::default(),
            }),
        }
    }

    /// Reads an archive, once it is known to be the one that is wanted.
    fn archive(
        request: &Request<'_>,
        name: PathBuf,
        mut file: File,
        checksum: Option<Checksum>,
    ) -> Result<Self, Error> {
        if let Some(checksum) = checksum {
            verify(request, checksum, &name, &mut file)?;
        }
        request.progress.step(Step::Extracting { archive: &name });
        let scope = Scope::of(request);
        let entries = archive::entries(&name, file, scope, request.stop);
        // What is read ends with some error of its own where the user wants the end.
        request.go_on()?;
        Ok(Self {
            entries: entries?,
            root: scope.within(name),
            origin: Origin::default(),
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

/// Asks which commit the template is, where it is a directory of the user's in a repository. What
/// is wrong with the address is told where it is opened.
pub(super) fn ask_commit(request: &Request<'_>) -> Option<CommitQuestion> {
    let Ok(Address::Directory(root)) = address(request) else {
        return None;
    };
    let root = subdirectory::in_directory(root, request.wanted.subdirectory).ok()?;
    // Nothing else is remembered.
    let is_native = root.join(manifest::FILE_NAME).is_file();
    is_native.then(|| CommitQuestion::ask(request, root))?
}

/// Where the template is that is wanted.
fn address(request: &Request<'_>) -> Result<Address, Error> {
    let Request {
        subject,
        wanted,
        current_directory,
        ..
    } = *request;
    match (wanted.template, builtin::find(subject, builtin::DEFAULT)) {
        (None, Some(builtin)) => Ok(Address::Builtin(builtin)),
        (template, _) => {
            let template = template.unwrap_or(builtin::DEFAULT);
            let found = Address::of(template, subject, current_directory, wanted.own_templates)?;
            Ok(found.with_reference(wanted.reference))
        }
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

/// Compares an archive with its checksum.
fn verify(
    request: &Request<'_>,
    checksum: Checksum,
    name: &Path,
    file: &mut File,
) -> Result<(), Error> {
    let shown = shown::path(name).to_string();
    match checksum.verify(file, &shown, request.stop) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::Interrupted {
            subject: request.subject,
        }),
        Err(VerifyError::Checksum(error)) => Err(error.into()),
        Err(VerifyError::Io(source)) => Err(Error::Read {
            path: name.to_path_buf(),
            source,
        }),
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

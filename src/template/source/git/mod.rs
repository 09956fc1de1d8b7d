//! A template that is a Git repository, had with the user's `git` program.
//!
//! One commit is fetched into a bare repository in a temporary directory, and the files are read out
//! of that. There never is a working tree, so no hook, no filter and no attribute of the template's
//! or the user's does anything.
//!
//! A submodule is an empty directory, as `git clone` leaves it.

mod blobs;
mod error;
mod head;
pub(super) mod local;
mod objects;
mod program;
mod reference;
mod tree;

use std::{
    ffi::{OsStr, OsString},
    io::{self, BufReader},
    os::unix::ffi::OsStringExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use super::{
    Request, Source,
    limits::{LIMITS, Tally},
    listing::{self, Item, What},
    origin::Origin,
    progress::Step,
    redact::redacted,
    subdirectory::Scope,
};
use crate::template::error::Error;
use program::{Failure, Git};
use tree::{Blob, Kind};

pub use error::GitError;

/// For all of it, on a slow line, and with the time that somebody needs to find a password.
const TOTAL: Duration = Duration::from_mins(15);

/// How long the text of a link may be: Linux takes no longer one.
const LINK: u64 = 4096;

/// How a file begins that stands for one in Git LFS.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Fetches the repository, and takes the template out of it.
pub(super) fn source(request: &Request<'_>, url: &str) -> Result<Source, Error> {
    let reference = reference::wanted(request.wanted.reference)?;
    let directory = tempfile::Builder::new()
        .prefix("scaffold-git-")
        .tempdir()
        .map_err(|source| GitError::System {
            action: "make a temporary directory",
            source,
        })?;
    let repository = Repository {
        git: Git {
            directory: directory.path(),
            stop: request.stop,
            end: Instant::now() + TOTAL,
            asks: program::can_ask(),
        },
        request,
        url,
        shown: redacted(url),
        reference,
    };
    let root = PathBuf::from(&repository.shown);
    let scope = Scope::of(request);
    let (commit, items) = repository.items()?;
    Ok(Source {
        entries: listing::entries(items, scope, &root)?,
        root: scope.within(root),
        origin: Origin {
            commit: Some(commit),
            ..Origin::default()
        },
    })
}

/// A repository that is to be read.
struct Repository<'a> {
    git: Git<'a>,
    request: &'a Request<'a>,
    url: &'a str,
    /// The address without credentials.
    shown: String,
    reference: &'a str,
}

impl Repository<'_> {
    /// The commit that is wanted, and what is in it.
    fn items(&self) -> Result<(String, Vec<Item>), Error> {
        let Self { request, shown, .. } = self;
        request.progress.step(Step::Fetching { repository: shown });
        self.fetch()?;
        request.progress.step(Step::Fetched);
        let commit = self.commit("FETCH_HEAD")?;
        let items = self.items_of(&commit, None)?;
        Ok((commit, items))
    }

    /// What is in a commit, or in a directory of it.
    fn items_of(&self, commit: &str, directory: Option<&Path>) -> Result<Vec<Item>, Error> {
        let mut tally = Tally::new(Path::new(&self.shown), LIMITS);
        let lines = self.list(commit, directory, &mut tally)?;
        self.read(lines)
    }

    /// The id of the commit that is called so in the repository that is read.
    fn commit(&self, name: &str) -> Result<String, Error> {
        let name = format!("{name}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--quiet",
            "--verify",
            "--end-of-options",
            &name,
        ];
        let ended = self.git.run(arguments, u64::MAX);
        let ended = ended.map_err(|failure| self.failed(failure))?;
        let id = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
        if ended.status.success() && !id.is_empty() {
            Ok(id)
        } else {
            Err(self.unexpected("rev-parse", &ended.stderr))
        }
    }

    /// Fetches the one commit.
    fn fetch(&self) -> Result<(), Error> {
        self.init("sha1")?;
        let said = match self.try_fetch()? {
            Some(said) if said.contains("mismatched algorithms") => {
                self.init("sha256")?;
                self.try_fetch()?
            }
            said => said,
        };
        match said {
            None => Ok(()),
            Some(said) => Err(self.explain(said)?.into()),
        }
    }

    /// Makes the repository to fetch into: empty, with nothing from a template of the user's.
    fn init(&self, hash: &str) -> Result<(), Error> {
        // It cannot be made again with another hash.
        match std::fs::remove_file(self.git.directory.join("config")) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(self.failed(Failure::Io(source)));
            }
            _ => {}
        }
        let hash = format!("--object-format={hash}");
        let arguments = ["init", "--quiet", "--bare", "--template=", &hash];
        let ended = self
            .git
            .run(arguments, u64::MAX)
            .map_err(|failure| self.failed(failure))?;
        if ended.status.success() {
            Ok(())
        } else {
            Err(self.unexpected("init", &ended.stderr))
        }
    }

    /// The answer is what `git` said, where it failed.
    fn try_fetch(&self) -> Result<Option<String>, Error> {
        let mut arguments: Vec<OsString> = Vec::new();
        if let Some(setting) = program::ssh_without_questions(&self.git) {
            arguments.extend(["-c".into(), setting]);
        }
        arguments.extend(
            [
                "fetch",
                "--quiet",
                "--depth=1",
                "--no-tags",
                "--no-recurse-submodules",
                "--",
                self.url,
                self.reference,
            ]
            .map(OsString::from),
        );
        let ended = self
            .git
            .run(arguments, LIMITS.octets)
            .map_err(|failure| self.failed(failure))?;
        Ok((!ended.status.success()).then(|| self.shown(&ended.stderr)))
    }

    /// Why it cannot be fetched. Where there is no such branch or tag, those that there are.
    fn explain(&self, said: String) -> Result<GitError, Error> {
        let is_missing = [
            "couldn't find remote ref",
            "not our ref",
            "no such remote ref",
        ]
        .iter()
        .any(|text| said.contains(text));
        if !is_missing || self.request.wanted.reference.is_none() {
            return Ok(GitError::Fetch {
                repository: self.shown.clone(),
                said,
            });
        }
        let arguments = ["ls-remote", "--quiet", "--heads", "--tags", "--", self.url];
        let names = match self.git.run(arguments, u64::MAX) {
            Ok(ended) => reference::names(&ended.stdout),
            Err(Failure::Stopped) => return Err(self.failed(Failure::Stopped)),
            Err(_) => Vec::new(),
        };
        Ok(GitError::NoReference {
            repository: self.shown.clone(),
            reference: self.reference.to_owned(),
            names,
        })
    }

    /// What is in the commit. Nothing is read of a file that is too large.
    fn list(
        &self,
        commit: &str,
        directory: Option<&Path>,
        tally: &mut Tally,
    ) -> Result<Vec<tree::Line>, Error> {
        let arguments = [
            "ls-tree",
            "-r",
            "-t",
            "-z",
            "--long",
            "--full-tree",
            commit,
            "--",
        ];
        let arguments = arguments.iter().map(OsStr::new);
        let arguments = arguments.chain(directory.map(Path::as_os_str));
        let failed = |failure| self.failed(failure);
        let mut running = self.git.read(arguments, Stdio::null()).map_err(failed)?;
        let mut answer = running.stdout().map(BufReader::new);
        let mut lines = Vec::new();
        while let Some(answer) = &mut answer {
            self.git.look().map_err(failed)?;
            let line = match tree::next(answer) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(fault) => return Err(self.bad_line(fault)),
            };
            tally.count_entry()?;
            if let Kind::File { blob, .. } | Kind::Link(blob) = &line.kind {
                tally.count_octets(usize::try_from(blob.size).unwrap_or(usize::MAX))?;
            }
            lines.push(line);
        }
        match running.finish().map_err(failed)? {
            None => Ok(lines),
            Some(said) => Err(self.unexpected("ls-tree", &said)),
        }
    }

    /// Reads the contents of all files.
    fn read(&self, lines: Vec<tree::Line>) -> Result<Vec<Item>, Error> {
        let failed = |failure| self.failed(failure);
        let names = blobs::names(&lines).map_err(|error| failed(Failure::Io(error)))?;
        let mut running = self
            .git
            .read(["cat-file", "--batch", "--buffer"], names.into())
            .map_err(failed)?;
        let mut answer = running.stdout().map(BufReader::new);
        let mut contents = |blob: &Blob| -> Result<Vec<u8>, Error> {
            self.git.look().map_err(failed)?;
            let contents = match &mut answer {
                Some(answer) => blobs::contents(answer, blob),
                None => Ok(None),
            };
            match contents {
                Ok(Some(contents)) => Ok(contents),
                Ok(None) => Err(self.unexpected("cat-file", b"")),
                Err(error) => Err(failed(Failure::Io(error))),
            }
        };
        let mut items = Vec::with_capacity(lines.len());
        for tree::Line { path, kind } in lines {
            let what = match kind {
                Kind::Directory | Kind::Submodule => What::Directory,
                Kind::File { blob, mode } => What::File {
                    contents: self.no_pointer(&path, contents(&blob)?)?,
                    mode,
                },
                Kind::Link(blob) if blob.size > LINK => {
                    return Err(self.bad_line(tree::Fault::Name(path.display().to_string())));
                }
                Kind::Link(blob) => What::Link(OsString::from_vec(contents(&blob)?).into()),
            };
            items.push(Item { path, what });
        }
        match running.finish().map_err(failed)? {
            None => Ok(items),
            Some(said) => Err(self.unexpected("cat-file", &said)),
        }
    }

    /// Contents that are the file's own. A project with what stands for a file in place of it would
    /// only look whole.
    fn no_pointer(&self, path: &Path, contents: Vec<u8>) -> Result<Vec<u8>, Error> {
        let is_wanted = self
            .request
            .wanted
            .subdirectory
            .is_none_or(|directory| path.starts_with(directory));
        if is_wanted && contents.starts_with(LFS) {
            return Err(Error::Git(GitError::Lfs {
                path: Path::new(&self.shown).join(path),
            }));
        }
        Ok(contents)
    }

    /// What `git` said, as it may be shown.
    fn shown(&self, said: &[u8]) -> String {
        let (scheme, address) = self.url.split_once("://").unwrap_or_default();
        // A token may stand in the place of a user; with ssh there is only the user's name.
        let is_http = scheme.to_ascii_lowercase().starts_with("http");
        let secret = address
            .rsplit_once('@')
            .and_then(|(user, _)| match user.split_once(':') {
                Some((_, password)) => Some(password),
                None => is_http.then_some(user),
            })
            .filter(|secret| !secret.is_empty() && !self.shown.contains(secret));
        error::shown(said, secret)
    }

    fn bad_line(&self, fault: tree::Fault) -> Error {
        match fault {
            tree::Fault::Io(error) => self.failed(Failure::Io(error)),
            tree::Fault::Unknown(line) => self.unexpected("ls-tree", &line),
            tree::Fault::Name(path) => Error::Git(GitError::Name {
                repository: self.shown.clone(),
                path,
            }),
        }
    }

    fn unexpected(&self, command: &'static str, said: &[u8]) -> Error {
        Error::Git(GitError::Answer {
            command,
            said: self.shown(said),
        })
    }

    fn failed(&self, failure: Failure) -> Error {
        let repository = self.shown.clone();
        Error::Git(match failure {
            Failure::Stopped => {
                return Error::Interrupted {
                    subject: self.request.subject,
                };
            }
            Failure::TooLarge => return Tally::new(Path::new(&repository), LIMITS).too_large(),
            Failure::TooLate => GitError::Timeout {
                repository,
                minutes: TOTAL.as_secs() / 60,
            },
            Failure::Missing => GitError::NoGit { repository },
            Failure::Io(source) => GitError::System {
                action: "run `git`",
                source,
            },
        })
    }
}

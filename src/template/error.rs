//! Why generating failed: the texts, and what to do next.

mod hints;
mod lists;
mod writing;

use std::{io, path::PathBuf};

use super::{
    authoring::AuthoringError,
    composition::CompositionError,
    cookiecutter::CookiecutterError,
    edits::EditError,
    names::Names,
    report::Report,
    shown,
    source::{ArchiveError, ChecksumError, DownloadError, GitError},
    subject::Subject,
    update::UpdateError,
};

/// Why this part failed. Nothing was left on the disk, except where the variant says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such built-in template and no such directory.
    #[error("couldn't handle {} template {template}.", subject.word())]
    UnknownTemplate {
        /// What was to be generated.
        subject: Subject,
        /// What the user asked for.
        template: String,
        /// What to do next.
        hint: String,
    },
    /// A branch, tag or commit is wanted of something that has none.
    #[error("`--ref` is for a Git repository, and the template `{template}` is {what}")]
    NoRepository {
        /// The template, without credentials.
        template: String,
        /// What it is.
        what: &'static str,
    },
    /// The directory to be made is there already.
    #[error("'{}' already exists", shown::path(path))]
    TargetExists {
        /// The directory.
        path: PathBuf,
    },
    /// Files in the target directory are where the template's would go.
    #[error("{}", lists::conflicts(*subject, paths))]
    Conflicts {
        /// What was to be generated.
        subject: Subject,
        /// All of them.
        paths: Vec<PathBuf>,
    },
    /// Files in the target directory are not as they would be written.
    #[error("{}", lists::different(paths))]
    Different {
        /// All of them.
        paths: Vec<PathBuf>,
    },
    /// Something in the template cannot be read.
    #[error("cannot read `{}`: {source}", shown::path(path))]
    Read {
        /// What cannot be read.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A template is so large that it is hardly one.
    #[error(
        "the template `{}` holds more than {entries} files or {mebibytes} MiB",
        shown::path(root)
    )]
    TooLarge {
        /// The template.
        root: PathBuf,
        /// How many files and directories it may hold.
        entries: usize,
        /// How much they may hold.
        mebibytes: u64,
    },
    /// A link in the template points to something that is not the template's.
    #[error(
        "`{}` links to `{}`, which is outside the template",
        shown::path(link),
        shown::path(to)
    )]
    LinkOutside {
        /// The link.
        link: PathBuf,
        /// The file that it leads to.
        to: PathBuf,
    },
    /// A link in the template leads nowhere.
    #[error(
        "`{}` links to `{}`, which is not there",
        shown::path(link),
        shown::path(to)
    )]
    LinkNowhere {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        to: PathBuf,
    },
    /// A link in the template leads to itself, or links lead to links without end.
    #[error("`{}` is a link that leads back to itself", shown::path(link))]
    LinkCircle {
        /// The link.
        link: PathBuf,
    },
    /// An archive cannot be a template. Django's words, without the directory that it extracts to.
    #[error("couldn't extract file {}: {reason}", shown::path(archive))]
    Archive {
        /// The archive.
        archive: PathBuf,
        /// Why not.
        reason: ArchiveError,
    },
    /// The directory that is to be the template may not be called so.
    #[error(
        "`{}` of `{}` cannot be the template: {reason}",
        shown::path(subdirectory),
        shown::path(template)
    )]
    BadSubdirectory {
        /// Where the directory would be.
        template: PathBuf,
        /// The directory.
        subdirectory: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The directory that is to be the template is not there.
    #[error(
        "`{}` has no directory `{}`",
        shown::path(template),
        shown::path(subdirectory)
    )]
    NoSubdirectory {
        /// Where the directory would be.
        template: PathBuf,
        /// The directory.
        subdirectory: PathBuf,
        /// Directories that are there.
        directories: Vec<PathBuf>,
    },
    /// A template holds something that is neither file nor directory nor link.
    #[error("`{}` is neither a file nor a directory", shown::path(path))]
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file has to be rendered and is not UTF-8.
    #[error(
        "`{}` cannot be rendered: it is not UTF-8 (octet {offset})",
        shown::path(path)
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where the first octet stands that is not UTF-8.
        offset: usize,
    },
    /// The project would have the name of a module that it has or installs. Django's wording.
    #[error(
        "'{name}' conflicts with the name of an existing Python module and cannot be used as {} \
         name. Please try another name.", subject.with_article()
    )]
    NameTaken {
        /// What was to be generated.
        subject: Subject,
        /// The name.
        name: String,
        /// The template that reserves it.
        template: String,
    },
    /// The project would have the name of a crate that it depends on.
    #[error("`{name}` cannot be the name: a crate that the project depends on has it")]
    CrateTaken {
        /// The name.
        name: String,
        /// The template that reserves it.
        template: String,
    },
    /// The name is not of the kind that projects from the template have. Why, knows who was asked.
    #[error("a project from this template cannot have this name")]
    NameRefused {
        /// The kind.
        names: Names,
    },
    /// The manifest is a directory.
    #[error(
        "`{}` is a directory, where a template's manifest would be",
        shown::path(path)
    )]
    ManifestDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The manifest is not UTF-8.
    #[error("`{}` is not UTF-8 (octet {offset})", shown::path(path))]
    ManifestNotText {
        /// The file.
        path: PathBuf,
        /// Where the first octet stands that is not UTF-8.
        offset: usize,
    },
    /// The manifest is not as it should be.
    #[error("{report}")]
    Manifest {
        /// Where, and what is wrong.
        report: Report,
    },
    /// Templates do not fit together, or parts of one.
    #[error(transparent)]
    Composition(#[from] CompositionError),
    /// A template that was made for cookiecutter is not as it should be.
    #[error(transparent)]
    Cookiecutter(#[from] CookiecutterError),
    /// The template needs another value of a variable, or any.
    #[error("{message}")]
    Answer {
        /// Which, and why.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// A template does not parse or does not render.
    #[error("{report}")]
    Template {
        /// Where, and what is wrong.
        report: Report,
        /// What to do next.
        hint: String,
    },
    /// A file of the template would get a name that it must not have.
    #[error(
        "`{}` of the template would be written to `{}`: {reason}",
        shown::path(from),
        shown::path(to)
    )]
    Name {
        /// The file in the template.
        from: PathBuf,
        /// The path in the project.
        to: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// Two things in the template would be written to one path.
    #[error(
        "`{}` and `{}` of the template would both be written to `{}`",
        shown::path(first),
        shown::path(second),
        shown::path(to)
    )]
    Duplicate {
        /// The one.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The path in the project.
        to: PathBuf,
    },
    /// Writing failed; what had been written was removed.
    #[error("cannot {action} `{}`: {source}", shown::path(path))]
    Write {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Another run is writing to the directory.
    #[error("another run of `scaffold` is writing to `{}`", shown::path(target))]
    Busy {
        /// The directory.
        target: PathBuf,
        /// The file that says so.
        journal: PathBuf,
    },
    /// An earlier run was killed while writing to the directory, and its files are still there.
    #[error("{}", lists::leftovers(target, paths))]
    Leftovers {
        /// The directory.
        target: PathBuf,
        /// What the earlier run left.
        paths: Vec<PathBuf>,
        /// The file that says so.
        journal: PathBuf,
    },
    /// The template could not be downloaded.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The template could not be had from its repository.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The project could not be brought to another version of its template.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// Files of a project cannot be changed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The archive is not the one that is wanted.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// A template cannot be made, or its tests cannot be run.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// The operating system gives no random octets for the secret key.
    #[error("cannot make a secret key: {0}")]
    Random(getrandom::Error),
    /// Rendering takes more than that of any honest template. Nothing was written.
    #[error("the template takes too much {what} to render")]
    Endless {
        /// Time or memory.
        what: &'static str,
    },
    /// The user cannot be asked.
    #[error(transparent)]
    Asking(#[from] super::AskingError),
    /// The template needs a newer version of this program.
    #[error(transparent)]
    Version(#[from] super::VersionError),
    /// The user wants it to stop. What had been written was removed.
    #[error("interrupted, and no {} was made", subject.word())]
    Interrupted {
        /// What was to be made.
        subject: Subject,
    },
}

impl Error {
    /// Where in which file something is wrong, with what is drawn of it, if it is known.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Manifest { report }
            | Self::Template { report, .. }
            | Self::Update(UpdateError::Memory { report })
            | Self::Authoring(AuthoringError::Case { report }) => Some(report),
            Self::Cookiecutter(error) => Some(error.report()),
            _ => None,
        }
    }

    /// Whether the message is worded as Django's, which scripts may look for.
    #[must_use]
    pub fn is_django(&self) -> bool {
        matches!(
            self,
            Self::UnknownTemplate {
                subject: Subject::Project | Subject::App,
                ..
            } | Self::Conflicts {
                subject: Subject::Project | Subject::App,
                ..
            } | Self::TargetExists { .. }
                | Self::NameTaken { .. }
                | Self::Archive { .. }
                | Self::Download(_)
        )
    }
}

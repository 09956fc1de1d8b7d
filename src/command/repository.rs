//! The user's own repository: whether a project is in one and all in it is committed, and a new one
//! for a new project. The user's `git` does it, with all that the user has configured.

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    io::{self, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::template::{shown_path, shown_text};

/// Variables that `git` sets for what it runs, such as hooks: they mean another repository.
const REMOVED: [&str; 7] = [
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// How many changed files a message names.
const MOST_NAMED: usize = 10;

/// Why the user's repository is not as it should be, or none could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepositoryError {
    /// There is no `git`.
    #[error("there is no `git` on the path")]
    NoGit,
    /// It cannot be run.
    #[error("cannot run `git`: {0}")]
    Run(io::Error),
    /// A command of it failed.
    #[error("`git {command}` failed{}", said(output))]
    Failed {
        /// The command.
        command: &'static str,
        /// What it printed.
        output: Output,
    },
    /// Nobody is known who could commit.
    #[error("the project is made, but `git` does not know who you are, so nothing is committed")]
    NoIdentity {
        /// Where the project is.
        directory: PathBuf,
    },
    /// The project is in no repository, where what an update changes could be taken back.
    #[error("`{}` is in no Git repository", shown_path(directory))]
    NoRepository {
        /// The project.
        directory: PathBuf,
    },
    /// Something in the project is not committed.
    #[error(
        "`{}` has changes that are not committed:{}",
        shown_path(directory),
        listed(changes)
    )]
    Changes {
        /// The project.
        directory: PathBuf,
        /// The changed files, as `git status` prints them.
        changes: Vec<String>,
    },
}

impl RepositoryError {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::NoGit => Some("install Git, or leave out `--git`".to_owned()),
            Self::NoIdentity { directory } => Some(format!(
                "say it with `git config --global user.name \"…\"` and `git config --global \
                 user.email \"…\"`, then run `git commit` in `{}`",
                shown_path(directory)
            )),
            Self::NoRepository { .. } => Some(
                "make one and commit the project, so that you see what an update changes and can \
                 take it back; or give `--force`"
                    .to_owned(),
            ),
            Self::Changes { .. } => Some(
                "commit or stash them, so that what the update changes can be told from them; or \
                 give `--force`"
                    .to_owned(),
            ),
            Self::Run(_) | Self::Failed { .. } => None,
        }
    }
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = match text.trim() {
        "" => String::from_utf8_lossy(&output.stdout),
        _ => text,
    };
    let mut shown = String::new();
    for line in text.trim().lines() {
        // Writing to a text does not fail.
        let _ = write!(shown, "\n  {}", shown_text(line));
    }
    shown
}

fn listed(changes: &[String]) -> String {
    let mut text = String::new();
    for change in changes.iter().take(MOST_NAMED) {
        let _ = write!(text, "\n  {}", shown_text(change));
    }
    if let Some(more) = changes.len().checked_sub(MOST_NAMED).filter(|it| *it > 0) {
        let _ = write!(text, "\n  … and {more} more");
    }
    text
}

/// Fails unless the directory is in a repository where all tracked files are as they are committed.
pub(super) fn check_clean(directory: &Path) -> Result<(), RepositoryError> {
    let no_repository = || RepositoryError::NoRepository {
        directory: directory.to_path_buf(),
    };
    match root(directory) {
        Ok(Some(_)) => {}
        Ok(None) | Err(RepositoryError::NoGit) => return Err(no_repository()),
        Err(error) => return Err(error),
    }
    let arguments = ["status", "--porcelain", "--untracked-files=no", "--", "."];
    let output = run(git(directory).args(arguments))?;
    if !output.status.success() {
        let command = "status";
        return Err(RepositoryError::Failed { command, output });
    }
    let changes = String::from_utf8_lossy(&output.stdout);
    let changes: Vec<String> = changes.lines().map(str::to_owned).collect();
    if changes.is_empty() {
        Ok(())
    } else {
        Err(RepositoryError::Changes {
            directory: directory.to_path_buf(),
            changes,
        })
    }
}

/// The root of the working tree that a directory is in, if it is in one.
pub(super) fn root(directory: &Path) -> Result<Option<PathBuf>, RepositoryError> {
    let existing = directory.ancestors().find(|it| it.is_dir());
    let directory = existing.unwrap_or(Path::new("/"));
    let output = run(git(directory).args(["rev-parse", "--show-toplevel"]))?;
    let mut path = output.stdout;
    path.pop_if(|last| *last == b'\n');
    let path = PathBuf::from(std::ffi::OsStr::from_bytes(&path));
    Ok(Some(path).filter(|_| output.status.success()))
}

/// What to commit.
pub(super) enum Contents<'a> {
    /// Everything in the directory that nothing ignores.
    All,
    /// These files, as far as nothing ignores them.
    Files(&'a [PathBuf]),
}

/// Makes a repository of a directory, with a first commit.
pub(super) fn make(
    directory: &Path,
    contents: &Contents<'_>,
    message: &str,
) -> Result<(), RepositoryError> {
    succeed("init", git(directory).args(["init", "--quiet"]))?;
    match contents {
        Contents::All => succeed("add", git(directory).args(["add", "--all", "--", "."]))?,
        Contents::Files(files) => add(directory, files)?,
    }
    if !run(git(directory).args(["var", "GIT_COMMITTER_IDENT"]))?
        .status
        .success()
    {
        let directory = directory.to_path_buf();
        return Err(RepositoryError::NoIdentity { directory });
    }
    // What checks commits is for what the user writes.
    let arguments = ["commit", "--quiet", "--no-verify", "-m", message];
    succeed("commit", git(directory).args(arguments))
}

/// Adds files. That some are ignored is no fault.
fn add(directory: &Path, files: &[PathBuf]) -> Result<(), RepositoryError> {
    let mut command = git(directory);
    command
        .args(["add", "--pathspec-from-file=-", "--pathspec-file-nul"])
        .env("GIT_LITERAL_PATHSPECS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(failure)?;
    let mut names = Vec::new();
    for file in files {
        let name = file.strip_prefix(directory).unwrap_or(file);
        names.extend_from_slice(name.as_os_str().as_bytes());
        names.push(0);
    }
    if let Some(mut stdin) = child.stdin.take() {
        // Where it has ended early, its end says why.
        let _ = stdin.write_all(&names);
    }
    child.wait().map(drop).map_err(RepositoryError::Run)
}

fn succeed(command: &'static str, git: &mut Command) -> Result<(), RepositoryError> {
    let output = run(git)?;
    if output.status.success() {
        Ok(())
    } else {
        Err(RepositoryError::Failed { command, output })
    }
}

fn run(git: &mut Command) -> Result<Output, RepositoryError> {
    git.stdin(Stdio::null()).output().map_err(failure)
}

fn failure(error: io::Error) -> RepositoryError {
    match error.kind() {
        io::ErrorKind::NotFound => RepositoryError::NoGit,
        _ => RepositoryError::Run(error),
    }
}

fn git(directory: &Path) -> Command {
    let mut git = Command::new("git");
    git.args([OsString::from("-C"), directory.into()]);
    for name in REMOVED {
        git.env_remove(name);
    }
    if env::var_os("GIT_OPTIONAL_LOCKS").is_none() {
        git.env("GIT_OPTIONAL_LOCKS", "0");
    }
    git
}

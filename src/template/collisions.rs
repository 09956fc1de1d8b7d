//! What is done where a project goes into a directory that has some of its files already.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use super::{
    error::Error,
    mode::{EXECUTABLE, is_executable},
    plan::Plan,
    source::Kind,
    target::Target,
    write::{self, Found, Place, Step},
};

/// What is done with files that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Collisions {
    /// Nothing is written where there is any.
    #[default]
    Refuse,
    /// They are replaced.
    Overwrite,
    /// They are left as they are.
    Skip,
    /// Nothing is written where there is one that is not as it would be written.
    RefuseOthers,
    /// They are replaced where they are not as they would be written, and stay beside the new ones
    /// under other names.
    Keep,
}

/// What is added to the name of a file that is kept beside the one that takes its place; a number
/// follows where there is one already.
const BACKUP: &str = "bak";

/// What is in the target where the plan has a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Missing,
    /// A file with the same contents.
    Same,
    /// A file that stays in any case, as the template wants.
    Kept,
    /// Something else that is replaced or left, as the user wants it.
    Different,
    /// Something that can be neither: a directory, or what stands where a directory is needed.
    InTheWay,
}

/// A file of the plan, and what is in its place.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Its path in the target.
    pub path: &'a Path,
    /// What is there.
    pub presence: Presence,
    /// What is in the file that is there, if it is one.
    pub before: Option<Vec<u8>>,
    /// The permission bits of that file.
    mode: u32,
    /// What the plan has.
    pub after: &'a [u8],
}

impl Target {
    /// Compares the files of the plan with what is there.
    pub fn compare<'a>(
        &self,
        plan: &'a Plan,
        collisions: Collisions,
    ) -> Result<Vec<Comparison<'a>>, Error> {
        let place = match self {
            Self::New(_) => None,
            Self::Existing(path) => Some(Place::open(path)?),
        };
        let mut comparisons = Vec::new();
        for (path, node) in plan.nodes() {
            let Kind::File { contents, mode } = &node.kind else {
                continue;
            };
            let found = match &place {
                None => Found::Missing,
                Some(place) => place.look(path)?,
            };
            let stays = node.skips_if_exists && self.is_kept(path);
            let before_mode = match found {
                Found::File { mode, .. } => mode,
                Found::Missing | Found::Other => 0,
            };
            let (presence, before) = match found {
                Found::Missing => (Presence::Missing, None),
                Found::File { contents, .. } if stays => (Presence::Kept, Some(contents)),
                Found::Other if stays => (Presence::Kept, None),
                Found::File {
                    contents: there,
                    mode: there_mode,
                } => {
                    let is_same = there == contents.as_ref()
                        && (!is_executable(*mode) || is_executable(there_mode));
                    let presence = if is_same {
                        Presence::Same
                    } else {
                        Presence::Different
                    };
                    (presence, Some(there))
                }
                Found::Other => {
                    // A link is something that can be left; none is ever written through.
                    let is_left =
                        collisions == Collisions::Skip && is_link_in_directories(self.path(), path);
                    let presence = if is_left {
                        Presence::Different
                    } else {
                        Presence::InTheWay
                    };
                    (presence, None)
                }
            };
            comparisons.push(Comparison {
                path,
                presence,
                before,
                mode: before_mode,
                after: contents,
            });
        }
        Ok(comparisons)
    }

    /// Fails where something is in the way that the user did not say how to deal with.
    pub fn check_with(&self, plan: &Plan, collisions: Collisions) -> Result<(), Error> {
        let Self::Existing(root) = self else {
            return Ok(());
        };
        if collisions == Collisions::Refuse {
            return self.check(plan);
        }
        let mut paths: Vec<PathBuf> = plan
            .directories()
            .map(|path| root.join(path))
            .filter(|path| path.symlink_metadata().is_ok_and(|it| !it.is_dir()))
            .collect();
        let files = self.compare(plan, collisions)?;
        let others_in_the_way = files
            .iter()
            .filter(|it| it.presence == Presence::InTheWay)
            .map(|it| root.join(it.path))
            .filter(|path| !paths.iter().any(|above| path.starts_with(above)));
        let others_in_the_way: Vec<_> = others_in_the_way.collect();
        paths.extend(others_in_the_way);
        if paths.is_empty() {
            return different(root, &files, collisions);
        }
        paths.sort();
        Err(Error::Conflicts {
            subject: plan.subject(),
            paths,
        })
    }
}

/// Fails where there are files that are not as they would be written, and the user has not said that
/// they may go.
fn different(root: &Path, files: &[Comparison<'_>], collisions: Collisions) -> Result<(), Error> {
    let differ = |it: &&Comparison<'_>| it.presence == Presence::Different;
    let paths: Vec<_> = files
        .iter()
        .filter(differ)
        .map(|it| root.join(it.path))
        .collect();
    if collisions != Collisions::RefuseOthers || paths.is_empty() {
        Ok(())
    } else {
        Err(Error::Different { paths })
    }
}

/// Where a file is kept that another takes the place of: a path at which nothing is, in `root`.
#[must_use]
pub fn backup(root: &Path, path: &Path) -> PathBuf {
    let numbers = std::iter::once(String::new()).chain((1..).map(|it: u64| it.to_string()));
    let paths = numbers.map(|number| path.with_added_extension(format!("{BACKUP}{number}")));
    let mut free = paths.filter(|path| fs::symlink_metadata(root.join(path)).is_err());
    free.next().unwrap_or_else(|| path.to_owned())
}

/// Makes what was planned, and does with files that are there what the user wants: all of it, or
/// nothing.
pub fn write_over(
    plan: &Plan,
    target: &Target,
    collisions: Collisions,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let Target::Existing(root) = target else {
        return super::write(plan, target, stop);
    };
    if collisions == Collisions::Refuse {
        return super::write(plan, target, stop);
    }
    target.check_with(plan, collisions)?;
    let mut steps: Vec<Step> = plan
        .directories()
        .map(|path| Step::Directory { path: path.into() })
        .collect();
    let modes = plan.planned_files().map(|file| file.mode);
    for (comparison, mode) in target.compare(plan, collisions)?.iter().zip(modes) {
        let put = |mode, is_exact, replaces| Step::Put {
            path: comparison.path.into(),
            contents: comparison.after.to_vec(),
            mode,
            is_exact,
            replaces,
        };
        match (comparison.presence, collisions) {
            (Presence::Missing, _) => steps.push(put(mode, false, false)),
            (Presence::Different, Collisions::Overwrite) => steps.push(put(mode, false, true)),
            (Presence::Different, Collisions::Keep) => {
                steps.push(Step::Put {
                    path: backup(root, comparison.path),
                    contents: comparison.before.clone().unwrap_or_default(),
                    mode: comparison.mode,
                    is_exact: true,
                    replaces: false,
                });
                // Whom the user does not let read it, cannot read the new one either.
                let added = if is_executable(mode) { EXECUTABLE } else { 0 };
                steps.push(put(comparison.mode | added, true, true));
            }
            _ => {}
        }
    }
    write::replace(&steps, root, plan.subject(), stop)
}

/// Whether a link is at the path, and only directories above it.
fn is_link_in_directories(root: &Path, path: &Path) -> bool {
    let mut above = path.ancestors().skip(1);
    let kind = |path: &Path| fs::symlink_metadata(root.join(path)).map(|it| it.file_type());
    kind(path).is_ok_and(|it| it.is_symlink())
        && above.all(|path| kind(path).is_ok_and(|it| it.is_dir()))
}

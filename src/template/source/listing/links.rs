//! Where the links of an archive or a repository lead, found without a file system.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    path::{Component, Path, PathBuf},
};

use super::What;
use crate::template::error::Error;

/// How many links one after the other are followed, as Linux does it.
const MOST_LINKS: usize = 40;

/// How many parts of paths are looked at for all links of a template. A few links to links, each of
/// a thousand parts, would otherwise keep us busy for long.
const MOST_STEPS: usize = 2_000_000;

/// What is where a link leads.
pub(super) enum Found {
    /// A file, there.
    File(PathBuf),
    /// A directory.
    Directory,
}

/// Why a link leads to nothing.
enum Lost {
    Outside,
    Nowhere,
    Circle,
}

/// One step on the way.
enum Step {
    /// Into what is there by this name.
    Down(OsString),
    /// Back to the directory above.
    Up,
}

/// The items, as a file system that is only read.
pub(super) struct Links<'a> {
    items: &'a BTreeMap<PathBuf, What>,
    /// All directories, also those that only come up in the paths of others.
    directories: BTreeSet<&'a Path>,
    name: &'a Path,
    steps: usize,
}

impl<'a> Links<'a> {
    pub(super) fn new(items: &'a BTreeMap<PathBuf, What>, name: &'a Path) -> Self {
        let mut directories = BTreeSet::from([Path::new("")]);
        for (path, what) in items {
            let itself = matches!(what, What::Directory).then_some(path.as_path());
            for directory in itself.into_iter().chain(path.ancestors().skip(1)) {
                if !directories.insert(directory) {
                    break;
                }
            }
        }
        Self {
            items,
            directories,
            name,
            steps: 0,
        }
    }

    /// What a link leads to. It must be below the root.
    pub(super) fn follow(&mut self, link: &Path, to: &Path, root: &Path) -> Result<Found, Error> {
        let above = link.parent().unwrap_or(Path::new(""));
        let found = self.walk(above, to).and_then(|path| {
            if self.directories.contains(path.as_path()) {
                Ok(Found::Directory)
            } else if !path.starts_with(root) {
                Err(Lost::Outside)
            } else {
                Ok(Found::File(path))
            }
        });
        let link = || self.name.join(link);
        found.map_err(|lost| match lost {
            Lost::Outside => Error::LinkOutside {
                link: link(),
                to: to.to_path_buf(),
            },
            Lost::Nowhere => Error::LinkNowhere {
                link: link(),
                to: to.to_path_buf(),
            },
            Lost::Circle => Error::LinkCircle { link: link() },
        })
    }

    /// Where a directory really is, if it is one.
    pub(super) fn directory(&mut self, path: &Path) -> Result<Option<PathBuf>, Error> {
        match self.walk(Path::new(""), path) {
            Ok(path) => Ok(Some(path).filter(|path| self.directories.contains(path.as_path()))),
            Err(Lost::Nowhere) => Ok(None),
            Err(Lost::Outside) => Err(Error::LinkOutside {
                link: self.name.join(path),
                to: path.to_path_buf(),
            }),
            Err(Lost::Circle) => Err(Error::LinkCircle {
                link: self.name.join(path),
            }),
        }
    }

    /// The directories that are where a path begins to be missing.
    pub(super) fn beside(&self, path: &Path) -> Vec<PathBuf> {
        let above = path
            .ancestors()
            .skip(1)
            .find(|above| self.directories.contains(above));
        self.directories
            .iter()
            .filter(|directory| directory.parent() == above)
            .map(|directory| directory.to_path_buf())
            .collect()
    }

    /// Goes from a directory along a path, through links, to what is there and is no link.
    fn walk(&mut self, from: &Path, along: &Path) -> Result<PathBuf, Lost> {
        let mut here = from.to_path_buf();
        let mut steps = Vec::new();
        push(&mut steps, along)?;
        let mut links = 0;
        while let Some(step) = steps.pop() {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(Lost::Circle);
            }
            match step {
                Step::Up if here.as_os_str().is_empty() => return Err(Lost::Outside),
                Step::Up => {
                    here.pop();
                }
                Step::Down(name) => {
                    here.push(name);
                    match self.items.get(&here) {
                        Some(What::Link(to)) => {
                            links += 1;
                            if links > MOST_LINKS {
                                return Err(Lost::Circle);
                            }
                            here.pop();
                            push(&mut steps, to)?;
                        }
                        Some(What::File { .. }) if steps.is_empty() => {}
                        _ if self.directories.contains(here.as_path()) => {}
                        _ => return Err(Lost::Nowhere),
                    }
                }
            }
        }
        Ok(here)
    }
}

/// Puts a path before the steps that are still to be made.
fn push(steps: &mut Vec<Step>, path: &Path) -> Result<(), Lost> {
    if path.as_os_str().is_empty() {
        return Err(Lost::Nowhere);
    }
    for part in path.components().rev() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => steps.push(Step::Up),
            Component::Normal(name) => steps.push(Step::Down(name.to_owned())),
            Component::RootDir | Component::Prefix(_) => return Err(Lost::Outside),
        }
    }
    Ok(())
}

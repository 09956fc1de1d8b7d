//! The directories that are watched: by path, and by the number of the watch. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::{change::Kind, happening::Watch};

/// What tells a directory from all others: device and inode.
pub(super) type Identity = (u64, u64);

/// A directory that is watched or polled.
#[derive(Debug)]
pub(super) struct Directory {
    /// None where it is only polled.
    pub(super) watch: Option<Watch>,
    pub(super) identity: Identity,
    /// It is part of the project, so the rules say which files in it matter. Else only those do
    /// that are named here.
    pub(super) is_entered: bool,
    /// Only its own removal and moving are watched, for the sake of what lies in it.
    pub(super) is_guarded_only: bool,
    /// The strongest kind of file that its names speak of.
    pub(super) kind: Option<Kind>,
    /// Entries that others depend on.
    pub(super) named: HashMap<OsString, Named>,
}

/// An entry of a directory that others depend on: the target of a link, a file that was loaded
/// from outside the project, or what is missing on the way to such a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The paths by which they are known.
    pub(super) dependents: Vec<PathBuf>,
    /// The way to them leads elsewhere when this changes.
    pub(super) is_on_the_way: bool,
}

/// All directories that are watched or polled.
#[derive(Debug, Default)]
pub(super) struct Tree {
    directories: BTreeMap<PathBuf, Directory>,
    /// A directory may be reached by several paths, of which the system knows nothing.
    paths: HashMap<Watch, Vec<PathBuf>>,
    /// How many paths of directories that are entered there are to the same directory.
    entered: HashMap<Identity, usize>,
}

impl Tree {
    pub(super) fn len(&self) -> usize {
        self.directories.len()
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Directory> {
        self.directories.get(path)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&PathBuf, &Directory)> {
        self.directories.iter()
    }

    /// Whether the directory of this path is part of the project.
    pub(super) fn is_entered(&self, path: &Path) -> bool {
        self.get(path).is_some_and(|directory| directory.is_entered)
    }

    /// Whether the directory is part of the project by any path.
    pub(super) fn has_entered(&self, identity: Identity) -> bool {
        self.entered.contains_key(&identity)
    }

    /// The paths of a watched directory.
    pub(super) fn paths(&self, watch: Watch) -> &[PathBuf] {
        self.paths.get(&watch).map_or(&[], Vec::as_slice)
    }

    /// Whether a watch is still of use.
    pub(super) fn has_watch(&self, watch: Watch) -> bool {
        self.paths.contains_key(&watch)
    }

    /// How many watches there are.
    pub(super) fn watch_count(&self) -> usize {
        self.paths.len()
    }

    pub(super) fn watches(&self) -> impl Iterator<Item = Watch> {
        self.paths.keys().copied()
    }

    /// Adds a directory, or to what is known of it. What is named in it stays.
    pub(super) fn insert(&mut self, path: PathBuf, mut directory: Directory) {
        if let Some(known) = self.remove(&path) {
            directory.is_entered |= known.is_entered;
            directory.is_guarded_only &= known.is_guarded_only;
            directory.kind = directory.kind.max(known.kind);
            directory.named.extend(known.named);
        }
        if directory.is_entered {
            *self.entered.entry(directory.identity).or_default() += 1;
        }
        if let Some(watch) = directory.watch {
            self.paths.entry(watch).or_default().push(path.clone());
        }
        self.directories.insert(path, directory);
    }

    /// Notes that a path depends on an entry of a directory.
    pub(super) fn name(
        &mut self,
        directory: &Path,
        name: &OsStr,
        dependent: &Path,
        is_on_the_way: bool,
    ) {
        let Some(directory) = self.directories.get_mut(directory) else {
            return;
        };
        let named = directory.named.entry(name.to_owned()).or_default();
        named.is_on_the_way |= is_on_the_way;
        if !named.dependents.iter().any(|one| one == dependent) {
            named.dependents.push(dependent.to_owned());
        }
    }

    /// Notes that a file of this kind has come into a directory.
    pub(super) fn add_kind(&mut self, directory: &Path, kind: Kind) {
        if let Some(directory) = self.directories.get_mut(directory) {
            directory.kind = directory.kind.max(Some(kind));
        }
    }

    pub(super) fn remove(&mut self, path: &Path) -> Option<Directory> {
        let directory = self.directories.remove(path)?;
        if let Some(watch) = directory.watch
            && let Some(paths) = self.paths.get_mut(&watch)
        {
            paths.retain(|one| one != path);
            if paths.is_empty() {
                self.paths.remove(&watch);
            }
        }
        if directory.is_entered
            && let Some(count) = self.entered.get_mut(&directory.identity)
        {
            *count -= 1;
            if *count == 0 {
                self.entered.remove(&directory.identity);
            }
        }
        Some(directory)
    }

    /// Removes a directory and all below it.
    pub(super) fn remove_below(&mut self, path: &Path) -> Vec<(PathBuf, Directory)> {
        let paths: Vec<_> = self
            .directories
            .range(path.to_owned()..)
            .map(|(one, _)| one)
            .take_while(|one| one.starts_with(path))
            .cloned()
            .collect();
        paths
            .into_iter()
            .filter_map(|path| self.remove(&path).map(|directory| (path, directory)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(watch: i32, is_entered: bool) -> Directory {
        Directory {
            watch: Some(Watch(watch)),
            identity: (1, u64::from(watch.unsigned_abs())),
            is_entered,
            is_guarded_only: false,
            kind: None,
            named: HashMap::new(),
        }
    }

    #[test]
    fn a_watch_is_of_use_while_a_path_leads_to_it() {
        let mut tree = Tree::default();
        tree.insert("/site/a".into(), directory(1, true));
        tree.insert("/elsewhere/a".into(), directory(1, false));
        assert_eq!(tree.paths(Watch(1)).len(), 2);
        assert!(tree.has_entered((1, 1)));
        tree.remove(Path::new("/site/a"));
        assert!(tree.has_watch(Watch(1)) && !tree.has_entered((1, 1)));
        tree.remove(Path::new("/elsewhere/a"));
        assert!(!tree.has_watch(Watch(1)));
        assert!(tree.paths(Watch(1)).is_empty());
    }

    #[test]
    fn what_is_named_outlasts_a_second_visit() {
        let mut tree = Tree::default();
        let (path, key) = (Path::new("/lib"), Path::new("/site/link.py"));
        tree.insert(path.into(), directory(1, false));
        tree.name(path, OsStr::new("x.py"), key, false);
        tree.name(path, OsStr::new("x.py"), key, true);
        tree.insert(path.into(), directory(2, true));
        let found = tree.get(path).unwrap();
        assert!(found.is_entered && found.watch == Some(Watch(2)));
        assert_eq!(
            found.named[OsStr::new("x.py")],
            Named {
                dependents: vec![key.into()],
                is_on_the_way: true
            }
        );
        assert!(!tree.has_watch(Watch(1)));
    }

    #[test]
    fn a_directory_goes_with_all_below_it_and_nothing_else() {
        let mut tree = Tree::default();
        for (number, path) in (1..).zip(["/a", "/a/b", "/a/b/c", "/a-b", "/a.b"]) {
            tree.insert(path.into(), directory(number, true));
        }
        let gone = tree.remove_below(Path::new("/a"));
        assert_eq!(gone.len(), 3);
        assert_eq!(tree.len(), 2);
        assert_eq!(tree.watches().count(), 2);
    }
}

//! What Git ignores: the rules of all `.gitignore` files that concern the project, and of
//! `.git/info/exclude`. Without a repository, those of the project itself.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{names::IGNORE_FILE, repository::Repository};

/// The largest file of rules that is read. Compiling rules takes time; nobody writes so many.
const MOST_OCTETS: u64 = 512 * 1024;

/// The rules, by where they are.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// Rules of directories in the project, by directory.
    inside: BTreeMap<PathBuf, Gitignore>,
    /// Rules from above the project's root, the nearest first, then those of the repository.
    above: Vec<Gitignore>,
}

impl Ignored {
    /// The rules from above the root.
    pub(super) fn above(root: &Path, repository: Option<&Repository>) -> Self {
        let Some(repository) = repository else {
            return Self::default();
        };
        let parents = root.ancestors().skip(1);
        let mut above: Vec<_> = parents
            .take_while(|parent| parent.starts_with(&repository.top))
            .filter_map(|parent| read(parent, &parent.join(IGNORE_FILE)))
            .collect();
        above.extend(read(&repository.top, &repository.exclude()));
        // Where the root itself is ignored, as in a home directory that is a repository, what
        // is above it has nothing to say about it.
        let is_foreign = root != repository.top
            && above
                .iter()
                .any(|rules| rules.matched_path_or_any_parents(root, true).is_ignore());
        if is_foreign {
            above.clear();
        }
        Self {
            inside: BTreeMap::new(),
            above,
        }
    }

    /// Reads the rules of a directory, which has some.
    pub(super) fn read(&mut self, directory: &Path) {
        if let Some(rules) = read(directory, &directory.join(IGNORE_FILE)) {
            self.inside.insert(directory.to_owned(), rules);
        }
    }

    /// Forgets the rules of a directory that is gone, and of all below it.
    pub(super) fn forget(&mut self, directory: &Path) {
        self.inside.retain(|path, _| !path.starts_with(directory));
    }

    /// Whether Git ignores a path of which it does not ignore the directory.
    pub(super) fn ignores(&self, path: &Path, is_directory: bool) -> bool {
        let inside = if self.inside.is_empty() {
            None
        } else {
            let parents = path.ancestors().skip(1);
            Some(parents.filter_map(|parent| self.inside.get(parent)))
        };
        inside
            .into_iter()
            .flatten()
            .chain(&self.above)
            .find_map(|rules| match rules.matched(path, is_directory) {
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
                Match::None => None,
            })
            .unwrap_or(false)
    }
}

/// The rules of a file, for what is in a directory. What is no rule is passed over, as Git does.
fn read(directory: &Path, file: &Path) -> Option<Gitignore> {
    let metadata = fs::metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_OCTETS {
        return None;
    }
    let mut builder = GitignoreBuilder::new(directory);
    builder.add(file);
    builder.build().ok().filter(|rules| !rules.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = place.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    #[test]
    fn the_nearest_rules_decide() {
        let tree = tree(&[
            (".gitignore", "*.json\n/build/\n"),
            ("data/.gitignore", "!keep.json\n*.py\n"),
        ]);
        let root = tree.path();
        let mut ignored = Ignored::above(root, None);
        ignored.read(root);
        ignored.read(&root.join("data"));
        for (path, is_directory, expected) in [
            ("x.json", false, true),
            ("data/x.json", false, true),
            ("data/keep.json", false, false),
            ("data/x.py", false, true),
            ("x.py", false, false),
            ("build", true, true),
            ("build", false, false),
            ("data/build", true, false),
        ] {
            let found = ignored.ignores(&root.join(path), is_directory);
            assert_eq!(found, expected, "{path}");
        }
        ignored.forget(&root.join("data"));
        assert!(!ignored.ignores(&root.join("data/x.py"), false));
    }

    #[test]
    fn rules_from_above_and_of_the_repository_count() {
        let tree = tree(&[
            (".git/info/exclude", "secret.py\n"),
            (".gitignore", "/backend/media/\n*.css\n"),
            ("backend/x.py", ""),
        ]);
        let root = tree.path().join("backend");
        let repository = Repository::of(&root);
        let ignored = Ignored::above(&root, repository.as_ref());
        assert!(ignored.ignores(&root.join("media"), true));
        assert!(ignored.ignores(&root.join("secret.py"), false));
        assert!(ignored.ignores(&root.join("x.css"), false));
        assert!(!ignored.ignores(&root.join("x.py"), false));
    }

    #[test]
    fn a_home_directory_that_ignores_everything_does_not_hide_the_project() {
        let tree = tree(&[(".git/HEAD", ""), (".gitignore", "*\n"), ("site/x.py", "")]);
        let root = tree.path().join("site");
        let repository = Repository::of(&root);
        let ignored = Ignored::above(&root, repository.as_ref());
        assert!(!ignored.ignores(&root.join("x.py"), false));
    }
}

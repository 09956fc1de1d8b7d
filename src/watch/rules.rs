//! Which files matter, and which directories are entered: the user's patterns, Git's rules and
//! what names say, in one order. It reads rules from the disk only where it is told to.
//!
//! `watch` patterns win over `ignore` patterns, these over everything else. A wildcard brings
//! back nothing that is ignored by its name: `src/**` does not mean `src/__pycache__`.

use std::{
    collections::BTreeSet,
    iter,
    path::{Path, PathBuf},
};

use super::{
    Language, Rules,
    change::Kind,
    error::Error,
    ignored::Ignored,
    names,
    patterns::{Patterns, Says},
    repository::Repository,
};

/// All rules.
#[derive(Debug)]
pub(super) struct Matcher {
    root: PathBuf,
    pub(super) language: Language,
    watch: Patterns,
    ignore: Patterns,
    ignored: Ignored,
    /// Files that the application was loaded from.
    loaded: BTreeSet<PathBuf>,
    /// Directories of templates that are not called so.
    templates: Vec<PathBuf>,
    /// Directories into which the application writes what its users upload.
    uploads: Vec<PathBuf>,
}

/// What the rules say about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A change of it is one of this kind.
    Matters(Kind),
    /// It would matter if Git did not ignore it.
    IgnoredByGit,
    /// It does not matter.
    Nothing,
}

impl Matcher {
    /// The rules for a project, whose root must be without links.
    pub(super) fn new(rules: &Rules, repository: Option<&Repository>) -> Result<Self, Error> {
        Ok(Self {
            watch: Patterns::new(&rules.root, &rules.watch)?,
            ignore: Patterns::new(&rules.root, &rules.ignore)?,
            ignored: Ignored::above(&rules.root, repository),
            loaded: BTreeSet::new(),
            templates: Vec::new(),
            uploads: Vec::new(),
            root: rules.root.clone(),
            language: rules.language,
        })
    }

    /// Forgets Git's rules inside the project, and reads those above it again.
    pub(super) fn reread(&mut self, repository: Option<&Repository>) {
        self.ignored = Ignored::above(&self.root, repository);
    }

    /// Reads Git's rules of a directory, which has some.
    pub(super) fn read_ignore_file(&mut self, directory: &Path) {
        self.ignored.read(directory);
    }

    /// Forgets Git's rules of a directory and below.
    pub(super) fn forget(&mut self, directory: &Path) {
        self.ignored.forget(directory);
    }

    /// Notes that the application was loaded from a file: it matters whatever Git says.
    pub(super) fn add_loaded(&mut self, file: PathBuf) {
        self.loaded.insert(file);
    }

    /// Notes that a directory holds templates; false where that was known.
    pub(super) fn add_templates(&mut self, directory: PathBuf) -> bool {
        // In the root itself and above it there is much else.
        let is_news = !self.root.starts_with(&directory) && !self.in_templates(&directory);
        if is_news {
            self.templates.push(directory);
        }
        is_news
    }

    /// Notes that the application writes uploads into a directory, which is ignored from now on
    /// unless there is more in it; false where that changes nothing.
    pub(super) fn add_uploads(&mut self, directory: PathBuf) -> bool {
        let is_inside = directory.starts_with(&self.root) && directory != self.root;
        let is_news = is_inside
            && self.loaded_below(&directory).next().is_none()
            && !self.uploads.contains(&directory);
        if is_news {
            self.uploads.push(directory);
        }
        is_news
    }

    /// The directories that are entered with all below them: the root, and those of templates
    /// that lie elsewhere.
    pub(super) fn tops(&self) -> Vec<PathBuf> {
        let outside = self.templates.iter();
        let outside = outside.filter(|directory| !directory.starts_with(&self.root));
        iter::once(&self.root).chain(outside).cloned().collect()
    }

    /// Whether the files in a directory are templates.
    pub(super) fn in_templates(&self, directory: &Path) -> bool {
        // Above the root, names mean nothing.
        let inside = directory.strip_prefix(&self.root).unwrap_or(Path::new(""));
        names::in_templates(inside) || self.templates.iter().any(|one| directory.starts_with(one))
    }

    /// Whether the application is known to have been loaded from a file.
    pub(super) fn is_loaded(&self, file: &Path) -> bool {
        self.loaded.contains(file)
    }

    /// The files in a directory and below, or the one file, that the application is known to have
    /// been loaded from.
    pub(super) fn loaded_below(&self, directory: &Path) -> impl Iterator<Item = &PathBuf> {
        self.loaded
            .range(directory.to_owned()..)
            .take_while(move |file| file.starts_with(directory))
    }

    /// Whether a file's name alone cannot rule it out.
    pub(super) fn patterns_may_match_any_name(&self) -> bool {
        !self.watch.is_empty()
    }

    /// Whether files in a directory may matter that is in one where they do.
    pub(super) fn enters(&self, directory: &Path) -> bool {
        let name = directory.file_name().unwrap_or_default();
        if names::is_never_entered(name) {
            return self.watch.name_directory(directory);
        }
        if self.watch.lead_through(directory) {
            return true;
        }
        !self.ignores_directory(directory)
            && (self.watch.begin_above(directory)
                || !directory
                    .parent()
                    .is_some_and(|parent| self.is_in_ignored(parent)))
    }

    /// Whether a directory is ignored for its own sake, whatever `watch` says.
    fn ignores_directory(&self, directory: &Path) -> bool {
        if names::is_never_entered(directory.file_name().unwrap_or_default()) {
            return true;
        }
        match self.ignore.say(directory, true) {
            Says::Yes => true,
            Says::No => false,
            Says::Nothing => {
                self.uploads.iter().any(|one| one == directory)
                    || self.ignored.ignores(directory, true)
            }
        }
    }

    /// Whether a directory is ignored or lies in one that is. It has been entered only because a
    /// `watch` pattern leads there, and what else is in it does not matter.
    fn is_in_ignored(&self, directory: &Path) -> bool {
        // Without such patterns no ignored directory is entered.
        !self.watch.is_empty()
            && directory
                .ancestors()
                .take_while(|one| one.starts_with(&self.root) && *one != self.root)
                .any(|one| self.ignores_directory(one))
    }

    /// Whether files matter in a directory of which a file in it says that nothing does.
    pub(super) fn enters_marked(&self, directory: &Path) -> bool {
        // Some people keep a project in the directory that is its environment.
        directory == self.root || self.watch.name_directory(directory)
    }

    /// Whether a file matters that lies in a directory which is entered, or that was loaded.
    pub(super) fn judge(&self, path: &Path) -> Verdict {
        let Some(name) = path.file_name() else {
            return Verdict::Nothing;
        };
        let is_never_noticed = names::is_never_noticed(name);
        let is_watched = if is_never_noticed {
            self.watch.name_file(path)
        } else {
            self.watch.say(path, false) == Says::Yes
        };
        if is_watched {
            return Verdict::Matters(Kind::Code);
        }
        let ignore = self.ignore.say(path, false);
        if ignore == Says::Yes {
            return Verdict::Nothing;
        }
        if self.loaded.contains(path) {
            return Verdict::Matters(Kind::Code);
        }
        if is_never_noticed {
            return Verdict::Nothing;
        }
        let Some(directory) = path.parent() else {
            return Verdict::Nothing;
        };
        if !directory.starts_with(&self.root) && !self.in_templates(directory) {
            return Verdict::Nothing;
        }
        if directory == self.root && names::is_configuration(name, self.language) {
            return Verdict::Matters(Kind::Code);
        }
        match names::kind(name, self.in_templates(directory), self.language) {
            None => Verdict::Nothing,
            Some(_) if self.is_in_ignored(directory) => Verdict::Nothing,
            // What is compiled is usually ignored, and yet what the application reads.
            Some(kind) if names::is_translation(name) => Verdict::Matters(kind),
            Some(_) if ignore == Says::Nothing && self.ignored.ignores(path, false) => {
                Verdict::IgnoredByGit
            }
            Some(kind) => Verdict::Matters(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// Rules for a project with the given patterns and text of `.gitignore`.
    fn matcher(watch: &[&str], ignore: &[&str], gitignore: &str) -> (tempfile::TempDir, Matcher) {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        fs::write(root.join(".gitignore"), gitignore).unwrap();
        let list = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        let rules = Rules {
            root: root.clone(),
            watch: list(watch),
            ignore: list(ignore),
            ..Rules::default()
        };
        let mut matcher = Matcher::new(&rules, None).unwrap();
        matcher.read_ignore_file(&root);
        (place, matcher)
    }

    const CODE: Verdict = Verdict::Matters(Kind::Code);
    const STATIC: Verdict = Verdict::Matters(Kind::Static);

    #[rstest]
    // By name.
    #[case(&[], &[], "", "shop/views.py", CODE)]
    #[case(&[], &[], "", "shop/templates/a.html", Verdict::Matters(Kind::Template))]
    #[case(&[], &[], "", "shop/static/a.css", STATIC)]
    #[case(&[], &[], "", "README.md", Verdict::Nothing)]
    #[case(&[], &[], "", ".env", CODE)]
    #[case(&[], &[], "", "shop/.env", Verdict::Nothing)]
    #[case(&[], &[], "", ".env.swp", Verdict::Nothing)]
    // Git's rules, which `.env` stands above.
    #[case(&[], &[], "*.py\n.env\n", "shop/views.py", Verdict::IgnoredByGit)]
    #[case(&[], &[], "*.py\n.env\n", ".env", CODE)]
    #[case(&[], &[], "*.md", "README.md", Verdict::Nothing)]
    // `ignore` stands above Git's rules and `.env`.
    #[case(&[], &["*.py"], "", "shop/views.py", Verdict::Nothing)]
    #[case(&[], &["shop/"], "", "shop/deep/views.py", Verdict::Nothing)]
    #[case(&[], &[".env"], "", ".env", Verdict::Nothing)]
    #[case(&[], &["!local.py"], "local.py", "local.py", CODE)]
    // `watch` stands above all.
    #[case(&["*.yaml"], &[], "*.yaml", "a/b.yaml", CODE)]
    #[case(&["*.yaml"], &["*.yaml"], "", "a/b.yaml", CODE)]
    #[case(&["*.css"], &[], "", "a/b.css", CODE)]
    #[case(&["*.css", "!b.css"], &[], "", "a/b.css", STATIC)]
    #[case(&["data/"], &[], "", "data/deep/x", CODE)]
    // Only a pattern that names it brings back what a name rules out.
    #[case(&["data/"], &[], "", "data/.x.json.swp", Verdict::Nothing)]
    #[case(&["data/**"], &[], "", "data/db.sqlite3", Verdict::Nothing)]
    #[case(&["*.sqlite3"], &[], "", "data/db.sqlite3", CODE)]
    // In an ignored directory, only what a pattern names.
    #[case(&["media/a/**/*.js"], &[], "media/", "media/a/deep/x.js", CODE)]
    #[case(&["media/a/**/*.js"], &[], "media/", "media/a/deep/x.css", Verdict::Nothing)]
    #[case(&["media/a/**/*.js"], &[], "media/", "media/x.css", Verdict::Nothing)]
    fn each_rule_has_its_place(
        #[case] watch: &[&str],
        #[case] ignore: &[&str],
        #[case] gitignore: &str,
        #[case] path: &str,
        #[case] expected: Verdict,
    ) {
        let (_place, matcher) = matcher(watch, ignore, gitignore);
        assert_eq!(matcher.judge(&matcher.root.join(path)), expected);
    }

    #[rstest]
    #[case(&[], &[], "", "shop", true)]
    #[case(&[], &[], "", "shop/__pycache__", false)]
    #[case(&[], &[], "media/", "media", false)]
    #[case(&[], &["media"], "", "media", false)]
    #[case(&[], &["!media"], "media/", "media", true)]
    #[case(&["media/config/*.yaml"], &[], "media/", "media", true)]
    #[case(&["media/config/*.yaml"], &["media"], "", "media/config", true)]
    #[case(&["media/config/*.yaml"], &["media"], "", "media/other", false)]
    #[case(&["*.yaml"], &[], "media/", "media", false)]
    #[case(&["src/**"], &[], "", "src/node_modules", false)]
    #[case(&["src/**"], &[], "build/", "src/build", true)]
    #[case(&["node_modules/mine/**"], &[], "", "node_modules", true)]
    #[case(&["node_modules/mine/**"], &[], "", "node_modules/theirs", false)]
    #[case(&["node_modules/mine/**"], &[], "", "node_modules/mine/deep", true)]
    #[case(&["node_modules/mine/**"], &[], "", "node_modules/mine/.git", false)]
    #[case(&["media/a/**/*.js"], &[], "media/", "media/a/deep", true)]
    #[case(&["media/a/**/*.js"], &[], "media/", "media/b", false)]
    fn directories_are_entered_or_not(
        #[case] watch: &[&str],
        #[case] ignore: &[&str],
        #[case] gitignore: &str,
        #[case] path: &str,
        #[case] expected: bool,
    ) {
        let (_place, matcher) = matcher(watch, ignore, gitignore);
        assert_eq!(matcher.enters(&matcher.root.join(path)), expected);
    }

    #[test]
    fn what_was_loaded_matters_wherever_it_is_unless_the_user_ignores_it() {
        let (_place, mut matcher) = matcher(&[], &["no.py"], "local_settings.py");
        let inside = matcher.root.join("local_settings.py");
        let outside = PathBuf::from("/elsewhere/lib/module.py");
        let ignored = matcher.root.join("no.py");
        assert_eq!(matcher.judge(&inside), Verdict::IgnoredByGit);
        assert_eq!(matcher.judge(&outside), Verdict::Nothing);
        for file in [&inside, &outside, &ignored] {
            matcher.add_loaded(file.clone());
        }
        assert_eq!(matcher.judge(&inside), CODE);
        assert_eq!(matcher.judge(&outside), CODE);
        assert_eq!(matcher.judge(&ignored), Verdict::Nothing);
    }

    proptest! {
        /// Whatever patterns there are, everything can be asked, and what the user watches
        /// matters, unless nobody writes such files by hand.
        #[test]
        fn every_question_has_an_answer(
            watch in prop::collection::vec(any_pattern(), 0..4),
            ignore in prop::collection::vec(any_pattern(), 0..4),
            path in any_path(),
        ) {
            let root = PathBuf::from("/site");
            let rules = Rules { root: root.clone(), watch, ignore, ..Rules::default() };
            let Ok(matcher) = Matcher::new(&rules, None) else {
                return Ok(());
            };
            let path = root.join(path);
            matcher.enters(&path);
            matcher.enters_marked(&path);
            let verdict = matcher.judge(&path);
            let by_hand = path.file_name().is_some_and(|name| !names::is_never_noticed(name));
            if by_hand && matcher.watch.say(&path, false) == Says::Yes {
                prop_assert_eq!(verdict, CODE);
            }
        }
    }

    fn any_pattern() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-c*?!/.{}\\[\\]\\\\# ~-]{0,12}",
            "[!]?/?((a|b|\\*\\*|\\*|[.][.]?|a\\*)/){0,3}(a|[*]|[*][.]py|x[.]py|~)/?",
            any::<String>(),
        ]
    }

    fn any_path() -> impl Strategy<Value = String> {
        prop_oneof![
            "((a|b|templates|[.]git|[.][.]?)/){0,3}(a|x[.]py|a[.]css|x[.]py~|[.]env)",
            any::<String>(),
        ]
    }

    #[test]
    fn an_environment_is_entered_only_where_it_is_the_root_or_named() {
        let (_place, matcher) = matcher(&[".venv/src/**"], &[], "");
        assert!(matcher.enters_marked(&matcher.root));
        assert!(matcher.enters_marked(&matcher.root.join(".venv")));
        assert!(!matcher.enters_marked(&matcher.root.join("env")));
    }
}

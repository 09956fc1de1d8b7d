//! The patterns of the user (`--watch`, `--ignore`), in the language of `.gitignore`. Pure.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    path::{Component, Path, PathBuf},
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::error::Error;

/// Characters that make a part of a pattern more than a name.
const WILDCARDS: [char; 6] = ['*', '?', '[', ']', '{', '\\'];

/// One list of patterns. They are relative to the project's root, and the last that matches
/// decides; one that matches a directory matches all that is in it.
#[derive(Debug)]
pub(super) struct Patterns {
    root: PathBuf,
    all: Gitignore,
    /// Those whose last part is more than `*`: what they match is named by them.
    naming: Gitignore,
    /// The directories that patterns begin with, absolute.
    beginnings: Vec<PathBuf>,
    /// All parts of patterns that are plain names.
    names: HashSet<OsString>,
}

/// What a list of patterns says about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A pattern matches.
    Yes,
    /// A pattern with `!` matches.
    No,
    /// Nothing matches.
    Nothing,
}

impl Patterns {
    pub(super) fn new(root: &Path, patterns: &[String]) -> Result<Self, Error> {
        let builder = || {
            let mut builder = GitignoreBuilder::new(root);
            // Somebody who types a pattern wants to know that it is wrong.
            builder.allow_unclosed_class(false);
            builder
        };
        let (mut all, mut naming) = (builder(), builder());
        let (mut beginnings, mut names) = (Vec::new(), HashSet::new());
        for given in patterns {
            let pattern = &relative(root, given);
            let bad = |message: String| Error::Pattern {
                pattern: given.clone(),
                message,
            };
            let parts = || pattern.trim_start_matches('!').split('/');
            if parts().any(|part| part == "..") {
                return Err(Error::Outside {
                    pattern: given.clone(),
                });
            }
            all.add_line(None, pattern)
                .map_err(|error| bad(message(&error)))?;
            let last = parts().rfind(|part| !part.is_empty());
            if last.is_some_and(names_something) {
                naming
                    .add_line(None, pattern)
                    .map_err(|error| bad(message(&error)))?;
            }
            if !pattern.starts_with('!') {
                beginnings.extend(beginning(root, pattern));
                let plain = parts().filter(|part| is_plain(part));
                names.extend(plain.map(OsString::from));
            }
        }
        let built = |builder: &GitignoreBuilder| {
            builder.build().map_err(|error| Error::Pattern {
                pattern: patterns.join(" "),
                message: message(&error),
            })
        };
        Ok(Self {
            root: root.to_owned(),
            all: built(&all)?,
            naming: built(&naming)?,
            beginnings,
            names,
        })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What the patterns say about a path, also through the directories it lies in.
    pub(super) fn say(&self, path: &Path, is_directory: bool) -> Says {
        if self.all.is_empty() || path == self.root || !path.starts_with(&self.root) {
            return Says::Nothing;
        }
        match self.all.matched_path_or_any_parents(path, is_directory) {
            Match::Ignore(_) => Says::Yes,
            Match::Whitelist(_) => Says::No,
            Match::None => Says::Nothing,
        }
    }

    /// Whether a pattern matches a file, and by more than `*`.
    pub(super) fn name_file(&self, path: &Path) -> bool {
        path.starts_with(&self.root) && self.naming.matched(path, false).is_ignore()
    }

    /// Whether a pattern leads through a directory or to it.
    pub(super) fn lead_through(&self, directory: &Path) -> bool {
        self.beginnings
            .iter()
            .any(|beginning| beginning.starts_with(directory))
            || self.say(directory, true) == Says::Yes
    }

    /// Whether a pattern begins with a directory or one that it lies in.
    pub(super) fn begin_above(&self, directory: &Path) -> bool {
        self.beginnings
            .iter()
            .any(|beginning| directory.starts_with(beginning))
    }

    /// Whether a pattern leads through a directory whose name is one of its parts.
    pub(super) fn name_directory(&self, directory: &Path) -> bool {
        let name = directory.file_name().unwrap_or(OsStr::new(""));
        self.names.contains(name) && self.lead_through(directory)
    }
}

/// The pattern as one that begins at the root: a shell may have completed it to a full path.
fn relative(root: &Path, pattern: &str) -> String {
    let inside = root
        .to_str()
        .and_then(|root| pattern.strip_prefix(root))
        .filter(|rest| rest.starts_with('/') && rest.len() > 1);
    let pattern = inside.unwrap_or(pattern);
    pattern.strip_prefix("./").map_or_else(
        || pattern.to_owned(),
        // In the language of `.gitignore`, a slash at the beginning means the same.
        |rest| format!("/{rest}"),
    )
}

/// The directory that every match of a pattern lies in or is. Without a slash before its end, a
/// pattern matches anywhere.
fn beginning(root: &Path, pattern: &str) -> Option<PathBuf> {
    let pattern = pattern.trim_end_matches('/');
    if !pattern.contains('/') {
        return None;
    }
    let parts = Path::new(pattern.trim_start_matches('/')).components();
    let plain: PathBuf = parts
        .take_while(
            |part| matches!(part, Component::Normal(name) if name.to_str().is_some_and(is_plain)),
        )
        .collect();
    (!plain.as_os_str().is_empty()).then(|| root.join(plain))
}

fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.contains(WILDCARDS)
}

fn names_something(part: &str) -> bool {
    part.contains(|c: char| !WILDCARDS.contains(&c) && c != '.')
}

/// What the parser says, without the pattern, which our own message has.
fn message(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn patterns(list: &[&str]) -> Patterns {
        let list: Vec<_> = list.iter().map(|one| (*one).to_owned()).collect();
        Patterns::new(Path::new("/site"), &list).unwrap()
    }

    fn says(list: &[&str], path: &str) -> Says {
        patterns(list).say(&Path::new("/site").join(path), false)
    }

    #[rstest]
    #[case(&["*.yaml"], "a/b/c.yaml", Says::Yes)]
    #[case(&["/c.yaml"], "a/c.yaml", Says::Nothing)]
    #[case(&["./c.yaml"], "a/c.yaml", Says::Nothing)]
    #[case(&["./c.yaml"], "c.yaml", Says::Yes)]
    #[case(&["config/"], "config/deep/x", Says::Yes)]
    #[case(&["config/"], "config", Says::Nothing)]
    #[case(&["data/**/*.json"], "data/x.json", Says::Yes)]
    #[case(&["data/**/*.json"], "other/x.json", Says::Nothing)]
    #[case(&["*.yaml", "!test.yaml"], "test.yaml", Says::No)]
    #[case(&["/site/config/*"], "config/x", Says::Yes)]
    #[case(&["# a comment", ""], "x", Says::Nothing)]
    fn the_language_is_that_of_gitignore(
        #[case] list: &[&str],
        #[case] path: &str,
        #[case] expected: Says,
    ) {
        assert_eq!(says(list, path), expected);
    }

    #[test]
    fn nothing_is_said_about_the_root_and_what_is_outside() {
        let all = patterns(&["*", "**"]);
        assert_eq!(all.say(Path::new("/site"), true), Says::Nothing);
        assert_eq!(all.say(Path::new("/other/x"), false), Says::Nothing);
        assert_eq!(all.say(Path::new("/sites/x"), false), Says::Nothing);
        assert!(!all.name_file(Path::new("/other/x")));
    }

    #[rstest]
    #[case("node_modules/mine/**/*.js", "node_modules", true)]
    #[case("node_modules/mine/**/*.js", "node_modules/mine", true)]
    #[case("node_modules/mine/**/*.js", "node_modules/theirs", false)]
    #[case("src/**", "src/node_modules", false)]
    #[case("*", "node_modules", false)]
    #[case("*.js", "node_modules", false)]
    #[case("node_modules", "app/node_modules", true)]
    #[case("!node_modules", "node_modules", false)]
    fn a_directory_is_named_by_its_name_and_not_by_a_wildcard(
        #[case] pattern: &str,
        #[case] directory: &str,
        #[case] expected: bool,
    ) {
        let directory = Path::new("/site").join(directory);
        assert_eq!(patterns(&[pattern]).name_directory(&directory), expected);
    }

    #[rstest]
    #[case("data/*", "data/db.sqlite3", false)]
    #[case("data/**", "data/db.sqlite3", false)]
    #[case("*.sqlite3", "data/db.sqlite3", true)]
    #[case("data/db.*", "data/db.sqlite3", true)]
    #[case("data/", "data/db.sqlite3", false)]
    fn a_file_is_named_by_more_than_a_star(
        #[case] pattern: &str,
        #[case] file: &str,
        #[case] expected: bool,
    ) {
        let file = Path::new("/site").join(file);
        assert_eq!(patterns(&[pattern]).name_file(&file), expected);
    }

    #[test]
    fn patterns_lead_through_the_directories_they_begin_with() {
        let list = patterns(&["/var/config/*.yaml", "conf/{a,b}/x"]);
        for (directory, expected) in [
            ("var", true),
            ("var/config", true),
            ("var/log", false),
            ("conf", true),
            ("conf/a", false),
        ] {
            let path = Path::new("/site").join(directory);
            assert_eq!(list.lead_through(&path), expected, "{directory}");
        }
    }

    #[test]
    fn wrong_patterns_are_told_with_a_hint() {
        let wrong =
            |pattern: &str| Patterns::new(Path::new("/site"), &[pattern.to_owned()]).unwrap_err();
        let error = wrong("[abc");
        assert!(
            error.to_string().starts_with("`[abc` is not a pattern: "),
            "{error}"
        );
        assert!(error.hint().unwrap().contains(".gitignore"));
        let error = wrong("../shared/*.py");
        assert_eq!(
            error.to_string(),
            "the pattern `../shared/*.py` leads out of the project"
        );
        assert!(error.hint().is_some());
    }
}

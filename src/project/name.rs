//! Which names a project or an application can have: Python's rules for identifiers, and the modules that exist
//! already.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::{Conflict, Error, Search, modules, stdlib};

/// The words that Python's grammar keeps for itself in every version since 3.7.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// What a name is for: the rules are the same for all, and the messages are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// A project.
    Project,
    /// An application.
    App,
    /// The directory of an application, which is its package.
    AppDirectory,
}

impl Naming {
    /// What is called so, in the order of words of "not a valid …".
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Project => "project name",
            Self::App => "app name",
            Self::AppDirectory => "app directory",
        }
    }

    /// The same, with an article.
    pub(super) fn a_what(self) -> &'static str {
        match self {
            Self::Project => "a project name",
            Self::App => "an app name",
            Self::AppDirectory => "an app directory",
        }
    }

    /// What the user chose.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Project | Self::App => "name",
            Self::AppDirectory => "directory",
        }
    }

    /// The subcommand, with a name that would do.
    pub(super) fn example(self) -> (&'static str, &'static str) {
        match self {
            Self::Project => ("startproject", "mysite"),
            Self::App | Self::AppDirectory => ("startapp", "polls"),
        }
    }

    /// A word to make a longer name with.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Project => "site",
            Self::App | Self::AppDirectory => "app",
        }
    }
}

/// A name that the user wants to give, and what decides whether it can be given.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// The name.
    pub name: &'a str,
    /// What it is for.
    pub naming: Naming,
    /// Finds the interpreter whose packages count. Without one, none are looked at: generating
    /// needs no interpreter.
    pub search: &'a Search,
    /// The directories with sources that Python would search.
    pub sources: &'a [PathBuf],
    /// Where the new thing goes: what is there already is no other module of that name. Nothing,
    /// where that may not be there.
    pub target: Option<&'a Path>,
}

impl Name<'_> {
    /// Says whether the name can be given.
    pub fn check(&self) -> Result<(), Error> {
        let Self {
            name,
            naming,
            search,
            sources,
            target,
        } = *self;
        let owned = || name.to_owned();
        if !is_identifier(name) {
            let name = owned();
            return Err(Error::InvalidName { name, naming });
        }
        let normal = looked_up(name);
        if KEYWORDS.contains(&&*normal) {
            let name = owned();
            return Err(Error::KeywordName { name, naming });
        }
        if normal == "__main__" {
            let name = owned();
            return Err(Error::ReservedName { name, naming });
        }
        let conflict = if stdlib::is_standard_module(&normal) {
            Some(Conflict::StandardLibrary)
        } else {
            // The package of a project lies in the project; an application is its own.
            let package = target.filter(|_| naming == Naming::Project);
            let own: Vec<_> = target
                .map(Path::to_path_buf)
                .into_iter()
                .chain(package.map(|target| target.join(name)))
                .collect();
            let in_sources = |name: &str| {
                sources
                    .iter()
                    .find_map(|source| modules::in_source_directory(source, name, &own))
            };
            in_sources(&normal)
                // What is in the way may be written as the name was typed.
                .or_else(|| in_sources(name).filter(|_| normal != name))
                .or_else(|| modules::installed(&search.find().ok()?.path, &normal))
                .map(Conflict::Path)
        };
        conflict.map_or(Ok(()), |conflict| {
            Err(Error::NameConflict {
                name: owned(),
                naming,
                conflict,
            })
        })
    }
}

/// The form in which Python looks up a name that stands in an `import`.
///
/// Some characters can be written in several ways: `é` is one character or two. The file system
/// tells these apart and an `import` does not, so files that have another form are never found.
#[must_use]
pub fn looked_up(name: &str) -> String {
    name.nfkc().collect()
}

/// The name that the user may have meant with one that is no identifier.
pub(super) fn similar(name: &str, naming: Naming) -> Option<String> {
    let words: Vec<String> = name
        .nfkc()
        .collect::<String>()
        .split(|character| !unicode_ident::is_xid_continue(character))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let joined = words.join("_");
    let similar = match joined.chars().next()? {
        first if first == '_' || unicode_ident::is_xid_start(first) => joined,
        _ => format!("{}_{joined}", naming.suffix()),
    };
    is_identifier(&similar).then_some(similar)
}

/// Python's `str.isidentifier()`.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(unicode_ident::is_xid_continue)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn checked(name: &str, naming: Naming) -> Result<(), Error> {
        Name {
            name,
            naming,
            search: &Search::default(),
            sources: &[],
            target: None,
        }
        .check()
    }

    fn validate(name: &str) -> Result<(), Error> {
        checked(name, Naming::Project)
    }

    #[test]
    fn names_are_looked_up_in_one_form() {
        for (typed, expected) in [
            ("mysite", "mysite"),
            ("e\u{301}te\u{301}", "été"),
            ("ℼ", "π"),
        ] {
            assert_eq!(looked_up(typed), expected);
        }
    }

    #[test]
    fn messages_say_what_the_name_is_for() {
        for (naming, invalid, conflict) in [
            (
                Naming::App,
                "'7x' is not a valid app name. Please make sure the name is a valid identifier.",
                "'os' conflicts with the name of an existing Python module and cannot be used as \
                 an app name. Please try another name.",
            ),
            (
                Naming::AppDirectory,
                "'7x' is not a valid app directory. Please make sure the directory is a valid \
                 identifier.",
                "'os' conflicts with the name of an existing Python module and cannot be used as \
                 an app directory. Please try another directory.",
            ),
        ] {
            assert_eq!(checked("7x", naming).unwrap_err().to_string(), invalid);
            let error = checked("os", naming).unwrap_err();
            assert_eq!(error.to_string(), conflict);
            assert!(error.hint().unwrap().ends_with("`os_app`"));
        }
    }

    #[test]
    fn a_name_that_is_no_identifier_is_like_one_that_is() {
        for (name, meant) in [
            ("my-site", "my_site"),
            ("my site!", "my_site"),
            ("my.site.org", "my_site_org"),
            ("7x", "site_7x"),
            ("été!", "été"),
            ("-x", "x"),
        ] {
            assert_eq!(
                similar(name, Naming::Project).as_deref(),
                Some(meant),
                "{name}"
            );
        }
        for name in ["", ".", "☃", "--"] {
            assert_eq!(similar(name, Naming::App), None, "{name}");
        }
    }

    #[test]
    fn names_that_work() {
        let decomposed = "e\u{301}te\u{301}";
        for name in [
            "mysite", "_x", "x2", "été", decomposed, "网站", "match", "ℼ", "classy",
        ] {
            validate(name).unwrap();
        }
    }

    #[test]
    fn names_that_are_no_identifiers() {
        for name in [
            "", "7x", "my-site", "my site", "my.site", "a/b", "..", "x\0", "☃", "·x", "²",
        ] {
            let error = validate(name).unwrap_err();
            assert!(error.is_django());
            assert_eq!(
                error.to_string(),
                format!(
                    "'{name}' is not a valid project name. Please make sure the name is a valid \
                     identifier."
                )
            );
        }
    }

    #[test]
    fn keywords_are_refused() {
        for name in ["class", "None", "async", "𝐜𝐥𝐚𝐬𝐬"] {
            let error = validate(name).unwrap_err();
            assert!(matches!(error, Error::KeywordName { .. }), "{error}");
            assert!(!error.is_django());
        }
    }

    #[test]
    fn main_is_refused() {
        assert!(matches!(
            validate("__main__").unwrap_err(),
            Error::ReservedName { .. }
        ));
    }

    #[test]
    fn the_standard_library_conflicts() {
        let error = validate("os").unwrap_err();
        assert!(error.is_django());
        assert_eq!(
            error.to_string(),
            "'os' conflicts with the name of an existing Python module and cannot be used as a \
             project name. Please try another name."
        );
        assert_eq!(
            error.hint().unwrap(),
            "`os` is a module of Python's standard library; add a word, as in `os_site`"
        );
    }

    #[test]
    fn a_module_in_the_directory_conflicts() {
        let here = tempfile::tempdir().unwrap();
        let module = here.path().join("shop.py");
        fs::write(&module, "").unwrap();
        let target = here.path().join("shop");
        let sources = [here.path().to_owned()];
        let check = |name| {
            Name {
                name,
                naming: Naming::Project,
                search: &Search::default(),
                sources: &sources,
                target: Some(&target),
            }
            .check()
        };
        let error = check("shop").unwrap_err();
        let hint = format!(
            "`{}` has this name already; add a word, as in `shop_site`",
            module.display()
        );
        assert_eq!(error.hint(), Some(hint));
        check("shopping").unwrap();
    }
}

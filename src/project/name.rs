//! Which names a project can have: Python's rules for identifiers, and the modules that exist
//! already.

use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::{Conflict, Error, Search, modules, stdlib};

/// The words that Python's grammar keeps for itself in every version since 3.7.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The name in the form in which Python looks up what an `import` names, if it is an identifier.
///
/// Some characters can be written in several ways: `é` is one character or two. The file system
/// tells these apart and an `import` does not, so files that have another form are never found.
pub fn identifier(name: &str) -> Result<String, Error> {
    if is_identifier(name) {
        Ok(name.nfkc().collect())
    } else {
        Err(Error::InvalidName {
            name: name.to_owned(),
        })
    }
}

/// Says whether a project in the target can have that name, where the interpreter is the one that
/// would be chosen in the directory, and the directory is on Python's search path.
pub fn validate_project_name(name: &str, directory: &Path, target: &Path) -> Result<(), Error> {
    validate_with(name, &Search::new(directory), target)
}

/// Says whether a project in the target can have that name; modules are looked for in the
/// search's root. Without an interpreter, its packages are not looked at: generating a project
/// needs none.
pub fn validate_with(name: &str, search: &Search, target: &Path) -> Result<(), Error> {
    let owned = || name.to_owned();
    let normal = identifier(name)?;
    if KEYWORDS.contains(&normal.as_str()) {
        return Err(Error::KeywordName { name: owned() });
    }
    if normal == "__main__" {
        return Err(Error::ReservedName { name: owned() });
    }
    let conflict = if stdlib::is_standard_module(&normal) {
        Some(Conflict::StandardLibrary)
    } else {
        modules::in_source_directory(&search.root, &normal, target)
            .or_else(|| modules::installed(&search.find().ok()?.path, &normal))
            .map(Conflict::Path)
    };
    conflict.map_or(Ok(()), |conflict| {
        Err(Error::NameConflict {
            name: owned(),
            conflict,
        })
    })
}

/// The name that the user may have meant with one that is no identifier.
pub(super) fn similar(name: &str) -> Option<String> {
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
        _ => format!("site_{joined}"),
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

    fn validate(name: &str) -> Result<(), Error> {
        let empty = tempfile::tempdir().unwrap();
        validate_with(
            name,
            &Search {
                root: empty.path().to_owned(),
                ..Search::default()
            },
            &empty.path().join(name),
        )
    }

    #[test]
    fn names_are_brought_to_the_form_that_python_looks_up() {
        for (typed, looked_up) in [
            ("mysite", "mysite"),
            ("e\u{301}te\u{301}", "été"),
            ("ℼ", "π"),
        ] {
            assert_eq!(identifier(typed).unwrap(), looked_up);
        }
        assert!(identifier("my²site").is_err());
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
            assert_eq!(similar(name).as_deref(), Some(meant), "{name}");
        }
        for name in ["", ".", "☃", "--"] {
            assert_eq!(similar(name), None, "{name}");
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
        let search = Search {
            root: here.path().to_owned(),
            ..Search::default()
        };
        let target = here.path().join("shop");
        let error = validate_with("shop", &search, &target).unwrap_err();
        let hint = format!(
            "`{}` has this name already; add a word, as in `shop_site`",
            module.display()
        );
        assert_eq!(error.hint(), Some(hint));
        validate_with("shopping", &search, &target).unwrap();
    }
}

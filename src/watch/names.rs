//! What a name alone says about a file or directory. Pure.

use std::{ffi::OsStr, path::Path};

use super::{Language, change::Kind};

/// Extensions of what is read when the application is loaded: modules and extension modules.
const PYTHON: &[&str] = &["py", "so", "pyd"];

/// The extension of what is compiled.
const RUST: &[&str] = &["rs"];

/// Files that say how a Cargo package is built, wherever they are.
const CARGO: &[&str] = &["Cargo.toml", "Cargo.lock"];

/// The extension of compiled translations.
const TRANSLATION: &str = "mo";

/// Extensions of what browsers load.
const STATIC: &[&str] = &[
    "css", "js", "mjs", "map", "svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "woff",
    "woff2", "ttf", "wasm", "json",
];

/// Directories whose files are templates.
const TEMPLATE_DIRECTORIES: &[&str] = &["templates", "jinja2"];

/// Directories in which nothing is written by hand: version control, caches, environments,
/// installed packages, editors' settings.
const NEVER_ENTERED: &[&str] = &[
    ".bzr",
    ".cache",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".hypothesis",
    ".idea",
    ".ipynb_checkpoints",
    ".jj",
    ".mypy_cache",
    ".nox",
    ".parcel-cache",
    ".pytest_cache",
    ".ruff_cache",
    ".sass-cache",
    ".svn",
    ".tox",
    ".turbo",
    ".vscode",
    "__pycache__",
    "node_modules",
];

/// Endings of what programs write while they run: databases with their journals, logs, bytecode.
const WRITTEN_BY_PROGRAMS: &[&str] = &[
    ".sqlite3", ".sqlite", ".db", "-journal", "-wal", "-shm", ".log", ".pyc", ".pyo",
];

/// Endings of editors' temporary files: backups and undo files (`~`), Vim's swap files, what
/// `JetBrains` and Kate write beside the file.
const TEMPORARY_ENDINGS: &[&str] = &[
    "~",
    ".swp",
    ".swo",
    ".swn",
    ".swx",
    ".tmp",
    "___jb_tmp___",
    "___jb_old___",
    ".kate-swp",
];

/// Beginnings of editors' temporary files: Emacs's locks, GIO's.
const TEMPORARY_BEGINNINGS: &[&str] = &[".#", ".goutputstream-"];

/// What Vim creates and removes to see whether it may write in a directory.
const VIM_PROBE: &str = "4913";

/// The kind of a file by its name, were it not ignored.
pub(super) fn kind(name: &OsStr, in_templates: bool, language: Language) -> Option<Kind> {
    let extension = Path::new(name).extension().and_then(OsStr::to_str);
    let extension = extension.unwrap_or_default();
    let is_one_of = |list: &[&str]| list.iter().any(|one| extension.eq_ignore_ascii_case(one));
    let is_code = match language {
        Language::Python => is_one_of(PYTHON),
        Language::Rust => is_one_of(RUST) || CARGO.iter().any(|one| name == *one),
    };
    if is_code {
        Some(Kind::Code)
    } else if in_templates || is_translation(name) {
        // Templates may be of any type: letters, feeds, scripts, pictures.
        Some(Kind::Template)
    } else if is_one_of(STATIC) {
        Some(Kind::Static)
    } else {
        None
    }
}

/// Whether a file holds compiled translations, which Git usually ignores.
pub(super) fn is_translation(name: &OsStr) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(TRANSLATION))
}

/// Whether the files in a directory are templates. The path begins at the project's root, above
/// which names mean nothing.
pub(super) fn in_templates(directory: &Path) -> bool {
    directory
        .iter()
        .any(|part| TEMPLATE_DIRECTORIES.iter().any(|name| part == *name))
}

/// Whether a file in the project's root configures the application, also where Git ignores it,
/// as it usually does with `.env`.
pub(super) fn is_configuration(name: &OsStr, language: Language) -> bool {
    let is_of_language = match language {
        Language::Python => name == ".flaskenv" || name == "pyproject.toml",
        Language::Rust => name == "rust-toolchain.toml" || name == "rust-toolchain",
    };
    is_of_language || name == ".env" || name.as_encoded_bytes().starts_with(b".env.")
}

/// Whether nothing in a directory of this name matters, unless the user names it.
pub(super) fn is_never_entered(name: &OsStr) -> bool {
    NEVER_ENTERED.iter().any(|one| name == *one) || ends_with(name, ".egg-info")
}

/// Whether a file of this name does not matter, unless the user names it.
pub(super) fn is_never_noticed(name: &OsStr) -> bool {
    is_temporary(name) || WRITTEN_BY_PROGRAMS.iter().any(|one| ends_with(name, one))
}

/// Whether an editor makes files of this name for its own use.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    let octets = name.as_encoded_bytes();
    name == VIM_PROBE
        || TEMPORARY_ENDINGS.iter().any(|one| ends_with(name, one))
        || TEMPORARY_BEGINNINGS
            .iter()
            .any(|one| octets.starts_with(one.as_bytes()))
        || (octets.len() > 1 && octets.starts_with(b"#") && octets.ends_with(b"#"))
}

/// Whether a file says of the directory it lies in that nothing there matters: a virtual
/// environment, or a cache (<https://bford.info/cachedir/>).
pub(super) fn is_marker(name: &OsStr) -> bool {
    name == VENV_MARKER || name == CONDA_MARKER || name == CACHE_MARKER
}

/// The file that makes a directory a virtual environment.
pub(super) const VENV_MARKER: &str = "pyvenv.cfg";

/// The directory that makes a directory an environment of conda.
pub(super) const CONDA_MARKER: &str = "conda-meta";

/// The file that makes a directory a cache, if it begins as it must.
pub(super) const CACHE_MARKER: &str = "CACHEDIR.TAG";

/// The file with rules for what lies beside and below it.
pub(super) const IGNORE_FILE: &str = ".gitignore";

fn ends_with(name: &OsStr, ending: &str) -> bool {
    name.as_encoded_bytes().ends_with(ending.as_bytes())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("views.py", false, Some(Kind::Code))]
    #[case("VIEWS.PY", false, Some(Kind::Code))]
    #[case("fast.cpython-312-x86_64-linux-gnu.so", false, Some(Kind::Code))]
    #[case("django.mo", false, Some(Kind::Template))]
    #[case("views.py", true, Some(Kind::Code))]
    #[case("views.pyi", false, None)]
    #[case("index.html", true, Some(Kind::Template))]
    #[case("index.html", false, None)]
    #[case("logo.svg", true, Some(Kind::Template))]
    #[case("logo.svg", false, Some(Kind::Static))]
    #[case("site.css", false, Some(Kind::Static))]
    #[case("README.md", false, None)]
    #[case("py", false, None)]
    #[case(".py", false, None)]
    #[case("letter.tex", true, Some(Kind::Template))]
    #[case("Makefile", true, Some(Kind::Template))]
    #[case("Makefile", false, None)]
    fn the_extension_and_the_directory_say_the_kind(
        #[case] name: &str,
        #[case] in_templates: bool,
        #[case] expected: Option<Kind>,
    ) {
        let name = OsStr::new(name);
        assert_eq!(kind(name, in_templates, Language::Python), expected);
    }

    #[rstest]
    #[case("views.rs", false, Some(Kind::Code))]
    #[case("views.rs", true, Some(Kind::Code))]
    #[case("Cargo.toml", false, Some(Kind::Code))]
    #[case("Cargo.lock", false, Some(Kind::Code))]
    #[case("Other.toml", false, None)]
    #[case("views.py", false, None)]
    #[case("libmysite.so", false, None)]
    #[case("index.html", true, Some(Kind::Template))]
    #[case("site.css", false, Some(Kind::Static))]
    fn a_rust_project_has_other_code(
        #[case] name: &str,
        #[case] in_templates: bool,
        #[case] expected: Option<Kind>,
    ) {
        assert_eq!(
            kind(OsStr::new(name), in_templates, Language::Rust),
            expected
        );
    }

    #[rstest]
    #[case("templates", true)]
    #[case("shop/jinja2/shop", true)]
    #[case("shop/templates_old", false)]
    #[case("", false)]
    fn templates_lie_in_directories_of_that_name(#[case] directory: &str, #[case] expected: bool) {
        assert_eq!(in_templates(Path::new(directory)), expected);
    }

    #[rstest]
    #[case("4913")]
    #[case(".views.py.swp")]
    #[case("views.py~")]
    #[case(".views.py.un~")]
    #[case(".#views.py")]
    #[case("#views.py#")]
    #[case("views.py.tmp")]
    #[case(".goutputstream-AB12CD")]
    #[case("views.py___jb_tmp___")]
    #[case(".views.py.kate-swp")]
    fn temporary_files_of_editors_are_known(#[case] name: &str) {
        assert!(is_temporary(OsStr::new(name)));
        assert!(is_never_noticed(OsStr::new(name)));
    }

    #[rstest]
    #[case("db.sqlite3")]
    #[case("db.sqlite3-journal")]
    #[case("db.sqlite3-wal")]
    #[case("db.sqlite3-shm")]
    #[case("celery.db")]
    #[case("debug.log")]
    #[case("views.cpython-312.pyc")]
    fn what_programs_write_does_not_matter(#[case] name: &str) {
        assert!(is_never_noticed(OsStr::new(name)));
        assert!(!is_temporary(OsStr::new(name)));
    }

    #[rstest]
    #[case("views.py")]
    #[case("#")]
    #[case("49130")]
    #[case("logging.py")]
    #[case("site.css")]
    fn what_people_write_does(#[case] name: &str) {
        assert!(!is_never_noticed(OsStr::new(name)));
    }

    #[test]
    fn environments_are_known_by_what_is_in_them_and_not_by_their_names() {
        for name in [".venv", "venv", "env", "build", "media"] {
            assert!(!is_never_entered(OsStr::new(name)), "{name}");
        }
        for name in [".git", "node_modules", "__pycache__", "shop.egg-info"] {
            assert!(is_never_entered(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn configuration_is_what_the_root_names_so() {
        for name in [".env", ".env.local", ".flaskenv", "pyproject.toml"] {
            assert!(
                is_configuration(OsStr::new(name), Language::Python),
                "{name}"
            );
        }
        for name in [".envrc", "env", "poetry.toml"] {
            assert!(
                !is_configuration(OsStr::new(name), Language::Python),
                "{name}"
            );
        }
        for name in [".env", "rust-toolchain.toml"] {
            assert!(is_configuration(OsStr::new(name), Language::Rust), "{name}");
        }
        assert!(!is_configuration(
            OsStr::new("pyproject.toml"),
            Language::Rust
        ));
    }
}

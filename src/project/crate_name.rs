//! Which names a Cargo package can have: Cargo's rules for new packages, and Rust's for the crate
//! in it.

use heck::ToSnakeCase as _;

/// Rust's keywords, those that are reserved for later among them (the Rust Reference, "Keywords",
/// edition 2024).
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that come with every compiler.
const STANDARD: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Directories that Cargo keeps in the target directory, where the program would lie beside them
/// (`restricted_names` in Cargo's sources).
const CARGO: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// Names that Windows keeps for devices, in any spelling and with any ending.
const DEVICES: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1",
    "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Why a name cannot be that of a Cargo package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrateNameError {
    /// It has characters that Cargo does not take.
    #[error("`{name}` is not a valid name of a Cargo package")]
    Invalid {
        /// The name as given.
        name: String,
    },
    /// Something else has the name.
    #[error("`{name}` cannot be the name of a Cargo package: {whose}")]
    Taken {
        /// The name as given.
        name: String,
        /// What has it.
        whose: &'static str,
    },
}

impl CrateNameError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> String {
        const RULE: &str =
            "a name has ASCII letters, digits, `-` and `_`, and begins with a letter";
        match self {
            Self::Invalid { name } => match similar(name) {
                Some(similar) => format!("did you mean `{similar}`? {RULE}"),
                None => format!("{RULE}, as in `my-site2`"),
            },
            Self::Taken { name, .. } => {
                let name = name.trim_end_matches(['-', '_']);
                format!("add a word, as in `{name}-site`")
            }
        }
    }
}

/// Says whether a Cargo package can have the name. Code names it in snake case, so `my-type` can
/// be one, and `Type` cannot.
pub fn check_crate_name(name: &str) -> Result<(), CrateNameError> {
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.chars().all(is_of_name)
    {
        return Err(CrateNameError::Invalid {
            name: name.to_owned(),
        });
    }
    let in_code = name.to_snake_case();
    let in_code = in_code.as_str();
    let whose = if KEYWORDS.contains(&in_code) {
        "it is a keyword of Rust"
    } else if STANDARD.contains(&in_code) {
        "a crate that comes with Rust has it"
    } else if CARGO.contains(&in_code) {
        "Cargo keeps it for a directory of its own"
    } else if DEVICES.contains(&in_code) {
        "Windows keeps it for a device"
    } else {
        return Ok(());
    };
    Err(CrateNameError::Taken {
        name: name.to_owned(),
        whose,
    })
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// The name that the user may have meant with one that no package can have.
fn similar(name: &str) -> Option<String> {
    let slug = slug::slugify(name);
    let similar = match slug.chars().next()? {
        first if first.is_ascii_alphabetic() => slug,
        _ => format!("site-{slug}"),
    };
    check_crate_name(&similar).is_ok().then_some(similar)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mysite")]
    #[case("my-site")]
    #[case("my_site")]
    #[case("MySite2")]
    #[case("my-type")]
    #[case("class")]
    #[case("json")]
    fn names_that_work(#[case] name: &str) {
        assert_eq!(check_crate_name(name), Ok(()));
    }

    #[rstest]
    #[case("", None)]
    #[case("7x", Some("site-7x"))]
    #[case("été", Some("ete"))]
    #[case("my site!", Some("my-site"))]
    #[case("my.site", Some("my-site"))]
    #[case("_x", Some("x"))]
    #[case("-", None)]
    #[case("..", None)]
    #[case("a/b", Some("a-b"))]
    #[case("tëst", None)]
    fn names_with_other_characters(#[case] name: &str, #[case] meant: Option<&str>) {
        let error = check_crate_name(name).unwrap_err();
        assert!(matches!(error, CrateNameError::Invalid { .. }), "{error}");
        assert_eq!(similar(name).as_deref(), meant);
    }

    #[rstest]
    #[case("type", "keyword", "type-site")]
    #[case("Type", "keyword", "Type-site")]
    #[case("self_", "keyword", "self-site")]
    #[case("gen", "keyword", "gen-site")]
    #[case("test", "comes with Rust", "test-site")]
    #[case("proc-macro", "comes with Rust", "proc-macro-site")]
    #[case("build", "Cargo keeps", "build-site")]
    #[case("CON", "Windows", "CON-site")]
    fn names_that_are_taken(#[case] name: &str, #[case] whose: &str, #[case] other: &str) {
        let error = check_crate_name(name).unwrap_err();
        assert!(error.to_string().contains(whose), "{error}");
        assert!(error.hint().ends_with(&format!("`{other}`")));
        assert_eq!(check_crate_name(other), Ok(()));
    }
}

//! Filters that spell a name in another way: `{{ project_name | kebab_case }}`.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
    ToTitleCase, ToTrainCase,
};
use tera::{Kwargs, State, Tera};
use unicode_normalization::UnicodeNormalization as _;

/// Python's keywords, which are no names (`keyword.kwlist` of CPython 3.14).
const PYTHON_KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Words that Cargo takes for no package's name: Rust's keywords, and what would stand in the way
/// of its own names (`cargo new`).
const NO_CRATES: [&str; 54] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "type",
    "unsafe",
    "use",
    "where",
];

/// What a name becomes of which nothing can be kept.
const NAMELESS: &str = "name";

/// One filter: its name, and what it makes of a text.
type Filter = (&'static str, fn(&str) -> String);

/// The filters. Those by `heck` are called as in other generators.
pub(super) const FILTERS: [Filter; 12] = [
    ("snake_case", |text| text.to_snake_case()),
    ("kebab_case", |text| text.to_kebab_case()),
    ("camel_case", |text| text.to_lower_camel_case()),
    ("pascal_case", |text| text.to_pascal_case()),
    ("upper_camel_case", |text| text.to_pascal_case()),
    ("title_case", |text| text.to_title_case()),
    ("shouty_snake_case", |text| text.to_shouty_snake_case()),
    ("shouty_kebab_case", |text| text.to_shouty_kebab_case()),
    ("train_case", |text| text.to_train_case()),
    ("slugify", |text| slug::slugify(text)),
    ("python_identifier", python_identifier),
    ("crate_name", crate_name),
];

/// Gives the engine the filters.
pub(super) fn register(tera: &mut Tera) {
    for (name, spell) in FILTERS {
        tera.register_filter(name, move |text: &str, _: Kwargs, _: &State<'_>| {
            spell(text)
        });
    }
}

/// The text as a name that Python takes: what cannot stand in one becomes an underscore, and a
/// keyword gets one at its end (PEP 8, "Naming Conventions").
fn python_identifier(text: &str) -> String {
    let mut name = String::with_capacity(text.len() + 1);
    // The form in which Python compares names.
    for character in text.trim().nfkc() {
        if unicode_ident::is_xid_continue(character) {
            let can_begin = unicode_ident::is_xid_start(character) || character == '_';
            if name.is_empty() && !can_begin {
                name.push('_');
            }
            name.push(character);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let kept = match name.trim_end_matches('_') {
        "" if name.is_empty() => NAMELESS,
        "" => "_",
        _ if text.ends_with('_') => &name,
        kept => kept,
    };
    if PYTHON_KEYWORDS.contains(&kept) {
        format!("{kept}_")
    } else {
        kept.to_owned()
    }
}

/// The text as the name of a Cargo package: ASCII letters, digits and single hyphens, beginning
/// with a letter.
fn crate_name(text: &str) -> String {
    let slug = slug::slugify(text.to_kebab_case());
    let name = match slug.trim_start_matches(|first: char| !first.is_ascii_alphabetic()) {
        "" if slug.is_empty() => NAMELESS.to_owned(),
        "" => format!("{NAMELESS}-{slug}"),
        name => name.to_owned(),
    };
    if NO_CRATES.contains(&name.as_str()) {
        format!("{name}-app")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("snake_case", "myTeam's site2", "my_team_s_site2")]
    #[case("kebab_case", "my_team site", "my-team-site")]
    #[case("camel_case", "my_team site", "myTeamSite")]
    #[case("pascal_case", "my_team site", "MyTeamSite")]
    #[case("upper_camel_case", "XMLHttp", "XmlHttp")]
    #[case("title_case", "my_team", "My Team")]
    #[case("shouty_snake_case", "my-team", "MY_TEAM")]
    #[case("shouty_kebab_case", "my_team", "MY-TEAM")]
    #[case("train_case", "my_team", "My-Team")]
    #[case("slugify", "Crème Brûlée & Co.", "creme-brulee-co")]
    #[case("python_identifier", "2 fast", "_2_fast")]
    #[case("python_identifier", "my-site.org", "my_site_org")]
    #[case("python_identifier", "class", "class_")]
    #[case("python_identifier", "class!", "class_")]
    #[case("python_identifier", "été", "été")]
    #[case("python_identifier", "_private", "_private")]
    #[case("python_identifier", "", "name")]
    #[case("python_identifier", "!?", "_")]
    #[case("crate_name", "MySite", "my-site")]
    #[case("crate_name", "2fast", "fast")]
    #[case("crate_name", "42", "name-42")]
    #[case("crate_name", "", "name")]
    #[case("crate_name", "test", "test-app")]
    #[case("crate_name", "été", "ete")]
    fn names(#[case] filter: &str, #[case] text: &str, #[case] expected: &str) {
        let (_, spell) = FILTERS.iter().find(|(name, _)| *name == filter).unwrap();
        assert_eq!(spell(text), expected);
    }
}

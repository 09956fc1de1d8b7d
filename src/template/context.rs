//! The variables that every template may use:
//!
//! - `project_name`: the name, a Python identifier unless the template says otherwise
//! - `project_directory`: the absolute path of the project
//! - `camel_case_project_name`: `MySite` for `my_site`
//! - `secret_key`, for projects: 50 random characters after `django-insecure-`
//! - `django_version`, `docs_version`: the version of Django that is followed, and the part of it
//!   in the addresses of Django's documentation; in a template without a manifest the version
//!   that the user has installed, where that is known
//!
//! For applications the names have `app` in place of `project`. A deployment has neither the second
//! nor the third, but what is known of its project ([`example_facts`]). A native template also has
//!
//! - `distribution_name`: the name for `[project]` in `pyproject.toml`, `my-site` for `my_site`
//! - `install`: whether the requirements will be installed, as `--install` asks for
//!
//! and another the command's options, which the command gives. What the user sets stands before
//! all of these. `scaffold help startproject` lists them too.

use std::{convert::Infallible, path::Path};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{
    error::Error,
    incidentals::Incidentals,
    subject::Subject,
    titlecase::camel_case,
    value::{Dict, Value},
};

/// The Django version whose `startproject` this one follows.
pub(super) const DJANGO_VERSION: &str = "6.1";

/// What a project is called in `pyproject.toml` where nothing of its name can be written there.
const ANONYMOUS: &str = "project";

/// What a secret key begins with, so that Django's checks know it as one that was generated.
const SECRET_KEY_PREFIX: &str = "django-insecure-";

/// What stands in its place where the result is to be the same each time: as long, and as varied,
/// as Django wants a key to be.
pub(super) const ANY_SECRET_KEY: &str =
    "django-insecure-this-key-is-the-same-in-each-test-of-a-template-0123456789";

/// How many random characters follow: Django's number.
const SECRET_KEY_LENGTH: usize = 50;

/// What they are taken from: Django's alphabet.
const SECRET_KEY_ALPHABET: &[u8; 50] = b"abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";

/// The variables for a project or an application of this name in this directory.
pub(super) fn context(
    subject: Subject,
    name: &str,
    directory: &Path,
    django_version: &str,
) -> Result<Dict, Error> {
    let word = subject.word();
    let mut context = Dict::new();
    let mut insert = |name: String, value: Value| context.insert(name.into(), value);
    insert(subject.name_variable().to_owned(), Value::text(name));
    if subject != Subject::Deployment {
        let directory = directory.to_string_lossy();
        insert(format!("{word}_directory"), Value::text(&*directory));
        insert(
            format!("camel_case_{word}_name"),
            Value::text(camel_case(name)),
        );
    }
    if subject == Subject::Project {
        insert("secret_key".to_owned(), Value::text(secret_key()?));
    }
    let docs_version = docs_version(django_version);
    insert("docs_version".to_owned(), Value::text(docs_version));
    insert("django_version".to_owned(), Value::text(django_version));
    Ok(context)
}

/// What templates for deployments know of a project, as it may be of one. All of them are there for
/// each project; a text is empty where nothing is known.
#[must_use]
pub fn example_facts() -> Dict {
    let texts = [
        // Where the project is, its interpreter and virtual environment, and the directory that is
        // written.
        ("project_directory", "/projects/example_site"),
        ("project_python", "/projects/example_site/.venv/bin/python"),
        ("project_environment", "/projects/example_site/.venv"),
        ("deploy_directory", "/projects/example_site/deploy/server"),
        ("python_version", "3.13"),
        // Who adds a requirement to the project: pip, uv pip, uv, poetry or pipenv.
        ("installer", "uv"),
        // A directory that comes before all others where modules are looked for.
        ("python_path", "/projects/libraries"),
        // The application, as `module:attribute`; a function that makes one ends in `()`.
        ("application", "example_site.wsgi:application"),
        (
            "application_file",
            "/projects/example_site/example_site/wsgi.py",
        ),
        // The settings module, and the variable of the environment that names it.
        ("settings_module", "example_site.settings"),
        ("settings_variable", "DJANGO_SETTINGS_MODULE"),
        ("framework", "Django"),
        // The path below which Django takes itself to be, without a slash at its end; mostly empty.
        ("script_name", ""),
        // Files that a web server sends by itself, and their addresses.
        ("static_url", "/static/"),
        ("static_root", "/projects/example_site/staticfiles"),
        ("media_url", "/media/"),
        ("media_root", "/projects/example_site/media"),
        // The default database, as Django calls its engine.
        ("database", "sqlite3"),
        // The file in the project that says what has to be installed: a file of requirements, the
        // lock of uv, Poetry or Pipenv, or pyproject.toml.
        ("requirements", "uv.lock"),
    ];
    let texts = texts.map(|(name, value)| (name.into(), Value::text(value)));
    let list = |values: &[&str]| Value::List(values.iter().copied().map(Value::text).collect());
    let lists = [
        // Names of the site, without patterns.
        ("hosts".into(), list(&["example.com", "www.example.com"])),
        // Those of them that all names below belong to, too.
        ("hosts_with_subdomains".into(), list(&["example.com"])),
        // All of them as Django's ALLOWED_HOSTS has them.
        (
            "allowed_hosts".into(),
            list(&[".example.com", "www.example.com"]),
        ),
        // What the project writes to: uploads, and the directories of SQLite's databases.
        (
            "writable_directories".into(),
            list(&["/projects/example_site", "/projects/example_site/media"]),
        ),
        // Those databases themselves.
        (
            "sqlite_files".into(),
            list(&["/projects/example_site/db.sqlite3"]),
        ),
        // Groups of requirements in pyproject.toml.
        ("requirement_groups".into(), list(&["dev", "production"])),
    ];
    texts.into_iter().chain(lists).collect()
}

/// What native templates may use beside these.
pub(super) fn extend_native(context: &mut Dict, name: &str, install: bool) {
    let distribution_name = Value::text(distribution_name(name));
    context.insert("distribution_name".into(), distribution_name);
    context.insert("install".into(), Value::Bool(install));
}

/// Has a project's secret key be that of another rendering, and notes what of it is secret: the
/// beginning is everybody's, and a template may take it off.
pub(super) fn keep_secret_key(context: &mut Dict, incidentals: &Incidentals) {
    const NAME: &str = "secret_key";
    let Some(Value::Str(key)) = context.get(NAME) else {
        return;
    };
    let key = key.text.to_string();
    let random = key.strip_prefix(SECRET_KEY_PREFIX).unwrap_or(&key);
    let Ok(random) = incidentals.random(NAME, || Ok::<_, Infallible>(random.to_owned()));
    incidentals.secrets().add_text(&random);
    let key = format!("{SECRET_KEY_PREFIX}{random}");
    context.insert(NAME.into(), Value::text(key));
}

/// The part of Django's version that its documentation is found under: Django's
/// `get_docs_version()`.
fn docs_version(version: &str) -> String {
    if version.chars().all(|it| it.is_ascii_digit() || it == '.') {
        version.split('.').take(2).collect::<Vec<_>>().join(".")
    } else {
        "dev".to_owned()
    }
}

/// The name as that of a Python distribution, which knows only ASCII letters, digits and single
/// marks between them; in the form that package indexes compare names in.
fn distribution_name(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    for character in name.nfkd().filter(|it| !is_combining_mark(*it)) {
        if character.is_ascii_alphanumeric() {
            result.push(character.to_ascii_lowercase());
        } else if !result.is_empty() && !result.ends_with('-') {
            result.push('-');
        }
    }
    match result.trim_end_matches('-') {
        "" => ANONYMOUS.to_owned(),
        name => name.to_owned(),
    }
}

/// A new secret key, from the operating system's generator.
fn secret_key() -> Result<String, Error> {
    /// Octets from here on are thrown away: 250 is the greatest multiple of 50 that fits, and
    /// taking the rest of a division of more would make some characters likelier than others.
    const LIMIT: u8 = 250;
    let mut key = String::with_capacity(SECRET_KEY_PREFIX.len() + SECRET_KEY_LENGTH);
    key.push_str(SECRET_KEY_PREFIX);
    let end = key.len() + SECRET_KEY_LENGTH;
    let mut octets = [0; 64];
    while key.len() < end {
        getrandom::fill(&mut octets).map_err(Error::Random)?;
        let characters = octets
            .iter()
            .filter(|octet| **octet < LIMIT)
            .filter_map(|octet| SECRET_KEY_ALPHABET.get(usize::from(*octet) % 50))
            .map(|octet| char::from(*octet));
        key.extend(characters.take(end - key.len()));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mysite", "mysite")]
    #[case("my_site", "my-site")]
    #[case("MySite2", "mysite2")]
    #[case("_x", "x")]
    #[case("x__y_", "x-y")]
    #[case("été", "ete")]
    #[case("e\u{301}te\u{301}", "ete")]
    #[case("straße", "stra-e")]
    #[case("ℼ_2", "2")]
    #[case("网站", "project")]
    #[case("_", "project")]
    fn a_distribution_name_is_what_an_index_takes(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(distribution_name(name), expected);
    }

    #[test]
    fn a_secret_key_is_djangos() {
        let key = secret_key().unwrap();
        let random = key.strip_prefix("django-insecure-").unwrap();
        assert_eq!(random.len(), 50);
        assert!(
            random
                .bytes()
                .all(|octet| SECRET_KEY_ALPHABET.contains(&octet)),
            "{random}"
        );
    }

    #[test]
    fn secret_keys_differ_and_use_every_character() {
        let keys: HashSet<_> = (0..100).map(|_| secret_key().unwrap()).collect();
        assert_eq!(keys.len(), 100);
        // 5,000 characters miss a given one of 50 with a probability below 10⁻⁴³.
        let used: HashSet<u8> = keys.iter().flat_map(|key| key[16..].bytes()).collect();
        assert_eq!(used.len(), 50);
    }
}

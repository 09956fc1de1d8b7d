//! What is wrong with what was said of several sites.

use std::path::PathBuf;

use super::Position;

/// Why several sites cannot be served together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// An argument is no site.
    #[error("`{0}` is no site")]
    Syntax(String),
    /// The name cannot be one of a host.
    #[error("{}`{name}` cannot be the name of a site", before(.position.as_ref()))]
    Name {
        /// Where a file has it.
        position: Option<Position>,
        /// The name.
        name: String,
    },
    /// Two sites have the same name.
    #[error("there are two sites `{0}`")]
    SameName(String),
    /// Two sites have the same port.
    #[error("{}port {port} is taken by {other}", before(.position.as_ref()))]
    SamePort {
        /// Where a file has the second of them.
        position: Option<Position>,
        /// The port.
        port: u16,
        /// Whose it is.
        other: String,
    },
    /// Two sites have the same host.
    #[error("{}`{host}` is for the site `{other}` already", before(.position.as_ref()))]
    SameHost {
        /// Where a file has the second of them.
        position: Option<Position>,
        /// The host.
        host: String,
        /// Whose it is.
        other: String,
    },
    /// A site has no directory.
    #[error("`{position}`: the site `{name}` has no `path`")]
    NoPath {
        /// Where it stands.
        position: Position,
        /// Its name.
        name: String,
    },
    /// A site has settings and an application, which is served without settings.
    #[error("`{position}`: the site `{name}` has both `settings` and `app`")]
    SettingsAndApp {
        /// Where the second of them stands.
        position: Position,
        /// The site's name.
        name: String,
    },
    /// No process can have that in its environment.
    #[error("`{position}`: `{}` cannot be a variable of the environment", .name.escape_debug())]
    Variable {
        /// Where it stands.
        position: Position,
        /// Its name.
        name: String,
    },
    /// The directory of a site is not one.
    #[error("there is no directory `{}`", .0.display())]
    NoDirectory(PathBuf),
    /// There is no project in the directory of a site.
    #[error("there is no project in `{}`", .0.display())]
    NoProject(PathBuf),
    /// The file that was named does not exist.
    #[error("there is no file `{}`", .0.display())]
    NoFile(PathBuf),
    /// The file has no site in it.
    #[error("there is no site in `{}`", .0.display())]
    NoSites(PathBuf),
    /// The file has a key that means nothing.
    #[error("`{position}`: unknown key `{key}`{}", within(.table))]
    UnknownKey {
        /// The key's place.
        position: Position,
        /// The key.
        key: String,
        /// The table that has it; empty for the file.
        table: String,
        /// The known key that is most like it.
        similar: Option<&'static str>,
        /// All of them.
        known: &'static [&'static str],
    },
}

impl SiteError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Syntax(_) => {
                "as in `--site blog=./blog`, or `--site blog=./blog:8001` for a port of its own"
                    .to_owned()
            }
            Self::Name { .. } => "it is a part of host names: lower-case letters, digits and \
                hyphens, as in `my-blog`"
                .to_owned(),
            Self::NoPath { .. } => "it is the directory of the project, as in `path = \"blog\"`; \
                a relative one begins at the file"
                .to_owned(),
            Self::SettingsAndApp { .. } => "leave one of them out: `app` is served without \
                settings; what it reads from the environment can be in `environment`, as in \
                `environment = { DJANGO_SETTINGS_MODULE = \"mysite.settings\" }`"
                .to_owned(),
            Self::Variable { .. } => "a name is not empty and has no `=`, and neither it nor its \
                value has the character NUL"
                .to_owned(),
            Self::NoProject(_) => {
                "a site is the directory that has `manage.py`, `[tool.scaffold]` \
                in `pyproject.toml`, or `Cargo.toml`; other applications are named with `app` in \
                `scaffold.sites.toml`"
                    .to_owned()
            }
            Self::NoFile(_) | Self::NoSites(_) => {
                "as in `[sites.blog]` with `path = \"blog\"` below it".to_owned()
            }
            Self::UnknownKey {
                similar: Some(similar),
                ..
            } => format!("did you mean `{similar}`?"),
            Self::UnknownKey { known, .. } => {
                let keys: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
                format!("the keys are {}", keys.join(", "))
            }
            Self::NoDirectory(path) if path.iter().any(|part| part == "~") => {
                "`~` stands for no home here: write the whole path".to_owned()
            }
            Self::SameName(_)
            | Self::SamePort { .. }
            | Self::SameHost { .. }
            | Self::NoDirectory(_) => return None,
        })
    }
}

/// A place before what is said of it.
fn before(position: Option<&Position>) -> String {
    position.map_or_else(String::new, |position| format!("`{position}`: "))
}

fn within(table: &str) -> String {
    if table.is_empty() {
        String::new()
    } else {
        format!(" in `[{table}]`")
    }
}

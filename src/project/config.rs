//! What the user configured: `[tool.scaffold]` in `pyproject.toml`, or
//! `[package.metadata.scaffold]` in `Cargo.toml`.

use std::path::Path;

use toml::de::DeValue;

use super::{
    Error,
    toml_file::{CARGO, PYPROJECT, TomlFile, table_at},
};

/// Keys less like a known one than this are not taken for a slip of the fingers.
const SIMILAR: f64 = 0.75;

/// Keys for projects in any language.
const KEYS: [&str; 6] = [
    "allowed-hosts",
    "ignore",
    "live-reload",
    "log-format",
    "settings",
    "watch",
];

/// Keys for Python projects alone.
const PYTHON_KEYS: [&str; 2] = ["app", "python"];

/// What `log-format` may be.
const LOG_FORMATS: [&str; 3] = ["django", "common", "json"];

/// Where a project has its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigTable {
    /// `[tool.scaffold]` in `pyproject.toml`.
    Pyproject,
    /// `[package.metadata.scaffold]` in `Cargo.toml`.
    Cargo,
}

impl ConfigTable {
    /// The file that it is in, in the project's root.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Pyproject => PYPROJECT,
            Self::Cargo => CARGO,
        }
    }

    /// The table's name, as in `tool.scaffold`.
    #[must_use]
    pub fn name(self) -> String {
        self.path().join(".")
    }

    fn path(self) -> &'static [&'static str] {
        match self {
            Self::Pyproject => &["tool", "scaffold"],
            Self::Cargo => &["package", "metadata", "scaffold"],
        }
    }

    /// The keys that mean something, for a message.
    pub(super) fn known_keys(self) -> String {
        let keys = self.keys().into_iter().map(|key| format!("`{key}`"));
        keys.collect::<Vec<_>>().join(", ")
    }

    fn keys(self) -> Vec<&'static str> {
        let more: &[&str] = match self {
            Self::Pyproject => &PYTHON_KEYS,
            Self::Cargo => &[],
        };
        let mut keys = [&KEYS, more].concat();
        keys.sort_unstable();
        keys
    }
}

/// The values of the table, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The settings module, as in `mysite.settings` or `mysite::settings`.
    pub settings: Option<String>,
    /// The application to serve without settings, as in `module:callable`.
    pub app: Option<String>,
    /// The interpreter: a name on PATH, or a path from the root.
    pub python: Option<String>,
    /// Hosts that the server answers to, beside those of this machine.
    pub allowed_hosts: Vec<String>,
    /// Patterns of files whose changes count too, as in `.gitignore`.
    pub watch: Vec<String>,
    /// Patterns of files whose changes do not count.
    pub ignore: Vec<String>,
    /// Whether pages in the browser reload by themselves.
    pub live_reload: bool,
    /// How the access log is written: `django`, `common` or `json`.
    pub log_format: Option<String>,
}

impl Config {
    /// Reads the configuration of the project with that root; without a file or a table in it,
    /// nothing is configured.
    pub fn read(root: &Path, place: ConfigTable) -> Result<Self, Error> {
        let Some(file) = TomlFile::read(root, place.file())? else {
            return Ok(Self::default());
        };
        let document = file.parse()?;
        let mut config = Self::default();
        let Some(table) = table_at(&document, place.path()) else {
            return Ok(config);
        };
        let known = place.keys();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                return Err(Error::UnknownKey {
                    table: place,
                    position: file.position(key.span().start),
                    key: name.to_owned(),
                    similar: similar(name, &known),
                });
            }
            let wrong_type = |value: &toml::Spanned<DeValue<'_>>, expected| {
                file.wrong_type(format!("{}.{name}", place.name()), value, expected)
            };
            let text = || {
                let text = value.get_ref().as_str().map(str::to_owned);
                text.ok_or_else(|| wrong_type(value, "a string"))
            };
            let texts = || texts(value, |value| wrong_type(value, "an array of strings"));
            match name {
                "settings" => config.settings = Some(text()?),
                "app" => config.app = Some(text()?),
                "python" => config.python = Some(text()?),
                "allowed-hosts" => config.allowed_hosts = texts()?,
                "watch" => config.watch = texts()?,
                "ignore" => config.ignore = texts()?,
                "live-reload" => {
                    let wanted = value.get_ref().as_bool();
                    config.live_reload =
                        wanted.ok_or_else(|| wrong_type(value, "true or false"))?;
                }
                _ => {
                    let format = text()?;
                    if !LOG_FORMATS.contains(&format.as_str()) {
                        return Err(Error::WrongType {
                            position: file.position(value.span().start),
                            key: format!("{}.{name}", place.name()),
                            expected: "`django`, `common` or `json`",
                            found: "something else".to_owned(),
                        });
                    }
                    config.log_format = Some(format);
                }
            }
        }
        Ok(config)
    }
}

/// The elements of an array of strings.
pub(super) fn texts(
    value: &toml::Spanned<DeValue<'_>>,
    wrong: impl Fn(&toml::Spanned<DeValue<'_>>) -> Error,
) -> Result<Vec<String>, Error> {
    let DeValue::Array(array) = value.get_ref() else {
        return Err(wrong(value));
    };
    let texts = array.iter().map(|element| {
        let text = element.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| wrong(element))
    });
    texts.collect()
}

/// The known key that is most like one.
pub(super) fn similar(key: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(key, known), *known))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("pyproject.toml"), text).unwrap();
        Config::read(directory.path(), ConfigTable::Pyproject).map_err(|error| {
            let message = error.to_string();
            let message = message.replace(&format!("{}/", directory.path().display()), "");
            format!("{message} | {}", error.hint().unwrap_or_default())
        })
    }

    #[test]
    fn without_a_file_or_a_table_nothing_is_configured() {
        let directory = tempfile::tempdir().unwrap();
        for place in [ConfigTable::Pyproject, ConfigTable::Cargo] {
            let config = Config::read(directory.path(), place);
            assert_eq!(config.unwrap(), Config::default());
        }
        assert_eq!(read("[project]\nname = 'x'\n"), Ok(Config::default()));
    }

    #[test]
    fn all_keys_are_read() {
        let config = read(
            "[tool.scaffold]\nsettings = 'a.b'\napp = 'm:f'\npython = 'python3'\n\
             allowed-hosts = ['a', '.b']\nwatch = ['*.yaml']\nignore = ['x/']\nlive-reload = true\nlog-format = 'json'",
        );
        let expected = Config {
            settings: Some("a.b".to_owned()),
            app: Some("m:f".to_owned()),
            python: Some("python3".to_owned()),
            allowed_hosts: vec!["a".to_owned(), ".b".to_owned()],
            watch: vec!["*.yaml".to_owned()],
            ignore: vec!["x/".to_owned()],
            live_reload: true,
            log_format: Some("json".to_owned()),
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        assert_eq!(
            read("[tool.scaffold]\n  setings = 'a.b'\n").unwrap_err(),
            "`pyproject.toml:2:3`: unknown key `setings` in `[tool.scaffold]` | \
             did you mean `settings`?"
        );
        assert_eq!(
            read("tool.scaffold.colour = 1").unwrap_err(),
            "`pyproject.toml:1:15`: unknown key `colour` in `[tool.scaffold]` | \
             the keys are `allowed-hosts`, `app`, `ignore`, `live-reload`, `log-format`, \
             `python`, `settings`, `watch`"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_pointed_at() {
        assert_eq!(
            read("[tool.scaffold]\nsettings = ['a']\n").unwrap_err(),
            "`pyproject.toml:2:12`: `tool.scaffold.settings` must be a string, and this is \
             an array | "
        );
        assert_eq!(
            read("[tool.scaffold]\nlive-reload = 'yes'\n").unwrap_err(),
            "`pyproject.toml:2:15`: `tool.scaffold.live-reload` must be true or false, and this is \
             a string | "
        );
        assert_eq!(
            read("[tool.scaffold]\nlog-format = 'xml'\n").unwrap_err(),
            "`pyproject.toml:2:14`: `tool.scaffold.log-format` must be `django`, `common` or \
             `json`, and this is something else | "
        );
        assert_eq!(
            read("[tool.scaffold]\nallowed-hosts = ['a', 1]\n").unwrap_err(),
            "`pyproject.toml:2:23`: `tool.scaffold.allowed-hosts` must be an array of strings, \
             and this is a number | "
        );
    }

    #[test]
    fn a_file_that_is_not_toml_is_pointed_at() {
        let message = read("# é\né = \n").unwrap_err();
        assert!(message.starts_with("`pyproject.toml:2:1`: "), "{message}");
    }

    #[test]
    fn a_cargo_package_has_its_own_table_with_fewer_keys() {
        let read = |text: &str| {
            let directory = tempfile::tempdir().unwrap();
            fs::write(directory.path().join("Cargo.toml"), text).unwrap();
            Config::read(directory.path(), ConfigTable::Cargo)
        };
        let config = read("[package.metadata.scaffold]\nsettings = 'a::b'\nwatch = ['*.sql']\n");
        let expected = Config {
            settings: Some("a::b".to_owned()),
            watch: vec!["*.sql".to_owned()],
            ..Config::default()
        };
        assert_eq!(config.unwrap(), expected);
        assert_eq!(
            read("[tool.scaffold]\napp = 'x'\n").unwrap(),
            Config::default()
        );
        let error = read("[package.metadata.scaffold]\npython = 'x'\n").unwrap_err();
        let message = error.to_string();
        assert!(
            message.ends_with(
                "Cargo.toml:2:1`: unknown key `python` in `[package.metadata.scaffold]`"
            ),
            "{message}"
        );
        assert_eq!(
            error.hint().unwrap(),
            "the keys are `allowed-hosts`, `ignore`, `live-reload`, `log-format`, `settings`, `watch`"
        );
    }
}

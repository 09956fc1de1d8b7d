//! What the user configured: `[tool.scaffold]` in `pyproject.toml`.

use std::path::Path;

use toml::de::DeValue;

use super::{
    Error,
    pyproject::{FILE, Pyproject, table_at},
};

/// Keys less like a known one than this are not taken for a slip of the fingers.
const SIMILAR: f64 = 0.75;

const KEYS: [&str; 8] = [
    "allowed-hosts",
    "app",
    "ignore",
    "live-reload",
    "log-format",
    "python",
    "settings",
    "watch",
];

/// What `log-format` may be.
const LOG_FORMATS: [&str; 3] = ["django", "common", "json"];

/// The values of `[tool.scaffold]`, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The settings module, as in `mysite.settings`.
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
    /// The file that it is read from, in the project's root.
    pub const FILE: &str = FILE;

    /// Reads the configuration of the project with that root; without a file or a table in it,
    /// nothing is configured.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let Some(file) = Pyproject::read(root)? else {
            return Ok(Self::default());
        };
        let document = file.parse()?;
        let mut config = Self::default();
        let Some(table) = table_at(&document, &["tool", "scaffold"]) else {
            return Ok(config);
        };
        for (key, value) in table {
            let field = match key.get_ref().as_ref() {
                "settings" => &mut config.settings,
                "app" => &mut config.app,
                "python" => &mut config.python,
                "log-format" => &mut config.log_format,
                "allowed-hosts" | "watch" | "ignore" => {
                    let texts = texts(&file, key.get_ref(), value)?;
                    match key.get_ref().as_ref() {
                        "watch" => config.watch = texts,
                        "ignore" => config.ignore = texts,
                        _ => config.allowed_hosts = texts,
                    }
                    continue;
                }
                "live-reload" => {
                    let Some(wanted) = value.get_ref().as_bool() else {
                        let key = format!("tool.scaffold.{}", key.get_ref());
                        return Err(file.wrong_type(key, value, "true or false"));
                    };
                    config.live_reload = wanted;
                    continue;
                }
                unknown => {
                    return Err(Error::UnknownKey {
                        position: file.position(key.span().start),
                        key: unknown.to_owned(),
                        similar: similar(unknown),
                    });
                }
            };
            let Some(text) = value.get_ref().as_str() else {
                let key = format!("tool.scaffold.{}", key.get_ref());
                return Err(file.wrong_type(key, value, "a string"));
            };
            if key.get_ref() == "log-format" && !LOG_FORMATS.contains(&text) {
                return Err(Error::WrongType {
                    position: file.position(value.span().start),
                    key: "tool.scaffold.log-format".to_owned(),
                    expected: "`django`, `common` or `json`",
                    found: "something else",
                });
            }
            *field = Some(text.to_owned());
        }
        Ok(config)
    }
}

/// The elements of an array of strings.
fn texts(
    file: &Pyproject,
    key: &str,
    value: &toml::Spanned<DeValue<'_>>,
) -> Result<Vec<String>, Error> {
    let wrong = |value: &toml::Spanned<DeValue<'_>>| {
        let key = format!("tool.scaffold.{key}");
        file.wrong_type(key, value, "an array of strings")
    };
    let DeValue::Array(array) = value.get_ref() else {
        return Err(wrong(value));
    };
    let mut texts = Vec::new();
    for element in array {
        let text = element.get_ref().as_str().ok_or_else(|| wrong(element))?;
        texts.push(text.to_owned());
    }
    Ok(texts)
}

/// The keys that mean something, for a message.
pub(super) fn known_keys() -> String {
    KEYS.map(|key| format!("`{key}`")).join(", ")
}

fn similar(key: &str) -> Option<&'static str> {
    KEYS.into_iter()
        .map(|known| (strsim::jaro_winkler(key, known), known))
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
        Config::read(directory.path()).map_err(|error| {
            let message = error.to_string();
            let message = message.replace(&format!("{}/", directory.path().display()), "");
            format!("{message} | {}", error.hint().unwrap_or_default())
        })
    }

    #[test]
    fn without_a_file_or_a_table_nothing_is_configured() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Config::read(directory.path()).unwrap(), Config::default());
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
}

//! Several sites that are served together: `scaffold.sites.toml`, and the short form of one site
//! on a command line.

use std::path::{Path, PathBuf};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Error, Position, SiteError,
    config::{similar, texts},
    toml_file::TomlFile,
};

/// What the file is called where nobody names another one.
pub const SITES_FILE: &str = "scaffold.sites.toml";

/// The keys of a site.
pub(super) const KEYS: [&str; 11] = [
    "app",
    "environment",
    "hosts",
    "ignore",
    "path",
    "port",
    "python",
    "settings",
    "threads",
    "watch",
    "workers",
];

/// The longest part of a host name (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 63;

/// One site among several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteEntry {
    /// Its name.
    pub name: String,
    /// Where the file names it; `None` where no file does.
    pub position: Option<Position>,
    /// The directory of its project.
    pub path: PathBuf,
    /// The settings module.
    pub settings: Option<String>,
    /// The application to serve without settings.
    pub app: Option<String>,
    /// The interpreter.
    pub python: Option<PathBuf>,
    /// The port that is its own.
    pub port: Option<u16>,
    /// The hosts that are for it.
    pub hosts: Vec<String>,
    /// Environment variables of its processes.
    pub environment: Vec<(String, String)>,
    /// How many workers it has.
    pub workers: Option<u16>,
    /// How many threads of a worker may wait.
    pub threads: Option<u16>,
    /// Patterns of files whose changes count too.
    pub watch: Vec<String>,
    /// Patterns of files whose changes do not count.
    pub ignore: Vec<String>,
}

impl SiteEntry {
    /// Reads `NAME=DIR` or `NAME=DIR:PORT`, of somebody who is in the directory `here`. A directory
    /// whose name ends so is written with a slash behind it.
    pub fn parse(text: &str, here: &Path) -> Result<Self, SiteError> {
        let syntax = || SiteError::Syntax(text.to_owned());
        let (name, place) = text.split_once('=').ok_or_else(syntax)?;
        check_name(name, None)?;
        let (path, port) = match place.rsplit_once(':') {
            Some((path, port))
                if !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit()) =>
            {
                (path, Some(port.parse().map_err(|_| syntax())?))
            }
            _ => (place, None),
        };
        if path.is_empty() {
            return Err(syntax());
        }
        Ok(Self {
            name: name.to_owned(),
            path: directory(here, path),
            port,
            ..Self::default()
        })
    }

    /// All sites of a file; what is relative in it is so to its directory.
    pub fn read(path: &Path) -> Result<Vec<Self>, Error> {
        let base = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(file) = TomlFile::read(base, name.unwrap_or_default())? else {
            return Err(SiteError::NoFile(path.to_owned()).into());
        };
        let document = file.parse()?;
        let mut entries = Vec::new();
        for (key, value) in &document {
            let name = key.get_ref().as_ref();
            if name != "sites" {
                return Err(unknown(&file, key.span().start, name, "", &["sites"]));
            }
            let sites = value.get_ref().as_table();
            let sites = sites.ok_or_else(|| file.wrong_type("sites", value, "a table"))?;
            for (key, value) in sites {
                let reader = Reader {
                    file: &file,
                    name: key.get_ref(),
                };
                entries.push((key.span().start, reader.entry(key, value, base)?));
            }
        }
        if entries.is_empty() {
            return Err(SiteError::NoSites(path.to_owned()).into());
        }
        // In the order in which they stand there, and not in that of their names.
        entries.sort_by_key(|(place, _)| *place);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}

/// Reads the table of one site.
struct Reader<'a> {
    file: &'a TomlFile,
    name: &'a str,
}

impl Reader<'_> {
    fn entry<K>(
        &self,
        key: &Spanned<K>,
        value: &Spanned<DeValue<'_>>,
        base: &Path,
    ) -> Result<SiteEntry, Error> {
        let position = self.file.position(key.span().start);
        check_name(self.name, Some(&position))?;
        let table = value.get_ref().as_table();
        let whole = format!("sites.{}", self.name);
        let table = table.ok_or_else(|| self.file.wrong_type(whole.clone(), value, "a table"))?;
        let mut entry = SiteEntry {
            name: self.name.to_owned(),
            position: Some(position.clone()),
            ..SiteEntry::default()
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match name {
                "path" => entry.path = directory(base, &self.text(name, value)?),
                "settings" => entry.settings = Some(self.text(name, value)?),
                "app" => entry.app = Some(self.text(name, value)?),
                "python" => entry.python = Some(interpreter(base, &self.text(name, value)?)),
                "port" => {
                    let expected = "a port, from 0 to 65535";
                    entry.port = Some(self.number(name, value, 0..=u16::MAX, expected)?);
                }
                "workers" => {
                    let expected = "a whole number from 1 to 64";
                    entry.workers = Some(self.number(name, value, 1..=64, expected)?);
                }
                "threads" => {
                    let expected = "a whole number from 1 to 1024";
                    entry.threads = Some(self.number(name, value, 1..=1024, expected)?);
                }
                "hosts" => entry.hosts = self.texts(name, value)?,
                "watch" => entry.watch = self.texts(name, value)?,
                "ignore" => entry.ignore = self.texts(name, value)?,
                "environment" => entry.environment = self.variables(value)?,
                _ => {
                    let place = key.span().start;
                    return Err(unknown(self.file, place, name, &whole, &KEYS));
                }
            }
        }
        if entry.settings.is_some() && entry.app.is_some() {
            return Err(self.both(table));
        }
        if entry.path.as_os_str().is_empty() {
            let name = self.name.to_owned();
            return Err(SiteError::NoPath { position, name }.into());
        }
        Ok(entry)
    }

    /// As `--settings` and `--app` exclude one another.
    fn both(&self, table: &DeTable<'_>) -> Error {
        let places = table.keys().filter_map(|key| {
            let is_one = ["app", "settings"].contains(&key.get_ref().as_ref());
            is_one.then_some(key.span().start)
        });
        SiteError::SettingsAndApp {
            position: self.file.position(places.max().unwrap_or_default()),
            name: self.name.to_owned(),
        }
        .into()
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> Error {
        let key = format!("sites.{}.{key}", self.name);
        self.file.wrong_type(key, value, expected)
    }

    fn text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Error> {
        let text = value.get_ref().as_str().filter(|text| !text.is_empty());
        let text = text.map(str::to_owned);
        text.ok_or_else(|| self.wrong(key, value, "a string that is not empty"))
    }

    fn texts(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Error> {
        texts(value, |value| self.wrong(key, value, "an array of strings"))
    }

    fn number(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        range: std::ops::RangeInclusive<u16>,
        expected: &'static str,
    ) -> Result<u16, Error> {
        let Some(integer) = value.get_ref().as_integer() else {
            return Err(self.wrong(key, value, expected));
        };
        let number = u16::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| range.contains(number));
        number.ok_or_else(|| Error::WrongType {
            position: self.file.position(value.span().start),
            key: format!("sites.{}.{key}", self.name),
            expected,
            found: integer.to_string(),
        })
    }

    fn variables(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<(String, String)>, Error> {
        let wrong = |value| self.wrong("environment", value, "a table of strings");
        let table = value.get_ref().as_table().ok_or_else(|| wrong(value))?;
        let variables = table.iter().map(|(name, value)| {
            let text = value.get_ref().as_str().ok_or_else(|| wrong(value))?;
            let (place, name) = (name.span().start, name.get_ref().as_ref());
            let is_variable = !name.is_empty() && !name.contains(['=', '\0']);
            if !is_variable || text.contains('\0') {
                let (position, name) = (self.file.position(place), name.to_owned());
                return Err(SiteError::Variable { position, name }.into());
            }
            Ok((name.to_owned(), text.to_owned()))
        });
        variables.collect()
    }
}

/// A directory as it is from the file system's root; without a slash at its end.
fn directory(base: &Path, path: &str) -> PathBuf {
    let joined = base.join(path);
    let whole = std::path::absolute(&joined).unwrap_or(joined);
    // `.` and slashes are gone; what `..` means, a link may decide.
    whole.canonicalize().unwrap_or(whole)
}

/// An interpreter or a virtual environment: a name on PATH stays one.
fn interpreter(base: &Path, text: &str) -> PathBuf {
    let path = base.join(text);
    if text.contains('/') || path.join("pyvenv.cfg").is_file() {
        path
    } else {
        PathBuf::from(text)
    }
}

/// Whether this can be a part of a host name, as the names of sites are.
fn check_name(name: &str, position: Option<&Position>) -> Result<(), SiteError> {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(is_plain)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if is_name {
        return Ok(());
    }
    Err(SiteError::Name {
        position: position.cloned(),
        name: name.to_owned(),
    })
}

fn unknown(
    file: &TomlFile,
    place: usize,
    key: &str,
    table: &str,
    known: &'static [&'static str],
) -> Error {
    SiteError::UnknownKey {
        position: file.position(place),
        key: key.to_owned(),
        table: table.to_owned(),
        similar: similar(key, known),
        known,
    }
    .into()
}

#[cfg(test)]
mod tests;

//! Reading `pyproject.toml` or `Cargo.toml` so that what is wrong in it can be pointed at. It knows
//! tables and places, not what the keys mean.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{Error, Position};

/// The file of a Python project, in its root.
pub(super) const PYPROJECT: &str = "pyproject.toml";

/// The file of a Cargo package, in its root.
pub(super) const CARGO: &str = "Cargo.toml";

/// The text of such a file.
#[derive(Debug)]
pub(super) struct TomlFile {
    pub(super) path: PathBuf,
    text: String,
}

impl TomlFile {
    /// Reads the file of that directory; `None` if there is none.
    pub(super) fn read(directory: &Path, name: &str) -> Result<Option<Self>, Error> {
        let path = directory.join(name);
        let octets = match fs::read(&path) {
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Unreadable { path, source }),
        };
        match String::from_utf8(octets) {
            Ok(text) => Ok(Some(Self { path, text })),
            Err(error) => {
                let end = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                Err(Error::NotToml {
                    position: Position::of(&path, &text, end),
                    message: "this is no text in UTF-8".to_owned(),
                })
            }
        }
    }

    /// Parses the text.
    pub(super) fn parse(&self) -> Result<DeTable<'_>, Error> {
        match DeTable::parse(&self.text) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => Err(Error::NotToml {
                position: self.position(error.span().map_or(0, |span| span.start)),
                message: error.message().to_owned(),
            }),
        }
    }

    /// Whether there is a `[tool.scaffold]`. A file that does not parse has one if it says so: its
    /// author is to hear of the mistake.
    pub(super) fn is_ours(&self) -> bool {
        match self.parse() {
            Ok(table) => table_at(&table, &["tool", "scaffold"]).is_some(),
            Err(_) => self.text.contains("[tool.scaffold"),
        }
    }

    /// The place of a byte of the text.
    pub(super) fn position(&self, offset: usize) -> Position {
        Position::of(&self.path, &self.text, offset)
    }

    /// The complaint about a value of the wrong type.
    pub(super) fn wrong_type(
        &self,
        key: impl Into<String>,
        value: &toml::Spanned<DeValue<'_>>,
        expected: &'static str,
    ) -> Error {
        Error::WrongType {
            position: self.position(value.span().start),
            key: key.into(),
            expected,
            found: described(value.get_ref()).to_owned(),
        }
    }
}

/// The table that the keys lead to, if all of them are tables.
pub(super) fn table_at<'a, 'i>(table: &'a DeTable<'i>, keys: &[&str]) -> Option<&'a DeTable<'i>> {
    keys.iter()
        .try_fold(table, |table, key| table.get(*key)?.get_ref().as_table())
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(text) if text.is_empty() => "an empty string",
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

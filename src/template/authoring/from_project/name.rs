//! How a project is called, as far as it says so itself.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use heck::ToSnakeCase as _;
use regex::Regex;

use super::{Project, walk::File};
use crate::template::{authoring::AuthoringError, variables};

/// What `manage.py` of a Django project names its settings by.
const SETTINGS: &str = r#"DJANGO_SETTINGS_MODULE["'],\s*["'](\w+)\."#;

/// The name that the user gives, or that of the package with the settings, or that of the
/// directory.
pub(super) fn of(
    project: &Project<'_>,
    files: &BTreeMap<PathBuf, File>,
) -> Result<String, AuthoringError> {
    let given = project.name.map(str::to_owned);
    let name = given
        .or_else(|| settings_package(files))
        .unwrap_or_else(|| {
            let name = project.directory.file_name().unwrap_or_default();
            name.to_string_lossy().to_snake_case()
        });
    let is_identifier = variables::is_plain_identifier(&name);
    if is_identifier && name.len() > 1 {
        Ok(name)
    } else {
        let reason = if is_identifier {
            "a single letter is in every word"
        } else {
            "it has to be an identifier of Python"
        };
        Err(AuthoringError::Name { name, reason })
    }
}

fn settings_package(files: &BTreeMap<PathBuf, File>) -> Option<String> {
    let manage = files.get(Path::new("manage.py"))?;
    let text = std::str::from_utf8(&manage.contents).ok()?;
    let found = Regex::new(SETTINGS).ok()?.captures(text)?;
    Some(found.get(1)?.as_str().to_owned())
}

//! Which template a manifest means by `extends`: any that `--template` takes, but relative paths
//! start from the manifest, and what was fetched from elsewhere cannot name the user's directories.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::template::{
    Request, Wanted,
    error::Error,
    shown,
    source::{self, Source},
    subject::Subject,
};

/// A directory in which nothing is, so that a name never means a directory beside the manifest.
const NOWHERE: &str = "/dev/null";

/// `extends` of a manifest.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a template's name or address, or a table with `template`, \
                               `ref` and `subdirectory`"
)]
pub(in crate::template) enum Extends {
    /// A name, a path, an address.
    Template(String),
    /// The same, with what `--ref` and `--subdirectory` say.
    Table(Table),
}

/// `extends` as a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::template) struct Table {
    template: String,
    #[serde(rename = "ref")]
    reference: Option<String>,
    subdirectory: Option<PathBuf>,
}

/// Where a template is, as a user or a manifest says it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    template: Option<String>,
    pub(super) reference: Option<String>,
    subdirectory: Option<PathBuf>,
    checksum: Option<String>,
    /// What a relative path starts from.
    directory: PathBuf,
}

impl Place {
    /// Where the template is that the user wants.
    pub(super) fn of(request: &Request<'_>) -> Self {
        let Wanted {
            template,
            reference,
            subdirectory,
            checksum,
            own_templates: _,
        } = request.wanted;
        Self {
            template: template.map(str::to_owned),
            reference: reference.map(str::to_owned),
            subdirectory: subdirectory.map(Path::to_path_buf),
            checksum: checksum.map(str::to_owned),
            directory: request.current_directory.to_path_buf(),
        }
    }

    /// Where the template is that a manifest here means; `root` is the directory that the manifest
    /// is in. The error says what is wrong with it.
    pub(super) fn base(&self, root: &Path, extends: &Extends) -> Result<Self, String> {
        let (template, reference, subdirectory) = match extends {
            Extends::Template(template) => (template, None, None),
            Extends::Table(table) => (
                &table.template,
                table.reference.clone(),
                table.subdirectory.clone(),
            ),
        };
        let is_relative = template.starts_with("./") || template.starts_with("../");
        let is_on_disk = root.is_absolute() && root.is_dir();
        if is_relative && !is_on_disk {
            if reference.is_some() || subdirectory.is_some() {
                let message = "a directory beside this one has no `ref` and no `subdirectory`";
                return Err(message.to_owned());
            }
            let here = self.subdirectory.as_deref().unwrap_or(Path::new(""));
            let path = joined(here, Path::new(template))
                .ok_or("this leads out of the archive or repository")?;
            return Ok(Self {
                subdirectory: Some(path).filter(|path| !path.as_os_str().is_empty()),
                ..self.clone()
            });
        }
        if !is_on_disk && is_path(template) {
            return Err(format!(
                "`{}` is a path, and a template from elsewhere cannot name directories of this \
                 machine; `./` and `../` start from the manifest",
                shown::printable(template)
            ));
        }
        let directory = if is_relative {
            root
        } else {
            Path::new(NOWHERE)
        };
        Ok(Self {
            template: Some(template.clone()),
            reference,
            subdirectory,
            checksum: None,
            directory: directory.to_path_buf(),
        })
    }

    /// Finds and reads the template. One of the user's own that takes the place of a built-in one
    /// may build on that.
    pub(super) fn open(&self, request: &Request<'_>) -> Result<Source, Error> {
        let name = self.template.as_deref().and_then(Subject::deployment);
        let built_in = name.and_then(|name| source::builtin_named(Subject::Deployment, name));
        let own_templates = request.wanted.own_templates.filter(|_| built_in.is_none());
        Source::open(&Request {
            wanted: Wanted {
                template: self.template.as_deref(),
                reference: self.reference.as_deref(),
                subdirectory: self.subdirectory.as_deref(),
                checksum: self.checksum.as_deref(),
                own_templates,
            },
            current_directory: &self.directory,
            ..*request
        })
    }
}

/// A path from a directory on, with `..` taken as the directory above; nothing where that is above
/// all.
fn joined(here: &Path, relative: &Path) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for part in here.components().chain(relative.components()) {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Whether a text names something on the disk by its place.
fn is_path(template: &str) -> bool {
    template.starts_with(['/', '~', '.']) || template.starts_with("file:")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a/b", "../c", Some("a/c"))]
    #[case("", "./x/", Some("x"))]
    #[case("a", "..", Some(""))]
    #[case("a", "../..", None)]
    #[case("a", "../../a", None)]
    fn directories_of_an_archive(
        #[case] here: &str,
        #[case] relative: &str,
        #[case] expected: Option<&str>,
    ) {
        let found = joined(Path::new(here), Path::new(relative));
        assert_eq!(found.as_deref(), expected.map(Path::new));
    }
}

//! What has to be installed for a project to run, by its own files.

use std::path::Path;

use super::{
    Error,
    toml_file::{PYPROJECT, TomlFile, table_at},
};

const KEY: &str = "project.dependencies";

/// The requirements of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirements {
    /// Those in `requirements.txt`.
    File,
    /// Those in `[project] dependencies` of `pyproject.toml`, each as it stands there.
    List(Vec<String>),
    /// There are none.
    None,
}

impl Requirements {
    /// Reads the requirements of the project with that root. A `requirements.txt` goes before
    /// `pyproject.toml`: where both are kept, it is the one that is pinned.
    pub fn read(root: &Path) -> Result<Self, Error> {
        if root.join("requirements.txt").is_file() {
            return Ok(Self::File);
        }
        let Some(file) = TomlFile::read(root, PYPROJECT)? else {
            return Ok(Self::None);
        };
        let document = file.parse()?;
        let dependencies =
            table_at(&document, &["project"]).and_then(|project| project.get("dependencies"));
        let Some(dependencies) = dependencies else {
            return Ok(Self::None);
        };
        let Some(array) = dependencies.get_ref().as_array() else {
            return Err(file.wrong_type(KEY, dependencies, "an array"));
        };
        let list: Vec<String> = array
            .iter()
            .map(|item| {
                let text = item.get_ref().as_str().map(str::to_owned);
                text.ok_or_else(|| file.wrong_type(KEY, item, "a string"))
            })
            .collect::<Result<_, _>>()?;
        Ok(if list.is_empty() {
            Self::None
        } else {
            Self::List(list)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(text: &str) -> Result<Requirements, Error> {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("pyproject.toml"), text).unwrap();
        Requirements::read(root.path())
    }

    #[test]
    fn reads_dependencies() {
        let list = read("[project]\ndependencies = ['Django>=4.2', 'x']").unwrap();
        assert_eq!(
            list,
            Requirements::List(vec!["Django>=4.2".to_owned(), "x".to_owned()])
        );
        assert_eq!(
            read("[project]\ndependencies = []").unwrap(),
            Requirements::None
        );
        assert_eq!(read("").unwrap(), Requirements::None);
    }

    #[test]
    fn a_requirements_file_goes_first() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(Requirements::read(root.path()).unwrap(), Requirements::None);
        fs::write(root.path().join("requirements.txt"), "x==1\n").unwrap();
        fs::write(root.path().join("pyproject.toml"), "not toml").unwrap();
        assert_eq!(Requirements::read(root.path()).unwrap(), Requirements::File);
    }

    #[test]
    fn wrong_types_are_pointed_at() {
        let error = read("[project]\ndependencies = ['x', 1]")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(":2:22`: `project.dependencies` must be a string"),
            "{error}"
        );
        let error = read("[project]\ndependencies = 'x'")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(":2:16`: `project.dependencies` must be an array"),
            "{error}"
        );
    }
}

//! What has to be installed for a project to run, by its own files, and which of them says so.

use std::path::Path;

use super::{
    Error,
    toml_file::{PYPROJECT, TomlFile, table_at},
};

const KEY: &str = "project.dependencies";

/// Where requirements are pinned for pip.
const REQUIREMENTS: &str = "requirements.txt";

/// The same, and where it may be if there is a directory of them: the first that is there counts.
const FILES: [&str; 3] = [
    REQUIREMENTS,
    "requirements/production.txt",
    "requirements/prod.txt",
];

/// Where uv pins what is in `pyproject.toml`.
const UV_LOCK: &str = "uv.lock";

/// Where Poetry does.
const POETRY_LOCK: &str = "poetry.lock";

/// Where Pipenv pins what is in its own file.
const PIPFILE_LOCK: &str = "Pipfile.lock";

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
        if root.join(REQUIREMENTS).is_file() {
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

/// The file that says what has to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its path, in the project's root.
    pub file: &'static str,
    /// The names in `[dependency-groups]` of `pyproject.toml` (PEP 735).
    pub groups: Vec<String>,
}

impl Declaration {
    /// Looks for it in the project with that root: a file for pip goes first, then what uv, Poetry
    /// or Pipenv have pinned, then what that was pinned from.
    pub fn find(root: &Path) -> Result<Option<Self>, Error> {
        let is_there = |file: &&&str| root.join(file).is_file();
        if let Some(file) = FILES.iter().find(is_there) {
            return Ok(Some(Self::without_groups(file)));
        }
        let locks = [POETRY_LOCK, PIPFILE_LOCK];
        let lock = locks.iter().find(is_there);
        let Some(file) = TomlFile::read(root, PYPROJECT)? else {
            return Ok(lock.map(|it| Self::without_groups(it)));
        };
        let document = file.parse()?;
        let groups = table_at(&document, &["dependency-groups"])
            .or_else(|| table_at(&document, &["tool", "poetry", "group"]));
        let groups = groups.map(|it| it.keys().map(ToString::to_string).collect());
        let file = match lock {
            _ if root.join(UV_LOCK).is_file() => UV_LOCK,
            Some(lock) => lock,
            // Without this table the file has the settings of tools only.
            None if table_at(&document, &["project"]).is_none() => return Ok(None),
            None => PYPROJECT,
        };
        Ok(Some(Self {
            file,
            groups: groups.unwrap_or_default(),
        }))
    }

    fn without_groups(file: &'static str) -> Self {
        Self {
            file,
            groups: Vec::new(),
        }
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
    fn the_file_that_says_it_is_found() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        let find = || Declaration::find(root.path()).unwrap();
        assert_eq!(find(), None);
        write("pyproject.toml", "[tool.ruff]\n");
        assert_eq!(find(), None);
        let text = "[project]\nname = 'x'\n[dependency-groups]\nproduction = ['gunicorn']\n";
        write("pyproject.toml", text);
        let groups = vec!["production".to_owned()];
        let found = |file| Declaration {
            file,
            groups: groups.clone(),
        };
        assert_eq!(find(), Some(found("pyproject.toml")));
        write("uv.lock", "");
        assert_eq!(find(), Some(found("uv.lock")));
        fs::create_dir(root.path().join("requirements")).unwrap();
        write("requirements/production.txt", "x==1\n");
        assert_eq!(find().unwrap().file, "requirements/production.txt");
        write("requirements.txt", "x==1\n");
        assert_eq!(find().unwrap().file, "requirements.txt");
    }

    #[test]
    fn what_poetry_and_pipenv_have_pinned_is_found() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        let find = || Declaration::find(root.path()).unwrap();
        write("Pipfile", "[packages]\n");
        assert_eq!(find(), None);
        write("Pipfile.lock", "{}");
        assert_eq!(find().unwrap().file, "Pipfile.lock");
        write(
            "pyproject.toml",
            "[tool.poetry.dependencies]\n[tool.poetry.group.production.dependencies]\n",
        );
        assert_eq!(find().unwrap().file, "Pipfile.lock");
        write("poetry.lock", "");
        let groups = vec!["production".to_owned()];
        let file = "poetry.lock";
        assert_eq!(find(), Some(Declaration { file, groups }));
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

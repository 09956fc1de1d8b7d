//! What the files of a project are called in the template: the name is a placeholder where it is
//! written as it is, and a rule of the manifest renames what has it in another spelling. A hidden
//! directory would be no part of a template; a rule gives it its dot back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::spellings::{Piece, Spellings};
use crate::template::subject::Subject;

/// What a hidden directory is called instead of having a dot before it.
const DOT: &str = "dot-";

/// Gives each path its place in the template.
pub(super) struct Paths<'a> {
    placeholder: &'static str,
    spellings: &'a Spellings,
    /// By path in the project: that in the template.
    places: BTreeMap<PathBuf, PathBuf>,
    taken: BTreeSet<PathBuf>,
    /// By path in the template: what it is called in a project.
    renames: Vec<(PathBuf, String)>,
    /// By number of the spelling: the paths in the project that had it in their last part.
    replaced: Vec<(usize, String, PathBuf)>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(subject: Subject, spellings: &'a Spellings) -> Self {
        Self {
            placeholder: subject.name_variable(),
            spellings,
            places: BTreeMap::new(),
            taken: BTreeSet::new(),
            renames: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// Where a file of the project is in the template.
    pub(super) fn place(&mut self, path: &Path) -> PathBuf {
        let count = path.iter().count();
        let (mut from, mut to) = (PathBuf::new(), PathBuf::new());
        for (at, part) in path.iter().enumerate() {
            from.push(part);
            let is_directory = at + 1 < count;
            to = match self.places.get(&from) {
                Some(place) => place.clone(),
                None => self.new_place(&from, &to, &part.to_string_lossy(), is_directory),
            };
        }
        to
    }

    fn new_place(&mut self, from: &Path, above: &Path, part: &str, is_directory: bool) -> PathBuf {
        // Not by its ending: a title in a name would have a space.
        let spellings = self.spellings;
        let (pieces, _) = spellings.pieces(Path::new(""), part);
        let (mut name, mut expression) = (String::new(), String::new());
        let mut is_plain = true;
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    name.push_str(text);
                    expression.push_str(text);
                }
                Piece::Name(number, inner) => {
                    is_plain &= inner == self.placeholder;
                    name.push_str(self.placeholder);
                    let _ = write!(expression, "{{{{ {inner} }}}}");
                    self.replaced
                        .push((number, inner.into_owned(), from.to_owned()));
                }
            }
        }
        let hidden = part.strip_prefix('.').filter(|_| is_directory);
        let place = match hidden {
            // As it is in the project: the rule says the rest.
            Some(rest) => above.join(format!("{DOT}{rest}")),
            None if is_plain => above.join(&name),
            None => above.join(part),
        };
        let mut free = place.clone();
        while self.taken.contains(&free) {
            let mut longer = free.into_os_string();
            longer.push("_");
            free = longer.into();
        }
        if hidden.is_some() || !is_plain || free != place {
            self.renames.push((free.clone(), expression));
        }
        self.taken.insert(free.clone());
        self.places.insert(from.to_owned(), free.clone());
        free
    }

    /// What the rules of the manifest have to rename, by path in the template.
    pub(super) fn renames(&self) -> Vec<(PathBuf, String)> {
        self.renames.clone()
    }

    /// What was replaced in names: the number of the spelling, what stands there instead, and the
    /// path in the project.
    pub(super) fn replaced(&self) -> &[(usize, String, PathBuf)] {
        &self.replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::authoring::from_project::secrets::Secrets;

    #[test]
    fn names_get_their_places() {
        let spellings = Spellings::new(Subject::Project, "my_site", &Secrets::default());
        let mut paths = Paths::new(Subject::Project, &spellings);
        let mut place = |path: &str| paths.place(Path::new(path)).display().to_string();
        assert_eq!(
            place("my_site/test_my_site.py"),
            "project_name/test_project_name.py"
        );
        assert_eq!(place(".github/a.yml"), "dot-github/a.yml");
        assert_eq!(place(".github/b.yml"), "dot-github/b.yml");
        assert_eq!(place("deploy/my-site.service"), "deploy/my-site.service");
        assert_eq!(place(".gitignore"), ".gitignore");
        let renames = paths.renames();
        let shown: Vec<_> = renames
            .iter()
            .map(|(path, to)| (path.to_str().unwrap(), to.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("dot-github", ".github"),
                (
                    "deploy/my-site.service",
                    "{{ project_name | kebab_case }}.service"
                )
            ]
        );
    }
}

//! What a rule says of a file, for people.

use std::path::Path;

use super::Rule;
use crate::template::glob;

/// What a rule says.
#[derive(Clone, Copy, Debug)]
pub(in crate::template) struct Said<'a> {
    pub(in crate::template) when: Option<&'a str>,
    pub(in crate::template) copy: bool,
    pub(in crate::template) executable: bool,
    /// Only of the path itself, and not of what is in it.
    pub(in crate::template) rename: Option<&'a str>,
    pub(in crate::template) has_delimiters: bool,
}

impl Rule {
    /// What the rule says of a path in the template, if it means that or a directory above it.
    pub(in crate::template) fn said_of(&self, path: &Path) -> Option<Said<'_>> {
        let means = |path: &Path| {
            let mut patterns = self.path.patterns().iter();
            patterns.any(|it| glob::matches(it.trim_end_matches('/'), path))
        };
        let mut above = path.ancestors().take_while(|it| !it.as_os_str().is_empty());
        above.any(means).then(|| Said {
            when: self.when.as_ref().map(|it| it.get_ref().as_str()),
            copy: self.copy,
            executable: self.executable,
            rename: self
                .rename
                .as_ref()
                .map(|it| it.get_ref().as_str())
                .filter(|_| means(path)),
            has_delimiters: self.delimiters.is_some(),
        })
    }
}

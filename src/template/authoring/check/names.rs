//! Names that not every system takes, although this one does: a project is carried to others.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::super::{Finding, Place, Severity};
use crate::template::shown;

/// What Windows takes in no name, beside what no name of a template may have anyway.
const NOT_ON_WINDOWS: &[u8] = b"<>:\"|?*";

/// Warnings about what would be made. Paths that were seen before are not looked at again.
pub(super) fn findings(paths: &[PathBuf], seen: &mut BTreeSet<PathBuf>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut lowered = BTreeMap::new();
    for path in paths {
        let lower = path.to_string_lossy().to_lowercase();
        let first: &&PathBuf = lowered.entry(lower).or_insert(path);
        let is_new = seen.insert(path.clone());
        if *first != path && is_new {
            let message = format!(
                "`{}` and `{}` are one file where capitals do not count (Windows, macOS)",
                shown::path(first),
                shown::path(path)
            );
            findings.push(warning(path, message));
        }
        if let Some(reason) = fault(path).filter(|_| is_new) {
            let message = format!(
                "`{}` cannot be made on Windows: {reason}",
                shown::path(path)
            );
            findings.push(warning(path, message));
        }
        for part in path.ancestors().filter(|it| has_marks(it)) {
            if (part == path && is_new) || (part != path && seen.insert(part.to_path_buf())) {
                let message = format!(
                    "`{}` stays as it is: no name is rendered",
                    shown::path(part)
                );
                let hint = "`project_name` in a name is replaced, and `rename` in a rule of \
                            `[[files]]` is rendered";
                findings.push(warning(part, message).with_hint(hint));
            }
        }
    }
    findings
}

/// Whether somebody seems to mean an expression; other generators have those in names.
fn has_marks(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    ["{{", "{%"]
        .iter()
        .any(|it| memchr::memmem::find(name, it.as_bytes()).is_some())
}

fn warning(path: &Path, message: String) -> Finding {
    Finding::new(Severity::Warning, Place::file(path), message)
        .with_hint("rename it in the template")
}

fn fault(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.as_bytes();
    if name.iter().any(|octet| NOT_ON_WINDOWS.contains(octet)) {
        Some("a name there has none of < > : \" | ? *")
    } else if name.ends_with(b".") || name.ends_with(b" ") {
        Some("a name there does not end in a dot or a space")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_told_once() {
        let paths: Vec<PathBuf> = ["README", "a", "a/b:c", "a/d.", "readme", "x.y"]
            .iter()
            .map(PathBuf::from)
            .collect();
        let mut seen = BTreeSet::new();
        let messages: Vec<_> = findings(&paths, &mut seen)
            .into_iter()
            .map(|it| it.message)
            .collect();
        assert_eq!(messages.len(), 3, "{messages:?}");
        assert!(messages[0].starts_with("`a/b:c` cannot"), "{messages:?}");
        assert!(messages[1].starts_with("`a/d.` cannot"), "{messages:?}");
        assert!(
            messages[2].starts_with("`README` and `readme` are one"),
            "{messages:?}"
        );
        assert!(findings(&paths, &mut seen).is_empty());
    }

    #[test]
    fn expressions_in_names_are_told() {
        let paths = ["{{ x }}/a", "{{ x }}/b", "{% if y %}c{% endif %}", "d"];
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let messages: Vec<_> = findings(&paths, &mut BTreeSet::new())
            .into_iter()
            .map(|it| it.message)
            .collect();
        let told = |name: &str| format!("`{name}` stays as it is: no name is rendered");
        assert_eq!(messages, [told("{{ x }}"), told("{% if y %}c{% endif %}")]);
    }
}

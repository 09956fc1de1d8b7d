//! The templates that are part of the program.

use std::borrow::Cow;

use include_dir::{Dir, DirEntry, include_dir};

use super::{Entry, Kind, skips_directory, skips_file};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Nothing remembers the modes of embedded files; which are executable says the manifest.
const MODE: u32 = 0o644;

/// The names of all built-in templates.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES
        .dirs()
        .filter_map(|template| template.path().to_str())
}

/// The built-in template of this name.
pub(super) fn find(name: &str) -> Option<&'static Dir<'static>> {
    TEMPLATES
        .dirs()
        .find(|template| template.path().to_str() == Some(name))
}

/// Everything in a built-in template.
pub(super) fn entries(root: &'static Dir<'static>) -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(root, root, &mut entries);
    entries
}

fn collect(root: &Dir<'static>, directory: &'static Dir<'static>, entries: &mut Vec<Entry>) {
    for entry in directory.entries() {
        let name = entry.path().file_name().unwrap_or_default();
        let Ok(path) = entry.path().strip_prefix(root.path()) else {
            continue;
        };
        let path = path.to_path_buf();
        match entry {
            DirEntry::Dir(inner) if !skips_directory(name) => {
                entries.push(Entry {
                    path,
                    kind: Kind::Directory,
                });
                collect(root, inner, entries);
            }
            DirEntry::File(file) if !skips_file(name) => entries.push(Entry {
                path,
                kind: Kind::File {
                    contents: Cow::Borrowed(file.contents()),
                    mode: MODE,
                },
            }),
            DirEntry::Dir(_) | DirEntry::File(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_templates_are_in_the_program() {
        assert_eq!(names().collect::<Vec<_>>(), ["django", "wsgi"]);
    }

    #[test]
    fn paths_are_relative_to_the_template() {
        let paths: Vec<_> = entries(find("django").unwrap())
            .into_iter()
            .map(|e| e.path)
            .collect();
        assert!(paths.contains(&"scaffold.toml".into()), "{paths:?}");
        assert!(paths.contains(&"project_name".into()), "{paths:?}");
        assert!(paths.iter().all(|path| path.is_relative()), "{paths:?}");
    }
}

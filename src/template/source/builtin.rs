//! The templates that are part of the program.

use std::{borrow::Cow, ffi::OsStr};

use include_dir::{Dir, DirEntry, include_dir};

use super::{Entry, Kind};
use crate::template::{manifest::FILE_NAME, selection::Selection, subject::Subject};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Nothing remembers the modes of embedded files; which are executable says the manifest.
const MODE: u32 = 0o644;

/// The template that is taken where the user names none; a deployment always names one.
pub(super) const DEFAULT: &str = "django";

/// The built-in templates of a subject.
fn templates(subject: Subject) -> impl Iterator<Item = &'static Dir<'static>> {
    TEMPLATES
        .get_dir(subject.word())
        .into_iter()
        .flat_map(Dir::dirs)
}

/// How a built-in template is called.
pub(super) fn name(template: &'static Dir<'static>) -> &'static str {
    template
        .path()
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or_default()
}

/// The names of all built-in templates.
pub(super) fn names(subject: Subject) -> impl Iterator<Item = &'static str> {
    templates(subject).map(name)
}

/// The built-in template of this name.
pub(super) fn find(subject: Subject, wanted: &str) -> Option<&'static Dir<'static>> {
    templates(subject).find(|template| name(template) == wanted)
}

/// All built-in templates, each with its manifest's text.
pub(in crate::template) fn all() -> impl Iterator<Item = (Subject, &'static str, &'static str)> {
    Subject::ALL.into_iter().flat_map(|subject| {
        templates(subject).map(move |template| {
            let manifest = template.get_file(template.path().join(FILE_NAME));
            let manifest = manifest.and_then(|it| it.contents_utf8());
            (subject, name(template), manifest.unwrap_or_default())
        })
    })
}

/// Everything in the built-in template of this name, as it is.
pub(in crate::template) fn named(subject: Subject, wanted: &str) -> Option<Vec<Entry>> {
    Some(entries(find(subject, wanted)?, &Selection::default()))
}

/// The template that new templates are made from.
pub(in crate::template) fn blank(subject: Subject) -> Vec<Entry> {
    let directory = TEMPLATES.get_dir(format!("template/{}", subject.word()));
    directory.map_or_else(Vec::new, |it| entries(it, &Selection::default()))
}

/// Everything in a built-in template that the selection takes.
pub(super) fn entries(root: &'static Dir<'static>, selection: &Selection) -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(root, root, selection, &mut entries);
    entries
}

fn collect(
    root: &Dir<'static>,
    directory: &'static Dir<'static>,
    selection: &Selection,
    entries: &mut Vec<Entry>,
) {
    for entry in directory.entries() {
        let name = entry.path().file_name().unwrap_or_default();
        let Ok(path) = entry.path().strip_prefix(root.path()) else {
            continue;
        };
        let path = path.to_path_buf();
        match entry {
            DirEntry::Dir(inner) if !selection.skips_directory(name) => {
                entries.push(Entry {
                    path,
                    kind: Kind::Directory,
                });
                collect(root, inner, selection, entries);
            }
            DirEntry::File(file) if !selection.skips_file(name) => entries.push(Entry {
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
        let names = |subject| names(subject).collect::<Vec<_>>();
        assert_eq!(names(Subject::Project), ["django", "flask", "rust", "wsgi"]);
        assert_eq!(names(Subject::App), ["django"]);
        for subject in [Subject::Project, Subject::App] {
            assert!(find(subject, DEFAULT).is_some());
        }
    }

    #[test]
    fn paths_are_relative_to_the_template() {
        let paths: Vec<_> = entries(
            find(Subject::Project, "django").unwrap(),
            &Selection::default(),
        )
        .into_iter()
        .map(|e| e.path)
        .collect();
        assert!(paths.contains(&"scaffold.toml".into()), "{paths:?}");
        assert!(paths.contains(&"project_name".into()), "{paths:?}");
        assert!(paths.iter().all(|path| path.is_relative()), "{paths:?}");
    }
}

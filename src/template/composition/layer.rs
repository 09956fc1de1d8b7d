//! One template's files, laid over those of another: a file replaces one with the same path.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use crate::template::{
    error::Error,
    glob, path,
    source::{Entry, Kind},
};

/// What a template brings.
pub(super) struct Layer {
    /// How it is called in messages.
    pub(super) root: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// Patterns of the files of the template below that are not wanted.
    pub(super) remove: Vec<String>,
    /// Where its parts are.
    pub(super) parts: Vec<PartDirectory>,
}

/// The directory of a part.
#[derive(Debug)]
pub(in crate::template) struct PartDirectory {
    pub(in crate::template) name: String,
    /// In the template.
    pub(in crate::template) path: PathBuf,
    /// Where the manifest says so.
    pub(in crate::template) offset: usize,
    /// Whether the manifest says so itself, and not only by the part's name.
    pub(in crate::template) is_explicit: bool,
}

/// What has been laid so far.
#[derive(Default)]
pub(super) struct Layers {
    /// By path, without the ending of templates of Python files.
    pub(super) entries: BTreeMap<PathBuf, Entry>,
    /// Where those come from that are not from the template that the user named, for messages.
    pub(super) origins: HashMap<PathBuf, PathBuf>,
    /// The parts that some template has files for.
    known: Vec<String>,
    /// What the last template removes, and those below it do not have.
    pub(super) useless: Vec<String>,
}

impl Layers {
    /// Lays a template over what there is: first without what it removes, then with its files, then
    /// with those of its parts that were chosen. `top` is the template that the user named; `at`
    /// makes an error at an octet of the manifests.
    pub(super) fn lay(
        &mut self,
        layer: Layer,
        chosen: &[String],
        top: &Path,
        at: &dyn Fn(usize, &str) -> Error,
    ) -> Result<(), Error> {
        let Layer {
            root,
            entries,
            remove,
            parts,
        } = layer;
        let means = |pattern: &str, (key, entry): (&PathBuf, &Entry)| {
            let pattern = pattern.trim_end_matches('/');
            [key, &entry.path].into_iter().any(|path| {
                let mut above = path.ancestors().take_while(|it| !it.as_os_str().is_empty());
                above.any(|it| glob::matches(pattern, it))
            })
        };
        let is_useless = |it: &String| !self.entries.iter().any(|entry| means(it, entry));
        self.useless = remove.iter().filter(|it| is_useless(it)).cloned().collect();
        self.entries
            .retain(|key, entry| !remove.iter().any(|it| means(it, (key, entry))));
        let (own, mut of_parts) = split(entries, &parts);
        for entry in own {
            self.put(entry, &root, top, None);
        }
        for part in &parts {
            let entries = of_parts.remove(&part.name).unwrap_or_default();
            if entries.is_empty() && (part.is_explicit || !self.known.contains(&part.name)) {
                let message = format!(
                    "the template has no files for the part `{}` in `{}`",
                    part.name,
                    part.path.display()
                );
                return Err(at(part.offset, &message));
            }
            self.known.push(part.name.clone());
            if chosen.contains(&part.name) {
                for entry in entries {
                    self.put(entry, &root, top, Some(&part.path));
                }
            }
        }
        Ok(())
    }

    /// Puts one entry in its place; `part` is the directory that it is taken out of.
    fn put(&mut self, mut entry: Entry, root: &Path, top: &Path, part: Option<&Path>) {
        let original = root.join(&entry.path);
        if let Some(part) = part {
            match entry.path.strip_prefix(part) {
                Ok(path) if !path.as_os_str().is_empty() => entry.path = path.to_path_buf(),
                _ => return,
            }
        }
        let is_directory = matches!(entry.kind, Kind::Directory);
        let key = match entry.kind {
            Kind::Directory => entry.path.clone(),
            // `manage.py` replaces `manage.py-tpl`.
            Kind::File { .. } => path::without_suffix(&entry.path),
        };
        if is_directory && self.entries.contains_key(&key) {
            return;
        }
        if original == top.join(&entry.path) {
            self.origins.remove(&entry.path);
        } else {
            self.origins.insert(entry.path.clone(), original);
        }
        self.entries.insert(key, entry);
    }
}

/// The entries of the template itself, and those of each part. Directories that only hold parts
/// belong to neither.
fn split(
    entries: Vec<Entry>,
    parts: &[PartDirectory],
) -> (Vec<Entry>, HashMap<String, Vec<Entry>>) {
    let mut of_parts: HashMap<String, Vec<Entry>> = HashMap::new();
    let mut own = Vec::new();
    for entry in entries {
        match parts.iter().find(|part| entry.path.starts_with(&part.path)) {
            Some(part) => of_parts.entry(part.name.clone()).or_default().push(entry),
            None => own.push(entry),
        }
    }
    let directories: Vec<&Path> = parts.iter().map(|part| part.path.as_path()).collect();
    drop_empty(&mut own, &directories);
    (own, of_parts)
}

/// Leaves out of a template's entries another template that lies in its directory.
pub(super) fn leave_out(entries: &mut Vec<Entry>, root: &Path, other: &Path) {
    if let Ok(inside) = other.strip_prefix(root)
        && !inside.as_os_str().is_empty()
    {
        entries.retain(|entry| !entry.path.starts_with(inside));
        drop_empty(entries, &[inside]);
    }
}

/// Drops the directories above such paths that hold nothing else.
fn drop_empty(entries: &mut Vec<Entry>, paths: &[&Path]) {
    let is_above = |path: &Path| paths.iter().any(|it| it.starts_with(path));
    let kept: Vec<PathBuf> = entries
        .iter()
        .filter(|entry| !is_above(&entry.path))
        .map(|entry| entry.path.clone())
        .collect();
    entries.retain(|entry| {
        !is_above(&entry.path) || kept.iter().any(|path| path.starts_with(&entry.path))
    });
}

//! What will be made: every directory and file with its path, mode and contents.
//!
//! Here the entries of a template meet its manifest and its variables. Nothing is written.

#[cfg(test)]
mod tests;
mod verbatim;

use std::{
    collections::{BTreeMap, btree_map},
    path::{Path, PathBuf},
};

use super::{
    Request,
    error::Error,
    files::Treatments,
    hooks::Hook,
    manifest::Manifest,
    mode::EXECUTABLE,
    path,
    remembered::{self, Remembered},
    render::Renderer,
    script::Script,
    secrets::Secrets,
    selection::Selection,
    shown,
    source::{Entry, Kind, Source},
    subject::Subject,
};

/// Everything that will be made.
#[derive(Debug)]
pub struct Plan {
    /// By path, so that a directory comes before what is in it, and that right after it.
    nodes: BTreeMap<PathBuf, Node>,
    subject: Subject,
    template: String,
    message: Option<String>,
    hooks: Vec<Hook>,
    /// What the project remembers of the template.
    pub(super) remembered: Option<Remembered>,
    secrets: Secrets,
    pub(super) parts: Vec<String>,
    /// The hooks of a template that was made for cookiecutter.
    pub(super) scripts: Vec<Script>,
}

/// One thing that will be made.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is made from.
    pub(super) from: PathBuf,
    pub(super) kind: Kind,
    /// Whether it is a file that was rendered, and not only copied.
    pub(super) is_rendered: bool,
    /// Where there is a file of that path already, that one stays.
    pub(super) skips_if_exists: bool,
}

impl Node {
    pub(super) fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory)
    }
}

impl Plan {
    /// A plan without anything.
    pub(super) fn empty(subject: Subject, template: String) -> Self {
        Self {
            nodes: BTreeMap::new(),
            subject,
            template,
            message: None,
            hooks: Vec::new(),
            remembered: None,
            secrets: Secrets::default(),
            parts: Vec::new(),
            scripts: Vec::new(),
        }
    }

    /// Adds what is made from an entry, and the directories above it.
    pub(super) fn put(
        &mut self,
        path: &Path,
        from: PathBuf,
        kind: Kind,
        is_rendered: bool,
    ) -> Result<(), Error> {
        let node = Node {
            from,
            kind,
            is_rendered,
            skips_if_exists: false,
        };
        self.add(path, node)
    }

    /// Names and renders all entries of a template.
    pub(super) fn new(
        request: &Request<'_>,
        source: &mut Source,
        manifest: Option<&Manifest>,
        renderer: &Renderer,
    ) -> Result<Self, Error> {
        let Request {
            subject,
            name,
            selection,
            ..
        } = *request;
        let template = manifest
            .and_then(|it| it.name.as_deref())
            .map_or_else(|| source.name(), |name| shown::line(name).to_string());
        let mut plan = Self::empty(subject, template);
        plan.parts = manifest.map_or_else(Vec::new, |it| it.chosen().to_vec());
        let treatments = match (manifest, renderer) {
            (Some(manifest), Renderer::Native(engine)) => {
                plan.hooks = manifest.hooks(engine)?;
                plan.secrets = engine.secrets();
                manifest.treatments(engine)?
            }
            _ => Treatments::default(),
        };
        for Entry { path: from, kind } in std::mem::take(&mut source.entries) {
            request.go_on()?;
            if treatments.leave_out(&from) {
                continue;
            }
            let rewrite = match kind {
                Kind::Directory => path::rewrite,
                Kind::File { .. } => path::rewrite_file,
            };
            let to = rewrite(&treatments.rename(&from), subject.name_variable(), name);
            if let Err(reason) = path::check(&to) {
                return Err(Error::Name { from, to, reason });
            }
            if manifest.is_some() && to == Path::new(remembered::FILE_NAME) {
                let reason = "there the project remembers its template";
                return Err(Error::Name { from, to, reason });
            }
            let mut is_rendered = false;
            let kind = match kind {
                Kind::Directory => Kind::Directory,
                Kind::File { contents, mode } => {
                    is_rendered = !treatments.copy(&from)
                        && renders(manifest, selection, &from, &to, &contents);
                    let contents = if is_rendered {
                        renderer.begin(&from);
                        let place = manifest.and_then(|it| it.origin(&from));
                        let place = place.map_or_else(|| source.locate(&from), Path::to_path_buf);
                        renderer
                            .render(&place, &contents, treatments.engine(&from))?
                            .into_bytes()
                            .into()
                    } else {
                        contents
                    };
                    let executable = treatments.make_executable(&from)
                        || manifest.is_some_and(|it| {
                            it.makes_executable(&from) || it.makes_executable(&to)
                        });
                    let mode = if executable { mode | EXECUTABLE } else { mode };
                    Kind::File { contents, mode }
                }
            };
            let node = Node {
                skips_if_exists: treatments.skip_if_exists(&from),
                from,
                kind,
                is_rendered,
            };
            plan.add(&to, node)?;
        }
        if let Some(manifest) = manifest
            && let Some(message) = &manifest.message
        {
            let message = renderer.render_text(&manifest.message_place(), message)?;
            plan.message = Some(shown::text(&plan.without_secrets(&message)).to_string());
        }
        Ok(plan)
    }

    /// Completes what is to be remembered, by the commit that the template turned out to be or by
    /// what its files are.
    pub(super) fn complete_memory(&mut self, commit: Option<String>) {
        if let Some(mut remembered) = self.remembered.take() {
            if commit.is_some() {
                remembered.template.commit = commit;
            }
            remembered.add_files(self);
            self.remembered = Some(remembered);
        }
    }

    /// Makes what is to be remembered a file of the plan.
    pub(super) fn keep_memory(&mut self) {
        if let Some(remembered) = &self.remembered {
            let node = Node {
                from: PathBuf::from(remembered::FILE_NAME),
                kind: Kind::File {
                    contents: remembered.text().into_bytes().into(),
                    mode: remembered::MODE,
                },
                is_rendered: false,
                skips_if_exists: false,
            };
            self.nodes.insert(remembered::FILE_NAME.into(), node);
        }
    }

    /// What the project is to remember of the template, and what is made of that.
    pub(super) fn into_parts(self) -> (BTreeMap<PathBuf, Node>, Option<Remembered>) {
        (self.nodes, self.remembered)
    }

    /// Adds a node and the directories above it.
    fn add(&mut self, path: &Path, node: Node) -> Result<(), Error> {
        let above = path
            .ancestors()
            .skip(1)
            .take_while(|above| !above.as_os_str().is_empty());
        for directory in above {
            let is_new = self.insert(directory, || Node {
                from: node.from.clone(),
                kind: Kind::Directory,
                is_rendered: false,
                skips_if_exists: false,
            })?;
            if !is_new {
                break;
            }
        }
        self.insert(path, || node)?;
        Ok(())
    }

    /// Adds one node. Says whether it is new: a directory may come up many times.
    fn insert(&mut self, path: &Path, node: impl FnOnce() -> Node) -> Result<bool, Error> {
        match self.nodes.entry(path.to_path_buf()) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(node());
                Ok(true)
            }
            btree_map::Entry::Occupied(there) => {
                let (there, node) = (there.get(), node());
                if there.is_directory() && node.is_directory() {
                    return Ok(false);
                }
                Err(Error::Duplicate {
                    first: there.from.clone(),
                    second: node.from,
                    to: path.to_path_buf(),
                })
            }
        }
    }

    /// Everything, directories before what is in them.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&Path, &Node)> {
        self.nodes.iter().map(|(path, node)| (path.as_path(), node))
    }

    /// What will be made: a project or an application.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// How the template is called.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The commands that the template wants to be run in the project, in order.
    #[must_use]
    pub fn hooks(&self) -> &[Hook] {
        &self.hooks
    }

    /// A text of the template or of its commands, with what is secret in it masked.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        self.secrets.masked(text)
    }

    /// What the template's author says to whom has made a project from it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// Whether a file is rendered. In a native template all text is, unless the manifest says
/// otherwise; by Django's rules only Python is, and what the user selects.
pub(super) fn renders(
    manifest: Option<&Manifest>,
    selection: &Selection,
    from: &Path,
    to: &Path,
    contents: &[u8],
) -> bool {
    match manifest {
        None => selection.renders(from, to),
        Some(manifest) => {
            !manifest.copies(from)
                && memchr::memchr(0, contents).is_none()
                && std::str::from_utf8(contents).is_ok()
        }
    }
}

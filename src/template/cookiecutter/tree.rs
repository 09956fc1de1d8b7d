//! The files of a template: which of them become the project's, and what those are called.
//!
//! The project's files are in the directory whose name has the braces of a variable and
//! `cookiecutter` in it. Its place is the project's; the names in it are rendered, each from the
//! directory on.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{config::Config, contents, engine::Engine, jinja::Settings, patterns};
use crate::template::{
    Request,
    error::Error,
    path,
    plan::Plan,
    source::{Entry, Kind, Source},
};

/// Where texts are that templates can include, beside the project's directory.
const INCLUDED: &str = "templates";

/// The files of a template.
#[derive(Debug)]
pub(super) struct Tree {
    /// The directory of the project's files.
    pub(super) root: PathBuf,
    /// What is in it, in order; the paths are from it on.
    entries: Vec<Entry>,
    /// What is beside it.
    pub(super) others: Vec<Entry>,
}

impl Tree {
    /// Takes the entries of a template apart.
    pub(super) fn new(entries: Vec<Entry>, config: &Config, root: &Path) -> Result<Self, Error> {
        let settings = Settings::new(config.get("_jinja2_env_vars"), None);
        let settings = settings
            .map_err(|message| config.error("_jinja2_env_vars", &message, "correct it there"))?;
        let (open, close) = settings.variable_delimiters();
        let is_root = |entry: &&Entry| {
            let name = entry.path.to_string_lossy();
            matches!(entry.kind, Kind::Directory)
                && entry.path.components().count() == 1
                && name.contains("cookiecutter")
                && name.contains(open)
                && name.contains(close)
        };
        let roots = entries.iter().filter(is_root).map(|entry| &entry.path);
        let Some(directory) = roots.min().cloned() else {
            let message = format!(
                "`{}` has no directory such as `{open} cookiecutter.project_slug {close}`",
                root.display()
            );
            let hint = "its files have to be in one; `--subdirectory` says where in a repository \
                        a template is";
            return Err(config.error("", &message, hint));
        };
        let (mut inside, mut others) = (Vec::new(), Vec::new());
        for mut entry in entries {
            match entry.path.strip_prefix(&directory) {
                Err(_) => others.push(entry),
                Ok(path) if path.as_os_str().is_empty() => {}
                Ok(path) => {
                    entry.path = path.to_path_buf();
                    inside.push(entry);
                }
            }
        }
        inside.sort_by(|first, second| first.path.cmp(&second.path));
        Ok(Self {
            root: directory,
            entries: inside,
            others,
        })
    }

    /// What is in the directory of the project's files; the paths are from it on.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The variable that is the whole name of the project's directory.
    pub(super) fn directory_variable(&self) -> Option<&str> {
        let name = self
            .root
            .to_str()?
            .trim_start_matches('{')
            .trim_end_matches('}');
        let name = name.trim().strip_prefix("cookiecutter.")?;
        name.chars()
            .all(|it| it.is_alphanumeric() || it == '_')
            .then_some(name)
    }

    /// The texts that templates can include, by the names that they have there.
    pub(super) fn includable(&self) -> impl Iterator<Item = (String, String)> {
        let beside = self.others.iter().filter_map(|entry| {
            let path = entry.path.strip_prefix(INCLUDED).ok()?;
            Some((path, entry))
        });
        let inside = self
            .entries
            .iter()
            .map(|entry| (entry.path.as_path(), entry));
        beside.chain(inside).filter_map(|(path, entry)| {
            let Kind::File { contents, .. } = &entry.kind else {
                return None;
            };
            let text = std::str::from_utf8(contents).ok()?;
            Some((path.to_str()?.to_owned(), text.to_owned()))
        })
    }

    /// Puts everything into the plan.
    pub(super) fn render(
        self,
        request: &Request<'_>,
        config: &Config,
        engine: &Engine,
        source: &Source,
        plan: &mut Plan,
    ) -> Result<(), Error> {
        let place = source.locate(&self.root);
        // Its name is not used, but has to be one that can be rendered.
        engine.render(&place, &self.root.to_string_lossy())?;
        let names = Names {
            patterns: config.texts("_copy_without_render"),
            place,
            engine,
            root: self.root,
        };
        let own_end = config.text("_new_lines");
        let mut directories = BTreeSet::new();
        let (files, folders): (Vec<_>, Vec<_>) = self
            .entries
            .into_iter()
            .partition(|entry| matches!(entry.kind, Kind::File { .. }));
        for Entry { path: from, kind } in folders {
            let name = names.name(&from)?;
            let to = PathBuf::from(&name.path);
            names.check(&from, &to)?;
            if !directories.insert(to.clone()) {
                let reason = "the directory is there already";
                let from = names.root.join(from);
                return Err(Error::Name { from, to, reason });
            }
            plan.put(&to, names.root.join(from), kind, false)?;
        }
        for Entry { path: from, kind } in files {
            request.go_on()?;
            let name = names.name(&from)?;
            let to = PathBuf::from(&name.path);
            let is_nothing = name.path.is_empty() || name.path.ends_with('/');
            // What has no name is not wanted: so templates leave files out.
            if !name.is_copied && (is_nothing || directories.contains(&to)) {
                continue;
            }
            names.check(&from, &to)?;
            let Kind::File { contents, mode } = kind else {
                continue;
            };
            let text = if name.is_copied {
                None
            } else {
                contents::text(&from, &contents)
            };
            let rendered = match text {
                None => None,
                Some(text) => {
                    let rendered = engine.render(&names.place.join(&from), text)?;
                    let end = own_end
                        .as_deref()
                        .unwrap_or_else(|| contents::line_end(&contents));
                    Some(match end {
                        "\n" => rendered,
                        end => rendered.replace('\n', end),
                    })
                }
            };
            let is_rendered = rendered.is_some();
            let contents = rendered.map_or(contents, |text| text.into_bytes().into());
            let kind = Kind::File { contents, mode };
            plan.put(&to, names.root.join(from), kind, is_rendered)?;
        }
        Ok(())
    }
}

/// What files and directories are called in the project.
struct Names<'a> {
    /// Patterns of what is copied and not rendered.
    patterns: Vec<String>,
    /// The directory of the project's files, for messages.
    place: PathBuf,
    /// The same, in the template.
    root: PathBuf,
    engine: &'a Engine,
}

/// A name in the project.
struct Named {
    path: String,
    /// Whether it is copied as it is.
    is_copied: bool,
}

impl Names<'_> {
    /// What an entry is called: rendered, but as it is in a directory that is copied.
    fn name(&self, from: &Path) -> Result<Named, Error> {
        let is_copied = |path: &Path| {
            let name = path.to_string_lossy();
            self.patterns.iter().any(|it| patterns::matches(it, &name))
        };
        let mut above: Vec<&Path> = from.ancestors().skip(1).collect();
        above.retain(|path| !path.as_os_str().is_empty());
        let copied = above.into_iter().rev().find(|path| is_copied(path));
        if let Some(directory) = copied {
            let rest = from.strip_prefix(directory).unwrap_or(from);
            let directory = self.rendered(directory)?;
            return Ok(Named {
                path: format!("{directory}/{}", rest.to_string_lossy()),
                is_copied: true,
            });
        }
        Ok(Named {
            path: self.rendered(from)?,
            is_copied: is_copied(from),
        })
    }

    fn rendered(&self, path: &Path) -> Result<String, Error> {
        self.engine
            .render(&self.place.join(path), &path.to_string_lossy())
    }

    fn check(&self, from: &Path, to: &Path) -> Result<(), Error> {
        path::check(to).map_err(|reason| Error::Name {
            from: self.root.join(from),
            to: to.to_path_buf(),
            reason,
        })
    }
}

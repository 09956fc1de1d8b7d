//! What a template consists of, for people who think of using it. Nothing is rendered.

use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::Table;

use crate::template::{
    Request, cookiecutter,
    declarations::{Declaration, Variable},
    error::Error,
    manifest::Manifest,
    names::Names,
    opened::Template,
    path, plan,
    source::{Kind, Source},
};

/// Tables and keys of a manifest that are shown as they are, where it has them: what it builds on,
/// what can be added, and which commands it runs.
const SHOWN_AS_THEY_ARE: [&str; 4] = ["extends", "remove", "parts", "hooks"];

/// A template.
#[derive(Clone, Debug)]
pub struct Outline {
    /// How its manifest calls it; otherwise where it is.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where it is, as messages call it.
    pub place: PathBuf,
    /// Whether it has a manifest; without, it is one as Django or cookiecutter have them.
    pub is_native: bool,
    /// Whether it was made for cookiecutter.
    pub is_cookiecutter: bool,
    /// The variables that it declares.
    pub variables: Vec<Variable>,
    /// Its files, by path.
    pub files: Vec<File>,
    /// Which kind of name a project from it has.
    pub names: Names,
    /// Names that a project from it cannot have.
    pub reserved: Vec<String>,
    /// Variables of the environment that its texts may read.
    pub environment: Vec<String>,
    /// Parts of the manifest that are best read as they are, in TOML.
    pub others: Vec<(String, String)>,
}

/// A file of a template.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its path in the template.
    pub path: String,
    /// Its path in the project, as far as that is known before it is made.
    pub to: String,
    /// Whether it is rendered, and not copied.
    pub rendered: bool,
    /// Whether the manifest makes it executable.
    pub executable: bool,
    /// It is made where all of these are true.
    pub when: Vec<String>,
    /// What it is called instead, and so the directories above it.
    pub rename: Option<String>,
    /// Whether other marks than `{{` and the like are used in it.
    pub own_delimiters: bool,
}

/// Reads a template.
pub fn outline(request: &Request<'_>) -> Result<Outline, Error> {
    let Template {
        source, manifest, ..
    } = Template::open(request)?;
    if manifest.is_none() && cookiecutter::is_one(&source) {
        return of_cookiecutter(&source);
    }
    let manifest = manifest.as_ref();
    let mut files: Vec<File> = source
        .entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            Kind::Directory => None,
            Kind::File { contents, .. } => Some(file(request, manifest, &entry.path, contents)),
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let declarations = manifest.map(Manifest::declarations).unwrap_or_default();
    let table: Option<Table> = manifest.and_then(|it| toml::from_str(it.text()).ok());
    let others = SHOWN_AS_THEY_ARE.iter().filter_map(|key| {
        let value = table.as_ref()?.get(*key)?;
        let one = Table::from_iter([((*key).to_owned(), value.clone())]);
        Some(((*key).to_owned(), toml::to_string(&one).ok()?))
    });
    Ok(Outline {
        name: manifest
            .and_then(|it| it.name.clone())
            .unwrap_or_else(|| source.name()),
        description: manifest.and_then(|it| it.description.clone()),
        place: source.root.clone(),
        is_native: manifest.is_some(),
        is_cookiecutter: false,
        variables: declarations.iter().map(Declaration::outline).collect(),
        files,
        names: manifest.and_then(|it| it.names).unwrap_or_default(),
        reserved: manifest
            .map(|it| it.reserved().to_vec())
            .unwrap_or_default(),
        environment: manifest
            .map(|it| it.environment.clone())
            .unwrap_or_default(),
        others: others.collect(),
    })
}

/// A template that was made for cookiecutter.
fn of_cookiecutter(source: &Source) -> Result<Outline, Error> {
    let outline = cookiecutter::outline(source)?;
    let files = outline.files.into_iter().map(|(path, rendered)| {
        let path = path.to_string_lossy().into_owned();
        File {
            to: path.clone(),
            path,
            rendered,
            executable: false,
            when: Vec::new(),
            rename: None,
            own_delimiters: false,
        }
    });
    let hooks = (!outline.hooks.is_empty()).then(|| outline.hooks.join("\n"));
    Ok(Outline {
        name: source.name(),
        description: None,
        place: source.root.clone(),
        is_native: false,
        is_cookiecutter: true,
        variables: outline.variables,
        files: files.collect(),
        names: Names::default(),
        reserved: Vec::new(),
        environment: Vec::new(),
        others: hooks
            .map(|it| ("hooks".to_owned(), it))
            .into_iter()
            .collect(),
    })
}

fn file(request: &Request<'_>, manifest: Option<&Manifest>, from: &Path, contents: &[u8]) -> File {
    // The name is not known, and the placeholder stands for itself.
    let placeholder = request.subject.name_variable();
    let to = path::rewrite_file(from, placeholder, placeholder);
    let mut file = File {
        path: from.to_string_lossy().into_owned(),
        to: to.to_string_lossy().into_owned(),
        rendered: plan::renders(manifest, request.selection, from, &to, contents),
        executable: manifest
            .is_some_and(|it| it.makes_executable(from) || it.makes_executable(&to)),
        when: Vec::new(),
        rename: None,
        own_delimiters: false,
    };
    for rule in manifest.map(Manifest::rules).unwrap_or_default() {
        let Some(said) = rule.said_of(from) else {
            continue;
        };
        file.rendered &= !said.copy;
        file.executable |= said.executable;
        file.own_delimiters |= said.has_delimiters;
        file.when.extend(said.when.map(str::to_owned));
        if let Some(rename) = said.rename {
            file.rename = Some(rename.to_owned());
        }
    }
    file
}

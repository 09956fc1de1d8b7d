//! Modules of a crate's source, found as the compiler finds them: in `name.rs`, `name/mod.rs`, the
//! file that `#[path]` names, or inline.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta, UseTree, Visibility, ext::IdentExt};

use super::{Error, Package};
use crate::project::Position;

/// One module with its items.
pub(super) struct Module {
    /// The file, as users name it.
    pub(super) file: PathBuf,
    pub(super) items: Vec<Item>,
    /// Where the files of its modules are looked for.
    children: PathBuf,
    /// What paths in `#[path]` begin from.
    paths: PathBuf,
}

/// A name that a module has by `use`, or all names of another module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The path that was imported.
    pub(super) path: Vec<String>,
    /// The name that it has here; `None` for all names.
    pub(super) name: Option<String>,
}

impl Module {
    /// The crate's root.
    pub(super) fn root(package: &Package) -> Result<Self, Error> {
        let directory = parent(&package.library);
        Self::read(package, &package.library, directory.clone(), directory)
    }

    fn read(
        package: &Package,
        path: &Path,
        children: PathBuf,
        paths: PathBuf,
    ) -> Result<Self, Error> {
        let file = package.shown(path);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(source) => return Err(Error::Unreadable { path: file, source }),
        };
        match syn::parse_file(&text) {
            Ok(parsed) => Ok(Self {
                file,
                items: parsed.items,
                children,
                paths,
            }),
            Err(error) => Err(Error::Syntax {
                position: position(&file, error.span()),
                message: error.to_string(),
            }),
        }
    }

    /// The module of that name in this one.
    pub(super) fn child(&self, package: &Package, name: &str) -> Result<Option<Self>, Error> {
        let Some(item) = self.declaration(name) else {
            return Ok(None);
        };
        let named = path_attribute(&item.attrs).map(|path| self.paths.join(path));
        if let Some((_, items)) = &item.content {
            let children = named.unwrap_or_else(|| self.children.join(name));
            return Ok(Some(Self {
                file: self.file.clone(),
                items: items.clone(),
                paths: children.clone(),
                children,
            }));
        }
        if let Some(path) = named {
            let directory = parent(&path);
            return Self::read(package, &path, directory.clone(), directory).map(Some);
        }
        let children = self.children.join(name);
        let usual = self.children.join(format!("{name}.rs"));
        if usual.is_file() {
            let paths = self.children.clone();
            return Self::read(package, &usual, children, paths).map(Some);
        }
        let nested = children.join("mod.rs");
        if nested.is_file() {
            return Self::read(package, &nested, children.clone(), children).map(Some);
        }
        Err(Error::NoFile {
            position: self.position(item.ident.span()),
            module: name.to_owned(),
            file: package.shown(&usual),
        })
    }

    /// How a module of this one is declared.
    pub(super) fn declaration(&self, name: &str) -> Option<&ItemMod> {
        self.items.iter().find_map(|item| match item {
            Item::Mod(item) if is_named(&item.ident, name) && !is_for_tests(&item.attrs) => {
                Some(item)
            }
            _ => None,
        })
    }

    /// What it imports.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for item in &self.items {
            if let Item::Use(item) = item {
                flatten(&item.tree, &mut Vec::new(), &mut found);
            }
        }
        found
    }

    /// Whether it may have names that cannot be seen in its text: those of another module, or what
    /// a macro makes.
    pub(super) fn may_have(&self, name: &str) -> bool {
        let is_imported = |it: Import| it.name.is_none_or(|it| it == name);
        self.imports().into_iter().any(is_imported)
            || self.items.iter().any(|item| {
                matches!(item, Item::Macro(it) if it.ident.is_none())
                    || matches!(item, Item::Verbatim(_))
            })
    }

    /// A place in its file.
    pub(super) fn position(&self, span: Span) -> Position {
        position(&self.file, span)
    }
}

/// Whether other crates see it.
pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether an identifier is this name, however it is written.
pub(super) fn is_named(ident: &Ident, name: &str) -> bool {
    ident.unraw() == name
}

fn position(file: &Path, span: Span) -> Position {
    let start = span.start();
    Position {
        path: file.to_owned(),
        line: start.line,
        column: start.column + 1,
    }
}

fn parent(file: &Path) -> PathBuf {
    file.parent().map(Path::to_owned).unwrap_or_default()
}

/// The value of `#[path = "…"]`.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(path),
                    ..
                }) => Some(path.value()),
                _ => None,
            },
            _ => None,
        })
}

/// Whether it is there in tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        matches!(&attribute.meta, Meta::List(list)
            if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

fn flatten(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    let text = |ident: &Ident| ident.unraw().to_string();
    match tree {
        UseTree::Path(tree) => {
            path.push(text(&tree.ident));
            flatten(&tree.tree, path, found);
            path.pop();
        }
        UseTree::Name(tree) => push(found, path, &text(&tree.ident), None),
        UseTree::Rename(tree) => push(found, path, &text(&tree.ident), Some(text(&tree.rename))),
        UseTree::Glob(_) => found.push(Import {
            path: path.clone(),
            name: None,
        }),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, found);
            }
        }
    }
}

/// Notes a name; `self` in a group is what the group is of.
fn push(found: &mut Vec<Import>, path: &[String], last: &str, name: Option<String>) {
    let mut path = path.to_owned();
    if last != "self" || path.is_empty() {
        path.push(last.to_owned());
    }
    let name = name.or_else(|| path.last().cloned());
    found.push(Import { path, name });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_told_one_by_one() {
        let module = Module {
            file: PathBuf::new(),
            items: syn::parse_file("use a::{self, b as c, d::*}; pub use super::e;")
                .unwrap()
                .items,
            children: PathBuf::new(),
            paths: PathBuf::new(),
        };
        let shown: Vec<_> = module
            .imports()
            .into_iter()
            .map(|it| {
                format!(
                    "{} as {}",
                    it.path.join("::"),
                    it.name.unwrap_or("*".to_owned())
                )
            })
            .collect();
        assert_eq!(shown, ["a as a", "a::b as c", "a::d as *", "super::e as e"]);
    }
}

//! Whether the names that the user wants can be given: which directories Python would search is
//! known here, the rules are the project's.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    command::error::Error,
    console,
    project::{Marker, Name, Naming, Root, Search, looked_up},
    template::{ProjectOrApp, Target},
};

/// What the user wants to make, and where.
pub(super) struct Wish<'a> {
    pub(super) subject: ProjectOrApp,
    pub(super) name: &'a str,
    pub(super) directory: Option<&'a Path>,
    /// A directory to search first.
    pub(super) pythonpath: Option<&'a str>,
}

/// Says whether the names can be given. The search's root is the current directory.
pub(super) fn check(wish: &Wish<'_>, search: &Search) -> Result<(), Error> {
    let Wish {
        subject,
        name,
        directory,
        pythonpath,
    } = *wish;
    let here = search.root.as_path();
    let target = Target::locate(name, directory, here);
    let mut sources: Vec<PathBuf> = pythonpath.map(|it| here.join(it)).into_iter().collect();
    sources.push(here.to_owned());
    let variable = env::var_os("PYTHONPATH").unwrap_or_default();
    sources.extend(env::split_paths(&variable).map(|it| here.join(it)));
    let naming = match subject {
        ProjectOrApp::Project => Naming::Project,
        ProjectOrApp::App => Naming::App,
    };
    // A project's `manage.py` puts its directory on Python's path, with everything there.
    let root = match naming {
        Naming::Project => None,
        _ => Root::find(here)
            .ok()
            .filter(|it| it.marker == Some(Marker::ManagePy)),
    };
    let is_importable = directory.is_none() && root.as_ref().is_some_and(|it| it.directory == here);
    if let Some(root) = root.filter(|it| it.directory != here) {
        sources.push(root.directory);
    }
    Name {
        name,
        naming,
        search,
        sources: &sources,
        target: Some(target.as_path()).filter(|_| !is_importable),
    }
    .check()?;
    if let (Naming::App, Some(_)) = (naming, directory) {
        let last = target.file_name().unwrap_or_default().to_string_lossy();
        Name {
            name: &last,
            naming: Naming::AppDirectory,
            search,
            sources: &sources,
            target: Some(&target),
        }
        .check()?;
    }
    Ok(())
}

/// Warns of a name that Python looks up in another form than it is written in. Django writes it as
/// it was typed, and so do we.
pub(super) fn warn(name: &str) {
    let looked_up = looked_up(name);
    if looked_up != name {
        console::warning(
            format_args!(
                "Python looks up `{}` where an `import` names `{}`, which is how the files are \
                 called; they will not be found",
                escaped(&looked_up),
                escaped(name)
            ),
            Some("type the name in its composed form (NFKC)"),
        );
    }
}

/// With what is not ASCII as numbers: the two forms may look the same.
fn escaped(name: &str) -> String {
    let escape = |it: char| match it {
        it if it.is_ascii() => it.to_string(),
        it => it.escape_unicode().to_string(),
    };
    name.chars().map(escape).collect()
}

//! Whether the names that the user wants can be given: which directories Python would search is
//! known here, the rules are the project's, and which of them count says the template.

use std::{
    env,
    path::{Component, Path, PathBuf},
};

use crate::{
    command::error::Error,
    console,
    project::{self, Marker, Name, Naming, Root, Search, check_crate_name, looked_up},
    template::{self, Names, Subject, Target},
};

/// What is known of the name before the template is read.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    name: &'a str,
    /// What Python has against it.
    python: Option<project::Error>,
}

impl Verdict<'_> {
    /// Whether it is a good name of this kind.
    pub(super) fn admits(&self, names: Names) -> bool {
        match names {
            Names::Python => self.python.is_none(),
            Names::Crate => check_crate_name(self.name).is_ok(),
        }
    }

    /// Why there is no project, where it may be because of the name.
    pub(super) fn explain(self, error: template::Error) -> Error {
        let reason = match error {
            template::Error::NameRefused {
                names: Names::Python,
            } => self.python,
            template::Error::NameRefused {
                names: Names::Crate,
            } => check_crate_name(self.name).err().map(Into::into),
            template::Error::Interrupted { .. } => None,
            // It is no good one whichever template it is, and Django looks at names first.
            _ if !self.admits(Names::Crate) => self.python,
            _ => None,
        };
        reason.map_or_else(|| error.into(), Into::into)
    }
}

/// What the user wants to make, and where.
pub(super) struct Wish<'a> {
    pub(super) subject: Subject,
    pub(super) name: &'a str,
    /// The template, if the user names one.
    pub(super) template: Option<&'a str>,
    pub(super) directory: Option<&'a Path>,
    /// A directory to search first.
    pub(super) pythonpath: Option<&'a str>,
}

/// Says whether the names can be given, as far as that is known before the template is read: it may
/// be one of Rust projects. The search's root is the current directory.
pub(super) fn check<'a>(wish: &Wish<'a>, search: &Search) -> Result<Verdict<'a>, Error> {
    let python = match check_python(wish, search) {
        Ok(()) => None,
        Err(error) if may_be_a_crate(wish) => Some(error),
        Err(error) => return Err(error.into()),
    };
    Ok(Verdict {
        name: wish.name,
        python,
    })
}

/// Whether the template may be one whose projects are Cargo packages, and the name is none that
/// means another place.
fn may_be_a_crate(wish: &Wish<'_>) -> bool {
    let mut parts = Path::new(wish.name).components();
    wish.subject == Subject::Project
        && wish.template.is_some()
        && !wish.name.contains(['/', '\\', '\0'])
        && matches!(parts.next(), Some(Component::Normal(_)))
}

fn check_python(wish: &Wish<'_>, search: &Search) -> Result<(), project::Error> {
    let Wish {
        subject,
        name,
        template: _,
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
        Subject::Project | Subject::Deployment => Naming::Project,
        Subject::App => Naming::App,
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

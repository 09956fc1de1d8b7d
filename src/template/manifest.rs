//! `scaffold.toml` at the root of a template: what makes it a native one, and says how its files
//! are to be treated. It is not part of the project.
//!
//! - `composed`: several of them as one
//! - `extent`: how much of it a complaint is about

mod composed;
mod extent;
mod outline;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use unicode_normalization::UnicodeNormalization;

use super::{
    Request,
    composition::{self, Extends, Part, RawPart},
    declarations::{self, Answers, Declaration, Raw, RawFault, Session, Unresolved},
    error::Error,
    files::{Rule, Treatments},
    glob,
    hooks::{Hook, Hooks},
    interview::{Stopped, interview},
    minimum_version,
    names::Names,
    native::Engine,
    question::AskingError,
    report::Report,
    similar::{mistyped, similar},
    source::{Entry, Kind, Source},
    value::Dict,
};

pub(super) use outline::pattern_means;

/// Where a native template keeps its manifest.
pub(super) const FILE_NAME: &str = "scaffold.toml";

/// The manifest of a native template.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Manifest {
    /// Where it stands, and what is in it, for messages; of a template that builds on others, all
    /// of their manifests.
    #[serde(skip)]
    places: Vec<Place>,
    /// The names of those that were chosen.
    #[serde(skip)]
    chosen: Vec<String>,
    /// Where the files come from that are not the template's own, by their paths.
    #[serde(skip)]
    origins: HashMap<PathBuf, PathBuf>,
    /// What the template is called in messages.
    pub(super) name: Option<String>,
    /// What it is for, in one line; for people.
    pub(super) description: Option<String>,
    /// How new this program has to be; it is looked at before the rest.
    #[serde(rename = "minimum-version")]
    _minimum_version: Option<String>,
    /// Which files and directories are no part of the project: names or globs.
    exclude: Vec<String>,
    /// Which files are copied as they are: names or globs.
    copy: Vec<String>,
    /// Which files everybody may execute: names or globs.
    executable: Vec<String>,
    /// Which names a project must not have, because the project has or installs a module or crate
    /// of that name.
    reserved: Vec<String>,
    /// Which kind of name its projects have; Python's, where neither it nor what it builds on says.
    pub(super) names: Option<Names>,
    /// What the user reads after the project is made. It is rendered as the files are.
    pub(super) message: Option<String>,
    /// Which variables of the environment its texts may read.
    pub(super) environment: Vec<String>,
    /// The directory of its tests, which are no part of the project.
    pub(super) tests: Option<String>,
    /// The variables that it declares, as they stand there.
    variables: Vec<Raw>,
    /// The same, checked.
    #[serde(skip)]
    declarations: Vec<Declaration>,
    /// What is done with single files.
    files: Vec<Rule>,
    /// Commands to run in the project.
    hooks: Hooks,
    /// The template that this one builds on.
    pub(super) extends: Option<Spanned<Extends>>,
    /// Patterns of that one's files that are not wanted.
    pub(super) remove: Vec<String>,
    /// Those patterns that mean none of its files; known once both are one template.
    #[serde(skip)]
    pub(super) useless_removals: Vec<String>,
    /// Its optional parts, as they stand there.
    #[serde(rename = "parts")]
    raw_parts: IndexMap<String, Spanned<RawPart>>,
    /// The same, checked.
    #[serde(skip)]
    pub(super) parts: IndexMap<String, Part>,
}

/// A manifest's file. The texts of several manifests stand one after another, so that an octet's
/// number says in which of them it is.
#[derive(Debug, Default)]
struct Place {
    path: PathBuf,
    text: String,
    /// The number of its first octet.
    start: usize,
    /// Whether it has a message.
    has_message: bool,
}

impl Place {
    /// The error about octets of it.
    fn error(&self, range: Range<usize>, message: &str) -> Error {
        Error::Manifest {
            report: Report::new(&self.path, &self.text, self.own(range), message),
        }
    }

    /// The error about what is declared there, which may have to do with another place.
    fn raw_error(&self, fault: &RawFault) -> Error {
        let Self { path, text, .. } = self;
        let report = Report::new(path, text, self.own(fault.range.clone()), &fault.message);
        let report = match &fault.other {
            Some((range, label)) => report.and(path, text, self.own(range.clone()), label),
            None => report,
        };
        Error::Manifest { report }
    }

    /// The octets, counted from the beginning of this file.
    fn own(&self, range: Range<usize>) -> Range<usize> {
        let own = |at: usize| at.saturating_sub(self.start);
        own(range.start)..own(range.end)
    }
}

impl Manifest {
    /// Whether a file, called so in the template, is copied and not rendered.
    pub(super) fn copies(&self, path: &Path) -> bool {
        self.copy.iter().any(|pattern| glob::matches(pattern, path))
    }

    /// Whether a file, called so in the template, is to be executable.
    pub(super) fn makes_executable(&self, path: &Path) -> bool {
        self.executable
            .iter()
            .any(|pattern| glob::matches(pattern, path))
    }

    /// Gives the engine the values of the variables that the template declares; those that nobody
    /// has answered are asked for, where somebody can be asked. Those that are secret are noted.
    pub(super) fn resolve(
        &self,
        request: &Request<'_>,
        answers: &Answers<'_>,
        engine: &mut Engine,
    ) -> Result<(), Error> {
        self.check_names(answers)?;
        let can_ask = request.asker.is_some();
        let mut session = Session::new(&self.declarations, answers, engine, can_ask);
        let result = match request.asker {
            Some(asker) => interview(&mut session, asker, request.progress),
            None => session.next_question().map(drop).map_err(Stopped::from),
        };
        result.map_err(|stopped| match stopped {
            Stopped::Unresolved(fault) => self.error(fault),
            Stopped::Cancelled => Error::Interrupted {
                subject: request.subject,
            },
            Stopped::Terminal(error) => AskingError::from(error).into(),
        })?;
        for name in self.declarations.iter().filter_map(Declaration::secret) {
            engine.hide(name);
        }
        Ok(())
    }

    /// Fails where the user sets a variable that is surely another one, mistyped. Others are for the
    /// texts, which may ask for variables that are not declared.
    fn check_names(&self, answers: &Answers<'_>) -> Result<(), Error> {
        let declared = || self.declarations.iter().map(Declaration::name);
        for name in answers.given.keys() {
            if declared().any(|it| it == &**name) {
                continue;
            }
            if let Some(meant) = mistyped(name, declared()) {
                return Err(Error::Answer {
                    message: format!("the template has no variable `{name}`"),
                    hint: format!("did you mean `{meant}`?"),
                });
            }
        }
        Ok(())
    }

    /// What of the variables' values a project keeps. `given` says of which variables the user said
    /// something.
    pub(super) fn remembered(
        &self,
        engine: &Engine,
        given: impl Fn(&str) -> bool,
    ) -> Result<Dict, Error> {
        declarations::remembered(&self.declarations, engine, given)
            .map_err(|fault| self.error(fault))
    }

    fn error(&self, fault: Unresolved) -> Error {
        match fault {
            Unresolved::Answer { message, hint } => Error::Answer { message, hint },
            Unresolved::Manifest { offset, message } => self.fault(offset, &message),
        }
    }

    /// Whether it declares variables.
    pub(super) fn has_variables(&self) -> bool {
        !self.declarations.is_empty()
    }

    /// What is done with single files, now that the variables have values.
    pub(super) fn treatments(&self, engine: &Engine) -> Result<Treatments, Error> {
        Treatments::new(&self.exclude, &self.files, engine)
            .map_err(|fault| self.fault(fault.offset, &fault.message))
    }

    /// The error about what begins at an octet of the manifests.
    pub(super) fn fault(&self, offset: usize, message: &str) -> Error {
        let mut places = self.places.iter();
        let place = places.rfind(|place| place.start <= offset);
        let Some(place) = place else {
            return Place::default().error(0..0, message);
        };
        let Range { start, end } = extent::extent(&place.text, offset - place.start, message);
        place.error(start + place.start..end + place.start, message)
    }

    /// The commands to run in the project, now that the variables have values.
    pub(super) fn hooks(&self, engine: &Engine) -> Result<Vec<Hook>, Error> {
        let hooks = self.hooks.after(engine);
        hooks.map_err(|fault| self.fault(fault.offset, &fault.message))
    }

    /// Whether a project must not have the name. Some file systems do not tell small letters from
    /// capitals, and package indexes do not either; Python looks a name up in one form.
    pub(super) fn reserves(&self, name: &str) -> bool {
        // Code names the crate `tower-http` with an underscore.
        let name = name.nfkc().collect::<String>().replace('-', "_");
        self.reserved
            .iter()
            .any(|it| it.replace('-', "_").eq_ignore_ascii_case(&name))
    }
}

/// Takes the manifest out of the entries, if the template has one. `start` is the number of its
/// first octet; `taken` says which names its variables must not have, and why.
pub(super) fn take(
    source: &mut Source,
    start: usize,
    taken: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Manifest>, Error> {
    let is_manifest = |entry: &Entry| entry.path == Path::new(FILE_NAME);
    let Some(index) = source.entries.iter().position(is_manifest) else {
        return Ok(None);
    };
    let path = source.locate(Path::new(FILE_NAME));
    match source.entries.swap_remove(index).kind {
        Kind::Directory => Err(Error::ManifestDirectory { path }),
        Kind::File { contents, .. } => parse(path, &contents, start, taken).map(Some),
    }
}

fn parse(
    path: PathBuf,
    contents: &[u8],
    start: usize,
    taken: &dyn Fn(&str) -> Option<String>,
) -> Result<Manifest, Error> {
    let text = match std::str::from_utf8(contents) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let offset = error.valid_up_to();
            return Err(Error::ManifestNotText { path, offset });
        }
    };
    let mut place = Place {
        path,
        text,
        start,
        has_message: false,
    };
    minimum_version::check(&place.text, env!("CARGO_PKG_VERSION")).map_err(
        |fault| match fault {
            minimum_version::Fault::TooOld(error) => error.into(),
            minimum_version::Fault::NoVersion {
                offset,
                width,
                message,
            } => place.error(start + offset..start + offset + width, &message),
        },
    )?;
    // With as many empty lines before it as there are octets, the parser counts as we do.
    let counted = match start {
        0 => Cow::Borrowed(&*place.text),
        _ => Cow::Owned("\n".repeat(start) + &place.text),
    };
    let mut manifest: Manifest = toml::from_str(&counted).map_err(|error| {
        let span = error.span().unwrap_or_default();
        place.error(span, &with_suggestion(error.message()))
    })?;
    let raw = std::mem::take(&mut manifest.variables);
    manifest.declarations =
        declarations::declarations(raw, taken).map_err(|fault| place.raw_error(&fault))?;
    let raw_parts = std::mem::take(&mut manifest.raw_parts);
    manifest.parts =
        composition::parts(raw_parts, taken).map_err(|fault| place.raw_error(&fault))?;
    place.has_message = manifest.message.is_some();
    manifest.places.push(place);
    Ok(manifest)
}

/// The message about a word that is not known, with the one that was meant, where there is one, in
/// place of all others.
fn with_suggestion(message: &str) -> String {
    // As serde says it, of keys and of the values of a type.
    let parts = |message: &str| -> Option<String> {
        let (what, known) = message.split_once(", expected ")?;
        let (_, rest) = what.split_once("unknown ")?;
        let (_, word) = rest.split_once('`')?;
        // The known words stand between backticks: each second part.
        let known = known.split('`').skip(1).step_by(2);
        let meant = similar(word.trim_end_matches('`'), known)?;
        Some(format!("{what}; did you mean `{meant}`?"))
    };
    parts(message).unwrap_or_else(|| message.to_owned())
}

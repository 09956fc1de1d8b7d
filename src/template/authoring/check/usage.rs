//! Variables that are used and not there, and variables that are there and not used: over all texts
//! of a native template, also in branches that no rendering takes.

use std::{borrow::Cow, collections::BTreeSet, path::Path};

use super::super::{
    Finding, Severity,
    places::{self, Places},
};
use crate::template::{
    Request,
    declarations::Declaration,
    error::Error,
    files::Treatments,
    manifest::Manifest,
    native::Engine,
    plan,
    similar::similar,
    source::{Entry, Kind, Source},
};

/// What the variables are looked for in.
pub(super) struct Usage<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) source: &'a Source,
    pub(super) manifest: &'a Manifest,
    pub(super) places: &'a Places,
    /// The engine with all variables that there are.
    pub(super) engine: &'a Engine,
    pub(super) treatments: &'a Treatments,
}

impl Usage<'_> {
    /// Everything that is wrong with variables, and texts that do not parse.
    pub(super) fn findings(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        let mut used = BTreeSet::new();
        for entry in &self.source.entries {
            self.request.go_on()?;
            if let Some(text) = self.text(entry) {
                self.look_into(entry, &text, &mut used, &mut findings);
            }
        }
        for (path, text) in self.manifest.texts() {
            self.look_into_manifest(path, text, &mut used, &mut findings);
        }
        for declaration in self.manifest.declarations() {
            let name = declaration.name();
            // What a template has from another one, it need not use.
            if let Some(span) = self.places.variable(name)
                && !used.contains(name)
            {
                let message = format!("the variable `{name}` is not used");
                findings.push(
                    Finding::at(
                        Severity::Warning,
                        self.manifest.path(),
                        self.manifest.text(),
                        span,
                        &message,
                    )
                    .with_hint("remove it, or use it"),
                );
            }
        }
        Ok(findings)
    }

    /// The text of a file that is rendered, as the engine gets it.
    fn text<'e>(&self, entry: &'e Entry) -> Option<Cow<'e, str>> {
        let Kind::File { contents, .. } = &entry.kind else {
            return None;
        };
        let path = &entry.path;
        let is_rendered = !self.treatments.copy(path)
            && plan::renders(
                Some(self.manifest),
                self.request.selection,
                path,
                path,
                contents,
            );
        if !is_rendered {
            return None;
        }
        let text = std::str::from_utf8(contents).ok()?;
        Some(if text.contains('\r') {
            Cow::from(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::from(text)
        })
    }

    fn look_into(
        &self,
        entry: &Entry,
        text: &str,
        used: &mut BTreeSet<String>,
        findings: &mut Vec<Finding>,
    ) {
        let engine = self.treatments.engine(&entry.path).unwrap_or(self.engine);
        let origin = self.manifest.origin(&entry.path);
        let place = origin.map_or_else(|| self.source.locate(&entry.path), Path::to_path_buf);
        let variables = match engine.variables_of(&place, text) {
            Ok(variables) => variables,
            Err(error) => {
                findings.push(Finding::of(&error));
                return;
            }
        };
        for name in variables {
            if !engine.knows(&name) {
                let places = engine.occurrences(text, &name);
                // Who asks whether it is there knows that it may not be.
                let is_guarded = places.iter().any(|it| it.is_guarded);
                let (severity, message) = if is_guarded {
                    let message = format!(
                        "variable `{name}` is not declared; it is there only where the user sets it"
                    );
                    (Severity::Warning, message)
                } else {
                    let message = format!("variable `{name}` is not defined");
                    (Severity::Error, message)
                };
                let offset = places.first().map_or(0, |it| it.offset);
                let span = (offset, name.chars().count());
                findings.push(
                    Finding::at(severity, &place, text, span, &message).with_hint(self.hint(&name)),
                );
            }
            used.insert(name);
        }
    }

    fn look_into_manifest(
        &self,
        path: &Path,
        text: &str,
        used: &mut BTreeSet<String>,
        findings: &mut Vec<Finding>,
    ) {
        for places::Text {
            text: part,
            variable,
        } in places::texts(text)
        {
            // What does not parse, the rendering tells, or it is no text of the engine's.
            let Ok(variables) = self.engine.variables_of(path, &part) else {
                continue;
            };
            for name in variables {
                // Its own checks are no use of a variable.
                if variable.as_ref() == Some(&name) {
                    continue;
                }
                let occurrences = self.engine.occurrences(&part, &name);
                let is_guarded = occurrences.iter().any(|it| it.is_guarded);
                if !self.engine.knows(&name) && !is_guarded {
                    let offset = places::word(text, &name).unwrap_or_default();
                    let message = format!("variable `{name}` is not defined");
                    let span = (offset, name.chars().count());
                    findings.push(
                        Finding::at(Severity::Error, path, text, span, &message)
                            .with_hint(self.hint(&name)),
                    );
                }
                used.insert(name);
            }
        }
    }

    /// What was meant by a name that there is not.
    fn hint(&self, name: &str) -> String {
        let declared = self.manifest.declarations().iter().map(Declaration::name);
        let subject = self.request.subject;
        let ours = [
            subject.name_variable(),
            "distribution_name",
            "secret_key",
            "django_version",
        ];
        match similar(name, declared.chain(ours)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare it: `[[variables]]` with `name = \"{name}\"`"),
        }
    }
}

//! Patterns of a manifest that mean no file of the template.

use super::super::{
    Finding, Severity,
    places::{Places, REMOVE},
};
use crate::template::{
    manifest::{Manifest, pattern_means},
    path,
    source::{Entry, Source},
};

/// The ending that a template's Python files may have, and a project's have not.
const TEMPLATE_SUFFIX: &str = "-tpl";

/// What no path has in it: only the ending is to go.
const NO_PLACEHOLDER: &str = "\0";

/// A warning for each pattern that means nothing.
pub(super) fn unmatched(places: &Places, source: &Source, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pattern in places.patterns() {
        let means = |entry: &Entry| {
            // `executable` may name a file as the project has it.
            let path = &entry.path;
            let is_meant = pattern_means(&pattern.glob, path);
            is_meant
                || pattern.key == "executable"
                    && path::ends_with(path, TEMPLATE_SUFFIX)
                    && pattern_means(&pattern.glob, &path::rewrite_file(path, NO_PLACEHOLDER, ""))
        };
        let is_of_base = pattern.key == REMOVE;
        let is_useless = if is_of_base {
            manifest.useless_removals.contains(&pattern.glob)
        } else {
            !source.entries.iter().any(means)
        };
        if is_useless {
            let whose = if is_of_base {
                "the template that this one builds on"
            } else {
                "the template"
            };
            let message = format!("`{}` means no file of {whose}", pattern.glob);
            findings.push(
                Finding::at(
                    Severity::Warning,
                    manifest.path(),
                    manifest.text(),
                    pattern.span,
                    &message,
                )
                .with_hint(
                    "a pattern with `/` begins at the template's root; `*` stays within one name, \
                     and `**` does not",
                ),
            );
        }
    }
    findings
}

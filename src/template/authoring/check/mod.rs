//! What is wrong with a template, found without making anything: all texts are parsed, and rendered
//! with the defaults and with every choice.
//!
//! - `combinations`: which answers are tried
//! - `rendering`: one rendering, with all that is wrong in it
//! - `usage`: variables that are used and not there, or there and not used
//! - `patterns`: patterns of the manifest that mean no file
//! - `names`: names that not every system takes

mod combinations;
mod names;
mod patterns;
mod rendering;
mod usage;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use super::{Finding, Place, Severity, places::Places};
use crate::template::{
    Past, Request, composition, cookiecutter,
    error::Error,
    manifest::Manifest,
    opened::{Template, renderer},
    render::Renderer,
    source::{Kind, Source, without_credentials},
    value::Dict,
};
use combinations::Combination;
use rendering::Rendering;

/// How long renderings go on. Whoever has a template that takes longer wants an answer all the
/// same.
const TIME: Duration = Duration::from_secs(20);

/// How many findings there may be: nobody reads more of them at once.
const MOST_FINDINGS: usize = 200;

/// What a check has found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How the template is called.
    pub template: String,
    /// Whether it has a manifest that could be read.
    pub is_native: bool,
    /// How many files it has.
    pub files: usize,
    /// How many variables it declares.
    pub variables: usize,
    /// How often it was rendered, each time with other answers.
    pub renderings: usize,
    /// Whether all answers were tried that were to be: time and size have limits.
    pub is_complete: bool,
    /// What was found: errors and warnings, by place.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// How many findings are of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|it| it.severity == severity).count()
    }

    /// Adds a finding, unless it is there already: the same one comes up with many answers, and
    /// one place is wrong once.
    fn add(&mut self, finding: Finding) {
        let is_same = |it: &&Finding| {
            it.place == finding.place
                && (it.message == finding.message
                    || finding.place.column.is_some() && it.severity == finding.severity)
        };
        if self.findings.len() < MOST_FINDINGS && self.findings.iter().find(is_same).is_none() {
            self.findings.push(finding);
        }
    }
}

/// Checks a template. The error is about what stands before it: it is not there, or cannot be
/// read.
pub fn check(request: &Request<'_>) -> Result<Checked, Error> {
    let mut checked = Checked::default();
    let Template {
        source, manifest, ..
    } = match Template::open(request) {
        Ok(template) => template,
        Err(
            error @ (Error::Manifest { .. }
            | Error::ManifestDirectory { .. }
            | Error::ManifestNotText { .. }),
        ) => {
            checked.template = without_credentials(request.wanted.template.unwrap_or_default());
            checked.add(Finding::of(&error));
            return Ok(checked);
        }
        Err(error) => return Err(error),
    };
    let selections = match &manifest {
        Some(manifest) if request.parts.is_empty() => composition::selections(manifest),
        _ => Vec::new(),
    };
    checked.template = manifest
        .as_ref()
        .and_then(|it| it.name.clone())
        .unwrap_or_else(|| source.name());
    checked.is_native = manifest.is_some();
    checked.is_complete = true;
    check_selection(
        request,
        source,
        manifest.as_ref(),
        selections.is_empty(),
        &mut checked,
    )?;
    for (number, parts) in selections.iter().enumerate() {
        let request = Request { parts, ..*request };
        let Template {
            source, manifest, ..
        } = Template::open(&request)?;
        let is_widest = number + 1 == selections.len();
        check_selection(&request, source, manifest.as_ref(), is_widest, &mut checked)?;
    }
    checked.findings.sort_by(|a, b| {
        let key = |it: &Finding| (it.place.clone(), it.severity);
        key(a).cmp(&key(b))
    });
    Ok(checked)
}

/// Checks a template with some of its parts. What seems to be of no use is told of where there are
/// as many parts as go together: it may be for one of them.
fn check_selection(
    request: &Request<'_>,
    mut source: Source,
    manifest: Option<&Manifest>,
    is_widest: bool,
    checked: &mut Checked,
) -> Result<(), Error> {
    // The system gives them in any order; what is said of them is in one.
    source.entries.sort_by(|a, b| a.path.cmp(&b.path));
    let declarations = manifest.map(Manifest::declarations).unwrap_or_default();
    checked.variables = checked.variables.max(declarations.len());
    let octets: usize = source.entries.iter().map(|it| size(&it.kind)).sum();
    let files = source.entries.iter();
    let files = files.filter(|it| matches!(it.kind, Kind::File { .. }));
    checked.files = checked.files.max(files.count());
    let base = combinations::base(declarations, request.variables);
    if let Some(manifest) = manifest {
        let mut found = Checked::default();
        look_at(request, &source, manifest, &base, &mut found)?;
        let is_told = |it: &Finding| is_widest || it.severity == Severity::Error;
        for finding in found.findings.into_iter().filter(is_told) {
            checked.add(finding);
        }
    }
    let choices = if manifest.is_none() && cookiecutter::is_one(&source) {
        let outline = cookiecutter::outline(&source);
        checked.variables = outline.map_or(0, |it| it.variables.len());
        cookiecutter::choices(&source)
    } else {
        combinations::choices(declarations)
    };
    let combinations = combinations::all(request.subject, &choices, &base, request.variables);
    render_all(request, &source, manifest, &combinations, octets, checked)
}

fn size(kind: &Kind) -> usize {
    match kind {
        Kind::Directory => 0,
        Kind::File { contents, .. } => contents.len(),
    }
}

/// What can be found of a native template without rendering it.
fn look_at(
    request: &Request<'_>,
    source: &Source,
    manifest: &Manifest,
    base: &Dict,
    checked: &mut Checked,
) -> Result<(), Error> {
    let places = Places::read(manifest.text());
    for finding in patterns::unmatched(&places, source, manifest) {
        checked.add(finding);
    }
    let request = rendering::with(request, base, false);
    // What is wrong with the defaults, the first rendering tells.
    let Ok(Renderer::Native(engine)) = renderer(&request, Some(manifest), &Past::default()) else {
        return Ok(());
    };
    let Ok(treatments) = manifest.treatments(&engine) else {
        return Ok(());
    };
    let usage = usage::Usage {
        request: &request,
        source,
        manifest,
        places: &places,
        engine: &engine,
        treatments: &treatments,
    };
    for finding in usage.findings()? {
        checked.add(finding);
    }
    Ok(())
}

/// Renders with each of the answers, as far as there is time.
fn render_all(
    request: &Request<'_>,
    source: &Source,
    manifest: Option<&Manifest>,
    combinations: &[Combination],
    octets: usize,
    checked: &mut Checked,
) -> Result<(), Error> {
    let start = Instant::now();
    let affordable = rendering::affordable(octets);
    let mut paths = BTreeSet::new();
    for (number, combination) in combinations.iter().enumerate() {
        request.go_on()?;
        if number > 0 && (number >= affordable || start.elapsed() > TIME) {
            checked.is_complete = false;
            break;
        }
        let rendered = Rendering {
            request,
            source,
            manifest,
        }
        .run(combination)?;
        let is_first = number == 0;
        checked.renderings += usize::from(rendered.is_whole);
        for mut finding in rendered.findings {
            finding.answers.clone_from(&combination.shown);
            checked.add(finding);
        }
        // What a template refuses of other answers than its defaults, it is right to refuse.
        if let Some(error) = rendered.refused.filter(|_| is_first) {
            let place = manifest.map_or(Place::default(), |it| Place::file(it.path()));
            let finding = Finding::of(&error);
            checked.add(Finding { place, ..finding });
            break;
        }
        if is_first && !rendered.is_whole {
            break;
        }
        for finding in names::findings(&rendered.paths, &mut paths) {
            checked.add(finding);
        }
    }
    Ok(())
}

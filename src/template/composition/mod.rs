//! A template and those that it builds on, as one: `extends` and `remove` of a manifest, and the
//! parts that the user chose.
//!
//! - `base`: which template a manifest means by `extends`
//! - `layer`: one template's files, laid over those of another
//! - `parts`: what the optional parts are, and which of them are wanted
//!
//! The result is one set of entries with one manifest, which the rest of the pipeline takes for a
//! template that was written so.

mod base;
mod error;
mod layer;
mod parts;

use std::path::{Path, PathBuf};

use super::{
    Request,
    error::Error,
    manifest::{self, Manifest},
    path,
    source::Source,
};
use layer::Layers;

pub use error::CompositionError;

pub(super) use base::Extends;
pub(super) use layer::PartDirectory;
pub(super) use parts::{Part, RawPart, parts, selections};

/// The variable that lists the chosen parts.
pub(super) const PARTS: &str = "parts";

/// The longest chain of templates. People have a base, a house style and a team's; more is a
/// mistake, and each may be a download.
const MOST_LAYERS: usize = 8;

/// The manifest of a template and of all that it builds on.
pub(super) struct Composed {
    pub(super) manifest: Manifest,
    /// Hashes of the templates that it builds on, the next one first.
    pub(super) bases: Vec<String>,
}

/// Takes the manifest out of a template, and brings in the templates that it builds on and the
/// parts that the user wants. `taken` says which names variables must not have, and why.
pub(super) fn compose(
    request: &Request<'_>,
    source: &mut Source,
    taken: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Composed>, Error> {
    let taken = |name: &str| {
        if name == PARTS {
            return Some(format!(
                "the variable `{name}` cannot be declared: it lists the parts that were chosen"
            ));
        }
        taken(name)
    };
    let Some(mut manifest) = manifest::take(source, 0, &taken)? else {
        return match request.parts {
            [] => Ok(None),
            [name, ..] => Err(parts::unknown(name, &source.name(), [].into_iter())),
        };
    };
    let mut bases = Vec::new();
    // Most templates have nothing of it, and stay as they are.
    if manifest.extends.is_none() && manifest.parts.is_empty() && request.parts.is_empty() {
        return Ok(Some(Composed { manifest, bases }));
    }
    let mut place = base::Place::of(request);
    let mut chain = vec![Link::new(source, &place)];
    let mut layers = Vec::new();
    let mut root = source.root.clone();
    let mut entries = std::mem::take(&mut source.entries);
    let mut directories = manifest.part_directories();
    while let Some(extends) = manifest.extends.take() {
        let fault = |message: &str| manifest.fault(extends.span().start, message);
        place = place
            .base(&root, extends.get_ref())
            .map_err(|message| fault(&message))?;
        let mut below = open(request, &place, &fault)?;
        let link = Link::new(&below, &place);
        let is_circle = chain.contains(&link);
        chain.push(link);
        if is_circle || chain.len() > MOST_LAYERS {
            return Err(CompositionError::Chain {
                templates: chain.into_iter().map(|link| link.root).collect(),
                is_circle,
            }
            .into());
        }
        bases.push(below.hash());
        // A template that lies in one that builds on it is none of that one's files.
        layer::leave_out(&mut entries, &root, &below.root);
        for layer in &mut layers {
            let layer::Layer { root, entries, .. } = layer;
            layer::leave_out(entries, root, &below.root);
        }
        let base = manifest::take(&mut below, manifest.end(), &taken);
        let base = base.map_err(|error| manifest.in_base(&extends.span(), error))?;
        let Some(base) = base else {
            return Err(fault(&format!(
                "the template `{}` has no `{}`, and so none can build on it",
                below.name(),
                manifest::FILE_NAME
            )));
        };
        layers.push(layer::Layer {
            root: std::mem::replace(&mut root, below.root),
            entries: std::mem::replace(&mut entries, below.entries),
            remove: std::mem::take(&mut manifest.remove),
            parts: std::mem::replace(&mut directories, base.part_directories()),
        });
        manifest = manifest.over(base);
    }
    layers.push(layer::Layer {
        root,
        entries,
        remove: std::mem::take(&mut manifest.remove),
        parts: directories,
    });
    let chosen = parts::choose(&manifest, request.parts, &source.name())?;
    let mut laid = Layers::default();
    for layer in layers.into_iter().rev() {
        let at = |offset, message: &str| manifest.fault(offset, message);
        laid.lay(layer, &chosen, &source.root, &at)?;
    }
    manifest.choose(chosen, laid.origins);
    manifest.useless_removals = laid.useless;
    source.entries = laid.entries.into_values().collect();
    Ok(Some(Composed { manifest, bases }))
}

/// Opens a template that another one builds on. `fault` makes an error at the place that says so.
fn open(
    request: &Request<'_>,
    place: &base::Place,
    fault: &dyn Fn(&str) -> Error,
) -> Result<Source, Error> {
    place.open(request).map_err(|error| match error {
        Error::UnknownTemplate { template, hint, .. } => {
            fault(&format!("there is no template `{template}`; {hint}"))
        }
        error => error,
    })
}

/// One template of a chain.
#[derive(Clone, Debug, PartialEq)]
struct Link {
    root: PathBuf,
    reference: Option<String>,
}

impl Link {
    fn new(source: &Source, place: &base::Place) -> Self {
        let root = &source.root;
        Self {
            // Links and `..` do not make another template of it.
            root: root.canonicalize().unwrap_or_else(|_| root.clone()),
            reference: place.reference.clone(),
        }
    }
}

/// A path in a template, as one that stands in a manifest: without `.` and `..`. The error says
/// what is wrong with it.
fn inner(text: &str) -> Result<&Path, String> {
    let text = text
        .strip_prefix("./")
        .unwrap_or(text)
        .trim_end_matches('/');
    let path = Path::new(text);
    match path::check(path) {
        Ok(()) => Ok(path),
        Err(reason) => Err(format!(
            "`{text}` is no directory of the template: {reason}"
        )),
    }
}

//! Why templates do not fit together, or parts of one.

use std::path::PathBuf;

use crate::template::shown;

/// Why templates do not fit together, or parts of one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompositionError {
    /// Templates build on each other in a circle, or too many do.
    #[error("{}", chain(templates, *is_circle))]
    Chain {
        /// The templates, each building on the next.
        templates: Vec<PathBuf>,
        /// Whether the last one is there twice.
        is_circle: bool,
    },
    /// A part is wanted that the template does not have.
    #[error(
        "the template `{}` has no part `{}`",
        shown::text(template),
        shown::printable(name)
    )]
    UnknownPart {
        /// The template.
        template: String,
        /// The part.
        name: String,
        /// What to do next.
        hint: String,
    },
    /// Two parts do not go together.
    #[error("the part {first} conflicts with {second}")]
    PartsConflict {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
}

impl CompositionError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Chain { .. } => None,
            Self::UnknownPart { hint, .. } => Some(shown::text(hint).to_string()),
            Self::PartsConflict { .. } => Some("choose one of them".to_owned()),
        }
    }
}

/// Templates that build on each other.
fn chain(templates: &[PathBuf], is_circle: bool) -> String {
    let names: Vec<_> = templates
        .iter()
        .map(|path| format!("`{}`", shown::path(path)))
        .collect();
    let what = if is_circle {
        "the template builds on itself"
    } else {
        "too many templates build on each other"
    };
    format!("{what}: {}", names.join(" → "))
}

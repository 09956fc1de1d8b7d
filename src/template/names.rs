//! Which kind of name the projects of a template have. The rules of each kind are the caller's.

use serde::{Deserialize, Serialize};

/// The kind of a project's name: `names` in a manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// An identifier of Python: the project is, or holds, a module of that name.
    #[default]
    Python,
    /// The name of a Cargo package.
    Crate,
}

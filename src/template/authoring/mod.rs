//! For those who make templates: what there is, what a template consists of, and whether it is
//! sound; tests of templates; and templates made from others or from projects.
//!
//! - `listing`: the templates that are at hand
//! - `outline`: what a template consists of
//! - `blank`: new templates, and built-in ones to change
//! - `check`: what is wrong with a template
//! - `cases`: the tests of a template
//! - `from_project`: a template made of a project
//!
//! Nothing here prints or runs a program.

mod blank;
mod cases;
mod check;
mod error;
mod finding;
mod from_project;
mod listing;
mod outline;
mod places;

/// Where a project is that is not made, as far as its texts can tell: the same on each machine.
pub const NOWHERE: &str = "/projects";

pub(super) use cases::leave_out as leave_out_cases;

pub use blank::{Ejected, eject, new_template};
pub use cases::{Case, CaseError, Cases, Difference, RunStep};
pub use check::{Checked, check};
pub use error::AuthoringError;
pub use finding::{Finding, Place, Severity};
pub use from_project::{FromProject, LeftOut, Project, Replacement, from_project};
pub use listing::{Listed, builtin_templates, own_templates};
pub use outline::{File as OutlinedFile, Outline, outline};

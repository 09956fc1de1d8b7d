//! Writing a plan: all of it, or nothing.
//!
//! A new directory is built in a hidden place beside its own and moved there by one rename, so
//! that whoever looks, and whenever the power goes, sees no project or a whole one. Into an
//! existing directory the same place is in that, and what was built is moved from there, each only
//! where nothing is. [`replace`] changes what is there, all or nothing as well.
//!
//! Nothing here calls `fsync`: what must survive is the end of this process, not of the machine.

mod journal;
mod lock;
mod look;
mod merge;
mod replace;
mod staging;
mod tree;

use std::{path::Path, sync::atomic::AtomicBool};

use super::{error::Error, plan::Plan};

pub(super) use journal::check as check_journal;
pub(super) use look::{Found, Place};
pub(super) use replace::{Step, replace};

/// Makes the project in a directory that does not exist yet.
pub(super) fn new_directory(plan: &Plan, target: &Path, stop: &AtomicBool) -> Result<(), Error> {
    let staging = staging::Staging::new(target, plan.subject(), stop)?;
    tree::Tree::new(staging.project(), target).make(plan, stop)?;
    staging.publish()
}

/// Makes the project in a directory that exists, without changing anything that is in it.
pub(super) fn overlay(plan: &Plan, target: &Path, stop: &AtomicBool) -> Result<(), Error> {
    let staging = staging::Staging::inside(target, plan.subject(), stop)?;
    tree::Tree::new(staging.project(), target).make(plan, stop)?;
    merge::merge(&staging, plan, target, stop)
}

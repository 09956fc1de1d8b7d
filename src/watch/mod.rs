//! Noticing that the project's files have changed, before a request meets what was loaded from
//! the old ones.
//!
//! - `watcher`, `shared`: the handles, the task behind them, the lock
//! - `state`: everything that is known
//!   - `dispatch`, `scan`, `links`, `rescan`: events come in, watches are set
//!   - `verdict`: changes come out
//! - `events`, `happening`: the system's event queue
//! - `polling`, `listing`, `filesystem`: what there is instead where events do not tell everything
//! - pure: `names`, `patterns`, `rules` (which files matter), `tree` (the directories), `settle`
//!   (when a change is over), `baseline` (what was loaded), `report` (what was told)
//! - `content`, `ignored`, `repository`: what is read from the disk for them
//!
//! On Linux, the kernel queues an event before the call that caused it returns. The gate reads
//! the queue at each request, so a request that comes after a save finds it.

mod baseline;
mod change;
mod content;
mod dispatch;
mod error;
#[cfg_attr(not(target_os = "linux"), path = "no_events.rs")]
mod events;
mod filesystem;
mod happening;
mod ignored;
mod links;
mod listing;
mod names;
mod notice;
mod patterns;
mod polling;
mod report;
mod repository;
mod rescan;
mod rules;
mod scan;
mod settle;
mod shared;
mod state;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;
mod watcher;

use std::path::PathBuf;

pub use change::{Change, Kind};
pub use error::Error;
pub use events::SOURCE;
pub use notice::Notice;
pub use watcher::{Gate, Watcher, start};

/// What a project is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Modules are loaded by an interpreter.
    #[default]
    Python,
    /// Modules are built by Cargo.
    Rust,
}

/// What is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The project's root. Paths in a [`Change`] begin with it as it is without links.
    pub root: PathBuf,
    /// What the project is written in.
    pub language: Language,
    /// Patterns as in `.gitignore`, relative to the root, of files that count as code whatever
    /// ignores them. A pattern brings back a name that never counts (`__pycache__`, `*.log`) only
    /// if it names it: `src/**` does not.
    pub watch: Vec<String>,
    /// Patterns of files that do not count.
    pub ignore: Vec<String>,
}

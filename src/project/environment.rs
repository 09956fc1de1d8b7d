//! The environment variables of a process that runs a project.

use std::{ffi::OsString, process::Command};

/// In what the environment of a process differs from that of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Variables that it has not.
    pub removed: Vec<OsString>,
    /// Variables that it has, with these values.
    pub set: Vec<(OsString, OsString)>,
}

impl Environment {
    /// Gives it to a process that is to be started.
    pub fn apply(&self, command: &mut Command) {
        let Self { removed, set } = self;
        for name in removed {
            command.env_remove(name);
        }
        command.envs(set.iter().map(|(name, value)| (name, value)));
    }
}

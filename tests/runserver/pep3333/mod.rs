//! PEP 3333, point by point, over the wire: each test names the points that it is about.

mod cases;
mod disconnects;
mod expect;
mod files;
mod frameworks;
mod mixes;
mod moments;
mod shapes;
mod validator;

use crate::support::{Python, Serve, pythons};

/// The oldest and the newest Python of the machine, where Python itself could make a difference.
fn oldest_and_newest() -> [&'static Python; 2] {
    [pythons().first().unwrap(), pythons().last().unwrap()]
}

/// A server of `application` in this file, that is not started yet.
fn serving(application: &str) -> Serve {
    Serve::new()
        .file("served.py", application)
        .args(["--app", "served:application"])
}

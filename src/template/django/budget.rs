//! How much work one template may cause.
//!
//! Django has no limit: a template of a few lines can loop for ever, or ask for a text longer than
//! the machine's memory. One that somebody else wrote must not do that here.

use std::cell::Cell;

use super::Fault;

/// What is left of the work that a template may cause.
#[derive(Debug)]
pub(in crate::template) struct Budget {
    steps: Cell<u64>,
    octets: Cell<u64>,
}

/// Nodes rendered, iterations and filter calls: seconds of work, and a thousand times what a large
/// template needs.
const STEPS: u64 = 20_000_000;

/// Octets of text made on the way and in the end: as much as a whole template may hold.
const OCTETS: u64 = 512 << 20;

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
            octets: Cell::new(OCTETS),
        }
    }
}

impl Budget {
    /// Takes one step.
    pub(super) fn step(&self) -> Result<(), Fault> {
        take(
            &self.steps,
            1,
            "the template takes too many steps to render",
        )
    }

    /// Makes a text of so many octets, or a list of so many elements. To be asked before it is
    /// made.
    pub(super) fn make(&self, octets: usize) -> Result<(), Fault> {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        take(&self.octets, octets, "the template makes too long a text")
    }
}

fn take(left: &Cell<u64>, amount: u64, complaint: &str) -> Result<(), Fault> {
    match left.get().checked_sub(amount) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => Err(Fault::new(complaint)),
    }
}

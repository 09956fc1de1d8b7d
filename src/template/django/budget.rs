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
    is_exhausted: Cell<bool>,
}

/// What is said when the steps are used up.
const TOO_MANY_STEPS: &str = "the template takes too many steps to render";

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
            is_exhausted: Cell::new(false),
        }
    }
}

impl Budget {
    /// One that tests can use up sooner.
    #[cfg(test)]
    pub(super) fn of(steps: u64, octets: u64) -> Self {
        Self {
            steps: Cell::new(steps),
            octets: Cell::new(octets),
            is_exhausted: Cell::new(false),
        }
    }

    /// Takes one step.
    pub(super) fn step(&self) -> Result<(), Fault> {
        self.take(&self.steps, 1, TOO_MANY_STEPS)
    }

    /// Takes several steps at once.
    pub(super) fn steps(&self, amount: usize) -> Result<(), Fault> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        self.take(&self.steps, amount, TOO_MANY_STEPS)
    }

    /// Whether something was asked for that was no longer there. Where a failure is otherwise
    /// passed over, as in the conditions of `if`, this one must not be.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// Makes a text of so many octets, or a list of so many elements. To be asked before it is
    /// made.
    pub(super) fn make(&self, octets: usize) -> Result<(), Fault> {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        self.take(&self.octets, octets, "the template makes too long a text")
    }

    fn take(&self, left: &Cell<u64>, amount: u64, complaint: &str) -> Result<(), Fault> {
        let Some(rest) = left.get().checked_sub(amount) else {
            self.is_exhausted.set(true);
            return Err(Fault::new(complaint));
        };
        left.set(rest);
        Ok(())
    }
}

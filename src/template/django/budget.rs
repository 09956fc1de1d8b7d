//! How much work one template may cause.
//!
//! Django has no limit: a template of a few lines can loop for ever, or ask for a text longer than
//! the machine's memory. One that somebody else wrote must not do that here.

use std::cell::Cell;

use super::Fault;
use crate::template::value::{Value, View};

/// What is left of the work that a template may cause.
#[derive(Debug)]
pub(in crate::template) struct Budget {
    /// For all files together.
    steps: Cell<u64>,
    /// What may be made for each file, beside what its length allows: it is gone when the file is
    /// rendered.
    octets_each: u64,
    /// What is left of that for the file that is being rendered.
    octets: Cell<u64>,
    /// What all files may come to.
    rendered: Cell<u64>,
}

/// What is said when the steps are used up.
const TOO_MANY_STEPS: &str = "the template takes too many steps to render";

/// Nodes rendered, iterations and filter calls: less than a second of work, and a hundred times
/// what a large template needs.
const STEPS: u64 = 4_000_000;

/// Octets of text made for one file on the way and in the end, beside those that the file has.
const OCTETS: u64 = 64 << 20;

/// Octets of all files, rendered: as many as a template may have before.
const RENDERED: u64 = 512 << 20;

/// Reading an octet, or passing an element, costs much less than a step; so many are one.
const READ_PER_STEP: usize = 4;

/// What each octet of a file allows it to make: texts are written once, and tags take more
/// room after parsing than before.
const OCTETS_PER_OCTET: u64 = 4;

/// After how much of a value the steps are taken.
const READ_EACH_TIME: usize = 1024;

/// How deep lists and dictionaries are read.
const DEEPEST_READ: usize = 200;

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
            octets_each: OCTETS,
            octets: Cell::new(OCTETS),
            rendered: Cell::new(RENDERED),
        }
    }
}

impl Budget {
    /// One that tests can use up sooner.
    #[cfg(test)]
    pub(super) fn of(steps: u64, octets: u64) -> Self {
        Self {
            steps: Cell::new(steps),
            octets_each: octets,
            octets: Cell::new(octets),
            rendered: Cell::new(RENDERED),
        }
    }

    /// Begins a file of so many octets, with what it may cost by its length alone.
    pub(super) fn begin(&self, octets: usize) {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        let steps = octets / READ_PER_STEP as u64;
        self.steps.set(self.steps.get().saturating_add(steps));
        let allowed = octets.saturating_mul(OCTETS_PER_OCTET);
        self.octets.set(self.octets_each.saturating_add(allowed));
    }

    /// Ends a file that has come to so many octets.
    pub(super) fn end(&self, octets: usize) -> Result<(), Fault> {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        Self::take(
            &self.rendered,
            octets,
            "the template makes too much text in all",
        )
    }

    /// Takes the steps that it costs to read a text of so many octets.
    pub(super) fn read(&self, octets: usize) -> Result<(), Fault> {
        self.steps(octets / READ_PER_STEP)
    }

    /// Takes the steps that it costs to go through a value, and all values in it.
    pub(super) fn go_through(&self, value: &Value) -> Result<(), Fault> {
        let mut passed = 0;
        self.pass(value, 0, &mut passed)?;
        self.read(passed)
    }

    fn pass(&self, value: &Value, depth: usize, passed: &mut usize) -> Result<(), Fault> {
        *passed = passed.saturating_add(match value {
            Value::Str(text) => text.text.len(),
            _ => 1,
        });
        // What lists share is passed again each time, so the end may be far.
        if *passed >= READ_EACH_TIME {
            self.read(std::mem::take(passed))?;
        }
        if depth >= DEEPEST_READ {
            return Ok(());
        }
        match value {
            Value::List(items) | Value::Tuple(items) | Value::Group(items) => items
                .iter()
                .try_for_each(|it| self.pass(it, depth + 1, passed)),
            Value::Dict(dict) | Value::View(View { dict, .. }) => {
                dict.iter().try_for_each(|(key, value)| {
                    *passed = passed.saturating_add(key.len());
                    self.pass(value, depth + 1, passed)
                })
            }
            _ => Ok(()),
        }
    }

    /// Takes one step.
    pub(super) fn step(&self) -> Result<(), Fault> {
        Self::take(&self.steps, 1, TOO_MANY_STEPS)
    }

    /// Takes several steps at once.
    pub(super) fn steps(&self, amount: usize) -> Result<(), Fault> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        Self::take(&self.steps, amount, TOO_MANY_STEPS)
    }

    /// Makes a text of so many octets, or a list of so many elements. To be asked before it is
    /// made.
    pub(super) fn make(&self, octets: usize) -> Result<(), Fault> {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        Self::take(&self.octets, octets, "the template makes too long a text")
    }

    fn take(left: &Cell<u64>, amount: u64, complaint: &str) -> Result<(), Fault> {
        let Some(rest) = left.get().checked_sub(amount) else {
            return Err(Fault::new(complaint));
        };
        left.set(rest);
        Ok(())
    }
}

//! How long to wait before a worker that ended is replaced. Pure.

use std::time::Duration;

/// A worker that was ready for so long ended for a reason of its own; the next one starts at once.
const STEADY: Duration = Duration::from_secs(5);

/// The first wait after a worker that was not.
const FIRST: Duration = Duration::from_millis(100);

/// The longest wait: about what somebody who has mended the fault is willing to wait.
const LONGEST: Duration = Duration::from_secs(5);

/// Waits that double while workers keep ending early.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    early: u32,
}

impl Backoff {
    /// The wait after a worker that was ready for `lived`. The first early end costs no wait: one
    /// request that kills its worker is not a pattern.
    pub(super) fn after(&mut self, lived: Duration) -> Duration {
        if lived >= STEADY {
            self.early = 0;
            return Duration::ZERO;
        }
        self.early = self.early.saturating_add(1);
        match self.early {
            1 => Duration::ZERO,
            early => FIRST.saturating_mul(1 << (early - 2).min(16)).min(LONGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_start_over_after_a_steady_worker() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..9)
            .map(|_| backoff.after(Duration::ZERO).as_millis())
            .collect();
        assert_eq!(waits, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(backoff.after(STEADY), Duration::ZERO);
        assert_eq!(backoff.after(Duration::ZERO), Duration::ZERO);
    }
}

//! How long a client is waited for with the body of a request. Pure.
//!
//! A limit for each wait alone would let a client that sends an octet now and then keep a place, or
//! a thread of the application, for as long as it likes; so the waits count together too. Only
//! waiting counts: an application may take its time to read.
//!
//! For a body that a worker reads by itself, the worker does the same (`scaffold_worker.patience`).

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use super::Limits;

/// What is left of the patience with one body.
#[derive(Debug)]
pub(super) struct Patience {
    /// The longest single wait, and what all waits together may take before any octet has come.
    stall: Duration,
    /// Octets for which a second more is waited.
    rate: NonZeroU32,
    waited: Duration,
    received: u64,
    /// The client is being waited for since then.
    since: Option<Instant>,
}

impl Patience {
    /// All of it.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            stall: limits.body_stall,
            rate: limits.body_rate,
            waited: Duration::ZERO,
            received: 0,
            since: None,
        }
    }

    /// The client is waited for from now on; says for how long at most.
    pub(super) fn wait(&mut self, now: Instant) -> Duration {
        self.since = Some(now);
        let earned = Duration::from_secs(self.received) / self.rate.get();
        let all = self.stall.saturating_add(earned);
        all.saturating_sub(self.waited).min(self.stall)
    }

    /// So many octets have come, and the wait is over.
    pub(super) fn received(&mut self, now: Instant, octets: usize) {
        if let Some(since) = self.since.take() {
            self.waited += now.saturating_duration_since(since);
        }
        self.received += octets as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn patience() -> Patience {
        Patience::new(&Limits {
            body_stall: 60 * SECOND,
            body_rate: NonZeroU32::new(500).unwrap(),
            ..Limits::default()
        })
    }

    /// Waits for octets that come after so long; says how long they would have been waited for.
    fn wait(patience: &mut Patience, now: &mut Instant, time: Duration, octets: usize) -> Duration {
        let limit = patience.wait(*now);
        *now += time;
        patience.received(*now, octets);
        limit
    }

    #[test]
    fn a_first_octet_may_take_as_long_as_a_single_wait() {
        assert_eq!(patience().wait(Instant::now()), 60 * SECOND);
    }

    #[test]
    fn octets_that_trickle_use_it_up() {
        let (mut patience, mut now) = (patience(), Instant::now());
        for second in 0..60 {
            let limit = wait(&mut patience, &mut now, SECOND, 1);
            let earned = Duration::from_secs(second) / 500;
            assert_eq!(limit, Duration::from_secs(60 - second) + earned);
        }
        assert_eq!(patience.wait(now), 60 * SECOND / 500);
    }

    #[test]
    fn who_keeps_the_rate_is_waited_for_without_end() {
        let (mut patience, mut now) = (patience(), Instant::now());
        for _ in 0..100_000 {
            assert_eq!(wait(&mut patience, &mut now, SECOND, 500), 60 * SECOND);
        }
    }

    #[test]
    fn what_was_earned_does_not_make_a_single_wait_longer() {
        let (mut patience, mut now) = (patience(), Instant::now());
        wait(&mut patience, &mut now, SECOND, 1_000_000);
        assert_eq!(patience.wait(now), 60 * SECOND);
        // But it lasts for more waits than one.
        for _ in 0..34 {
            assert_eq!(wait(&mut patience, &mut now, 60 * SECOND, 1), 60 * SECOND);
        }
        assert!(wait(&mut patience, &mut now, 60 * SECOND, 1) < 60 * SECOND);
    }

    #[test]
    fn time_in_which_nobody_waits_does_not_count() {
        let (mut patience, mut now) = (patience(), Instant::now());
        wait(&mut patience, &mut now, 10 * SECOND, 1);
        now += 1000 * SECOND;
        assert!(patience.wait(now) > 50 * SECOND);
        // Nor twice what is told of twice.
        patience.received(now + SECOND, 1);
        patience.received(now + 1000 * SECOND, 1);
        assert!(patience.wait(now) > 49 * SECOND);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let mut patience = Patience::new(&Limits {
            body_stall: Duration::MAX,
            body_rate: NonZeroU32::MIN,
            ..Limits::default()
        });
        let now = Instant::now();
        patience.received(now, usize::MAX);
        assert_eq!(patience.wait(now), Duration::MAX);
    }
}

//! Letting events gather while a worker has more to do than it can do meanwhile.
//!
//! Under load, requests come and clients take their answers one by one, and each wakes the front.
//! While the worker has a backlog, none of that makes anything faster; but the processor time it
//! takes is the worker's where the two share a core or its execution units. So the front pauses
//! for a moment and then does all that has come in one go, as network cards do with interrupts
//! ("interrupt coalescing").

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{begun::Begun, exchange::Exchanges};

/// How long the front pauses: in this time several events gather, and nobody notices it beside
/// the backlog.
const PAUSE: Duration = Duration::from_micros(150);

/// For how many pauses the backlog must last: the worker must not run out of requests, also where
/// the system wakes the front late, or the next requests take less time than the last ones.
const MARGIN: u32 = 4;

/// How long it takes until the backlog is looked at again where it was no reason to pause: a look
/// costs about as much as forwarding a small request.
const PERIOD: Duration = Duration::from_millis(1);

/// Decides when the front pauses for the sake of one worker.
#[derive(Debug)]
pub(super) struct Coalescing {
    exchanges: Exchanges,
    begun: Arc<Begun>,
    last: Look,
    /// Until when there is no need to look again.
    settled: Instant,
}

/// What was found at some moment.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: Instant,
    begun: u64,
    waiting: u64,
}

impl Coalescing {
    pub(super) fn new(exchanges: Exchanges, begun: Arc<Begun>) -> Self {
        let at = Instant::now();
        Self {
            exchanges,
            begun,
            last: Look {
                at,
                begun: 0,
                waiting: 0,
            },
            settled: at,
        }
    }

    /// If the worker has a backlog that lasts for longer, lets other tasks do what can be done now,
    /// and then blocks the thread for a moment.
    ///
    /// It blocks, and does not only wait, because nothing that happens meanwhile shall wake us.
    pub(super) async fn pause(&mut self) {
        let now = Instant::now();
        if now < self.settled {
            return;
        }
        let begun = self.begun.count();
        let look = Look {
            at: now,
            begun,
            waiting: self.exchanges.progress().sent.saturating_sub(begun),
        };
        let last = std::mem::replace(&mut self.last, look);
        if look.backlog(last) < PAUSE * MARGIN {
            self.settled = now + PERIOD;
            return;
        }
        tokio::task::yield_now().await;
        thread::sleep(PAUSE);
    }
}

impl Look {
    /// How long the requests that wait will take at least, at the pace since the last look.
    fn backlog(self, last: Self) -> Duration {
        if last.waiting == 0 {
            // Since then the worker may have had nothing to do, which says nothing of its pace.
            return Duration::ZERO;
        }
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        // Where none was begun, the one that is running has taken that long already.
        let begun = self.begun.saturating_sub(last.begun).max(1);
        (self.at - last.at).saturating_mul(number(self.waiting)) / number(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_lasts_as_long_as_its_requests_at_the_pace_so_far() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let backlog = |before: u64, waiting: u64, took: Duration, begun: u64| {
            let last = Look {
                at: start,
                begun: 7,
                waiting: before,
            };
            let look = Look {
                at: start + took,
                begun: 7 + begun,
                waiting,
            };
            look.backlog(last)
        };
        assert_eq!(backlog(1, 30, ms(1), 5), ms(6));
        assert_eq!(backlog(1, 2, ms(3), 1), ms(6));
        assert_eq!(backlog(1, 2, ms(3), 0), ms(6));
        assert_eq!(backlog(1, 0, ms(1), 5), Duration::ZERO);
        assert_eq!(backlog(0, 30, ms(1), 5), Duration::ZERO);
    }
}

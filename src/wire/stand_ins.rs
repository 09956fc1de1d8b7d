//! Noticing that requests wait while the worker's runner is stuck, and calling for stand-ins.

use std::{sync::Arc, time::Duration};

use super::{
    begun::Begun, exchange::Exchanges, link::LinkError, message, monitor::Monitor, outbox::Outbox,
    table::Progress,
};

/// How long no request may be begun before a stand-in is woken.
///
/// About what a small request takes; the timer cannot tell shorter times apart.
const TICK: Duration = Duration::from_millis(1);

/// How long it takes at most until a stand-in is woken once more while no request is begun: such a
/// call is needed only where an earlier one came at a bad moment, and costs nothing worth counting
/// at this rate.
const REPEAT: Duration = Duration::from_millis(50);

/// How many requests begun in a tick, while others wait, are so few that each may have waited.
const FEW: u64 = 3;

/// After how many ticks in a row with so few a stand-in is woken all the same. If the requests
/// compute instead, as is more common, it is of no use; at this rate it costs nothing worth counting.
const SLOW_TICKS: u32 = 16;

/// How many ticks without requests before the ticking stops until the next one.
const IDLE_TICKS: u32 = 50;

/// Wakes a stand-in when requests are pending and none is begun: `docs/worker-protocol.md`,
/// "Threads".
///
/// Completions would say less: those of requests whose threads were replaced come also while the
/// runner is stuck.
pub(super) async fn wake(
    monitor: Arc<Monitor>,
    exchanges: Exchanges,
    begun: Arc<Begun>,
    control: Outbox,
) -> Result<(), LinkError> {
    let mut seen = 0;
    let (mut idle, mut slow) = (0, 0);
    let mut pause = TICK;
    loop {
        if idle >= IDLE_TICKS {
            monitor.park().await;
            idle = 0;
        } else if pause > TICK {
            // A request that comes may be begun at once, or show that a stand-in is missing.
            let _ = tokio::time::timeout(pause, monitor.park()).await;
        }
        tokio::time::sleep(TICK).await;
        let Progress { pending, sent } = exchanges.progress();
        idle = if pending == 0 { idle + 1 } else { 0 };
        let now = begun.count();
        let is_stuck = pending > 0 && now == seen;
        let is_slow = sent > now && now.abs_diff(seen) <= FEW;
        slow = if is_slow { slow + 1 } else { 0 };
        if is_stuck || slow == SLOW_TICKS {
            control.push(|out| message::put_begun(out, now));
            slow = 0;
        }
        pause = if is_stuck {
            (pause * 2).min(REPEAT)
        } else {
            TICK
        };
        seen = now;
    }
}

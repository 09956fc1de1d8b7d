//! Asking a worker what it has loaded, in moments in which it has nothing better to do.

use std::{sync::Arc, time::Duration};

use super::{
    exchange::Exchanges,
    frame::{self, Kind},
    link::LinkError,
    monitor::Monitor,
    outbox::Outbox,
    statuses::Statuses,
};

/// How long the worker must have been ready, or without requests, before it is asked: whoever
/// waited for it has sent a request by then.
const QUIET: Duration = Duration::from_millis(50);

/// How often is looked for such a moment before one that is busy is taken: the modules that a first
/// request loads are to be watched within a second.
const PATIENCE: u32 = 20;

/// Asks once the worker is ready, and after each time in which it had requests: these load modules,
/// too.
pub(super) async fn ask(
    monitor: Arc<Monitor>,
    exchanges: Exchanges,
    statuses: Statuses,
    control: Outbox,
) -> Result<(), LinkError> {
    statuses.ready().await;
    loop {
        let mut before = exchanges.progress();
        for _ in 0..PATIENCE {
            tokio::time::sleep(QUIET).await;
            let now = exchanges.progress();
            let is_quiet = now.pending == 0 && now == before;
            before = now;
            if is_quiet {
                break;
            }
        }
        control.push(|out| frame::put(out, Kind::List, 0, |_| {}));
        if before.pending == 0 {
            monitor.park().await;
        }
    }
}

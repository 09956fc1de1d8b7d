//! Noticing that a process which has requests does not react any more: all threads of its runtime
//! are in computations, or wait for each other.

use std::{fs, future::pending, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    time::{sleep, timeout},
};

/// How often a process that has requests is asked.
const ASKED_EVERY: Duration = Duration::from_secs(1);

/// What is asked. What is answered does not matter.
const QUESTION: &[u8] = b"?";

/// Waits until the process does not answer within the limit while `is_busy` says that it has
/// requests. Waits for ever where there is no limit, or where the process is gone.
pub(super) async fn noticed(
    control: &mut BufReader<UnixStream>,
    pid: Option<u32>,
    limit: Option<Duration>,
    is_busy: impl Fn() -> bool,
) {
    let Some(limit) = limit else {
        return pending().await;
    };
    loop {
        sleep(ASKED_EVERY).await;
        if !is_busy() {
            continue;
        }
        if control.write_all(QUESTION).await.is_err() {
            return pending().await;
        }
        loop {
            match timeout(limit, control.read_u8()).await {
                Ok(Ok(_)) => break,
                Ok(Err(_)) => return pending().await,
                // Whoever looks at it in a debugger takes the time that it takes.
                Err(_) if pid.is_some_and(is_traced) => {}
                Err(_) => return,
            }
        }
    }
}

/// Whether a debugger holds the process (`TracerPid` of `proc_pid_status(5)`).
pub(super) fn is_traced(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let tracer = status
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

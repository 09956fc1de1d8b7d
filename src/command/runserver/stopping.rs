//! The end that the user wants: at once, or after what is under way.

use std::{pin::pin, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{
    command::{error::Error, printer::Printer, words::counted},
    console::{Terminal, Verbosity, Voice},
    serve::{Shutdown, ShutdownGuard},
    shutdown::{Stop, StopSignal},
};

use super::LAST_LINES;

/// How long requests may take to be finished after SIGTERM. Supervisors kill ten seconds after it
/// (`docker stop`) or later.
const FINISHING: Duration = Duration::from_secs(8);

/// How long requests are finished before that is told: most are by then, and need no words.
const TELL_AFTER: Duration = Duration::from_millis(100);

/// How long after SIGTERM a further one means the same end: some send it to the process and then to
/// its group (`timeout`).
const SAME: Duration = Duration::from_millis(50);

/// Exit code after a further stop signal, as shells give for the first.
const INTERRUPTED: i32 = 130;

/// Listens for signals from now on. Those that serve hear of the end by what this returns: Ctrl-C
/// and a hang-up bring it at once, SIGTERM once the requests under way are finished. A further
/// signal brings it then; where it has been brought, it ends the program.
pub(super) fn listen(
    terminal: &Terminal,
    voice: Voice,
    verbosity: Verbosity,
) -> Result<ShutdownGuard, Error> {
    let mut signals = Signals {
        stop: Stop::listen().map_err(Error::Runtime)?,
        terminated: None,
    };
    let at_once = terminal.clone();
    let voice = Some(voice).filter(|_| verbosity > Verbosity::Quiet);
    let shutdown = Shutdown::default();
    let guard = shutdown.guard();
    tokio::spawn(async move {
        if signals.next().await == StopSignal::Terminate {
            finish(&shutdown, &mut signals, voice).await;
        }
        shutdown.end();
        signals.next().await;
        at_once.restore();
        // The workers see their connections close, or their parent die.
        std::process::exit(INTERRUPTED);
    });
    Ok(guard)
}

struct Signals {
    stop: Stop,
    /// When SIGTERM came first.
    terminated: Option<Instant>,
}

impl Signals {
    /// Waits for the next signal that does not only repeat the last one.
    async fn next(&mut self) -> StopSignal {
        loop {
            let signal = self.stop.signalled().await;
            if signal != StopSignal::Terminate {
                return signal;
            }
            let is_same = self.terminated.is_some_and(|it| it.elapsed() < SAME);
            self.terminated.get_or_insert_with(Instant::now);
            if !is_same {
                return signal;
            }
        }
    }
}

/// Lets requests under way be finished, until a further signal or for as long as they may take.
async fn finish(shutdown: &Shutdown, signals: &mut Signals, voice: Option<Voice>) {
    shutdown.finish();
    let mut telling = pin!(sleep(TELL_AFTER));
    let mut limit = pin!(sleep(FINISHING));
    let mut is_told = false;
    let requests = || counted(shutdown.unfinished(), "request", "requests");
    // In a thread of its own: the terminal may be stopped.
    let tell = |text: String| {
        let voice = voice.clone();
        voice.map(|voice| Printer::start(move || voice.note(text)))
    };
    loop {
        tokio::select! {
            biased;
            () = shutdown.finished() => return,
            _ = signals.next() => return,
            () = &mut telling, if !is_told => {
                is_told = true;
                tell(format!("Finishing {} (Ctrl-C: end now).", requests()));
            }
            () = &mut limit => {
                let seconds = FINISHING.as_secs();
                if let Some(told) = tell(format!("Broke {} off after {seconds} s.", requests())) {
                    told.wait(LAST_LINES);
                }
                return;
            }
        }
    }
}

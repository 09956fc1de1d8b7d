//! The end that the user wants: a first signal, and a second one.

use crate::{command::error::Error, console::Terminal, shutdown::Stop};

/// Exit code after a second stop signal, as shells give for the first.
const INTERRUPTED: i32 = 130;

/// Listens for signals from now on, and ends with the first. A second one ends the program at
/// once.
pub(super) fn stopped(terminal: &Terminal) -> Result<impl Future<Output = ()> + use<>, Error> {
    let mut stop = Stop::listen().map_err(Error::Runtime)?;
    let at_once = terminal.clone();
    Ok(async move {
        stop.signalled().await;
        tokio::spawn(async move {
            stop.signalled().await;
            at_once.restore();
            // The workers see their connections close, or their parent die.
            std::process::exit(INTERRUPTED);
        });
    })
}

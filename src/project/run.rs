//! Running one program to its end, or ending it together with all that it has started.

use std::{
    io,
    pin::pin,
    process::{ExitStatus, Output, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::{
    process::Command,
    select,
    time::{sleep, timeout},
};

use super::group;

/// How much of a failed program's output is shown: its last lines say what went wrong.
const SHOWN_LINES: usize = 20;

/// How long an interrupted program has to end by itself: pip removes its temporary files, and a
/// formatter writes the file that it has open, which takes less than a second, and the user waits.
const GRACE: Duration = Duration::from_secs(2);

/// How long killed programs have to be gone: longer only where nobody collects their exit codes.
const GONE: Duration = Duration::from_millis(300);

/// How often to look whether a killed process group is gone: the system needs a few milliseconds.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a command to its end and returns its output; where `stop` is done before, ends it and
/// returns nothing. It reads nothing and prints nothing.
///
/// It gets a process group of its own, so that it can be ended together with the programs that it
/// has started itself.
pub async fn run_to_end(
    command: &mut Command,
    stop: impl Future<Output = ()>,
) -> io::Result<Option<Output>> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    run(command, stop).await
}

/// As [`run_to_end`], for a command that prints to where its caller says, or to where this program
/// does.
pub async fn run_printing(
    command: &mut Command,
    stop: impl Future<Output = ()>,
) -> io::Result<Option<ExitStatus>> {
    let output = run(command, stop).await?;
    Ok(output.map(|it| it.status))
}

async fn run(command: &mut Command, stop: impl Future<Output = ()>) -> io::Result<Option<Output>> {
    group::set_apart(command);
    let child = command.spawn()?;
    let group = group::id(&child);
    let mut output = pin!(child.wait_with_output());
    select! {
        output = &mut output => output.map(Some),
        () = stop => {
            if let Some(group) = group {
                end(group, output).await;
            }
            Ok(None)
        }
    }
}

/// Ends a process group: gently, so that it can remove its temporary files, then by force.
async fn end(group: Pid, output: impl Future<Output = io::Result<Output>>) {
    let _ = kill_process_group(group, Signal::INT);
    // This ends when the program has ended and all that it has started have closed their outputs.
    let _ = timeout(GRACE, output).await;
    let _ = kill_process_group(group, Signal::KILL);
    let _ = timeout(GONE, async {
        while test_kill_process_group(group).is_ok() {
            sleep(LOOK).await;
        }
    })
    .await;
}

/// What a failed program said, as far as it says what went wrong: the last lines of its errors, of
/// all that it printed where it printed no errors, and how it has ended where it said nothing.
#[must_use]
pub fn complaint(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    let shown = if errors.trim().is_empty() {
        printed
    } else {
        errors
    };
    let shown = last_lines(shown.trim(), SHOWN_LINES);
    if shown.is_empty() {
        output.status.to_string()
    } else {
        shown.to_owned()
    }
}

fn last_lines(text: &str, count: usize) -> &str {
    let start = text
        .rmatch_indices('\n')
        .nth(count - 1)
        .map_or(0, |(newline, _)| newline + 1);
    text.get(start..).unwrap_or(text)
}

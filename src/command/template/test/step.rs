//! Running one command in a project: to its end, to its deadline, or until the user wants the end.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::template::RunStep;

/// How long a command may take to end in its own way when it is to: to remove what it made.
const GRACE: Duration = Duration::from_secs(2);

/// How many octets of the end of the output are kept: more than anybody reads.
const OUTPUT: u64 = 16 * 1024;

/// What came of a command.
#[derive(Debug)]
pub(super) enum Ran {
    /// It ended, with the end of what it printed.
    Ended(ExitStatus, String),
    /// It took longer than it may.
    TooLong(String),
    /// There is no such program.
    NotStarted(io::Error),
    /// The user wants the end.
    Interrupted,
}

/// Runs a command. What it started is ended with it, where it is not allowed to go on.
pub(super) async fn run(
    step: &RunStep,
    directory: &Path,
    interrupted: impl Future<Output = ()>,
) -> io::Result<Ran> {
    let Some((program, arguments)) = step.command.split_first() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    // A file, and no pipe: both outputs come in their order, and nobody has to read them.
    let mut output = tempfile::tempfile()?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let ended = tokio::select! {
        ended = timeout(step.timeout, child.wait()) => ended.ok(),
        () = interrupted => {
            end(&mut child).await;
            return Ok(Ran::Interrupted);
        }
    };
    if let Some(status) = ended {
        return Ok(Ran::Ended(status?, last(&mut output)?));
    }
    end(&mut child).await;
    Ok(Ran::TooLong(last(&mut output)?))
}

/// Ends a command and all that it has started: gently, then by force.
async fn end(child: &mut Child) {
    let group = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::INT);
        let _ = timeout(GRACE, child.wait()).await;
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait().await;
}

fn last(output: &mut File) -> io::Result<String> {
    let length = output.metadata()?.len();
    output.seek(SeekFrom::Start(length.saturating_sub(OUTPUT)))?;
    let mut octets = Vec::new();
    output.take(OUTPUT).read_to_end(&mut octets)?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn step(script: &str, timeout: Duration) -> RunStep {
        RunStep {
            command: ["sh", "-c", script].map(str::to_owned).into(),
            shown: script.to_owned(),
            status: 0,
            output: None,
            timeout,
        }
    }

    #[tokio::test]
    async fn both_outputs_come_in_their_order() {
        let step = step("echo a; echo b >&2; echo c; exit 3", Duration::from_mins(1));
        let ran = run(&step, Path::new("/"), pending()).await.unwrap();
        assert!(
            matches!(&ran, Ran::Ended(status, output) if status.code() == Some(3) && output == "a\nb\nc\n"),
            "{ran:?}"
        );
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended() {
        let step = step("echo a; exec sleep 600", Duration::from_millis(100));
        let ran = run(&step, Path::new("/"), pending()).await.unwrap();
        assert!(matches!(&ran, Ran::TooLong(_)), "{ran:?}");
    }

    #[tokio::test]
    async fn the_user_can_end_it() {
        let step = step("sleep 600", Duration::from_mins(10));
        let ran = run(&step, Path::new("/"), async {}).await.unwrap();
        assert!(matches!(ran, Ran::Interrupted), "{ran:?}");
    }
}

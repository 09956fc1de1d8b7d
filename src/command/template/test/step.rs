//! Running one command in a project: to its end, to its deadline, or until the user wants the end.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    process::ExitStatus,
};

use tokio::{process::Command, time::timeout};

use crate::{project::run_printing, template::RunStep};

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
    // A file, and no pipe: both outputs come in their order.
    let mut output = tempfile::tempfile()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(directory)
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?);
    let mut is_interrupted = false;
    let end = async {
        is_interrupted = timeout(step.timeout, interrupted).await.is_ok();
    };
    match run_printing(&mut command, end).await? {
        Some(status) => Ok(Ran::Ended(status, last(&mut output)?)),
        None if is_interrupted => Ok(Ran::Interrupted),
        None => Ok(Ran::TooLong(last(&mut output)?)),
    }
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
    use std::{future::pending, time::Duration};

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

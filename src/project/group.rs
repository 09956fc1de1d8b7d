//! Programs in process groups of their own, so that each can be ended together with all that it
//! has started.

use std::{env, io, process::Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// Has a command run in a process group of its own. It reads nothing.
///
/// Such a group is not the terminal's: Ctrl-C does not reach it, and who asks there for a passphrase
/// is stopped for ever. So what asks is told not to.
pub(super) fn set_apart(command: &mut Command) {
    command
        .process_group(0)
        .stdin(Stdio::null())
        .env("PIP_NO_INPUT", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    if env::var_os("GIT_SSH_COMMAND").is_none() && env::var_os("GIT_SSH").is_none() {
        command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
}

/// The process group of a program that runs: where this is dropped, all processes in it are killed
/// at once. What has gone to a group of its own is not among them.
#[derive(Debug)]
pub struct Group(Option<Pid>);

impl Group {
    /// Starts a command in a group of its own; it reads nothing. To be dropped before the child,
    /// or to be left: the group's number is its own only as long as it is there.
    pub fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        set_apart(command);
        let child = command.spawn()?;
        let group = Self(id(&child));
        Ok((child, group))
    }

    /// The program has come to its end by itself. What it has left running was meant to stay.
    pub fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// The group of a child that was [set apart](set_apart); `None` where the child is known to have
/// ended.
pub(super) fn id(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
        process::Command,
    };

    use super::*;

    /// A shell that has started another program, and says so; both have the pipe.
    fn shell() -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 1000 & echo started; wait"])
            .stdout(Stdio::piped());
        command
    }

    #[tokio::test]
    async fn what_a_program_has_started_ends_with_it() {
        let (mut child, group) = Group::start(&mut shell()).unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        assert_eq!(line, "started\n");
        drop(group);
        // The end comes when nobody has the pipe any more.
        assert_eq!(output.read_to_end(&mut Vec::new()).await.unwrap(), 0);
        assert!(!child.wait().await.unwrap().success());
    }

    #[tokio::test]
    async fn what_is_left_goes_on() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 1000 & echo started"])
            .stdout(Stdio::piped());
        let (child, group) = Group::start(&mut command).unwrap();
        let number = id(&child).unwrap();
        let mut output = BufReader::new(child.stdout.unwrap());
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        group.leave();
        // It is there to be killed.
        kill_process_group(number, Signal::KILL).unwrap();
        assert_eq!(output.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    }
}

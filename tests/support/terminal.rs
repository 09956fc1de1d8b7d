//! A pseudo-terminal, for what a program shows only to somebody who is there to read it.

use std::{
    fs::File,
    io::Read,
    os::unix::process::ExitStatusExt,
    process::{Command, ExitStatus, Output, Stdio},
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

/// Runs a command whose standard error is a terminal, and returns what is shown there as its
/// standard error, with plain line ends. Standard output is a pipe.
pub(crate) fn on_terminal(mut command: Command) -> Output {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).unwrap();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(theirs)
        .spawn()
        .unwrap();
    // With it goes our copy of their end, so that reading ends when theirs is closed.
    drop(command);
    let mut shown = Vec::new();
    let mut ours = File::from(ours);
    let mut buffer = [0; 4096];
    // The system says "input/output error" where nobody has the other end any more.
    while let Ok(count @ 1..) = ours.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
    }
    let mut stdout = Vec::new();
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_to_end(&mut stdout).unwrap();
    let status = child.wait().unwrap();
    let stderr = String::from_utf8_lossy(&shown).replace("\r\n", "\n");
    Output {
        status,
        stdout,
        stderr: stderr.into_bytes(),
    }
}

#[test]
fn the_program_sees_a_terminal() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "test -t 2 && echo yes >&2; test -t 1 || echo no; exit 3",
    ]);
    let output = on_terminal(command);
    assert_eq!(output.stderr, b"yes\n");
    assert_eq!(output.stdout, b"no\n");
    assert_eq!(output.status, ExitStatus::from_raw(3 << 8));
}

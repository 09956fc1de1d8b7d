//! What the standard streams are of a process that runs a project.

use std::{
    io::{self, PipeReader, PipeWriter},
    process::{Command, Stdio},
    sync::Arc,
};

/// What a process of the project reads and prints.
#[derive(Clone, Debug)]
pub enum Streams {
    /// The streams of this process: the project prints to the terminal, and can ask its user.
    Shared,
    /// There is nothing to read, and what the project prints goes to standard error: standard
    /// output is for a result.
    Errors,
    /// There is nothing to read, and what the project prints goes to whoever reads these pipes.
    Relayed(Arc<Outlets>),
}

/// The pipes that all processes of one project print into.
#[derive(Debug)]
pub struct Outlets {
    output: PipeWriter,
    errors: PipeWriter,
}

/// What the processes print, to be read. It ends when neither their [`Outlets`] nor one of them is
/// there any more.
#[derive(Debug)]
pub struct Printed {
    /// What they print to standard output.
    pub output: PipeReader,
    /// What they print to standard error.
    pub errors: PipeReader,
}

impl Outlets {
    /// New pipes.
    pub fn new() -> io::Result<(Self, Printed)> {
        let (output_reader, output) = io::pipe()?;
        let (errors_reader, errors) = io::pipe()?;
        let printed = Printed {
            output: output_reader,
            errors: errors_reader,
        };
        Ok((Self { output, errors }, printed))
    }
}

impl Streams {
    /// Gives them to a process that is to be started.
    pub fn give(&self, command: &mut Command) -> io::Result<()> {
        match self {
            Self::Shared => command.stdin(Stdio::inherit()).stdout(Stdio::inherit()),
            Self::Errors => command.stdin(Stdio::null()).stdout(io::stderr()),
            Self::Relayed(outlets) => command
                .stdin(Stdio::null())
                .stdout(outlets.output.try_clone()?)
                .stderr(outlets.errors.try_clone()?),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_processes_print_is_there_to_be_read_until_all_of_them_are_gone() {
        let (outlets, printed) = Outlets::new().unwrap();
        let streams = Streams::Relayed(Arc::new(outlets));
        for word in ["one", "two"] {
            let mut shell = Command::new("sh");
            shell.args(["-c", "cat; echo $0; echo $0 >&2", word]);
            streams.give(&mut shell).unwrap();
            assert!(shell.status().unwrap().success());
        }
        drop(streams);
        for mut pipe in [printed.output, printed.errors] {
            let mut text = String::new();
            pipe.read_to_string(&mut text).unwrap();
            assert_eq!(text, "one\ntwo\n");
        }
    }
}

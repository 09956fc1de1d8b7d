//! Why a test failed, in words.

use std::fmt::{self, Display};

use crate::template::{CaseError, Difference, RunStep, shown_path, shown_text};

use super::step::Ran;

/// Why a test failed.
pub(super) enum Failure {
    Case(CaseError),
    Difference(Difference),
    /// The command, what it did, and the end of its output.
    Step {
        command: String,
        what: String,
        output: String,
    },
}

impl Failure {
    /// What is wrong with what came of a command, if anything is.
    pub(super) fn of(step: &RunStep, ran: Ran) -> Option<Self> {
        let (what, output) = match ran {
            Ran::NotStarted(error) => (format!("cannot be run: {error}"), String::new()),
            Ran::TooLong(output) => {
                let seconds = step.timeout.as_secs();
                (
                    format!("took longer than {seconds} s, and was ended"),
                    output,
                )
            }
            Ran::Ended(status, output) if status.code() != Some(step.status) => {
                let expected = step.status;
                (
                    format!("ended with {status}, and not with {expected}"),
                    output,
                )
            }
            Ran::Ended(_, output) => match &step.output {
                Some(expected) if !output.contains(expected.as_str()) => {
                    (format!("did not print `{expected}`"), output)
                }
                _ => return None,
            },
            Ran::Interrupted => return None,
        };
        Some(Self::Step {
            command: step.shown.clone(),
            what,
            output,
        })
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(CaseError::NotMade(error)) => write!(f, "{error}"),
            Self::Case(CaseError::Made { expected }) => write!(
                f,
                "the project was made, and should not have been: {}",
                shown_text(expected)
            ),
            Self::Case(CaseError::OtherFailure { expected, error }) => {
                write!(
                    f,
                    "the message has no `{}` in it: {error}",
                    shown_text(expected)
                )
            }
            Self::Difference(difference) => write_difference(f, difference),
            Self::Step {
                command,
                what,
                output,
            } => {
                write!(f, "`{}` {}", shown_text(command), shown_text(what))?;
                if !output.trim().is_empty() {
                    write!(f, "\n{}", shown_text(output.trim_end()))?;
                }
                Ok(())
            }
        }
    }
}

fn write_difference(f: &mut fmt::Formatter<'_>, difference: &Difference) -> fmt::Result {
    match difference {
        Difference::None => write!(
            f,
            "there is no snapshot yet; `--update` writes it, and `snapshot = false` does without"
        ),
        Difference::Gone(path) => write!(f, "`{}` is not made any more", shown_path(path)),
        Difference::New(path) => write!(f, "`{}` is new", shown_path(path)),
        Difference::Octets(path) => write!(f, "`{}` has other octets", shown_path(path)),
        Difference::Mode(path) => {
            write!(
                f,
                "`{}` is executable, or is not any more",
                shown_path(path)
            )
        }
        Difference::Text(_, text) => write!(f, "{}", shown_text(text.trim_end())),
    }
}

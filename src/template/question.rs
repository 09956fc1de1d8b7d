//! What a template asks, and who is asked: the border between the rules, which are in this part,
//! and a terminal, which is not.

use std::io;

/// What the user is asked, with texts that may be shown as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is to be answered, in one line.
    pub prompt: String,
    /// What helps to answer it, line by line.
    pub help: Vec<String>,
    /// How it is answered.
    pub form: Form,
    /// The answer must not be shown.
    pub is_secret: bool,
    /// There is no question before it to go back to.
    pub is_first: bool,
}

/// How a question is answered, and what the answer is where the user has nothing against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// With one line of text.
    Line {
        /// The answer to begin with.
        preset: Option<String>,
    },
    /// With any number of lines.
    Lines {
        /// The answer to begin with.
        preset: Option<String>,
    },
    /// With yes or no.
    YesNo {
        /// The answer to begin with.
        preset: bool,
    },
    /// With one of several.
    One {
        /// What the user reads of each.
        labels: Vec<String>,
        /// The one to begin with.
        preset: usize,
    },
    /// With any number of several.
    Several {
        /// What the user reads of each.
        labels: Vec<String>,
        /// Which of them are chosen to begin with.
        preset: Vec<bool>,
    },
}

/// What the user answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Form::Line`] and [`Form::Lines`].
    Text(String),
    /// To [`Form::YesNo`].
    YesNo(bool),
    /// To [`Form::One`]: which one.
    One(usize),
    /// To [`Form::Several`]: for each whether it is chosen.
    Several(Vec<bool>),
}

/// What the rules say of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be taken.
    Right,
    /// It cannot; why not, as the end of a sentence that may be shown.
    Wrong(String),
    /// The template's rule fails by itself: why. Taking the answer ends with that error.
    Broken(String),
}

/// What the user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<T> {
    /// This, and to go on.
    Answer(T),
    /// To go back to the question before.
    Back,
    /// The end.
    Cancel,
}

/// A question with its answer, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What was asked.
    pub prompt: String,
    /// What was answered; a secret is masked.
    pub answer: String,
}

/// The user cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("cannot ask on this terminal: {0}")]
pub struct AskingError(#[from] io::Error);

impl AskingError {
    /// What the user can do next.
    pub(super) const HINT: &str =
        "take the defaults with `--defaults`, or answer with `--var NAME=VALUE`";
}

/// Somebody who can be asked.
pub trait Ask {
    /// Begins to ask; with what this gives the asking ends.
    fn begin(&self) -> io::Result<Box<dyn Conversation + '_>>;
}

/// Asking one question after another.
pub trait Conversation {
    /// Asks a question until the user has an answer that is right, or wants something else.
    fn ask(
        &mut self,
        question: &Question,
        check: &mut dyn FnMut(&Answer) -> Verdict,
    ) -> io::Result<Reply<Answer>>;

    /// Shows all answers, and asks whether they can be taken.
    fn review(&mut self, answers: &[Answered]) -> io::Result<Reply<()>>;
}

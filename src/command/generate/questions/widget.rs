//! What all kinds of fields have in common.

use super::{keys::Key, line::Line, list::List, screen::Body};
use crate::template::{Answer, Form, Question};

/// What a key has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Nothing.
    Nothing,
    /// Something looks different.
    Changed,
    /// The user has answered.
    Done,
    /// The user wants the question before.
    Back,
}

/// A field in which a question is answered.
pub(super) trait Widget {
    /// Does what a key means.
    fn key(&mut self, key: Key) -> Pressed;

    /// How it looks, in a part of the screen of that size.
    fn body(&self, columns: usize, rows: usize) -> Body;

    /// The answer as it is at the moment.
    fn answer(&self) -> Answer;

    /// Whether there is nothing in it yet that could be wrong.
    fn is_empty(&self) -> bool;

    /// The answer in one line, for people.
    fn summary(&self) -> String;

    /// What the keys do.
    fn keys(&self) -> String;
}

/// The field for a question.
pub(super) fn widget(question: &Question) -> Box<dyn Widget> {
    match question.form.clone() {
        Form::Line { preset } => Box::new(Line::new(preset, question.is_secret, false)),
        Form::Lines { preset } => Box::new(Line::new(preset, question.is_secret, true)),
        Form::YesNo { preset } => Box::new(List::yes_no(preset)),
        Form::One { labels, preset } => Box::new(List::one(labels, preset)),
        Form::Several { labels, preset } => Box::new(List::several(labels, preset)),
    }
}

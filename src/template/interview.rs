//! Asking the user for the variables that a template declares: leads a session through its
//! questions, forwards and back, until the user is content with all answers.

use std::io;

use super::{
    declarations::{Session, Unresolved},
    question::{Answered, Ask, Conversation, Question, Reply, Verdict},
    source::{Progress, Step},
};

/// Why there are no answers.
pub(super) enum Stopped {
    /// The manifest or an answer that was given before is wrong.
    Unresolved(Unresolved),
    /// The user wants the end.
    Cancelled,
    /// The terminal fails.
    Terminal(io::Error),
}

impl From<Unresolved> for Stopped {
    fn from(fault: Unresolved) -> Self {
        Self::Unresolved(fault)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}

/// Asks all questions of the session. Where it has none, nothing is shown.
///
/// While the user thinks, `progress` has [`Step::Asking`]; while expressions of the template are
/// evaluated, [`Step::Rendering`].
pub(super) fn interview(
    session: &mut Session<'_>,
    asker: &dyn Ask,
    progress: &dyn Progress,
) -> Result<(), Stopped> {
    let mut conversation: Option<Box<dyn Conversation + '_>> = None;
    loop {
        let question = session.next_question()?;
        let answered = session.answered();
        if question.is_none() && answered.is_empty() {
            return Ok(());
        }
        progress.step(Step::Asking);
        let conversation = match &mut conversation {
            Some(conversation) => conversation,
            none => none.insert(asker.begin()?),
        };
        let is_complete = match question {
            Some(question) => {
                ask(session, &question, &mut **conversation, progress)?;
                false
            }
            None => review(session, &answered, &mut **conversation)?,
        };
        progress.step(Step::Rendering);
        if is_complete {
            return Ok(());
        }
    }
}

/// Asks one question, and takes the answer or goes back.
fn ask(
    session: &mut Session<'_>,
    question: &Question,
    conversation: &mut dyn Conversation,
    progress: &dyn Progress,
) -> Result<(), Stopped> {
    let reply = conversation.ask(question, &mut |answer| {
        progress.step(Step::Rendering);
        let verdict = match session.check(answer) {
            Ok(Ok(())) => Verdict::Right,
            Ok(Err(fault)) => Verdict::Wrong(fault),
            Err(Unresolved::Manifest { message, .. } | Unresolved::Answer { message, .. }) => {
                Verdict::Broken(message)
            }
        };
        progress.step(Step::Asking);
        verdict
    })?;
    match reply {
        Reply::Answer(answer) => {
            progress.step(Step::Rendering);
            // What is wrong with it was said; the question comes again.
            let _ = session.answer(&answer)?;
        }
        Reply::Back => session.back(),
        Reply::Cancel => return Err(Stopped::Cancelled),
    }
    Ok(())
}

/// Asks whether all answers can be taken.
fn review(
    session: &mut Session<'_>,
    answered: &[Answered],
    conversation: &mut dyn Conversation,
) -> Result<bool, Stopped> {
    match conversation.review(answered)? {
        Reply::Answer(()) => Ok(true),
        Reply::Back => {
            session.back();
            Ok(false)
        }
        Reply::Cancel => Err(Stopped::Cancelled),
    }
}

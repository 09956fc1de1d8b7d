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

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque, path::Path};

    use super::*;
    use crate::template::{
        Error, Plan, Request, Subject, Target, Wanted, prepare, question::Answer,
    };

    /// Somebody who answers what was written down before, and writes down what happens.
    #[derive(Default)]
    struct Script {
        replies: RefCell<VecDeque<Reply<Answer>>>,
        log: RefCell<Vec<String>>,
    }

    impl Script {
        fn note(&self, what: impl Into<String>) {
            self.log.borrow_mut().push(what.into());
        }

        fn next(&self) -> Reply<Answer> {
            self.replies.borrow_mut().pop_front().unwrap()
        }
    }

    impl Progress for Script {
        fn step(&self, step: Step<'_>) {
            self.note(format!("{step:?}"));
        }
    }

    impl Ask for Script {
        fn begin(&self) -> io::Result<Box<dyn Conversation + '_>> {
            self.note("begin");
            Ok(Box::new(self))
        }
    }

    impl Conversation for &Script {
        fn ask(
            &mut self,
            question: &Question,
            check: &mut dyn FnMut(&Answer) -> Verdict,
        ) -> io::Result<Reply<Answer>> {
            self.note(question.prompt.clone());
            let reply = self.next();
            if let Reply::Answer(answer) = &reply {
                let verdict = check(answer);
                self.note(format!("{verdict:?}"));
            }
            Ok(reply)
        }

        fn review(&mut self, answers: &[Answered]) -> io::Result<Reply<()>> {
            let answers = answers
                .iter()
                .map(|it| format!("{}={}", it.prompt, it.answer));
            self.note(answers.collect::<Vec<_>>().join(" "));
            Ok(match self.next() {
                Reply::Answer(_) => Reply::Answer(()),
                Reply::Back => Reply::Back,
                Reply::Cancel => Reply::Cancel,
            })
        }
    }

    fn run(manifest: &str, replies: Vec<Reply<Answer>>) -> (Result<Plan, Error>, Vec<String>) {
        let template = tempfile::tempdir().unwrap();
        std::fs::write(template.path().join("scaffold.toml"), manifest).unwrap();
        let script = Script {
            replies: RefCell::new(replies.into()),
            ..Script::default()
        };
        let target = Target::New("/p".into());
        let plan = prepare(&Request {
            wanted: Wanted {
                template: template.path().to_str(),
                ..Wanted::default()
            },
            asker: Some(&script),
            progress: &script,
            ..Request::new(Subject::Project, "mysite", &target, Path::new("/"))
        });
        (plan, script.log.into_inner())
    }

    const MANIFEST: &str = "message = '{{ a }} {{ b }}'\n\
        [[variables]]\nname = 'a'\npattern = '[a-z]+'\n\
        [[variables]]\nname = 'b'\nprompt = 'B'\ndefault = '{{ a }}'\n";

    fn text(text: &str) -> Reply<Answer> {
        Reply::Answer(Answer::Text(text.to_owned()))
    }

    /// While somebody thinks, what watches the rendering has to know.
    #[test]
    fn it_tells_when_the_user_is_asked() {
        let (plan, log) = run(MANIFEST, vec![text("x"), text("y"), text("")]);
        assert_eq!(plan.unwrap().message(), Some("x y"));
        assert_eq!(
            log,
            [
                "Rendering",
                "Asking",
                "begin",
                "a",
                "Rendering",
                "Asking",
                "Right",
                "Rendering",
                "Rendering",
                "Asking",
                "B",
                "Rendering",
                "Asking",
                "Right",
                "Rendering",
                "Rendering",
                "Asking",
                "a=x B=y",
                "Rendering",
            ]
        );
    }

    #[test]
    fn it_goes_back_and_does_not_take_what_is_wrong() {
        let replies = vec![
            text("1"),
            text("x"),
            Reply::Back,
            text("z"),
            text("y"),
            Reply::Back,
            text("w"),
            text(""),
        ];
        let (plan, log) = run(MANIFEST, replies);
        assert_eq!(plan.unwrap().message(), Some("z w"));
        let log: Vec<_> = log.iter().map(String::as_str).collect();
        let asked = log
            .iter()
            .filter(|it| matches!(**it, "a" | "B") || it.contains('='));
        let asked: Vec<_> = asked.copied().collect();
        assert_eq!(asked, ["a", "a", "B", "a", "B", "a=z B=y", "B", "a=z B=w"]);
        assert!(
            log.contains(&"Wrong(\"does not match `[a-z]+`\")"),
            "{log:?}"
        );
    }

    #[test]
    fn the_end_is_no_project() {
        for replies in [
            vec![Reply::Cancel],
            vec![text("x"), text("y"), Reply::Cancel],
        ] {
            let (plan, _) = run(MANIFEST, replies);
            assert!(matches!(plan, Err(Error::Interrupted { .. })));
        }
    }

    #[test]
    fn nobody_is_asked_where_there_is_no_question() {
        let (plan, log) = run("[[variables]]\nname = 'a'\ndefault = 'x'\n", Vec::new());
        assert!(plan.is_ok());
        assert_eq!(log, ["Rendering"]);
    }
}

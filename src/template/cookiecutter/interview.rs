//! Asking the user for the variables of a template, forwards and back. Each time all values are
//! settled anew with what was replied so far: a default follows from the replies before it.

use std::{io, sync::Arc};

use super::{
    config::Config,
    engine::Engine,
    tree::Tree,
    variables::{self, Open, Replies},
};
use crate::template::{
    Request, Step,
    error::Error,
    question::{Answer, Answered, AskingError, Conversation, Form, Question, Reply, Verdict},
    shown,
    value::Value,
};

/// Settles all variables, and asks for those that nobody has answered, where somebody can be asked.
pub(super) fn interview(
    request: &Request<'_>,
    config: &Config,
    tree: &Tree,
    engine: &mut Engine,
) -> Result<(), Error> {
    let mut replies = Replies::new();
    let mut conversation: Option<Box<dyn Conversation + '_>> = None;
    loop {
        let open = variables::resolve(request, config, tree, &replies, engine)?;
        let Some(asker) = request.asker else {
            return Ok(());
        };
        if open.is_none() && replies.is_empty() {
            return Ok(());
        }
        request.progress.step(Step::Asking);
        let conversation = match &mut conversation {
            Some(conversation) => conversation,
            none => none.insert(asker.begin().map_err(terminal)?),
        };
        let reply = match &open {
            Some(open) => {
                let question = question(config, open, replies.is_empty());
                let mut check = |answer: &Answer| match value(open, answer) {
                    Some(_) => Verdict::Right,
                    None => Verdict::Wrong("takes an object in JSON".to_owned()),
                };
                conversation.ask(&question, &mut check).map_err(terminal)?
            }
            None => match review(config, &replies, &mut **conversation)? {
                Reply::Answer(()) => {
                    request.progress.step(Step::Rendering);
                    return Ok(());
                }
                Reply::Back => Reply::Back,
                Reply::Cancel => Reply::Cancel,
            },
        };
        request.progress.step(Step::Rendering);
        match reply {
            Reply::Answer(answer) => {
                // What is wrong with it was said; the question comes again.
                if let Some((open, value)) =
                    open.and_then(|open| value(&open, &answer).map(|value| (open, value)))
                {
                    replies.insert(Arc::clone(&open.name), value);
                }
            }
            Reply::Back => {
                replies.pop();
            }
            Reply::Cancel => {
                return Err(Error::Interrupted {
                    subject: request.subject,
                });
            }
        }
    }
}

fn terminal(error: io::Error) -> Error {
    AskingError::from(error).into()
}

fn review(
    config: &Config,
    replies: &Replies,
    conversation: &mut dyn Conversation,
) -> Result<Reply<()>, Error> {
    let answered: Vec<Answered> = replies
        .iter()
        .map(|(name, value)| Answered {
            prompt: prompt(config, name),
            answer: answer(config, name, value),
        })
        .collect();
    conversation.review(&answered).map_err(terminal)
}

/// An answer as it was chosen.
fn answer(config: &Config, name: &str, value: &Value) -> String {
    match (value, config.get(name)) {
        (Value::Bool(true), _) => "yes".to_owned(),
        (Value::Bool(false), _) => "no".to_owned(),
        // The rest was seen when it was typed, or is the template's.
        (Value::Dict(entries), _) => {
            let names: Vec<_> = entries.iter().map(|(name, _)| &**name).collect();
            shown::printable(&names.join(", "))
        }
        (value, Some(Value::List(_))) => {
            let mut labels = labels(config, name, std::slice::from_ref(value));
            labels.pop().unwrap_or_default()
        }
        (value, _) => shown::printable(&value.to_text()),
    }
}

/// What the user reads of the values of a choice.
pub(super) fn labels(config: &Config, name: &str, options: &[Value]) -> Vec<String> {
    let words = label(config, name);
    let of_option = |option: &Value| {
        let text = option.to_text();
        let word = match &words {
            Some(Value::Dict(labels)) => labels.get(text.as_str()).map(Value::to_text),
            _ => None,
        };
        shown::printable(&word.unwrap_or(text))
    };
    options.iter().map(of_option).collect()
}

/// What the user reads of a variable: the template's words, or its name.
pub(super) fn prompt(config: &Config, name: &str) -> String {
    let words = match label(config, name) {
        Some(Value::Dict(labels)) => labels.get("__prompt__").map(Value::to_text),
        words => words.map(|it| it.to_text()),
    };
    shown::printable(&words.unwrap_or_else(|| name.to_owned()))
}

fn label(config: &Config, name: &str) -> Option<Value> {
    match config.get("__prompts__") {
        Some(Value::Dict(prompts)) => prompts.get(name).cloned(),
        _ => None,
    }
}

fn question(config: &Config, open: &Open, is_first: bool) -> Question {
    let Open {
        name,
        default,
        options,
    } = open;
    let mut help = Vec::new();
    let form = match default {
        _ if !options.is_empty() => Form::One {
            labels: labels(config, name, options),
            preset: 0,
        },
        Value::Bool(preset) => Form::YesNo { preset: *preset },
        Value::Dict(_) => {
            help.push("an object in JSON, whose entries replace those of the default".to_owned());
            Form::Line { preset: None }
        }
        Value::None => Form::Line { preset: None },
        other => Form::Line {
            preset: Some(shown::printable(&other.to_text())),
        },
    };
    Question {
        prompt: prompt(config, name),
        help,
        form,
        is_secret: false,
        is_first,
    }
}

/// The value that an answer means; nothing where it means none.
fn value(open: &Open, answer: &Answer) -> Option<Value> {
    match answer {
        Answer::YesNo(answer) => Some(Value::Bool(*answer)),
        Answer::One(index) => open.options.get(*index).cloned(),
        Answer::Text(text) if matches!(open.default, Value::Dict(_)) => {
            if text.trim().is_empty() {
                return Some(open.default.clone());
            }
            let answer = variables::object(&Value::text(text.as_str()))?;
            Some(variables::merged(&open.default, &answer))
        }
        Answer::Text(text) => Some(Value::text(text.as_str())),
        Answer::Several(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque, path::Path};

    use super::*;
    use crate::template::{Ask, Plan, Subject, Target, Wanted, prepare, source::Kind};

    /// Somebody who answers what was written down before.
    struct Script {
        replies: RefCell<VecDeque<Reply<Answer>>>,
        asked: RefCell<Vec<String>>,
    }

    impl Ask for Script {
        fn begin(&self) -> io::Result<Box<dyn Conversation + '_>> {
            Ok(Box::new(self))
        }
    }

    impl Conversation for &Script {
        fn ask(
            &mut self,
            question: &Question,
            check: &mut dyn FnMut(&Answer) -> Verdict,
        ) -> io::Result<Reply<Answer>> {
            let Question { prompt, form, .. } = question;
            let reply = self.replies.borrow_mut().pop_front().unwrap();
            let verdict = match &reply {
                Reply::Answer(answer) => format!("{:?}", check(answer)),
                other => format!("{other:?}"),
            };
            let text = format!("{prompt}: {form:?}: {verdict}");
            self.asked.borrow_mut().push(text);
            Ok(reply)
        }

        fn review(&mut self, answers: &[Answered]) -> io::Result<Reply<()>> {
            let answers = answers
                .iter()
                .map(|it| format!("{}={}", it.prompt, it.answer));
            let text = answers.collect::<Vec<_>>().join(" ");
            self.asked.borrow_mut().push(text);
            Ok(match self.replies.borrow_mut().pop_front().unwrap() {
                Reply::Answer(_) => Reply::Answer(()),
                Reply::Back => Reply::Back,
                Reply::Cancel => Reply::Cancel,
            })
        }
    }

    fn run(replies: Vec<Reply<Answer>>) -> (Result<Plan, Error>, Vec<String>) {
        const CONFIG: &str = r#"{
            "project_slug": "x", "author": "{{ cookiecutter.project_slug }}'s", "docker": false,
            "license": ["MIT", "{{ cookiecutter.author }}"], "db": {"a": 1}, "_private": "p",
            "__prompts__": {"docker": "Docker?", "license": {"__prompt__": "L", "MIT": "M"}}
        }"#;
        const TEXT: &str = "{{ cookiecutter.author }} {{ cookiecutter.docker }} \
                            {{ cookiecutter.license }} {{ cookiecutter.db }}";
        let template = tempfile::tempdir().unwrap();
        let root = template.path().join("{{cookiecutter.project_slug}}");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("a"), TEXT).unwrap();
        std::fs::write(template.path().join("cookiecutter.json"), CONFIG).unwrap();
        let script = Script {
            replies: RefCell::new(replies.into()),
            asked: RefCell::default(),
        };
        let target = Target::New("/p".into());
        let plan = prepare(&Request {
            wanted: Wanted {
                template: template.path().to_str(),
                ..Wanted::default()
            },
            asker: Some(&script),
            ..Request::new(Subject::Project, "mysite", &target, Path::new("/"))
        });
        (plan, script.asked.into_inner())
    }

    fn text(text: &str) -> Reply<Answer> {
        Reply::Answer(Answer::Text(text.to_owned()))
    }

    #[test]
    fn each_type_is_asked_for_and_one_can_go_back() {
        let (plan, asked) = run(vec![
            text("me"),
            Reply::Back,
            text("{{ I }}"),
            Reply::Answer(Answer::YesNo(true)),
            Reply::Answer(Answer::One(1)),
            text("[]"),
            text("{\"b\": 2}"),
            Reply::Back,
            text(""),
            text(""),
        ]);
        let plan = plan.unwrap();
        let Kind::File { contents, .. } = &plan.nodes().next().unwrap().1.kind else {
            panic!("a file")
        };
        let rendered = String::from_utf8_lossy(contents);
        assert_eq!(rendered, "{{ I }} True {{ I }} {'a': '1'}");
        let line = "Line { preset: Some(\"mysite's\") }";
        let one = "One { labels: [\"M\", \"{{ I }}\"], preset: 0 }";
        assert_eq!(
            asked,
            [
                &format!("author: {line}: Right"),
                "Docker?: YesNo { preset: false }: Back",
                &format!("author: {line}: Right"),
                "Docker?: YesNo { preset: false }: Right",
                &format!("L: {one}: Right"),
                "db: Line { preset: None }: Wrong(\"takes an object in JSON\")",
                "db: Line { preset: None }: Right",
                "author={{ I }} Docker?=yes L={{ I }} db=a, b",
                "db: Line { preset: None }: Right",
                "author={{ I }} Docker?=yes L={{ I }} db=a",
            ]
        );
    }

    #[test]
    fn the_end_is_no_project() {
        let (plan, _) = run(vec![Reply::Cancel]);
        assert!(matches!(plan, Err(Error::Interrupted { .. })));
    }
}

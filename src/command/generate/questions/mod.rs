//! Asking the user at the terminal, on standard error: standard output is for results.
//!
//! - `keys`: from octets to keys
//! - `widget`: what fields have in common
//! - `line`, `list`: fields
//! - `screen`: drawing
//!
//! Which questions there are and which answers are right is not known here.

mod keys;
mod line;
mod list;
mod screen;
mod widget;

use std::{io, sync::atomic::AtomicBool};

use crate::{
    console::{self, Terminal},
    template::{Answer, Answered, Ask, Conversation, Question, Reply, Verdict},
};
use keys::{Event, Key, Keys};
use list::List;
use screen::{Body, CHOSEN, QUIET, Row, STRONG, Screen, WRONG, shortened, width, wrapped};
use widget::{Pressed, Widget, widget};

/// What stands before a question.
const MARK: &str = "? ";

/// Under a mark.
const INDENT: &str = "  ";

/// What the user is asked about all answers, and what can be done: in this order.
const REVIEW: &str = "Are these answers right?";
const DECISIONS: [&str; 3] = ["yes", "go back", "cancel"];

/// The rows beside the answers: the question, what can be done, and two for the keys.
const AROUND_REVIEW: usize = 1 + DECISIONS.len() + 2;

/// Has the terminal mark what comes from the clipboard, and stop it.
const MARK_PASTES: &str = "\x1b[?2004h";
const LEAVE_PASTES: &str = "\x1b[?2004l";

/// The user at the terminal.
#[derive(Debug)]
pub(in crate::command) struct Questions<'a> {
    /// Where it is set, the user wants the end.
    pub(in crate::command) stop: &'a AtomicBool,
}

impl Ask for Questions<'_> {
    fn begin(&self) -> io::Result<Box<dyn Conversation + '_>> {
        Ok(Box::new(Dialogue::begin(self.stop)?))
    }
}

impl Questions<'_> {
    /// Asks for a yes; the answer to begin with is no.
    pub(in crate::command) fn confirm(&self, prompt: &str) -> io::Result<Reply<bool>> {
        let text = Text {
            prompt,
            above: Vec::new(),
            help: &[],
        };
        let mut list = List::yes_no(false);
        let mut dialogue = Dialogue::begin(self.stop)?;
        let reply = dialogue.run(&text, &mut list, false, &mut |_| Verdict::Right)?;
        Ok(match reply {
            Reply::Answer(answer) => {
                dialogue.settle(prompt, &list);
                Reply::Answer(answer == Answer::YesNo(true))
            }
            Reply::Back => Reply::Back,
            Reply::Cancel => Reply::Cancel,
        })
    }
}

/// The terminal while it is asked at. When it is dropped, the terminal is as it was before.
struct Dialogue<'a> {
    stop: &'a AtomicBool,
    before: Terminal,
    keys: Keys,
    screen: Screen,
}

/// What stands around a field.
struct Text<'a> {
    prompt: &'a str,
    /// Lines between the prompt and the field.
    above: Vec<Row>,
    help: &'a [String],
}

impl<'a> Dialogue<'a> {
    fn begin(stop: &'a AtomicBool) -> io::Result<Self> {
        let before = Terminal::note();
        before.make_raw()?;
        console::draw(MARK_PASTES);
        Ok(Self {
            stop,
            before,
            keys: Keys::default(),
            screen: Screen::default(),
        })
    }

    /// Lets the user answer in a field.
    fn run(
        &mut self,
        text: &Text<'_>,
        field: &mut dyn Widget,
        can_go_back: bool,
        check: &mut dyn FnMut(&Answer) -> Verdict,
    ) -> io::Result<Reply<Answer>> {
        let mut complaint = None;
        let mut size = Screen::size();
        self.draw(text, field, can_go_back, None);
        loop {
            let key = match self.keys.next(self.stop)? {
                Event::Key(key) => key,
                Event::Idle => {
                    if size != Screen::size() {
                        size = Screen::size();
                        self.draw(text, field, can_go_back, complaint.as_deref());
                    }
                    continue;
                }
                Event::End => return Ok(self.end(Reply::Cancel)),
            };
            let pressed = match key {
                Key::Control('c') => return Ok(self.end(Reply::Cancel)),
                Key::Escape | Key::Control('b') => Pressed::Back,
                other => field.key(other),
            };
            complaint = match pressed {
                Pressed::Back if can_go_back => return Ok(self.end(Reply::Back)),
                Pressed::Nothing | Pressed::Back => continue,
                Pressed::Changed if field.is_empty() => None,
                Pressed::Changed => match check(&field.answer()) {
                    Verdict::Right => None,
                    Verdict::Wrong(fault) | Verdict::Broken(fault) => Some(fault),
                },
                Pressed::Done => match check(&field.answer()) {
                    Verdict::Right | Verdict::Broken(_) => {
                        return Ok(self.end(Reply::Answer(field.answer())));
                    }
                    Verdict::Wrong(fault) => Some(fault),
                },
            };
            self.draw(text, field, can_go_back, complaint.as_deref());
        }
    }

    /// Takes the question from the screen.
    fn end<T>(&mut self, reply: Reply<T>) -> Reply<T> {
        self.screen.finish(&[]);
        reply
    }

    /// Leaves a question with its answer on the screen.
    fn settle(&mut self, prompt: &str, field: &dyn Widget) {
        let answer = field.summary();
        let room = room_beside(width(&answer));
        let parts = [
            (CHOSEN, MARK.to_owned()),
            (STRONG, format!("{} ", shortened(prompt, room))),
            (CHOSEN, answer),
        ];
        self.screen.finish(&[Row::new(parts)]);
    }

    fn draw(
        &mut self,
        text: &Text<'_>,
        field: &dyn Widget,
        can_go_back: bool,
        complaint: Option<&str>,
    ) {
        let (columns, rows) = Screen::size();
        let room = columns.saturating_sub(MARK.len() + 1);
        let block = |style, text: &str| -> Vec<Row> {
            let lines = wrapped(text, room).into_iter();
            lines
                .map(|line| Row::new([(style, format!("{INDENT}{line}"))]))
                .collect()
        };
        let prompt = wrapped(text.prompt, room).into_iter().enumerate();
        let prompt = prompt.map(|(at, line)| {
            let mark = if at == 0 { MARK } else { INDENT };
            Row::new([(CHOSEN, mark.to_owned()), (STRONG, line)])
        });
        let mut head: Vec<Row> = prompt.collect();
        head.extend(text.help.iter().flat_map(|line| block(QUIET, line)));
        head.extend(text.above.iter().cloned());
        let mut foot = Vec::new();
        if let Some(complaint) = complaint {
            foot.extend(block(WRONG, complaint));
        }
        let back = if can_go_back { " · Esc: back" } else { "" };
        let keys = format!("{}{back} · Ctrl-C: cancel", field.keys());
        foot.extend(block(QUIET, &keys));
        // The field needs a row. That something is missing above it is told.
        let room = rows.saturating_sub(foot.len() + 1).max(1);
        if head.len() > room {
            head.truncate(room);
            if let Some(last) = head.last_mut() {
                *last = Row::new([(QUIET, format!("{INDENT}…"))]);
            }
        }
        let left = rows.saturating_sub(head.len() + foot.len());
        let mut body = field.body(columns.saturating_sub(1), left);
        let top = head.len();
        let cursor = body.cursor.map(|(row, column)| (top + row, column));
        head.append(&mut body.rows);
        head.append(&mut foot);
        self.screen.draw(&Body { rows: head, cursor });
    }
}

/// How many columns there are for a question beside an answer of that width: half of all at least,
/// so that of a long answer the end is not shown.
fn room_beside(answer: usize) -> usize {
    let (columns, _) = Screen::size();
    let around = MARK.len() + INDENT.len() + 1;
    columns
        .saturating_sub(answer + around)
        .max(columns / 2)
        .max(1)
}

impl Conversation for Dialogue<'_> {
    fn ask(
        &mut self,
        question: &Question,
        check: &mut dyn FnMut(&Answer) -> Verdict,
    ) -> io::Result<Reply<Answer>> {
        let mut field = widget(question);
        let text = Text {
            prompt: &question.prompt,
            above: Vec::new(),
            help: &question.help,
        };
        let reply = self.run(&text, &mut *field, !question.is_first, check)?;
        match reply {
            Reply::Answer(_) => self.settle(&question.prompt, &*field),
            // The answer that is above is asked for again.
            Reply::Back => self.screen.take_back(),
            Reply::Cancel => {}
        }
        Ok(reply)
    }

    fn review(&mut self, answers: &[Answered]) -> io::Result<Reply<()>> {
        let widest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|it| width(it)).max().unwrap_or_default()
        };
        let room = room_beside(widest(&mut answers.iter().map(|it| &it.answer)));
        let room = room.min(widest(&mut answers.iter().map(|it| &it.prompt)));
        let rows = answers.iter().map(|Answered { prompt, answer }| {
            let prompt = shortened(prompt, room);
            let space = " ".repeat(room.saturating_sub(width(&prompt)) + INDENT.len());
            let prompt = format!("{INDENT}{prompt}{space}");
            Row::new([(QUIET, prompt), (CHOSEN, answer.clone())])
        });
        let mut above: Vec<Row> = rows.collect();
        // What is more than the screen can show is left above it, for the user to scroll to.
        let is_long = above.len() + AROUND_REVIEW > Screen::size().1;
        if is_long {
            self.screen.finish(&std::mem::take(&mut above));
        }
        let text = Text {
            prompt: REVIEW,
            above,
            help: &[],
        };
        let mut list = List::one(DECISIONS.map(str::to_owned).into(), 0);
        let reply = self.run(&text, &mut list, true, &mut |_| Verdict::Right)?;
        Ok(match (reply, list.cursor()) {
            (Reply::Answer(_), 0) => Reply::Answer(()),
            (Reply::Answer(_), 1) | (Reply::Back, _) => {
                if !is_long {
                    self.screen.take_back();
                }
                Reply::Back
            }
            (Reply::Answer(_) | Reply::Cancel, _) => Reply::Cancel,
        })
    }
}

impl Drop for Dialogue<'_> {
    fn drop(&mut self) {
        console::draw(LEAVE_PASTES);
        self.before.restore();
    }
}

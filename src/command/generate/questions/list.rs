//! A list to choose one of, or several: where the cursor is, and what keys do. Pure.

use super::{
    keys::Key,
    screen::{Body, CHOSEN, PLAIN, QUIET, Row},
    widget::{Pressed, Widget},
};
use crate::template::Answer;

/// A list of which one is under the cursor.
#[derive(Debug)]
pub(super) struct List {
    labels: Vec<String>,
    cursor: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    One,
    YesNo,
    /// Which are chosen.
    Several(Vec<bool>),
}

/// What stands for yes and no, in this order.
const YES_NO: [&str; 2] = ["yes", "no"];

impl List {
    pub(super) fn one(labels: Vec<String>, cursor: usize) -> Self {
        Self {
            labels,
            cursor,
            kind: Kind::One,
        }
    }

    pub(super) fn yes_no(preset: bool) -> Self {
        Self {
            labels: YES_NO.map(str::to_owned).into(),
            cursor: usize::from(!preset),
            kind: Kind::YesNo,
        }
    }

    pub(super) fn several(labels: Vec<String>, chosen: Vec<bool>) -> Self {
        Self {
            labels,
            cursor: 0,
            kind: Kind::Several(chosen),
        }
    }

    /// Which one is under the cursor.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Moves to the next one that begins with the letter.
    fn jump(&mut self, letter: char) -> Pressed {
        let begins = |label: &String| {
            let first = label.chars().find(|it| it.is_alphanumeric());
            first.is_some_and(|it| it.to_lowercase().eq(letter.to_lowercase()))
        };
        let labels = self.labels.iter().enumerate().cycle();
        let mut others = labels.skip(self.cursor + 1).take(self.labels.len());
        match others.find(|(_, label)| begins(label)) {
            Some((at, _)) => {
                self.cursor = at;
                Pressed::Changed
            }
            None => Pressed::Nothing,
        }
    }

    fn toggle(&mut self) -> Pressed {
        let Kind::Several(chosen) = &mut self.kind else {
            return Pressed::Nothing;
        };
        if let Some(is_chosen) = chosen.get_mut(self.cursor) {
            *is_chosen = !*is_chosen;
        }
        Pressed::Changed
    }

    /// The label, with its box where there are boxes.
    fn label(&self, at: usize) -> String {
        let label = self.labels.get(at).map(String::as_str).unwrap_or_default();
        match &self.kind {
            Kind::Several(chosen) if chosen.get(at) == Some(&true) => format!("[x] {label}"),
            Kind::Several(_) => format!("[ ] {label}"),
            _ => label.to_owned(),
        }
    }
}

impl Widget for List {
    fn key(&mut self, key: Key) -> Pressed {
        let last = self.labels.len().saturating_sub(1);
        match key {
            Key::Enter => return Pressed::Done,
            Key::Char(' ') => return self.toggle(),
            Key::Char(letter) => return self.jump(letter),
            Key::Up | Key::Left if self.cursor == 0 => self.cursor = last,
            Key::Up | Key::Left => self.cursor -= 1,
            Key::Down | Key::Right | Key::Tab if self.cursor == last => self.cursor = 0,
            Key::Down | Key::Right | Key::Tab => self.cursor += 1,
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = last,
            _ => return Pressed::Nothing,
        }
        Pressed::Changed
    }

    fn body(&self, _columns: usize, rows: usize) -> Body {
        let room = rows.max(1);
        let first = (self.cursor + 1).saturating_sub(room);
        let all = self.labels.iter().enumerate().skip(first).take(room);
        let rows = all
            .map(|(at, _)| {
                let is_here = at == self.cursor;
                let is_edge = (at == first && first > 0)
                    || (at + 1 == first + room && at + 1 < self.labels.len());
                // What goes on beyond the edge is told.
                let mark = match (is_here, is_edge) {
                    (true, _) => "> ",
                    (false, true) => "… ",
                    (false, false) => "  ",
                };
                let style = if is_here { CHOSEN } else { PLAIN };
                Row::new([(QUIET, mark.to_owned()), (style, self.label(at))])
            })
            .collect();
        Body { rows, cursor: None }
    }

    fn answer(&self) -> Answer {
        match &self.kind {
            Kind::One => Answer::One(self.cursor),
            Kind::YesNo => Answer::YesNo(self.cursor == 0),
            Kind::Several(chosen) => Answer::Several(chosen.clone()),
        }
    }

    fn is_empty(&self) -> bool {
        false
    }

    fn summary(&self) -> String {
        match &self.kind {
            Kind::Several(chosen) => {
                let labels = self.labels.iter().zip(chosen);
                let labels = labels.filter(|(_, is_chosen)| **is_chosen);
                let labels: Vec<_> = labels.map(|(label, _)| label.as_str()).collect();
                labels.join(", ")
            }
            _ => self.labels.get(self.cursor).cloned().unwrap_or_default(),
        }
    }

    fn keys(&self) -> String {
        match &self.kind {
            Kind::One => "↑ ↓: choose · Enter: take it",
            Kind::YesNo => "y, n: choose · Enter: take it",
            Kind::Several(_) => "↑ ↓: move · Space: choose · Enter: take them",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<String> {
        ["SQLite", "PostgreSQL", "MySQL", "(Percona)"]
            .map(str::to_owned)
            .into()
    }

    fn press(list: &mut List, keys: impl IntoIterator<Item = Key>) -> Answer {
        for key in keys {
            list.key(key);
        }
        list.answer()
    }

    #[test]
    fn the_cursor_goes_round_and_to_letters() {
        let mut list = List::one(labels(), 1);
        assert_eq!(press(&mut list, []), Answer::One(1));
        assert_eq!(
            press(&mut list, [Key::Down, Key::Down, Key::Down]),
            Answer::One(0)
        );
        assert_eq!(press(&mut list, [Key::Up]), Answer::One(3));
        assert_eq!(press(&mut list, [Key::Char('p')]), Answer::One(1));
        assert_eq!(press(&mut list, [Key::Char('P')]), Answer::One(3));
        assert_eq!(list.key(Key::Char('z')), Pressed::Nothing);
        assert_eq!(list.summary(), "(Percona)");
    }

    #[test]
    fn yes_and_no_are_typed() {
        let mut list = List::yes_no(false);
        assert_eq!(list.answer(), Answer::YesNo(false));
        assert_eq!(press(&mut list, [Key::Char('y')]), Answer::YesNo(true));
        assert_eq!(press(&mut list, [Key::Char('N')]), Answer::YesNo(false));
        assert_eq!(list.key(Key::Enter), Pressed::Done);
    }

    #[test]
    fn several_are_chosen_with_boxes() {
        let mut list = List::several(labels(), vec![true, false, false, false]);
        let answer = press(&mut list, [Key::Char(' '), Key::Down, Key::Char(' ')]);
        assert_eq!(answer, Answer::Several(vec![false, true, false, false]));
        let rows = list.body(80, 10).rows;
        let rows: Vec<_> = rows.iter().map(Row::text).collect();
        assert_eq!(
            rows,
            [
                "  [ ] SQLite",
                "> [x] PostgreSQL",
                "  [ ] MySQL",
                "  [ ] (Percona)"
            ]
        );
        assert_eq!(list.summary(), "PostgreSQL");
    }

    #[test]
    fn of_a_long_list_the_part_at_the_cursor_is_shown() {
        let mut list = List::one(labels(), 0);
        let shown =
            |list: &List| -> Vec<String> { list.body(80, 2).rows.iter().map(Row::text).collect() };
        assert_eq!(shown(&list), ["> SQLite", "… PostgreSQL"]);
        list.key(Key::Up);
        assert_eq!(shown(&list), ["… MySQL", "> (Percona)"]);
    }
}

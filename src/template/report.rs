//! A complaint about places in text files: a line that editors and people find the place by, and
//! below it what `miette` draws: the lines, with the places marked.
//!
//! - `excerpt`: the lines around a place, as much of them as is shown, in which nothing does
//!   anything
//! - `drawing`: from these to what is drawn

mod drawing;
mod excerpt;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    fmt::{self, Display},
    ops::Range,
    path::Path,
};

use miette::GraphicalTheme;

use super::shown;
use excerpt::Excerpt;

/// How much of a message is shown: it may quote the text.
const MESSAGE: usize = 2000;

/// What stands for what is left out.
const LEFT_OUT: &str = "…";

/// A complaint about places in text files. It holds only what is shown, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    message: String,
    /// First the one that it is about.
    places: Vec<Place>,
    /// What else is wrong, where all of it was found at once.
    more: Vec<Report>,
}

/// A place in a text file, or a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// The file, as it may be shown.
    path: String,
    excerpt: Option<Excerpt>,
    /// What the mark says.
    label: Option<String>,
}

impl Report {
    /// The complaint about octets of a text. They need not be whole characters of it, and may be
    /// beyond its end or beyond that of their line.
    pub(super) fn new(path: &Path, text: &str, range: Range<usize>, message: &str) -> Self {
        Self {
            places: vec![Place::new(path, Some(Excerpt::new(text, range)))],
            ..Self::of_file(path, message)
        }
    }

    /// The complaint about what begins in a line and a column, both from 1; `width` is how many
    /// characters of it are marked.
    #[must_use]
    pub fn at(
        path: &Path,
        text: &str,
        (line, column): (usize, usize),
        width: usize,
        message: &str,
    ) -> Self {
        let ends = || text.match_indices('\n').map(|(at, _)| at + 1);
        let start = match line.checked_sub(2) {
            Some(before) => ends().nth(before).unwrap_or(text.len()),
            None => 0,
        };
        let rest = text.get(start..).unwrap_or_default();
        let rest = rest.split('\n').next().unwrap_or_default();
        let octets = |characters: usize| {
            let mut all = rest.char_indices();
            all.nth(characters).map_or(rest.len(), |(at, _)| at)
        };
        let begin = column.saturating_sub(1);
        let range = start + octets(begin)..start + octets(begin.saturating_add(width));
        Self::new(path, text, range, message)
    }

    /// The complaint about a file in which no place is known.
    pub(super) fn of_file(path: &Path, message: &str) -> Self {
        Self {
            message: shown::text(&shortened(message.trim_end())).to_string(),
            places: vec![Place::new(path, None)],
            more: Vec::new(),
        }
    }

    /// The same with words at the mark.
    pub(super) fn with_label(mut self, label: &str) -> Self {
        if let Some(place) = self.places.last_mut() {
            place.label = Some(shown::printable(label));
        }
        self
    }

    /// The same with another place, which has to do with it, and words for that.
    pub(super) fn and(mut self, path: &Path, text: &str, range: Range<usize>, label: &str) -> Self {
        let excerpt = Excerpt::new(text, range);
        self.places.push(Place::new(path, Some(excerpt)));
        self.with_label(label)
    }

    /// Several complaints as one, in the order of their places.
    pub(super) fn joined(mut all: Vec<Self>) -> Option<Self> {
        all.sort_by_key(Self::position);
        let mut all = all.into_iter();
        let mut first = all.next()?;
        first.more.extend(all);
        Some(first)
    }

    /// What is wrong, without the place.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The file that it is about, as it may be shown.
    pub(super) fn path(&self) -> &str {
        self.places.first().map_or("", |it| &it.path)
    }

    /// The line and the column of what it is about, both from 1, where they are known.
    pub(super) fn position(&self) -> Option<(usize, usize)> {
        self.places.first()?.position()
    }

    /// The line that editors and people find the place by: `path:line:column: message`.
    #[must_use]
    pub fn headline(&self) -> String {
        let place = self.places.first();
        let place = place.map_or_else(String::new, Place::to_string);
        format!("{place}: {}", self.message)
    }

    /// What stands below that line: the lines of the file with the place marked, in colour, in so
    /// many columns where that is known. There is nothing where no place is known.
    #[must_use]
    pub fn drawing(&self, columns: Option<usize>) -> String {
        self.draw(&drawing::coloured(), columns)
    }

    fn draw(&self, theme: &GraphicalTheme, columns: Option<usize>) -> String {
        let mut drawing = drawing::draw(&self.places, theme, columns);
        for report in &self.more {
            let below = report.draw(theme, columns);
            drawing.extend(["\n\n", &report.headline(), &below]);
        }
        drawing
    }
}

impl Display for Report {
    /// All of it, without colour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drawing = self.draw(&GraphicalTheme::unicode_nocolor(), None);
        write!(f, "{}{drawing}", self.headline())
    }
}

impl Place {
    fn new(path: &Path, excerpt: Option<Excerpt>) -> Self {
        Self {
            path: shown::path(path).to_string(),
            excerpt,
            label: None,
        }
    }

    fn position(&self) -> Option<(usize, usize)> {
        let excerpt = self.excerpt.as_ref()?;
        Some((excerpt.line, excerpt.column))
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match self.position() {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// A message without the middle of it, where it is too long.
fn shortened(message: &str) -> Cow<'_, str> {
    let mut characters = message.char_indices();
    let Some((begin, _)) = characters.nth(MESSAGE / 2) else {
        return Cow::Borrowed(message);
    };
    let Some((end, _)) = characters.nth_back(MESSAGE / 2) else {
        return Cow::Borrowed(message);
    };
    let (first, last) = (message.get(..begin), message.get(end..));
    Cow::Owned([first.unwrap_or_default(), last.unwrap_or_default()].join(LEFT_OUT))
}

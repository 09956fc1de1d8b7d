//! Drawing places with `miette`, whose handler shows every octet and every line that it is given:
//! it gets lines that may be shown, and no others.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
    ops::Range,
};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::{
    Place,
    excerpt::{self, Excerpt},
};

/// No line is cut to fewer columns, however small the terminal is.
const LEAST_COLUMNS: usize = 20;

/// What the handler writes in a line beside its number and its text (four columns), what stands for
/// what is left out at both ends, and a column that stays free.
const MARGIN: usize = 7;

/// The handler's theme, in colours of the program's other messages.
pub(super) fn coloured() -> GraphicalTheme {
    let mut theme = GraphicalTheme::unicode();
    let styles = &mut theme.styles;
    styles.highlights = vec![styles.error, styles.advice];
    theme
}

/// Draws places, each drawing on lines of its own after a line end. Those of one file are in one
/// drawing.
pub(super) fn draw(places: &[Place], theme: &GraphicalTheme, columns: Option<usize>) -> String {
    let handler = GraphicalReportHandler::new_themed(theme.clone())
        .with_urls(false)
        .with_context_lines(1)
        .with_wrap_lines(false)
        .tab_width(excerpt::TAB)
        .without_cause_chain()
        .without_primary_span_start()
        .without_syntax_highlighting();
    let mut all = String::new();
    for (index, group) in groups(places).into_iter().enumerate() {
        let sheet = Sheet::new(&group, index > 0, columns);
        let mut drawing = String::new();
        if handler.render_report(&mut drawing, &sheet).is_ok() {
            // It begins with the message, which is empty here: ours stands above all drawings.
            for line in drawing.trim_start_matches('\n').lines() {
                all.extend(["\n", line.trim_end()]);
            }
        }
    }
    all
}

/// The places that are drawn together: those of one file, if they show a line in one way.
fn groups(places: &[Place]) -> Vec<Vec<(&Place, &Excerpt)>> {
    let mut groups: Vec<Vec<(&Place, &Excerpt)>> = Vec::new();
    for place in places {
        let Some(excerpt) = &place.excerpt else {
            continue;
        };
        let fits = |group: &&mut Vec<(&Place, &Excerpt)>| {
            group.iter().all(|(other, its)| {
                let is_same = its.line != excerpt.line || its.own() == excerpt.own();
                other.path == place.path && is_same
            })
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push((place, excerpt)),
            None => groups.push(vec![(place, excerpt)]),
        }
    }
    groups
}

/// Lines of one file, which need not follow each other, and what is marked in them.
#[derive(Debug)]
struct Sheet {
    /// The place, where the drawing has to say it.
    name: Option<String>,
    /// All lines, each with a line end.
    text: String,
    /// The number of each line, from 1, and where it begins in the text.
    lines: Vec<(usize, usize)>,
    labels: Vec<LabeledSpan>,
}

impl Sheet {
    fn new(group: &[(&Place, &Excerpt)], is_named: bool, columns: Option<usize>) -> Self {
        let mut texts = BTreeMap::new();
        for (_, excerpt) in group {
            for line in &excerpt.lines {
                if line.number == excerpt.line {
                    texts.insert(line.number, line.text.as_str());
                } else {
                    texts.entry(line.number).or_insert(&line.text);
                }
            }
        }
        let digits = texts.keys().last().map_or(0, |it| it.to_string().len());
        let room = columns.map(|it| it.saturating_sub(digits + MARGIN).max(LEAST_COLUMNS));
        let mut sheet = Self {
            name: group
                .first()
                .filter(|_| is_named)
                .map(|(place, _)| place.to_string()),
            text: String::new(),
            lines: Vec::new(),
            labels: Vec::new(),
        };
        for (number, text) in texts {
            let marks = group.iter().filter(|(_, it)| it.line == number);
            sheet.add(number, text, marks, room);
        }
        sheet
    }

    /// Adds a line, cut to the room that there is for it. What is cut off with one of its marks
    /// is marked where it was cut off.
    fn add<'a>(
        &mut self,
        number: usize,
        text: &str,
        marks: impl Iterator<Item = &'a (&'a Place, &'a Excerpt)> + Clone,
        room: Option<usize>,
    ) {
        let start = self.text.len();
        let focus = marks.clone().next().map_or(0..0, |(_, it)| it.mark.clone());
        let (text, shown) = match room {
            Some(room) => excerpt::cut(text, focus.clone(), room),
            None => (text.to_owned(), focus.clone()),
        };
        let moved = |at: usize| {
            let at = (at + shown.start).saturating_sub(focus.start);
            start + text.floor_char_boundary(at)
        };
        for (index, (place, excerpt)) in marks.enumerate() {
            let Range { start: from, end } = excerpt.mark.clone();
            let (from, end) = match index {
                0 => (start + shown.start, start + shown.end),
                _ => (moved(from), moved(end)),
            };
            let label = place.label.clone();
            let span = LabeledSpan::new(label, from, end.saturating_sub(from));
            self.labels.push(span);
        }
        self.lines.push((number, start));
        self.text.extend([&text, "\n"]);
    }

    /// Which of the lines an octet is in.
    fn line_of(&self, offset: usize) -> Result<usize, MietteError> {
        let after = self.lines.partition_point(|(_, start)| *start <= offset);
        after.checked_sub(1).ok_or(MietteError::OutOfBounds)
    }

    fn number(&self, line: usize) -> Option<usize> {
        self.lines.get(line).map(|(number, _)| *number)
    }
}

impl SourceCode for Sheet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let last_octet = span.offset() + span.len().saturating_sub(1);
        let (mut first, mut last) = (self.line_of(span.offset())?, self.line_of(last_octet)?);
        let follows = |line: usize| {
            let before = line.checked_sub(1).and_then(|it| self.number(it));
            before.is_some_and(|it| self.number(line) == Some(it + 1))
        };
        if !(first + 1..=last).all(follows) {
            // The handler draws them one after another then.
            return Err(MietteError::OutOfBounds);
        }
        for _ in 0..lines_before {
            first -= usize::from(follows(first));
        }
        for _ in 0..lines_after {
            last += usize::from(follows(last + 1));
        }
        let start = self.lines.get(first).map_or(0, |(_, start)| *start);
        let end = self.lines.get(last + 1);
        let end = end.map_or(self.text.len(), |(_, start)| *start);
        let data = self.text.as_bytes().get(start..end).unwrap_or_default();
        let span = SourceSpan::from(start..end);
        let line = self.number(first).unwrap_or_default().saturating_sub(1);
        let count = last - first + 1;
        Ok(Box::new(match &self.name {
            Some(name) => MietteSpanContents::new_named(name.clone(), data, span, line, 0, count),
            None => MietteSpanContents::new(data, span, line, 0, count),
        }))
    }
}

impl Diagnostic for Sheet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl std::error::Error for Sheet {}

impl Display for Sheet {
    /// Nothing: the message stands above the drawings.
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

//! What is in the files of the template: the texts of the project with expressions in the places of
//! its name. A file whose own text looks like the template's language gets other marks, or is
//! copied.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use tera::Delimiters;

use super::{
    Replacement,
    manifest::Notes,
    paths::Paths,
    secrets::Secrets,
    spellings::{Piece, Spellings},
};
use crate::template::{
    native::Engine,
    render::is_from_windows,
    value::{Dict, Value},
};

/// Marks around variables, around blocks and around comments, one set after another: those of most
/// templates, then those that are in few texts.
pub(super) const MARKS: [[&str; 6]; 5] = [
    ["{{", "}}", "{%", "%}", "{#", "#}"],
    ["[[", "]]", "[%", "%]", "[#", "#]"],
    ["<<", ">>", "<%", "%>", "<#", "#>"],
    ["((", "))", "(%", "%)", "(#", "#)"],
    ["@<", ">@", "@%", "%@", "@#", "#@"],
];

/// Makes texts, and counts what was replaced.
pub(super) struct Treated<'a> {
    spellings: &'a Spellings,
    /// One for each set of marks, with the answers that give the project back.
    engines: Vec<Option<Engine>>,
    /// By the spelling's number and what stands there instead.
    counts: BTreeMap<(usize, String), BTreeMap<PathBuf, usize>>,
    inside_words: usize,
    untouched: Vec<PathBuf>,
}

impl<'a> Treated<'a> {
    pub(super) fn new(spellings: &'a Spellings, secrets: &Secrets, name: &str) -> Self {
        let mut variables: Dict = secrets.answers();
        for subject in ["project_name", "app_name"] {
            variables.insert(subject.into(), Value::text(name));
        }
        let engine = Engine::with(&variables, &[], Arc::default());
        let engines = MARKS
            .iter()
            .map(|marks| engine.with_delimiters(delimiters(marks)).ok());
        Self {
            spellings,
            engines: engines.collect(),
            counts: BTreeMap::new(),
            inside_words: 0,
            untouched: Vec::new(),
        }
    }

    /// The contents of a file in the template. What the manifest has to say of it is noted under
    /// its path there.
    pub(super) fn treat(
        &mut self,
        path: &Path,
        place: &Path,
        contents: &[u8],
        notes: &mut Notes,
    ) -> Vec<u8> {
        let text = match std::str::from_utf8(contents) {
            Ok(text) if !text.contains('\0') => text,
            // Such files are copied in any case.
            _ => return contents.to_vec(),
        };
        let (pieces, inside_words) = self.spellings.pieces(path, text);
        self.inside_words += inside_words;
        let has_name = pieces.iter().any(|it| matches!(it, Piece::Name(..)));
        if !has_name {
            if !self.gives_back(0, text, text) {
                notes.copied.push(place.to_owned());
            }
            return contents.to_vec();
        }
        for (number, marks) in MARKS.iter().enumerate() {
            let made = join(&pieces, marks);
            if self.gives_back(number, &made, text) {
                self.count(path, &pieces);
                if let Some(files) = number
                    .checked_sub(1)
                    .and_then(|it| notes.delimited.get_mut(it))
                {
                    files.push(place.to_owned());
                }
                return made.into_bytes();
            }
        }
        self.untouched.push(path.to_owned());
        notes.copied.push(place.to_owned());
        contents.to_vec()
    }

    /// Whether a text with these marks renders to what was there.
    fn gives_back(&self, marks: usize, made: &str, text: &str) -> bool {
        if text.contains('\r') {
            // Rendering keeps the line ends of Windows where there are no others.
            return is_from_windows(text.as_bytes())
                && self.gives_back(
                    marks,
                    &made.replace("\r\n", "\n"),
                    &text.replace("\r\n", "\n"),
                );
        }
        let engine = self.engines.get(marks).and_then(Option::as_ref);
        let [variable, _, block, _, comment, _] = MARKS.get(marks).copied().unwrap_or_default();
        if ![variable, block, comment]
            .iter()
            .any(|it| made.contains(it))
        {
            return made == text;
        }
        engine.is_some_and(|it| it.render_short(made).is_ok_and(|again| again == text))
    }

    fn count(&mut self, path: &Path, pieces: &[Piece<'_>]) {
        for piece in pieces {
            if let Piece::Name(number, expression) = piece {
                let key = (*number, expression.to_string());
                let files = self.counts.entry(key).or_default();
                *files.entry(path.to_owned()).or_default() += 1;
            }
        }
    }

    /// All that was replaced, in names too; what came up most first.
    pub(super) fn replacements(&self, paths: &Paths<'_>) -> Vec<Replacement> {
        let mut all = self.counts.clone();
        for (number, expression, _) in paths.replaced() {
            all.entry((*number, expression.clone())).or_default();
        }
        let mut replacements: Vec<Replacement> = all
            .into_iter()
            .filter_map(|((number, expression), contents)| {
                let spelling = self.spellings.get(number)?;
                let names = paths
                    .replaced()
                    .iter()
                    .filter(|(it, inner, _)| *it == number && *inner == expression);
                Some(Replacement {
                    spelling: (!spelling.is_secret).then(|| spelling.value.clone()),
                    names: names.map(|(_, _, path)| path.clone()).collect(),
                    expression,
                    contents,
                })
            })
            .collect();
        replacements.sort_by_key(|it| std::cmp::Reverse(it.count()));
        replacements
    }

    /// How often the name was in a longer word.
    pub(super) fn inside_words(&self) -> usize {
        self.inside_words
    }

    /// The files of the project in which the name had to stay.
    pub(super) fn untouched(&self) -> Vec<PathBuf> {
        self.untouched.clone()
    }
}

fn join(pieces: &[Piece<'_>], marks: &[&str; 6]) -> String {
    let [start, end, ..] = marks;
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Name(_, expression) => {
                let _ = write!(text, "{start} {expression} {end}");
            }
        }
    }
    text
}

fn delimiters(marks: &[&'static str; 6]) -> Delimiters {
    let [
        variable_start,
        variable_end,
        block_start,
        block_end,
        comment_start,
        comment_end,
    ] = marks.map(Into::into);
    Delimiters {
        block_start,
        block_end,
        variable_start,
        variable_end,
        comment_start,
        comment_end,
    }
}

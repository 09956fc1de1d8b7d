//! What becomes of one file, from what the template made of it then, what it makes now, and what the
//! user has made of it. Pure.

use std::{borrow::Cow, path::PathBuf};

use super::{
    merge::{self, Merged},
    recover::Recovered,
};
use crate::template::{
    mode::{EXECUTABLE, is_executable},
    remembered::Print,
    write::Found,
};

/// A file that a version of the template makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    /// What it is made from.
    pub(super) from: PathBuf,
    pub(super) contents: Cow<'static, [u8]>,
    /// The permission bits, before the umask.
    pub(super) mode: u32,
    /// Where the user has a file of that name, that one stays.
    pub(super) skips_if_exists: bool,
}

impl Blob {
    pub(super) fn print(&self, private: &[String]) -> Print {
        Print::of(&self.contents, is_executable(self.mode), private)
    }
}

/// A file that the old version made.
#[derive(Clone, Debug)]
pub(super) enum Old<'a> {
    Known(Blob),
    /// The old version cannot be had; this is known of the file.
    Print(&'a Print),
}

impl Old<'_> {
    /// Whether the old version left a file of the user's alone; not where that is not known.
    fn skips_if_exists(&self) -> bool {
        matches!(self, Self::Known(blob) if blob.skips_if_exists)
    }

    fn is_executable(&self) -> bool {
        match self {
            Self::Known(blob) => is_executable(blob.mode),
            Self::Print(print) => print.is_executable,
        }
    }
}

/// What an update does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The template has it, and the project had not.
    Created,
    /// It is as the template has it: the user had not changed it.
    Updated,
    /// It has the changes of both.
    Merged,
    /// It was moved as the template moved it, with the user's changes and the template's.
    Moved,
    /// The template has it no more, and the user had not changed it.
    Removed,
    /// It has markers around what both have changed.
    Conflict,
    /// Both have changed it, and it is no text: it is as it was.
    BinaryConflict,
    /// Something that is no file, or is reached through a link, stands there, and stays.
    InTheWay,
    /// The template has changed it, but the user has deleted it: it stays so.
    StaysDeleted,
    /// The template has it no more, but the user has changed it: it stays.
    StaysChanged,
    /// The template has changed it, but says itself that one that is there stays.
    StaysThere,
}

impl Outcome {
    /// Whether somebody has to look at it.
    #[must_use]
    pub fn is_conflict(self) -> bool {
        matches!(self, Self::Conflict | Self::BinaryConflict | Self::InTheWay)
    }
}

/// What is done on the disk.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    Put { contents: Vec<u8>, mode: u32 },
    Remove,
}

/// What there is of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    pub(super) old: Option<&'a Old<'a>>,
    pub(super) ours: &'a Found,
    pub(super) new: Option<&'a Blob>,
    pub(super) private: Private<'a>,
    /// Whether what the user has deleted comes back.
    pub(super) restores: bool,
}

/// What differs from one rendering to another by chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Private<'a> {
    /// The texts of today.
    pub(super) texts: &'a [String],
    /// What the project has in place of them.
    pub(super) known: &'a Recovered,
}

impl Private<'_> {
    /// The values in a file of the user's.
    fn find(self, rendered: &str, ours: &str) -> Recovered {
        let mut recovered = self.known.elsewhere();
        recovered.add(rendered, ours, self.texts);
        recovered
    }

    /// A file of the template with the values of the project.
    fn put(self, new: &Blob) -> Effect {
        let contents = match text(&new.contents) {
            Some(text) => self.known.put(text).into_bytes(),
            None => new.contents.to_vec(),
        };
        let mode = new.mode;
        Effect::Put { contents, mode }
    }
}

/// What becomes of a file that keeps its name; nothing where nothing has to be done.
pub(super) fn decide(sides: Sides<'_>) -> Option<(Outcome, Effect)> {
    match (sides.old, sides.new) {
        (old, Some(new)) if new.skips_if_exists && is_there(sides) => {
            let has_changed = match (old, sides.ours) {
                (Some(old), _) => has_changed(old, new, sides.private.texts),
                (None, Found::File { contents, .. }) => *contents != *new.contents,
                (None, Found::Missing | Found::Other) => true,
            };
            has_changed.then_some((Outcome::StaysThere, Effect::Nothing))
        }
        (Some(old), None) if old.skips_if_exists() && is_there(sides) => {
            Some((Outcome::StaysThere, Effect::Nothing))
        }
        (None, Some(new)) => added(sides, new),
        (Some(old), None) => removed(sides, old),
        (Some(old), Some(new)) if has_changed(old, new, sides.private.texts) => {
            changed(sides, old, new)
        }
        (Some(_), Some(_)) | (None, None) => None,
    }
}

fn is_there(sides: Sides<'_>) -> bool {
    !matches!(sides.ours, Found::Missing)
}

/// What becomes of a file that has another name now. `ours` is what the user has under the old one.
pub(super) fn moved(sides: Sides<'_>, old: &Old<'_>, new: &Blob) -> (Outcome, Effect) {
    match sides.ours {
        Found::Missing if sides.restores => (Outcome::Created, sides.private.put(new)),
        Found::Missing => (Outcome::StaysDeleted, Effect::Nothing),
        Found::Other => (Outcome::InTheWay, Effect::Nothing),
        Found::File { contents, mode } if new.skips_if_exists => {
            let (contents, mode) = (contents.clone(), *mode);
            (Outcome::Moved, Effect::Put { contents, mode })
        }
        Found::File { contents, mode } => {
            let merged = merged(contents, *mode, old, new, sides.private);
            let outcome = match merged.outcome {
                conflict if conflict.is_conflict() => conflict,
                _ => Outcome::Moved,
            };
            let Both { contents, mode, .. } = merged;
            (outcome, Effect::Put { contents, mode })
        }
    }
}

fn added(sides: Sides<'_>, new: &Blob) -> Option<(Outcome, Effect)> {
    let (contents, mode) = match sides.ours {
        Found::Missing => return Some((Outcome::Created, sides.private.put(new))),
        Found::Other => return Some((Outcome::InTheWay, Effect::Nothing)),
        Found::File { contents, mode } => (contents, *mode),
    };
    let (Some(ours), Some(new)) = (text(contents), text(&new.contents)) else {
        let is_same = *contents == *new.contents;
        return (!is_same).then_some((Outcome::BinaryConflict, Effect::Nothing));
    };
    let new = fitted(&sides.private.find(new, ours).put(new), ours);
    if new == ours {
        return None;
    }
    let (_, contents) = both(&merge::two(ours, &new), ours);
    Some((Outcome::Conflict, Effect::Put { contents, mode }))
}

fn removed(sides: Sides<'_>, old: &Old<'_>) -> Option<(Outcome, Effect)> {
    let contents = match sides.ours {
        Found::Missing => return None,
        Found::Other => return Some((Outcome::StaysChanged, Effect::Nothing)),
        Found::File { contents, .. } => contents,
    };
    let is_untouched = match old {
        Old::Known(old) => match (text(&old.contents), text(contents)) {
            (Some(old), Some(ours)) => {
                fitted(&sides.private.find(old, ours).put(old), ours) == ours
            }
            _ => *contents == *old.contents,
        },
        // Whether somebody has changed a line with a random value, nobody can tell.
        Old::Print(print) => print.without.is_empty() && is_print_of(print, contents),
    };
    Some(if is_untouched {
        (Outcome::Removed, Effect::Remove)
    } else {
        (Outcome::StaysChanged, Effect::Nothing)
    })
}

fn changed(sides: Sides<'_>, old: &Old<'_>, new: &Blob) -> Option<(Outcome, Effect)> {
    let (ours, ours_mode) = match sides.ours {
        Found::Missing if sides.restores => {
            return Some((Outcome::Created, sides.private.put(new)));
        }
        Found::Missing => return Some((Outcome::StaysDeleted, Effect::Nothing)),
        Found::Other => return Some((Outcome::InTheWay, Effect::Nothing)),
        Found::File { contents, mode } => (contents, *mode),
    };
    let Both {
        outcome,
        contents,
        mode,
    } = merged(ours, ours_mode, old, new, sides.private);
    if contents == *ours && mode == ours_mode {
        return outcome.is_conflict().then_some((outcome, Effect::Nothing));
    }
    Some((outcome, Effect::Put { contents, mode }))
}

/// Whether the template has changed the file.
fn has_changed(old: &Old<'_>, new: &Blob, private: &[String]) -> bool {
    old.is_executable() != is_executable(new.mode)
        || match old {
            Old::Known(old) => old.contents != new.contents,
            Old::Print(print) => !print.is_like(&new.print(private)),
        }
}

/// What both have made of a file.
struct Both {
    outcome: Outcome,
    contents: Vec<u8>,
    mode: u32,
}

fn merged(ours: &[u8], mode: u32, old: &Old<'_>, new: &Blob, private: Private<'_>) -> Both {
    let (outcome, contents) = merged_contents(ours, old, new, private);
    let mode = match (old.is_executable(), is_executable(new.mode)) {
        // Who may read it may execute it.
        (false, true) => mode | (mode & 0o444) >> 2,
        (true, false) => mode & !EXECUTABLE,
        _ => mode,
    };
    Both {
        outcome,
        contents,
        mode,
    }
}

fn merged_contents(
    ours: &[u8],
    old: &Old<'_>,
    new: &Blob,
    private: Private<'_>,
) -> (Outcome, Vec<u8>) {
    let (Some(ours_text), Some(new_text)) = (text(ours), text(&new.contents)) else {
        let is_untouched = match old {
            Old::Known(old) => *ours == *old.contents,
            Old::Print(print) => print.matches(ours),
        };
        return if is_untouched || *ours == *new.contents {
            (Outcome::Updated, new.contents.to_vec())
        } else if matches!(old, Old::Known(old) if old.contents == new.contents) {
            (Outcome::Updated, ours.to_vec())
        } else {
            (Outcome::BinaryConflict, ours.to_vec())
        };
    };
    let mut recovered = private.find(new_text, ours_text);
    let is_untouched = match old {
        Old::Known(old) => {
            let Some(old_text) = text(&old.contents) else {
                return (Outcome::BinaryConflict, ours.to_vec());
            };
            // What the old version had is where the user's values are.
            recovered.add(old_text, ours_text, private.texts);
            let rendered = recovered.put(old_text);
            let base = fitted(&rendered, ours_text);
            let new = recovered.put(new_text);
            // Where the user has the line ends of the template, they are the template's to change.
            let new = if base == rendered && base.contains('\n') {
                new
            } else {
                fitted(&new, ours_text)
            };
            if base == ours_text {
                return (Outcome::Updated, new.into_bytes());
            }
            let merged = merge::three(&base, ours_text, &new);
            return both(&merged, ours_text);
        }
        Old::Print(print) if print.is_like(&new.print(private.texts)) => {
            return (Outcome::Updated, ours.to_vec());
        }
        Old::Print(print) => {
            let mut without = print.without.iter();
            is_print_of(print, ours) && without.all(|line| recovered.has(*line))
        }
    };
    let new = fitted(&recovered.put(new_text), ours_text);
    if is_untouched || new == ours_text {
        return (Outcome::Updated, new.into_bytes());
    }
    both(&merge::two(ours_text, &new), ours_text)
}

/// What two have made of a text, also the markers with the line ends of the user's.
fn both(merged: &Merged, ours: &str) -> (Outcome, Vec<u8>) {
    let outcome = if merged.conflicts == 0 {
        Outcome::Merged
    } else {
        Outcome::Conflict
    };
    let is_windows =
        ours.contains("\r\n") && ours.matches('\n').count() == ours.matches("\r\n").count();
    let text = if is_windows {
        fitted(&plain(&merged.text), ours)
    } else {
        merged.text.clone()
    };
    (outcome, text.into_bytes())
}

/// The octets as a text, where they are one.
pub(super) fn text(octets: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(octets).ok()?;
    (!text.contains('\0')).then_some(text)
}

/// A rendering with the line ends that the user's text has: Git may have changed them.
fn fitted(rendered: &str, ours: &str) -> String {
    match (rendered.contains("\r\n"), ours.contains("\r\n")) {
        (false, true) => rendered.replace('\n', "\r\n"),
        (true, false) if ours.contains('\n') => plain(rendered).into_owned(),
        _ => rendered.to_owned(),
    }
}

/// A text without the line ends of Windows.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

/// Whether the lines that count are these, whatever ends them.
fn is_print_of(print: &Print, ours: &[u8]) -> bool {
    print.matches(ours) || text(ours).is_some_and(|ours| print.matches(plain(ours).as_bytes()))
}

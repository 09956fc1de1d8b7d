//! Punctuation around an address that is not part of it.

use super::unescape;

/// A word in three parts.
pub(super) struct Trimmed {
    pub(super) lead: String,
    pub(super) middle: String,
    pub(super) trail: String,
}

/// Characters that end a sentence and no address.
fn is_end(character: char) -> bool {
    matches!(character, '.' | ',' | ':' | ';' | '!')
}

/// Takes off what the word has around an address: brackets that it does not close itself, and
/// punctuation.
pub(super) fn trim(word: &str) -> Trimmed {
    let start = word.trim_start_matches(['(', '[']);
    let lead = word.get(..word.len() - start.len()).unwrap_or_default();
    let mut middle = start.to_owned();
    let mut trail = String::new();
    let count = |sign: char| start.chars().filter(|&it| it == sign).count();
    let mut brackets = [('(', ')'), ('[', ']')].map(|(opening, closing)| Brackets {
        closing,
        surplus: count(closing).saturating_sub(count(opening)),
    });
    loop {
        let before = middle.len();
        for bracket in &mut brackets {
            bracket.trim(&mut middle, &mut trail);
        }
        trim_ends(&mut middle, &mut trail);
        if middle.len() == before || middle.is_empty() {
            break;
        }
    }
    Trimmed {
        lead: lead.to_owned(),
        middle,
        trail,
    }
}

/// Closing brackets.
struct Brackets {
    closing: char,
    /// How many more there are than opening ones.
    surplus: usize,
}

impl Brackets {
    fn trim(&mut self, middle: &mut String, trail: &mut String) {
        if self.surplus == 0 || !middle.ends_with(self.closing) {
            return;
        }
        // As many characters as there are brackets too many, whatever they are.
        let end = middle
            .char_indices()
            .rev()
            .nth(self.surplus - 1)
            .map_or(0, |(at, _)| at);
        cut(middle, end, trail);
        self.surplus = 0;
    }
}

/// Moves what begins at this place to the front of the trail.
fn cut(middle: &mut String, at: usize, trail: &mut String) {
    let end = middle.split_off(at);
    trail.insert_str(0, &end);
}

fn trim_ends(middle: &mut String, trail: &mut String) {
    let ampersand = middle.rfind('&');
    // After an ampersand, a semicolon may be the end of an entity.
    let kept = match ampersand {
        None => middle.trim_end_matches(is_end),
        Some(_) => middle.trim_end_matches(|it| is_end(it) && it != ';'),
    };
    let kept = kept.len();
    cut(middle, kept, trail);
    if !middle.ends_with(';') {
        return;
    }
    let entity = match ampersand {
        Some(at) => middle.get(at..).unwrap_or_default(),
        // What Python's index -1 leaves: the last character.
        None => ";",
    };
    let meaning = unescape(entity);
    if meaning != entity && !meaning.ends_with(';') {
        return;
    }
    let kept = middle.trim_end_matches(is_end).len();
    let semicolons = middle.len() - middle.trim_end_matches(';').len();
    let ends = middle.get(kept..).unwrap_or_default();
    match ends.find(';') {
        // The first semicolon may end an entity.
        Some(first) if ampersand.is_some() && semicolons > 1 => {
            cut(middle, kept + first + 1, trail);
        }
        _ => cut(middle, kept, trail),
    }
}

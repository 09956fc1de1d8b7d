//! `lorem`: the beginning that everybody knows, and random words after it.

use std::sync::LazyLock;

use super::{Failure, Fault, Renderer};
use crate::template::{
    django::{expression::Expression, node::LoremMethod},
    value::{Exception, to_integer},
};

/// The first paragraph, and where all words come from.
const PARAGRAPH: &str = "\
    Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut \
    labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco \
    laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in \
    voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat \
    non proident, sunt in culpa qui officia deserunt mollit anim id est laborum.";

/// How many words of the paragraph come first where only words are asked for.
const COMMON_WORDS: usize = 19;

/// More octets than a random paragraph can have: 4 sentences of 5 parts of 12 words.
const LONGEST_PARAGRAPH: usize = 4 * 5 * 12 * 16;

impl Renderer<'_, '_> {
    pub(super) fn lorem(
        &self,
        count: &Expression,
        method: LoremMethod,
        is_random: bool,
        out: &mut String,
    ) -> Result<(), Fault> {
        let count = match self.resolve(count).and_then(|it| Ok(to_integer(&it)?)) {
            Ok(count) => count,
            Err(Failure::Exception(Exception::Value(_) | Exception::Type(_))) => 1,
            Err(failure) => return Err(failure.into()),
        };
        let text = if method == LoremMethod::Words {
            self.words(count, is_random)?
        } else {
            self.paragraphs(count, method, is_random)?
        };
        self.write(&text, out)
    }

    fn words(&self, count: i128, is_random: bool) -> Result<String, Fault> {
        let known = &*WORDS;
        let common = if is_random { 0 } else { COMMON_WORDS };
        // Counting back from the end of the common ones, as a negative number does in Python.
        let count = match usize::try_from(count) {
            Ok(count) => count,
            Err(_) => {
                common.saturating_sub(usize::try_from(count.unsigned_abs()).unwrap_or(common))
            }
        };
        self.environment.budget.make(count.saturating_mul(16))?;
        let mut chosen: Vec<_> = known.iter().take(common.min(count)).copied().collect();
        while chosen.len() < count {
            self.environment.budget.steps(known.len())?;
            let mut known = known.clone();
            fastrand::shuffle(&mut known);
            chosen.extend(known.into_iter().take(count - chosen.len()));
        }
        Ok(chosen.join(" "))
    }

    fn paragraphs(
        &self,
        count: i128,
        method: LoremMethod,
        is_random: bool,
    ) -> Result<String, Fault> {
        let mut text = String::new();
        for index in 0..count {
            self.environment.budget.steps(WORDS.len())?;
            self.environment.budget.make(LONGEST_PARAGRAPH)?;
            let paragraph = if index == 0 && !is_random {
                PARAGRAPH.to_owned()
            } else {
                random_paragraph(&WORDS)
            };
            if index > 0 {
                text.push_str("\n\n");
            }
            match method {
                LoremMethod::HtmlParagraphs => {
                    text.push_str("<p>");
                    text.push_str(&paragraph);
                    text.push_str("</p>");
                }
                _ => text.push_str(&paragraph),
            }
        }
        Ok(text)
    }
}

/// The different words of the paragraph, in its order and in small letters.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut found = vec!["lorem"];
    let all = PARAGRAPH.split(|it: char| !it.is_ascii_lowercase());
    for word in all.filter(|it| it.len() > 1 && *it != "orem") {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
});

fn random_paragraph(known: &[&str]) -> String {
    let sentences: Vec<_> = (0..fastrand::usize(1..=4))
        .map(|_| random_sentence(known))
        .collect();
    sentences.join(" ")
}

fn random_sentence(known: &[&str]) -> String {
    let parts: Vec<_> = (0..fastrand::usize(1..=5))
        .map(|_| {
            fastrand::choose_multiple(known.iter().copied(), fastrand::usize(3..=12)).join(" ")
        })
        .collect();
    let mut sentence = parts.join(", ");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push(if fastrand::bool() { '.' } else { '?' });
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_come_first() {
        assert_eq!(
            WORDS.get(..COMMON_WORDS).unwrap().join(" "),
            "lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor \
             incididunt ut labore et dolore magna aliqua"
        );
    }

    #[test]
    fn a_random_paragraph_is_sentences() {
        for _ in 0..100 {
            let paragraph = random_paragraph(&WORDS);
            assert!(paragraph.len() <= LONGEST_PARAGRAPH);
            assert!(
                paragraph.starts_with(|it: char| it.is_ascii_uppercase()),
                "{paragraph}"
            );
            assert!(paragraph.ends_with(['.', '?']), "{paragraph}");
        }
    }
}

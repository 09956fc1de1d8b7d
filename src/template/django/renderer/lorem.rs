//! `lorem`: the beginning that everybody knows, and random words after it.

use super::{Fault, Renderer, width_ratio::integer};
use crate::template::django::{expression::Expression, node::LoremMethod};

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
        let count = self.resolve(count)?;
        // What is no number counts as one, and what is too great ends with the budget.
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
        let count = integer(&count).map_or(1, |it| it as i64);
        let text = if method == LoremMethod::Words {
            self.words(count, is_random)?
        } else {
            self.paragraphs(count, method, is_random)?
        };
        self.write(&text, out)
    }

    fn words(&self, count: i64, is_random: bool) -> Result<String, Fault> {
        let known = words();
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
            self.environment.budget.step()?;
            let mut known = known.clone();
            fastrand::shuffle(&mut known);
            chosen.extend(known.into_iter().take(count - chosen.len()));
        }
        Ok(chosen.join(" "))
    }

    fn paragraphs(
        &self,
        count: i64,
        method: LoremMethod,
        is_random: bool,
    ) -> Result<String, Fault> {
        let known = words();
        let mut text = String::new();
        for index in 0..count {
            self.environment.budget.steps(100)?;
            self.environment.budget.make(LONGEST_PARAGRAPH)?;
            let paragraph = if index == 0 && !is_random {
                PARAGRAPH.to_owned()
            } else {
                random_paragraph(&known)
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
fn words() -> Vec<&'static str> {
    let mut found = vec!["lorem"];
    let all = PARAGRAPH.split(|it: char| !it.is_ascii_lowercase());
    for word in all.filter(|it| it.len() > 1 && *it != "orem") {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

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
            words().get(..COMMON_WORDS).unwrap().join(" "),
            "lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor \
             incididunt ut labore et dolore magna aliqua"
        );
    }

    #[test]
    fn a_random_paragraph_is_sentences() {
        let known = words();
        for _ in 0..100 {
            let paragraph = random_paragraph(&known);
            assert!(paragraph.len() <= LONGEST_PARAGRAPH);
            assert!(
                paragraph.starts_with(|it: char| it.is_ascii_uppercase()),
                "{paragraph}"
            );
            assert!(paragraph.ends_with(['.', '?']), "{paragraph}");
        }
    }
}

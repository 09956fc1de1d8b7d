//! Python's `fnmatch`: patterns in which `*` stands for anything, also for several directories.

use crate::template::glob::sequence;

/// A part of a pattern.
enum Part {
    Star,
    Any,
    One(char),
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// Whether a name matches a pattern.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let parts = parts(pattern);
    let name: Vec<char> = name.chars().collect();
    sequence(&parts, &name, Part::is_star, |part, it| part.is_like(*it))
}

impl Part {
    fn is_star(&self) -> bool {
        matches!(self, Self::Star)
    }

    fn is_like(&self, character: char) -> bool {
        match self {
            Self::Star | Self::Any => true,
            Self::One(expected) => *expected == character,
            Self::Class { is_negated, ranges } => {
                let is_in = ranges
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&character));
                is_in != *is_negated
            }
        }
    }
}

fn parts(pattern: &str) -> Vec<Part> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        at += 1;
        parts.push(match character {
            '*' => Part::Star,
            '?' => Part::Any,
            '[' => match class(characters.get(at..).unwrap_or_default()) {
                Some((part, length)) => {
                    at += length;
                    part
                }
                None => Part::One('['),
            },
            other => Part::One(*other),
        });
    }
    parts
}

/// A class of characters, and how many of the pattern's it takes; nothing where it has no end.
fn class(rest: &[char]) -> Option<(Part, usize)> {
    let is_negated = rest.first() == Some(&'!');
    let start = usize::from(is_negated);
    // A bracket that comes first is one of the class.
    let end = rest.iter().skip(start + 1).position(|it| *it == ']')? + start + 1;
    let inside = rest.get(start..end)?;
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(first) = inside.get(at) {
        if let (Some('-'), Some(last)) = (inside.get(at + 1), inside.get(at + 2)) {
            ranges.push((*first, *last));
            at += 3;
        } else {
            ranges.push((*first, *first));
            at += 1;
        }
    }
    Some((Part::Class { is_negated, ranges }, end + 1))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("*.html", "a/b/c.html", true)]
    #[case("docs/*", "docs/a/b", true)]
    #[case("docs/*", "docs", false)]
    #[case("*a*b*c", "xaybzc", true)]
    #[case("?[ab-d].txt", "xc.txt", true)]
    #[case("[!a].txt", "a.txt", false)]
    #[case("[!a].txt", "b.txt", true)]
    #[case("[]].txt", "].txt", true)]
    #[case("[a", "[a", true)]
    #[case("", "a", false)]
    #[case("*", "", true)]
    fn patterns(#[case] pattern: &str, #[case] name: &str, #[case] expected: bool) {
        assert_eq!(matches(pattern, name), expected);
    }
}

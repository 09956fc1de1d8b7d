//! What a file was, in one line: a hash, to tell later whether somebody has changed it.
//!
//! Lines with random or secret values do not count for it. They differ from one rendering to the
//! next, and a hash of a weak secret would give it away.

use std::{fmt::Write as _, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What follows the hash of a file that may be executed.
const EXECUTABLE: &str = "x";

/// What a file was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(in crate::template) struct Print {
    /// In hexadecimal: of the number of lines, and of those that count.
    hash: String,
    pub(in crate::template) is_executable: bool,
    /// The numbers, from 1, of the lines that do not count.
    pub(in crate::template) without: Vec<usize>,
}

impl Print {
    /// That of a file in which these texts are private.
    pub(in crate::template) fn of(
        contents: &[u8],
        is_executable: bool,
        private: &[String],
    ) -> Self {
        let is_private = |line: &[u8]| {
            let mut private = private.iter();
            private.any(|text| memchr::memmem::find(line, text.as_bytes()).is_some())
        };
        // Most files have nothing private: then their lines need not be looked at one by one.
        let without: Vec<usize> = if is_private(contents) {
            let lines = lines(contents).filter(|(_, line)| is_private(line));
            lines.map(|(number, _)| number).collect()
        } else {
            Vec::new()
        };
        Self {
            hash: hash(contents, &without),
            is_executable,
            without,
        }
    }

    /// Whether the lines that count are these.
    pub(in crate::template) fn matches(&self, contents: &[u8]) -> bool {
        hash(contents, &self.without) == self.hash
    }

    /// Whether both are prints of one text, random values aside.
    pub(in crate::template) fn is_like(&self, other: &Self) -> bool {
        (&self.hash, &self.without) == (&other.hash, &other.without)
    }
}

/// The lines with their ends, and their numbers from 1.
fn lines(contents: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = contents.split_inclusive(|octet| *octet == b'\n');
    lines.enumerate().map(|(index, line)| (index + 1, line))
}

fn hash(contents: &[u8], without: &[usize]) -> String {
    let mut hash = Sha256::new();
    if without.is_empty() {
        hash.update(contents);
    } else {
        let counting = lines(contents).filter(|(number, _)| !without.contains(number));
        counting.for_each(|(_, line)| hash.update(line));
    }
    let ends = memchr::memchr_iter(b'\n', contents).count();
    let has_rest = !contents.is_empty() && !contents.ends_with(b"\n");
    let count = ends as u64 + u64::from(has_rest);
    hash.update(count.to_be_bytes());
    base16(&hash.finalize())
}

/// Octets in hexadecimal.
pub(in crate::template) fn base16(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a text does not fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

impl From<Print> for String {
    fn from(print: Print) -> Self {
        let Print {
            mut hash,
            is_executable,
            without,
        } = print;
        if is_executable {
            hash.push(' ');
            hash.push_str(EXECUTABLE);
        }
        for number in without {
            // Writing to a text does not fail.
            let _ = write!(hash, " -{number}");
        }
        hash
    }
}

impl TryFrom<String> for Print {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut words = text.split(' ');
        let mut print = Self {
            hash: words.next().unwrap_or_default().to_owned(),
            is_executable: false,
            without: Vec::new(),
        };
        for word in words {
            match word.strip_prefix('-').map(usize::from_str) {
                Some(Ok(number)) => print.without.push(number),
                None if word == EXECUTABLE => print.is_executable = true,
                _ => return Err(format!("`{word}` says nothing of a file")),
            }
        }
        Ok(print)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str, private: &str) -> Print {
        Print::of(text.as_bytes(), false, &[private.to_owned()])
    }

    #[test]
    fn lines_with_private_texts_do_not_count() {
        let one = print("a\nkey = 'abcd'\nb\n", "abcd");
        assert!(one.is_like(&print("a\nkey = 'efgh'\nb\n", "efgh")));
        assert!(one.matches(b"a\nkey = 'other'\nb\n"));
        for changed in [
            "A\nkey = 'abcd'\nb\n",
            "a\nb\n",
            "a\nkey = 'abcd'\nb\nc\n",
            "a\nkey = 'abcd'\nkey\nb\n",
        ] {
            assert!(!one.matches(changed.as_bytes()), "{changed}");
        }
        assert!(!print("a\nabcd\n", "abcd").matches(b"a\n"), "the last line");
    }

    /// Projects keep the hashes: they are of the number of lines, and of all of them.
    #[test]
    fn the_hash_stays_what_it_was() {
        for (text, expected) in [
            ("", Sha256::digest(0_u64.to_be_bytes())),
            ("a", Sha256::digest(b"a\0\0\0\0\0\0\0\x01")),
            ("a\n", Sha256::digest(b"a\n\0\0\0\0\0\0\0\x01")),
            ("a\nb", Sha256::digest(b"a\nb\0\0\0\0\0\0\0\x02")),
        ] {
            let print = Print::of(text.as_bytes(), false, &[]);
            assert_eq!(print.hash, base16(&expected), "{text:?}");
        }
    }

    #[test]
    fn it_is_one_word_or_a_few() {
        let mut print = print("a\nabcd\nb\nabcd", "abcd");
        print.is_executable = true;
        let text = String::from(print.clone());
        assert!(text.ends_with(" x -2 -4"), "{text}");
        assert_eq!(Print::try_from(text), Ok(print));
        assert!(Print::try_from("ab ?".to_owned()).is_err());
    }
}

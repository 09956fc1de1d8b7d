//! Finding in the user's files what the template made at random when the project was made, such as
//! its secret key: it stands there in lines that the rendering of today has too, with other values.
//! Pure.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// So many letters and digits beside a value are enough to know its line by.
const TELLING: usize = 4;

/// The values that were found.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    /// The user's, by that of today.
    values: BTreeMap<String, String>,
    /// The same in other files.
    others: BTreeMap<String, String>,
    /// The numbers, from 1, of the user's lines that have them.
    lines: BTreeSet<usize>,
}

impl Recovered {
    /// Looks in the user's text for the values that stand in place of the private ones of a
    /// rendering.
    #[cfg(test)]
    pub(super) fn find(rendered: &str, ours: &str, private: &[String]) -> Self {
        let mut recovered = Self::default();
        recovered.add(rendered, ours, private);
        recovered
    }

    /// The same values, for another file: one that has none of its own gets that of the others.
    pub(super) fn elsewhere(&self) -> Self {
        Self {
            values: BTreeMap::new(),
            others: self.all(),
            lines: BTreeSet::new(),
        }
    }

    fn all(&self) -> BTreeMap<String, String> {
        let mut all = self.others.clone();
        all.extend(self.values.clone());
        all
    }

    /// Looks with another rendering that has the same private values.
    pub(super) fn add(&mut self, rendered: &str, ours: &str, private: &[String]) {
        for line in rendered.lines() {
            if let Some(pattern) = Pattern::of(line, private) {
                self.take(&pattern, ours);
            }
        }
    }

    fn take(&mut self, pattern: &Pattern<'_>, ours: &str) {
        for (index, line) in ours.lines().enumerate() {
            if let Some(found) = pattern.values(line) {
                for (value, found) in pattern.private.iter().zip(found) {
                    self.values.entry((*value).to_owned()).or_insert(found);
                }
                self.lines.insert(index + 1);
                return;
            }
        }
    }

    /// The rendering with the user's values.
    pub(super) fn put(&self, rendered: &str) -> String {
        // The longest first: one may stand in another.
        let mut values: Vec<_> = self.all().into_iter().collect();
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        let mut text = rendered.to_owned();
        for (value, found) in values {
            text = text.replace(&value, &found);
        }
        text
    }

    /// Whether the user's line of this number, from 1, has such a value.
    pub(super) fn has(&self, line: usize) -> bool {
        self.lines.contains(&line)
    }
}

/// A line in which any values may stand in place of the private ones.
struct Pattern<'a> {
    regex: Regex,
    private: Vec<&'a str>,
    /// Whether the rest of the line is enough to know it by.
    is_telling: bool,
}

impl<'a> Pattern<'a> {
    /// That of a line which has private values in it.
    fn of(line: &str, private: &'a [String]) -> Option<Self> {
        let mut pattern = String::from("^");
        let mut found = Vec::new();
        let mut telling = 0;
        let mut rest = line;
        loop {
            let next = private
                .iter()
                .filter_map(|value| Some((rest.find(value.as_str())?, value.as_str())))
                .min_by_key(|(at, value)| (*at, std::cmp::Reverse(value.len())));
            let literal = next.map_or(rest, |(at, _)| rest.get(..at).unwrap_or_default());
            telling += literal.chars().filter(|it| it.is_alphanumeric()).count();
            pattern.push_str(&regex::escape(literal));
            let Some((at, value)) = next else {
                break;
            };
            pattern.push_str("(.+)");
            found.push(value);
            rest = rest.get(at + value.len()..).unwrap_or_default();
        }
        if found.is_empty() {
            return None;
        }
        pattern.push('$');
        Some(Self {
            // A line that makes too large an expression is not looked for.
            regex: Regex::new(&pattern).ok()?,
            private: found,
            is_telling: telling >= TELLING,
        })
    }

    /// The values in a line of the user's, where it is such a line.
    fn values(&self, line: &str) -> Option<Vec<String>> {
        let captures = self.regex.captures(line)?;
        let values: Vec<String> = captures
            .iter()
            .skip(1)
            .map(|it| it.map_or_else(String::new, |it| it.as_str().to_owned()))
            .collect();
        let mut pairs = self.private.iter().zip(&values);
        let is_alike = pairs.all(|(private, value)| private.len() == value.len());
        (self.is_telling || is_alike).then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_lines_and_put_back() {
        let private = ["ABCDEFG".to_owned(), "1234".to_owned()];
        let ours = "import os\nKEY = 'tuvwxyz'  # mine\nKEY = 'tuvwxyz'\nid=5678\n";
        let rendered = "import os\nKEY = 'ABCDEFG'\nid=1234\nOTHER = 'ABCDEFG'\n";
        let recovered = Recovered::find(rendered, ours, &private);
        assert_eq!(
            recovered.put(rendered),
            "import os\nKEY = 'tuvwxyz'\nid=5678\nOTHER = 'tuvwxyz'\n"
        );
        let lines: Vec<_> = (1..6).filter(|it| recovered.has(*it)).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn a_line_that_says_nothing_is_known_by_the_length_of_its_value() {
        let private = ["ABCDEFG".to_owned()];
        let put = |ours: &str| Recovered::find("ABCDEFG\n", ours, &private).put("ABCDEFG\n");
        assert_eq!(put("other line\ntuvwxyz\n"), "tuvwxyz\n");
        assert_eq!(put("other line\n"), "ABCDEFG\n");
    }

    #[test]
    fn a_line_that_the_user_has_changed_has_nothing() {
        let private = ["ABCDEFG".to_owned()];
        let ours = "KEY = os.environ['KEY']\n";
        let recovered = Recovered::find("KEY = 'ABCDEFG'\n", ours, &private);
        assert!(!recovered.has(1));
    }
}

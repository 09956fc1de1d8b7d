//! What a rendering takes from the moment: random values, and the day.
//!
//! An update renders two versions of a template, and compares them. Both get the same random values
//! in the same places, so that only what the template's author has changed differs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, Zoned, civil::Date};

use super::{
    local_time,
    value::{Dict, Value},
};

/// A secret that is shorter than this may well stand somewhere by chance; it is not looked for.
const SHORTEST: usize = 4;

/// The day, and the random values that were made.
#[derive(Debug)]
pub(super) struct Incidentals {
    now: Zoned,
    values: Mutex<Values>,
}

#[derive(Debug, Default)]
struct Values {
    /// What is being rendered.
    place: PathBuf,
    /// How many values of a kind were made for it.
    counts: BTreeMap<String, usize>,
    /// By place, kind and number.
    made: BTreeMap<(PathBuf, String, usize), String>,
    /// The texts that differ from one project to another by chance.
    random: BTreeSet<String>,
    /// Those that nobody else may know.
    secret: BTreeSet<String>,
    /// The answers among these, by the names of their variables.
    answers: Dict,
}

impl Default for Incidentals {
    fn default() -> Self {
        Self {
            now: now(),
            values: Mutex::default(),
        }
    }
}

fn now() -> Zoned {
    Timestamp::now().to_zoned(local_time::zone())
}

impl Incidentals {
    /// Those of another day.
    pub(super) fn on(date: Date) -> Self {
        let moment = date.to_zoned(local_time::zone());
        Self {
            now: moment.unwrap_or_else(|_| now()),
            values: Mutex::default(),
        }
    }

    /// The moment at which the project is made: one for all of it, also around midnight.
    pub(super) fn now(&self) -> &Zoned {
        &self.now
    }

    /// Something else is rendered from here on: a file of the template, or a variable.
    pub(super) fn begin(&self, place: &Path) {
        let mut values = self.values();
        place.clone_into(&mut values.place);
        values.counts.clear();
    }

    /// The next random value of a kind; where another rendering of the same place had one, that.
    pub(super) fn random<E>(
        &self,
        kind: &str,
        make: impl FnOnce() -> Result<String, E>,
    ) -> Result<String, E> {
        let mut values = self.values();
        let count = values.counts.entry(kind.to_owned()).or_default();
        let number = *count;
        *count += 1;
        let key = (values.place.clone(), kind.to_owned(), number);
        if let Some(value) = values.made.get(&key) {
            return Ok(value.clone());
        }
        let value = make()?;
        values.made.insert(key, value.clone());
        if value.len() >= SHORTEST {
            values.random.insert(value.clone());
        }
        Ok(value)
    }

    /// Notes a text that nobody else may know. Each of its lines is looked for by itself.
    pub(super) fn hide(&self, secret: &str) {
        let lines = secret.lines().filter(|line| line.len() >= SHORTEST);
        self.values().secret.extend(lines.map(str::to_owned));
    }

    /// Notes an answer that nobody else may know.
    pub(super) fn keep_answer(&self, name: &str, value: &Value) {
        self.values().answers.insert(name.into(), value.clone());
    }

    /// The answers that nobody else may know: another rendering needs them too, and they are
    /// nowhere else.
    pub(super) fn answers(&self) -> Dict {
        self.values().answers.clone()
    }

    /// Whether something that nobody else may know stands in the text.
    pub(super) fn is_secret(&self, text: &str) -> bool {
        self.values().secret.iter().any(|it| text.contains(it))
    }

    /// The texts that differ from one project to another, or that nobody else may know; the longest
    /// first, as one may stand in another.
    pub(super) fn private(&self) -> Vec<String> {
        let values = self.values();
        let texts: BTreeSet<_> = values.random.union(&values.secret).cloned().collect();
        let mut texts: Vec<_> = texts.into_iter().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_gets_the_same_values_again() {
        let incidentals = Incidentals::default();
        let mut number = 0;
        let mut next = |kind: &str| {
            let made = incidentals.random(kind, || {
                number += 1;
                Ok::<_, ()>(number.to_string())
            });
            made.unwrap()
        };
        let mut all = |place: &str| {
            incidentals.begin(Path::new(place));
            [next("a"), next("a"), next("b")]
        };
        let first = all("one");
        assert_eq!(first, ["1", "2", "3"]);
        assert_eq!(all("two"), ["4", "5", "6"]);
        assert_eq!(all("one"), first);
    }

    #[test]
    fn secrets_are_known_again_and_short_ones_are_not_looked_for() {
        let incidentals = Incidentals::default();
        incidentals.hide("a\nhunter2\n");
        assert!(incidentals.is_secret("x = 'hunter2'"));
        assert!(!incidentals.is_secret("x = 'a'"));
        assert_eq!(incidentals.private(), ["hunter2"]);
    }
}

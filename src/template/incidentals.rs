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

use super::{local_time, secrets::Secrets};

/// A value that is shorter than this may well stand somewhere by chance; it is not looked for.
const SHORTEST: usize = 4;

/// The day, the random values that were made, and the secrets.
#[derive(Debug)]
pub(super) struct Incidentals {
    now: Zoned,
    values: Mutex<Values>,
    secrets: Mutex<Secrets>,
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
}

impl Default for Incidentals {
    fn default() -> Self {
        Self::at(now())
    }
}

fn now() -> Zoned {
    Timestamp::now().to_zoned(local_time::zone())
}

impl Incidentals {
    /// Those of another day.
    pub(super) fn on(date: Date) -> Self {
        let moment = date.to_zoned(local_time::zone());
        Self::at(moment.unwrap_or_else(|_| now()))
    }

    fn at(now: Zoned) -> Self {
        Self {
            now,
            values: Mutex::default(),
            secrets: Mutex::default(),
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

    /// What of all this nobody else may know.
    pub(super) fn secrets(&self) -> MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The texts that differ from one project to another, or that nobody else may know; the longest
    /// first, as one may stand in another.
    pub(super) fn private(&self) -> Vec<String> {
        let (values, secrets) = (self.values(), self.secrets());
        let texts = values.random.union(secrets.lines());
        let mut texts: Vec<_> = texts.cloned().collect();
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
    fn what_is_private_is_random_or_secret_and_not_short() {
        let incidentals = Incidentals::default();
        for made in ["id", "number"] {
            let Ok(_) = incidentals.random("a", || Ok::<_, std::convert::Infallible>(made.into()));
        }
        incidentals.secrets().add_text("hunter2");
        assert_eq!(incidentals.private(), ["hunter2", "number"]);
    }
}

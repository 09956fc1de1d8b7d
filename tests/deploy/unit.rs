//! Units of systemd, read as systemd reads them (systemd.syntax(7), systemd.service(5)), and files
//! of variables for them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A unit: its settings by name, whatever section they are in.
pub(super) struct Unit(BTreeMap<String, Vec<String>>);

impl Unit {
    /// Reads a file.
    #[track_caller]
    pub(super) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut settings = BTreeMap::<String, Vec<String>>::new();
        for line in text.lines().filter(|it| !it.is_empty()) {
            if line.starts_with(['#', ';', '[']) {
                continue;
            }
            let (name, value) = line.split_once('=').expect("a setting has a value");
            settings
                .entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
        Self(settings)
    }

    /// The value of a setting that is there once.
    #[track_caller]
    pub(super) fn get(&self, name: &str) -> &str {
        match self.0.get(name).map(Vec::as_slice) {
            Some([value]) => value,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// A path, which is all of a line.
    #[track_caller]
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.get(name).replace("%%", "%").into()
    }

    /// A command, as the words that it is started with.
    #[track_caller]
    pub(super) fn command(&self, name: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut is_quoted = false;
        let mut characters = self.get(name).chars();
        while let Some(character) = characters.next() {
            match character {
                ' ' if !is_quoted => words.extend(word.take()),
                '"' => {
                    is_quoted = !is_quoted;
                    word.get_or_insert_default();
                }
                '\\' => word
                    .get_or_insert_default()
                    .push(characters.next().unwrap()),
                '%' | '$' => {
                    assert_eq!(characters.next(), Some(character), "{}", self.get(name));
                    word.get_or_insert_default().push(character);
                }
                other => word.get_or_insert_default().push(other),
            }
        }
        assert!(!is_quoted, "{}", self.get(name));
        words.extend(word);
        words
    }
}

/// The variables of an `EnvironmentFile`.
#[track_caller]
pub(super) fn variables(path: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter(|it| !it.is_empty() && !it.starts_with('#'));
    let pairs = lines.map(|line| line.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

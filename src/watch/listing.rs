//! What a directory holds at some moment, for finding by comparison what events do not tell.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use super::{Language, content::Stamp, happening::Happening, names};

/// Which entries of a directory are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Interest {
    /// The directory is part of the project: its directories, and files that may matter.
    pub(super) is_entered: bool,
    /// Files of any name may matter.
    pub(super) any_name: bool,
    /// What the project is written in.
    pub(super) language: Language,
    /// Files that matter whatever their names say.
    pub(super) names: Vec<OsString>,
}

impl Interest {
    /// Whether a file of this name is looked at.
    pub(super) fn has(&self, name: &OsStr) -> bool {
        self.names.iter().any(|one| one == name)
            || (self.is_entered
                && (self.any_name
                    || names::kind(name, false, self.language).is_some()
                    || names::is_configuration(name, self.language)
                    || names::is_marker(name)
                    || name == names::IGNORE_FILE))
    }
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A directory, and not a link to one. Its contents show in its own listing.
    Directory,
    /// Anything else: what is known of it, and of what a link leads to.
    File(Stamp, Option<Stamp>),
}

/// The entries of interest, by name.
pub(super) type Listing = BTreeMap<OsString, Entry>;

/// Lists a directory. `None` where it is not there.
pub(super) fn list(directory: &Path, interest: &Interest) -> Option<Listing> {
    let mut listing = Listing::new();
    if interest.is_entered {
        for entry in fs::read_dir(directory).ok()? {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let Ok(file_type) = entry.file_type() else {
                continue;
            };
            if file_type.is_dir() {
                listing.insert(name, Entry::Directory);
            } else if file_type.is_symlink() || interest.has(&name) {
                // A link may lead to a directory. Asked by way of the open directory: a path would be
                // followed anew for each file, which costs a network file system more than the file.
                let found = entry.metadata().map(|found| look(&found, || entry.path()));
                listing.extend(found.ok().map(|found| (name, found)));
            }
        }
    } else {
        let metadata = fs::metadata(directory);
        if metadata.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return None;
        }
        for name in &interest.names {
            let path = directory.join(name);
            let found = fs::symlink_metadata(&path).map(|found| look(&found, || path));
            listing.extend(found.ok().map(|found| (name.clone(), found)));
        }
    }
    Some(listing)
}

/// What an entry is. `path` is needed of a link only.
fn look(metadata: &Metadata, path: impl FnOnce() -> PathBuf) -> Entry {
    if metadata.is_dir() {
        return Entry::Directory;
    }
    let target = if metadata.is_symlink() {
        // The contents of a directory show elsewhere; here it matters which one it is.
        fs::metadata(path())
            .ok()
            .filter(|target| !target.is_dir())
            .map(|target| Stamp::of(&target))
    } else {
        None
    };
    Entry::File(Stamp::of(metadata), target)
}

/// What must have happened between two listings: the entry's name, whether it is a directory,
/// and what.
pub(super) fn differences(old: &Listing, new: &Listing) -> Vec<(OsString, bool, Happening)> {
    let mut found = Vec::new();
    for (name, entry) in old {
        let is_directory = *entry == Entry::Directory;
        match new.get(name) {
            None => found.push((name.clone(), is_directory, Happening::MovedAway)),
            Some(now) if (*now == Entry::Directory) != is_directory => {
                found.push((name.clone(), is_directory, Happening::MovedAway));
                found.push((name.clone(), !is_directory, Happening::Appeared));
            }
            Some(now) if now != entry => found.push((name.clone(), false, changed(entry, now))),
            Some(_) => {}
        }
    }
    let new = new.iter().filter(|(name, _)| !old.contains_key(*name));
    found.extend(new.map(|(name, entry)| {
        let is_directory = *entry == Entry::Directory;
        (name.clone(), is_directory, Happening::Appeared)
    }));
    found
}

/// A link of which only the target was written to is still the same link.
fn changed(before: &Entry, now: &Entry) -> Happening {
    match (before, now) {
        (Entry::File(before, Some(_)), Entry::File(now, Some(_))) if before == now => {
            Happening::Closed
        }
        (Entry::File(_, Some(_)), _) | (_, Entry::File(_, Some(_))) => Happening::Arrived,
        _ => Happening::Closed,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, os::unix::fs::symlink};

    use proptest::prelude::*;

    use super::*;

    fn any_listing() -> impl Strategy<Value = Listing> {
        let place = tempfile::tempdir().unwrap();
        let stamps: Vec<_> = ["1", "22", "333"]
            .into_iter()
            .map(|text| {
                fs::write(place.path().join(text), text).unwrap();
                Stamp::of(&fs::metadata(place.path().join(text)).unwrap())
            })
            .collect();
        let stamp = prop::sample::select(stamps);
        let entry = prop_oneof![
            Just(Entry::Directory),
            (stamp.clone(), prop::option::of(stamp))
                .prop_map(|(own, target)| Entry::File(own, target)),
        ];
        let name = prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(OsString::from);
        prop::collection::btree_map(name, entry, 0..4)
    }

    proptest! {
        /// Each name of which something else is known now is told of, and no other.
        #[test]
        fn differences_are_where_listings_differ(old in any_listing(), new in any_listing()) {
            let found: BTreeSet<_> = differences(&old, &new)
                .into_iter()
                .map(|(name, ..)| name)
                .collect();
            let names = old.keys().chain(new.keys()).cloned();
            let expected: BTreeSet<_> = names.filter(|name| old.get(name) != new.get(name)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn each_way_of_changing_is_found() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        for name in [
            "kept.py",
            "written.py",
            "removed.py",
            "ignored.bin",
            "target",
        ] {
            fs::write(at(name), "1").unwrap();
        }
        fs::create_dir(at("gone")).unwrap();
        symlink("target", at("link.py")).unwrap();
        symlink("target", at("swapped.py")).unwrap();
        let interest = Interest {
            is_entered: true,
            ..Interest::default()
        };
        let old = list(place.path(), &interest).unwrap();
        assert_eq!(differences(&old, &old), []);

        fs::write(at("written.py"), "22").unwrap();
        fs::remove_file(at("removed.py")).unwrap();
        fs::write(at("new.py"), "").unwrap();
        fs::remove_dir(at("gone")).unwrap();
        fs::create_dir(at("come")).unwrap();
        fs::write(at("ignored.bin"), "22").unwrap();
        fs::write(at("target"), "22").unwrap();
        fs::remove_file(at("swapped.py")).unwrap();
        symlink("kept.py", at("swapped.py")).unwrap();
        let new = list(place.path(), &interest).unwrap();
        let found: Vec<_> = differences(&old, &new)
            .into_iter()
            .map(|(name, is_directory, what)| (name.into_string().unwrap(), is_directory, what))
            .collect();
        let expected = [
            ("gone", true, Happening::MovedAway),
            ("link.py", false, Happening::Closed),
            ("removed.py", false, Happening::MovedAway),
            ("swapped.py", false, Happening::Arrived),
            ("written.py", false, Happening::Closed),
            ("come", true, Happening::Appeared),
            ("new.py", false, Happening::Appeared),
        ];
        let expected =
            expected.map(|(name, is_directory, what)| (name.to_owned(), is_directory, what));
        assert_eq!(found, expected);
    }

    #[test]
    fn outside_the_project_only_what_is_named_is_looked_at() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a.py"), "").unwrap();
        fs::write(place.path().join("b.py"), "").unwrap();
        let interest = Interest {
            names: vec!["a.py".into(), "missing.py".into()],
            ..Interest::default()
        };
        let listing = list(place.path(), &interest).unwrap();
        assert_eq!(listing.keys().collect::<Vec<_>>(), ["a.py"]);
        assert_eq!(list(&place.path().join("nothing"), &interest), None);
    }
}

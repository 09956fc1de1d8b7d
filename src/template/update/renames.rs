//! Which file of the old version is which of the new one under another name. Pure.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use super::decide::{Blob, Old};

/// Two texts with fewer lines in common than this share are two files.
const ALIKE: f64 = 0.6;

/// So many pairs of files are compared line by line, and no more.
const MOST_PAIRS: usize = 10_000;

/// The new path of each file that has another one: those made from one file of the template, then
/// those that are most alike.
pub(super) fn find<'a>(
    old: &'a BTreeMap<PathBuf, Old<'a>>,
    new: &'a BTreeMap<PathBuf, Blob>,
    private: &[String],
) -> BTreeMap<&'a Path, &'a Path> {
    let mut gone: BTreeSet<&Path> = old
        .keys()
        .filter(|path| !new.contains_key(*path))
        .map(PathBuf::as_path)
        .collect();
    let mut added: BTreeSet<&Path> = new
        .keys()
        .filter(|path| !old.contains_key(*path))
        .map(PathBuf::as_path)
        .collect();
    let mut renames = BTreeMap::new();
    let mut likely: Vec<(f64, &Path, &Path)> = Vec::new();
    if gone.len().saturating_mul(added.len()) <= MOST_PAIRS {
        for from in &gone {
            for to in &added {
                let (Some(before), Some(now)) = (old.get(*from), new.get(*to)) else {
                    continue;
                };
                let likeness = likeness(before, now, private);
                if likeness >= ALIKE {
                    likely.push((likeness, from, to));
                }
            }
        }
    }
    // The most alike first; those that are equally so by their names.
    likely.sort_by(|one, other| {
        let names = (one.1, one.2).cmp(&(other.1, other.2));
        other.0.total_cmp(&one.0).then(names)
    });
    for (_, from, to) in likely {
        if gone.contains(from) && added.contains(to) {
            gone.remove(from);
            added.remove(to);
            renames.insert(from, to);
        }
    }
    renames
}

/// From 0 to 1; 2 where both are made from one file of the template.
fn likeness(old: &Old<'_>, new: &Blob, private: &[String]) -> f64 {
    match old {
        Old::Known(old) if old.from == new.from => 2.0,
        Old::Known(old) if old.contents == new.contents => 1.0,
        Old::Known(old) => lines_in_common(&old.contents, &new.contents),
        Old::Print(print) => f64::from(u8::from(print.is_like(&new.print(private)))),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no file has 2⁵³ lines")]
fn lines_in_common(one: &[u8], other: &[u8]) -> f64 {
    let lines = |text: &[u8]| -> Vec<Vec<u8>> {
        let lines = text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty());
        lines.map(<[u8]>::to_vec).collect()
    };
    let (one, other) = (lines(one), lines(other));
    let all = one.len() + other.len();
    if all == 0 {
        return 0.0;
    }
    let mut counts: HashMap<Vec<u8>, usize> = HashMap::new();
    for line in one {
        *counts.entry(line).or_default() += 1;
    }
    let mut common: usize = 0;
    for line in other {
        if let Some(count) = counts.get_mut(&line)
            && *count > 0
        {
            *count -= 1;
            common += 1;
        }
    }
    2.0 * common as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(from: &str, contents: &str) -> Blob {
        Blob {
            from: from.into(),
            contents: contents.as_bytes().to_vec().into(),
            mode: 0o644,
            skips_if_exists: false,
        }
    }

    fn found(old: &[(&str, &Blob)], new: &[(&str, &Blob)]) -> Vec<(String, String)> {
        let old: BTreeMap<PathBuf, Old<'_>> = old
            .iter()
            .map(|(path, blob)| ((*path).into(), Old::Known((*blob).clone())))
            .collect();
        let new: BTreeMap<PathBuf, Blob> = new
            .iter()
            .map(|(path, blob)| ((*path).into(), (*blob).clone()))
            .collect();
        let text = |path: &Path| path.display().to_string();
        find(&old, &new, &[])
            .into_iter()
            .map(|(from, to)| (text(from), text(to)))
            .collect()
    }

    #[test]
    fn files_are_known_again() {
        let (one, other) = (blob("one", "a\nb\nc\nd\n"), blob("other", "x\ny\nz\n"));
        let moved = blob("moved", "a\nb\nc\nD\n");
        let renamed = blob("other", "quite\ndifferent\n");
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            found(
                &[("p", &one), ("q", &other)],
                &[("r", &renamed), ("s", &moved)]
            ),
            [pair("p", "s"), pair("q", "r")]
        );
        assert_eq!(found(&[("p", &one)], &[("p", &one), ("s", &moved)]), []);
        assert_eq!(found(&[("p", &one)], &[("s", &other)]), []);
        let empty = (blob("e", ""), blob("f", "\n"));
        assert_eq!(found(&[("p", &empty.0)], &[("s", &empty.1)]), []);
    }
}

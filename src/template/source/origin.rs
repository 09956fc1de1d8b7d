//! Where a template can be found again, and which version of it was read.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{Entry, Kind, address::Address, redact};
use crate::template::{mode::is_executable, remembered::base16};

/// Where a template is, and its version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::template) struct Origin {
    /// As the user could give it from any directory; without credentials.
    pub(in crate::template) template: String,
    /// The commit, where all of it is in one.
    pub(in crate::template) commit: Option<String>,
}

impl Origin {
    /// That of a template which was given so.
    pub(super) fn of(template: &str, address: &Address, own: Option<&Path>) -> Self {
        let template = match address {
            Address::Builtin(_) => template.to_owned(),
            Address::Directory(path) if own.is_some_and(|it| it.join(template) == *path) => {
                template.to_owned()
            }
            Address::Directory(path) | Address::File(path) => from_home(path),
            // A repository on the disk.
            Address::Git(path) if Path::new(path).is_absolute() => from_home(Path::new(path)),
            Address::Url(_) | Address::Git(_) => redact::kept(template),
        };
        Self {
            template,
            commit: None,
        }
    }
}

/// The path, from `~` where it is below that: other people's homes are elsewhere.
fn from_home(path: &Path) -> String {
    let home = etcetera::home_dir().ok();
    let below = home
        .as_deref()
        .and_then(|home| path.strip_prefix(home).ok());
    let path = below.map_or_else(|| path.to_path_buf(), |below| Path::new("~").join(below));
    path.to_string_lossy().into_owned()
}

/// A hash of all that a template consists of, in hexadecimal.
pub(in crate::template) fn hash(entries: &[Entry]) -> String {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|one, other| one.path.cmp(&other.path));
    let mut hash = Sha256::new();
    let mut add = |octets: &[u8]| {
        hash.update((octets.len() as u64).to_be_bytes());
        hash.update(octets);
    };
    for Entry { path, kind } in sorted {
        add(path.as_os_str().as_encoded_bytes());
        match kind {
            Kind::Directory => add(b"d"),
            Kind::File { contents, mode } => {
                add(if is_executable(*mode) { b"x" } else { b"f" });
                add(contents);
            }
        }
    }
    base16(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_names_contents_and_who_may_execute() {
        let one = [Entry::file("a", b"x", 0o644), Entry::file("b", b"y", 0o755)];
        let again = [Entry::file("b", b"y", 0o700), Entry::file("a", b"x", 0o600)];
        assert_eq!(hash(&one), hash(&again));
        for other in [
            [Entry::file("a", b"x", 0o755), Entry::file("b", b"y", 0o755)],
            [Entry::file("a", b"", 0o644), Entry::file("b", b"y", 0o755)],
            [Entry::file("c", b"x", 0o644), Entry::file("b", b"y", 0o755)],
        ] {
            assert_ne!(hash(&one), hash(&other));
        }
    }
}

//! What takes long to make, is made on first use and kept under `target`.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

/// The directory of everything of one kind; `CARGO_TARGET_TMPDIR` is a directory of the target
/// directory.
pub(super) fn cache(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .join(kind)
}

/// What tells things apart that are made of different parts, short enough for a name.
pub(super) fn hash(what: &str) -> String {
    let mut hash = String::new();
    for octet in &Sha256::digest(what)[..6] {
        write!(hash, "{octet:02x}").unwrap();
    }
    hash
}

/// Makes a directory unless a marker says that it is complete; the marker's text is for people.
/// What is made is built in place, since environments cannot be moved.
pub(super) fn make_once(directory: &Path, text: &str, make: impl FnOnce()) {
    fs::create_dir_all(directory.parent().unwrap()).unwrap();
    let lock = File::create(directory.with_added_extension("lock")).unwrap();
    lock.lock().unwrap();
    let marker = directory.join(".ready");
    if marker.exists() {
        return;
    }
    if directory.exists() {
        fs::remove_dir_all(directory).unwrap();
    }
    make();
    fs::write(marker, text).unwrap();
}

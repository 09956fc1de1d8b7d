//! The PATH of the programs under test. The formatters are not on it: where one is installed, both
//! `django-admin` and the program would run it over what they make.

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Write as _,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sha2::{Digest, Sha256};

const FORMATTERS: [&str; 2] = ["black", "ruff"];

/// The PATH of the tests themselves, without formatters.
pub(crate) fn path() -> &'static OsStr {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| without_formatters(&env::var_os("PATH").unwrap_or_default()))
}

/// The same programs in the same order, without formatters.
pub(crate) fn without_formatters(path: &OsStr) -> OsString {
    env::join_paths(env::split_paths(path).map(|directory| clean(&directory))).unwrap()
}

/// The directory, or where it holds a formatter, one with links to all else that it holds.
fn clean(directory: &Path) -> PathBuf {
    if !FORMATTERS.iter().any(|it| directory.join(it).exists()) {
        return directory.to_owned();
    }
    let mut name = String::new();
    for octet in &Sha256::digest(directory.as_os_str().as_bytes())[..6] {
        write!(name, "{octet:02x}").unwrap();
    }
    let clean = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("path")
        .join(name);
    fs::create_dir_all(&clean).unwrap();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if !FORMATTERS.iter().any(|it| entry.file_name() == *it) {
            // Another test process may have made it.
            let _ = symlink(entry.path(), clean.join(entry.file_name()));
        }
    }
    clean
}

#[test]
fn only_the_formatters_are_left_out() {
    let place = tempfile::tempdir().unwrap();
    let (with, without) = (place.path().join("with"), place.path().join("without"));
    for directory in [&with, &without] {
        fs::create_dir(directory).unwrap();
        fs::write(directory.join("program"), "").unwrap();
    }
    fs::write(with.join("ruff"), "").unwrap();
    let path = env::join_paths([&with, &without]).unwrap();
    let path = without_formatters(&path);
    let directories: Vec<_> = env::split_paths(&path).collect();
    assert_eq!(directories[1], without);
    assert!(directories[0].join("program").exists());
    assert!(!directories[0].join("ruff").exists());
}

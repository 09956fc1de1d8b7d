//! Limits, with archives that are made here. Real ones are in `tests/archives.rs`.

use std::{
    fs,
    io::{Cursor, Write},
};

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::template::{
    Request, Subject, Target, Wanted,
    source::{Kind as EntryKind, Source},
};

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, contents) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(contents.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *contents).unwrap();
    }
    builder.into_inner().unwrap()
}

fn items_of(name: &str, archive: Vec<u8>, limits: Limits) -> Result<Vec<Item>, Error> {
    let octets = archive.len() as u64;
    items(
        Path::new(name),
        BufReader::new(Cursor::new(archive)),
        octets,
        limits,
    )
}

#[test]
fn what_is_too_large_is_an_error() {
    let archive = tar(&[("t/a", b"1234"), ("t/d/b", b"1234")]);
    for (entries, octets, fits) in [(3, 8, true), (2, 8, false), (3, 7, false)] {
        let result = items_of("t.tar", archive.clone(), Limits { entries, octets });
        assert_eq!(result.is_ok(), fits, "{entries} {octets}");
        if let Err(error) = result {
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        }
    }
}

#[test]
fn an_archive_that_is_cut_off_anywhere_is_an_error() {
    let whole = tar(&[("t/a", b"1234"), ("t/d/b", &[7; 600])]);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&whole).unwrap();
    let compressed = encoder.finish().unwrap();
    for end in (0..compressed.len()).chain([0, 1, 511]) {
        let part = compressed.get(..end).unwrap_or(&compressed[..1]).to_vec();
        assert!(items_of("t.tar.gz", part, LIMITS).is_err(), "{end}");
    }
    let data = whole.len() - 1024;
    for end in (0..=data).step_by(64) {
        let part = whole[..end].to_vec();
        assert!(items_of("t.tar", part, LIMITS).is_err(), "{end}");
    }
}

/// A subdirectory is the same in an archive and in a directory, below what is stripped.
#[rstest]
#[case(None, Ok(&["a", "d/b", "d/e/c"][..]))]
#[case(Some("d"), Ok(&["b", "e/c"][..]))]
#[case(Some("d/e"), Ok(&["c"][..]))]
#[case(Some("t"), Err("there are the directories `d`"))]
#[case(Some("d/x"), Err("there are the directories `d/e`"))]
fn subdirectories(#[case] subdirectory: Option<&str>, #[case] expected: Result<&[&str], &str>) {
    let place = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 3] = [("t/a", b"1"), ("t/d/b", b"2"), ("t/d/e/c", b"3")];
    fs::write(place.path().join("t.tar"), tar(&files)).unwrap();
    for (name, contents) in files {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    let target = Target::New(place.path().join("x"));
    for template in ["t.tar", "t"] {
        let request = Request {
            wanted: Wanted {
                template: Some(template),
                subdirectory: subdirectory.map(Path::new),
                ..Wanted::default()
            },
            ..Request::new(Subject::Project, "x", &target, place.path())
        };
        let found = Source::open(&request).map(|source| {
            let root = place.path().join(template);
            let root = subdirectory.map_or(root.clone(), |it| root.join(it));
            assert_eq!(source.root, root);
            let files = source.entries.iter();
            let files = files.filter(|entry| !matches!(entry.kind, EntryKind::Directory));
            let mut files: Vec<_> = files.map(|it| it.path.display().to_string()).collect();
            files.sort();
            files
        });
        match (found, expected) {
            (Ok(files), Ok(expected)) => assert_eq!(files, expected, "{template}"),
            (Err(error), Err(hint)) => assert_eq!(error.hint().as_deref(), Some(hint)),
            (found, _) => panic!("{template}: {found:?}"),
        }
    }
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        let options = ::zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

proptest! {
    /// Whatever happens to an archive on its way, it is read or refused, in words that do nothing
    /// to a terminal.
    #[test]
    fn damaged_archives_are_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        is_zip: bool,
    ) {
        let files: [(&str, &[u8]); 3] = [("t/a", b"1"), ("t/d/b", b"22"), ("t/d/e/c", b"333")];
        let (name, mut octets) = if is_zip { ("t.zip", zip(&files)) } else { ("t.tar", tar(&files)) };
        for (at, octet) in &changes {
            let at = at.index(octets.len());
            octets[at] = *octet;
        }
        match crate::template::archive_listing(Path::new(name), &octets) {
            Ok(paths) => prop_assert!(paths.iter().all(|path| path.is_relative())),
            Err(error) => {
                let text = error.to_string();
                prop_assert!(!text.chars().any(char::is_control), "{:?}", text);
                prop_assert!(!changes.is_empty(), "{}", text);
            }
        }
    }
}

//! Limits, with archives that are made here. Real ones are in `tests/archives.rs`.

use std::io::{Cursor, Write};

use super::*;

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

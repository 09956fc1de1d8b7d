//! What kind of archive a file is: by its name, as Django decides it, and how the octets of a tar
//! are compressed: by these octets, as Python decides it.

use std::{
    io::{self, BufRead, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::{LzmaReader, XzReader};

/// The endings of tars, beside `.tar` in front of any other ending.
const TAR: [&[u8]; 8] = [
    b".tar", b".tbz2", b".tbz", b".tz2", b".tgz", b".taz", b".tlz", b".txz",
];

/// How much memory a decoder may take, in KiB. `xz -9` asks for 65 MiB; a header of twelve octets
/// can ask for 4 GiB.
const DECODER_MEMORY: u32 = 160 << 10;

/// What kind of archive a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A tar, compressed or not.
    Tar,
    /// A zip.
    Zip,
}

/// The kind that a name tells: its last ending, or else the one before that.
pub(super) fn of(name: &Path) -> Option<Kind> {
    let name = name.file_name()?.as_bytes().to_ascii_lowercase();
    let (base, ending) = split_ending(&name);
    by_ending(ending).or_else(|| by_ending(split_ending(base).1))
}

fn by_ending(ending: &[u8]) -> Option<Kind> {
    if ending == b".zip" {
        Some(Kind::Zip)
    } else {
        TAR.contains(&ending).then_some(Kind::Tar)
    }
}

/// Python's `splitext`: dots at the beginning are no dots of an ending.
fn split_ending(name: &[u8]) -> (&[u8], &[u8]) {
    let dots = name.iter().take_while(|octet| **octet == b'.').count();
    match name.iter().rposition(|octet| *octet == b'.') {
        Some(at) if at >= dots => name.split_at_checked(at).unwrap_or((name, b"")),
        _ => (name, b""),
    }
}

/// The octets of a tar, decompressed.
pub(super) fn decompressed<'a>(mut archive: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let start = archive.fill_buf()?;
    Ok(if start.starts_with(b"\x1f\x8b") {
        Box::new(MultiGzDecoder::new(archive))
    } else if start.starts_with(b"BZh") {
        Box::new(MultiBzDecoder::new(archive))
    } else if start.starts_with(b"\xfd7zXZ\0") {
        Box::new(XzReader::new_mem_limit(archive, true, DECODER_MEMORY))
    } else if is_lzma(start) {
        Box::new(LzmaReader::new_mem_limit(archive, DECODER_MEMORY, None)?)
    } else {
        Box::new(archive)
    })
}

/// Whether this is the start of the old format of LZMA, which has no signature: properties that
/// there are, a dictionary as encoders choose it, and a length that is not said or not absurd. A
/// tar has a name and then the digits of a mode there.
fn is_lzma(start: &[u8]) -> bool {
    let Some((&[properties, a, b, c, d, ref length @ ..], _)) = start.split_first_chunk::<13>()
    else {
        return false;
    };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let length = length
        .iter()
        .rev()
        .fold(0_u64, |sum, octet| (sum << 8) | u64::from(*octet));
    let is_usual = dictionary.is_power_of_two()
        || dictionary % 3 == 0 && (dictionary / 3).is_power_of_two()
        || dictionary == u32::MAX;
    properties < 9 * 5 * 5 && is_usual && (length == u64::MAX || length < 1 << 38)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// What Django 6.1 says of these names.
    #[rstest]
    #[case("a.tar", Some(Kind::Tar))]
    #[case("a.TAR.GZ", Some(Kind::Tar))]
    #[case("a.tgz", Some(Kind::Tar))]
    #[case("a.taz", Some(Kind::Tar))]
    #[case("a.tar.bz2", Some(Kind::Tar))]
    #[case("a.tbz2", Some(Kind::Tar))]
    #[case("a.tbz", Some(Kind::Tar))]
    #[case("a.tz2", Some(Kind::Tar))]
    #[case("a.tar.xz", Some(Kind::Tar))]
    #[case("a.txz", Some(Kind::Tar))]
    #[case("a.tar.lzma", Some(Kind::Tar))]
    #[case("a.tlz", Some(Kind::Tar))]
    #[case("a.zip", Some(Kind::Zip))]
    #[case("a.ZiP", Some(Kind::Zip))]
    #[case("a.tar.anything", Some(Kind::Tar))]
    #[case("a.zip.1", Some(Kind::Zip))]
    #[case("a.zip.tar", Some(Kind::Tar))]
    #[case("..tar.gz", None)]
    #[case("x.tar.gz.1", None)]
    #[case("a.gz", None)]
    #[case("a.xz", None)]
    #[case("a.7z", None)]
    #[case("tar", None)]
    #[case(".tar", None)]
    #[case(".zip", None)]
    #[case("a.zip/b", None)]
    #[case("a.zip.", Some(Kind::Zip))]
    #[case("", None)]
    fn names(#[case] name: &str, #[case] expected: Option<Kind>) {
        assert_eq!(of(Path::new(name)), expected);
    }

    #[test]
    fn a_tar_is_not_taken_for_lzma() {
        let mut header = tar::Header::new_ustar();
        header.set_path("]").unwrap();
        assert!(!is_lzma(header.as_bytes()));
        assert!(is_lzma(b"]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0"));
        assert!(!is_lzma(b"]\0\0\x80\0"));
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(name in "[.a-z/]{0,12}(zip|tar)?[.]{0,2}") {
            let _ = of(Path::new(&name));
        }
    }
}

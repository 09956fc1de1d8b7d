//! What of a template's files is text, as cookiecutter's `binaryornot` 0.6 decides it, and which
//! line ends a rendered one gets.

use std::path::Path;

/// The endings of files that are never rendered.
const BINARY_EXTENSIONS: &str = include_str!("binary_extensions.txt");

/// How files begin that are none of text, whatever follows.
const SIGNATURES: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff\xe1",
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"MM\0*",
    b"II*\0",
    b"\0\0\x01\0",
    b"%PDF-1.",
    b"SQLite format 3\0",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\xfd7zXZ\0",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"MZ",
    b"\xca\xfe\xba\xbe",
    b"RIFF",
    b"OggS",
    b"fLaC",
    b"\0asm",
    b"wOFF",
    b"OTTO",
    b"\0\x01\0\0\0",
    b"\0\0\0\x01Bud1",
    b"wOF2",
    b"\0\0\0\x18ftyp",
    b"ID3",
    b"BZh",
    b"7z\xbc\xaf'\x1c",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"(\xb5/\xfd",
    b"Rar!\x1a\x07",
    b"\x1aE\xdf\xa3",
    b"MThd",
    b"8BPS",
    b"\0\0\0\x1cftyphei\x63",
    b"PAR1",
    b"dex\n",
    b"BC\xc0\xde",
    b"PACK",
];

/// How many octets of a file are looked at.
const CHUNK: usize = 512;

/// How many octets are looked at for line ends: what Python reads at once.
const FIRST_READ: usize = 8192;

/// The text of a file that is rendered; nothing for one that is copied. What is not UTF-8 is
/// copied too, where cookiecutter fails.
pub(super) fn text<'a>(path: &Path, contents: &'a [u8]) -> Option<&'a str> {
    if has_binary_extension(path) || is_binary(contents) {
        return None;
    }
    std::str::from_utf8(contents).ok()
}

fn has_binary_extension(path: &Path) -> bool {
    let Some(extension) = path.extension() else {
        return false;
    };
    let extension = extension.to_string_lossy().to_lowercase();
    BINARY_EXTENSIONS
        .split_whitespace()
        .any(|it| it == extension)
}

/// The rule for what is UTF-8: the numbers are from the decision tree that was trained for it.
fn is_binary(contents: &[u8]) -> bool {
    let chunk = contents.get(..CHUNK).unwrap_or(contents);
    if SIGNATURES
        .iter()
        .any(|signature| chunk.starts_with(signature))
    {
        return true;
    }
    let is_control = |octet: &&u8| **octet < 32 && !matches!(**octet, b'\t' | b'\n' | b'\r');
    #[expect(clippy::cast_precision_loss, reason = "a chunk is small")]
    let ratio = |count: usize| count as f64 / chunk.len().max(1) as f64;
    let controls = ratio(chunk.iter().filter(is_control).count());
    let zeros = ratio(memchr::memchr_iter(0, chunk).count());
    if zeros > 0.163_978 {
        return true;
    }
    (0.000_977..=0.006_212).contains(&controls) || controls > 0.45
}

/// The line ends of a file: the first of those that its beginning has, in this order.
pub(super) fn line_end(contents: &[u8]) -> &'static str {
    let beginning = contents.get(..FIRST_READ).unwrap_or(contents);
    let (mut has_return, mut has_line_feed, mut has_both) = (false, false, false);
    let mut octets = beginning.iter().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b'\r' if octets.peek() == Some(&&b'\n') => {
                octets.next();
                has_both = true;
            }
            b'\r' => has_return = true,
            b'\n' => has_line_feed = true,
            _ => {}
        }
    }
    if has_return {
        "\r"
    } else if has_line_feed || !has_both {
        "\n"
    } else {
        "\r\n"
    }
}

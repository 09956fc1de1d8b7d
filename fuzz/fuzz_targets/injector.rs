//! Octets that claim to be a page, in any blocks: the script goes into it once or not at all, the
//! same place whatever the blocks, and no octet of the page is lost or held back for long.
#![no_main]

use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use scaffold::serve::injector::{Injector, MAX_BEFORE};

/// Octets that no page has.
const ELEMENT: &[u8] = b"\x01element\x02";

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    parts: Vec<Part<'i>>,
    blocks: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
enum Part<'i> {
    Known(u8),
    /// So many spaces.
    Long(u16),
    Other(&'i [u8]),
}

/// What means something before a page's head.
const PARTS: &[&str] = &[
    "<!doctype html>",
    "<!DOCTYPE",
    "<html",
    "<head",
    "<body",
    "<html>",
    "<head>",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    "</",
    "<",
    ">",
    "-",
    "=",
    "\"",
    "'",
    "/",
    " ",
    "\u{feff}",
];

fuzz_target!(|input: Input<'_>| {
    let mut page = Vec::new();
    for part in &input.parts {
        match part {
            Part::Known(index) => {
                let known = PARTS[usize::from(*index) % PARTS.len()];
                page.extend_from_slice(known.as_bytes());
            }
            Part::Long(count) => page.resize(page.len() + usize::from(*count), b' '),
            Part::Other(octets) => page.extend_from_slice(octets),
        }
    }
    page.retain(|octet| !matches!(octet, 1 | 2));

    let whole = inject(&page, std::iter::empty());
    let split = inject(&page, input.blocks.iter().map(|&length| length.into()));
    assert_eq!(whole, split);
    let places: Vec<_> = (0..whole.len())
        .filter(|&at| whole[at..].starts_with(ELEMENT))
        .collect();
    match places[..] {
        [] => assert_eq!(whole, page),
        [at] => assert_eq!([&whole[..at], &whole[at + ELEMENT.len()..]].concat(), page),
        _ => panic!("more than once"),
    }
});

fn inject(page: &[u8], blocks: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut injector = Injector::new(ELEMENT.to_vec());
    let (mut out, mut rest, mut pushed) = (Vec::new(), page, 0);
    let mut verdict = None;
    let mut push = |injector: &mut Injector, block: &[u8], out: &mut Vec<u8>| {
        injector.push(block, out);
        pushed += block.len();
        assert!(verdict.is_none() || injector.is_document() == verdict);
        verdict = injector.is_document();
        // Before that is known, nothing; then all but a tag's name.
        match verdict {
            None => assert!(out.is_empty() && pushed <= MAX_BEFORE),
            Some(_) => assert!(out.len() + 16 > pushed),
        }
    };
    for length in blocks {
        let (block, after) = rest.split_at(length.min(rest.len()));
        push(&mut injector, block, &mut out);
        rest = after;
    }
    push(&mut injector, rest, &mut out);
    injector.finish(&mut out);
    out
}

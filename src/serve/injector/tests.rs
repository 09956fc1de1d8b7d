//! Tests of `injector`.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

const ELEMENT: &[u8] = b"[*]";

/// What becomes of a document that comes in blocks of these lengths, and then the rest.
fn inject(octets: &[u8], blocks: &[usize]) -> Vec<u8> {
    let mut injector = Injector::new(ELEMENT.to_vec());
    let (mut out, mut rest) = (Vec::new(), octets);
    for &length in blocks {
        let (block, after) = rest.split_at(length.min(rest.len()));
        injector.push(block, &mut out);
        if injector.is_document().is_none() {
            assert!(
                out.is_empty(),
                "nothing goes on before it is known what it is"
            );
        }
        rest = after;
    }
    injector.push(rest, &mut out);
    let verdict = injector.is_document();
    injector.finish(&mut out);
    let is_longer = out.len() == octets.len() + ELEMENT.len();
    assert_eq!(is_longer, verdict == Some(true));
    assert!(is_longer || out == octets);
    out
}

#[rstest]
#[case("<!DOCTYPE html><html><head>[*]<title>a</title></head><body></body></html>")]
#[case("\u{feff}\r\n <!-- a --><!doctype html>\n<HTML lang='a>b'>\n<Head a=\">\" b>[*]\n<meta>")]
#[case("<!doctype html>[*]<title>a</title>")]
#[case("<!doctype html>[*]text")]
#[case("<!doctype html>\n<html>\n[*]<body>")]
#[case("<!doctype html>[*]<headers>")]
#[case("<!doctype html>[*]</head>")]
#[case("<!doctype html><h[*]")]
#[case("<html><head[*]")]
#[case("<html><[*]")]
#[case("<html>[*]")]
#[case("<html a[*]")]
#[case("<head/>[*]")]
#[case("[*]<body class=a>")]
#[case("<html a=b\"c>[*]<p>")]
#[case("<html a = \"<head>\" b=' > ' \">\n<head>[*]")]
#[case("<!doctype html \"a>[*]b\"")]
#[case("<!---><!doctype html><head>[*]")]
#[case("<!--><!doctype html><head>[*]")]
#[case("<!----><!doctype html><head>[*]")]
#[case("<!-- <head> - -- -!> --x--!><html><!-- <head> --> <head>[*]")]
#[case("<!--!><head>--><html>[*]<p>")]
#[case("<!--a--!-><head>--><html>[*]<p>")]
#[case("<?xml version='1.0'?><!doctype html><html><head>[*]")]
#[case("<![if IE]><html><!x><head>[*]")]
#[case("<!-x><html><!-><head>[*]")]
#[case("<!doctyp><html><!DOCTYPEx><head>[*]")]
fn the_place_in_a_document(#[case] expected: &str) {
    let octets = expected.replace("[*]", "");
    let out = inject(octets.as_bytes(), &[]);
    assert_eq!(String::from_utf8_lossy(&out), expected);
}

#[rstest]
#[case("")]
#[case(" \n")]
#[case("<")]
#[case("<!doctype")]
#[case("<div><html><head></head></html></div>")]
#[case("text <html>")]
#[case("<htmlx>")]
#[case("<html-a>")]
#[case("<!-- <html> ")]
#[case("{\"a\": \"<html>\"}")]
#[case("</html>")]
#[case(" \u{feff}<html>")]
fn a_part_of_a_document_stays_as_it_is(#[case] octets: &str) {
    assert_eq!(inject(octets.as_bytes(), &[]), octets.as_bytes());
}

#[test]
fn what_comes_before_is_bounded() {
    for (space, is_document) in [(MAX_BEFORE - 6, true), (MAX_BEFORE - 5, false)] {
        let text = format!("{}<html>", " ".repeat(space));
        let out = inject(text.as_bytes(), &[7]);
        assert_eq!(out.len() > text.len(), is_document, "{space}");
    }
    let text = format!("<html><!--{}--><head></html>", " ".repeat(MAX_PROLOG));
    assert_eq!(
        inject(text.as_bytes(), &[]),
        format!("{text}[*]").as_bytes()
    );
}

proptest! {
    #[test]
    fn any_split_into_blocks_gives_the_same(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "!", "-", "--", "!--", "doctype", "html", "head", "body", "<html>",
            "<head", "<!doctype html>", " ", "\n", "=", "\"", "'", "/", "x", "\u{feff}", "?",
        ]), 0..24),
        blocks in prop::collection::vec(0_usize..5, 0..60),
    ) {
        let text = parts.concat();
        prop_assert_eq!(inject(text.as_bytes(), &blocks), inject(text.as_bytes(), &[]));
    }
}

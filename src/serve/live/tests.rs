//! Tests of `live`.

use std::{fs::File, io::Write as _};

use proptest::prelude::*;
use rstest::rstest;

use super::*;

const PAGE: &str = "<!doctype html><head></head><body>text</body>";

fn live() -> Live {
    Live::new(Notifier::new(), AccessLog::default())
}

fn head(headers: &[(&'static str, &'static str)]) -> ResponseHead {
    ResponseHead {
        status: "200 OK".into(),
        headers: headers
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect(),
    }
}

/// What becomes of these events of a request: the head, and all octets after it.
fn run(live: &Live, is_head: bool, events: Vec<Event>) -> (ResponseHead, String, usize) {
    let mut rewriter = live.rewriter(0, is_head, b"GET / HTTP/1.1");
    let (mut head, mut octets) = (None, Vec::new());
    let mut is_over = false;
    for event in events {
        rewriter.push(event);
        while let Some(event) = rewriter.pop() {
            assert!(!is_over, "an event after the last");
            match event {
                Event::Head(own) => assert!(head.replace(own).is_none()),
                Event::Response(own, body) => {
                    assert!(head.replace(own).is_none());
                    octets.extend_from_slice(&body);
                    is_over = true;
                }
                Event::Block(block) => {
                    assert!(head.is_some() && !block.is_empty());
                    octets.extend_from_slice(&block);
                }
                Event::File(part) => {
                    let mut rest = vec![0; usize::try_from(part.length).unwrap()];
                    part.file.read_exact_at(&mut rest, part.offset).unwrap();
                    octets.extend(rest);
                    is_over = true;
                }
                _ => is_over = true,
            }
        }
    }
    assert!(is_over);
    let text = String::from_utf8(octets).unwrap();
    (head.unwrap(), text, rewriter.take_credit())
}

fn respond(headers: &[(&'static str, &'static str)], body: &'static str) -> (ResponseHead, String) {
    let (head, text, _) = run(
        &live(),
        false,
        vec![Event::Response(head(headers), body.into())],
    );
    (head, text)
}

fn value<'h>(head: &'h ResponseHead, name: &'static str) -> Option<&'h str> {
    let value = values(head, name.as_bytes()).next();
    value.map(|value| str::from_utf8(value).unwrap())
}

#[test]
fn a_page_gets_the_script_and_its_length_is_right() {
    let (head, text) = respond(
        &[
            ("Content-Type", "text/html; charset=utf-8"),
            ("content-length", "45"),
            ("ETag", "\"a\""),
            ("Last-Modified", "x"),
            ("Accept-Ranges", "bytes"),
            ("X-Other", "y"),
        ],
        PAGE,
    );
    assert!(
        text.starts_with("<!doctype html><head><script src=\"/__scaffold__/live.js\" data-at=\"")
    );
    assert!(text.ends_with(".0\" async></script></head><body>text</body>"));
    assert_eq!(PAGE.len(), 45);
    assert_eq!(
        value(&head, "Content-Length"),
        Some(&*text.len().to_string())
    );
    assert_eq!(value(&head, "X-Other"), Some("y"));
    for name in ["ETag", "Last-Modified", "Accept-Ranges"] {
        assert_eq!(value(&head, name), None, "{name}");
    }
}

/// What concerns the request's body is no part of the response, and waits for none of it.
#[test]
fn what_concerns_the_requests_body_passes_at_once() {
    let live = live();
    let mut rewriter = live.rewriter(0, false, b"GET / HTTP/1.1");
    let html = || head(&[("Content-Type", "text/html")]);
    let mut pass = |event| {
        rewriter.push(event);
        rewriter.pop()
    };
    assert!(matches!(pass(Event::Want), Some(Event::Want)));
    assert!(pass(Event::Head(html())).is_none());
    assert!(matches!(pass(Event::Want), Some(Event::Want)));
    assert!(matches!(pass(Event::Received), Some(Event::Received)));
    assert!(matches!(
        pass(Event::Block(PAGE.into())),
        Some(Event::Head(_))
    ));
}

#[rstest]
#[case("Content-Type", "text/plain")]
#[case("Content-Type", "application/xhtml+xml")]
#[case("Content-Type", "text/htmlx")]
#[case("Content-Encoding", "gzip")]
#[case("Content-Range", "bytes 0-1/2")]
#[case("Content-Disposition", "attachment; filename=a.html")]
#[case("Content-Disposition", "attach")]
#[case("Content-MD5", "x")]
#[case("Repr-Digest", "x")]
#[case("Cache-Control", "private, No-Transform")]
#[case("Content-Length", "44")]
#[case("Content-Length", "46")]
#[case("Content-Length", "x")]
#[case("Content-Security-Policy", "default-src 'none'")]
fn other_responses_stay_as_they_are(#[case] name: &'static str, #[case] value: &'static str) {
    let html = ("Content-Type", "text/html");
    let headers: &[_] = if name == "Content-Type" {
        &[(name, value)]
    } else {
        &[html, (name, value), ("ETag", "\"a\"")]
    };
    let (new, text) = respond(headers, PAGE);
    assert_eq!((new, &*text), (head(headers), PAGE));
}

#[rstest]
#[case("Content-Encoding", "Identity")]
#[case("Content-Disposition", "inline")]
#[case("Cache-Control", "no-store")]
#[case("Content-Security-Policy", "script-src 'self'")]
fn these_do_not_keep_the_script_out(#[case] name: &'static str, #[case] value: &'static str) {
    let (_, text) = respond(&[("Content-Type", "TEXT/HTML ;a"), (name, value)], PAGE);
    assert!(text.len() > PAGE.len());
}

#[rstest]
#[case("404 Not Found")]
#[case("206 Partial Content")]
#[case("304 Not Modified")]
#[case("201 Created")]
fn only_successes_are_changed(#[case] status: &'static str) {
    let mut head = head(&[("Content-Type", "text/html"), ("ETag", "\"a\"")]);
    head.status = status.into();
    let events = vec![Event::Response(head.clone(), PAGE.into())];
    let (new, text, _) = run(&live(), false, events);
    assert_eq!((new, &*text), (head, PAGE));
}

#[test]
fn the_nonce_of_the_policy_is_used() {
    let (_, text) = respond(
        &[
            ("Content-Type", "text/html"),
            ("Content-Security-Policy", "script-src 'nonce-Ab1='"),
        ],
        PAGE,
    );
    assert!(text.contains("\" nonce=\"Ab1=\" async>"), "{text}");
}

#[test]
fn the_user_is_told_once_of_pages_that_must_not_have_it() {
    let live = live();
    let headers = [
        ("Content-Type", "text/html"),
        ("Content-Security-Policy", "default-src 'none'"),
    ];
    let coded = [("Content-Type", "text/html"), ("Content-Encoding", "br")];
    for headers in [headers, coded].repeat(3) {
        run(
            &live,
            false,
            vec![Event::Response(head(&headers), PAGE.into())],
        );
    }
    let mut lines = Vec::new();
    live.log.take(&mut lines);
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains("because they are compressed; "), "{lines}");
    assert!(lines.starts_with("live reload: pages such as GET / HTTP/1.1 do not reload"));
}

#[test]
fn an_answer_to_head_has_the_length_that_get_has_or_none() {
    let html = ("Content-Type", "text/html");
    let live = live();
    let (get, text) = respond(&[html], PAGE);
    assert_eq!(get, head(&[html]));
    let at_hand = |length, body: &'static str| {
        let events = vec![Event::Response(head(&[html, length]), body.into())];
        run(&live, true, events)
    };
    let (new, body, _) = at_hand(("Content-Length", "45"), PAGE);
    assert_eq!(
        value(&new, "Content-Length"),
        Some(&*text.len().to_string())
    );
    assert_eq!(body.len(), text.len());
    let (new, body, _) = at_hand(("Content-Length", "45"), "");
    assert_eq!((value(&new, "Content-Length"), &*body), (None, ""));
    let events = vec![
        Event::Head(head(&[html, ("Content-Length", "45")])),
        Event::End,
    ];
    let (new, ..) = run(&live, true, events);
    assert_eq!(value(&new, "Content-Length"), None);
}

#[test]
fn a_stream_that_is_no_page_goes_on_unchanged() {
    for body in ["<p>", " ", "<", ""] {
        let headers = [("Content-Type", "text/html"), ("ETag", "a")];
        let mut events = vec![Event::Head(head(&headers))];
        events.extend(body.bytes().map(|octet| Event::Block(vec![octet].into())));
        events.push(Event::End);
        let (new, text, credit) = run(&live(), false, events);
        assert_eq!((new, &*text, credit), (head(&headers), body, body.len()));
    }
}

#[test]
fn a_stream_that_fails_keeps_its_head() {
    let headers = [("Content-Type", "text/html"), ("Content-Length", "9")];
    let events = vec![
        Event::Head(head(&headers)),
        Event::Block(" ".into()),
        Event::Lost(crate::wire::Loss::default()),
    ];
    let (new, text, _) = run(&live(), false, events);
    assert_eq!((new, &*text), (head(&headers), " "));
}

/// A file of this contents, of which all but the first octet is the body.
fn file(contents: &str) -> FilePart {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(b"-").unwrap();
    file.write_all(contents.as_bytes()).unwrap();
    FilePart {
        file,
        offset: 1,
        length: contents.len() as u64,
    }
}

#[rstest]
#[case(PAGE.to_owned(), true)]
#[case(format!("{PAGE}{}", "x".repeat(100_000)), true)]
#[case(format!("<html><!--{}--><head>", "x".repeat(30_000)), false)]
#[case("x".repeat(30_000), false)]
#[case(String::new(), false)]
fn a_file_gets_the_script_where_its_place_is_near(#[case] contents: String, #[case] gets: bool) {
    let length: &'static str = contents.len().to_string().leak();
    let headers = [("Content-Type", "text/html"), ("Content-Length", length)];
    let events = vec![Event::Head(head(&headers)), Event::File(file(&contents))];
    let (new, text, _) = run(&live(), false, events);
    assert_eq!(
        value(&new, "Content-Length"),
        Some(&*text.len().to_string())
    );
    assert_eq!(text.len() > contents.len(), gets);
    assert!(gets || text == contents);
}

proptest! {
    #[test]
    fn any_split_of_a_stream_gives_the_same(
        blocks in prop::collection::vec(1_usize..9, 0..40),
        ends_with_file: bool,
    ) {
        let live = live();
        let headers = [("Content-Type", "text/html"), ("Content-Length", "45")];
        let (expected, body, _) = run(&live, false, vec![Event::Response(head(&headers), PAGE.into())]);
        let mut events = vec![Event::Head(head(&headers))];
        let mut rest = PAGE;
        for length in blocks {
            let (block, after) = rest.split_at(length.min(rest.len()));
            if !block.is_empty() {
                events.push(Event::Block(block.to_owned().into()));
            }
            rest = after;
        }
        let sent = PAGE.len() - if ends_with_file { rest.len() } else { 0 };
        if ends_with_file {
            events.push(Event::File(file(rest)));
        } else if rest.is_empty() {
            events.push(Event::End);
        } else {
            events.extend([Event::Block(rest.to_owned().into()), Event::End]);
        }
        let (new, text, credit) = run(&live, false, events);
        prop_assert_eq!(credit, sent);
        prop_assert_eq!(value(&new, "Content-Length"), value(&expected, "Content-Length"));
        prop_assert_eq!(text.len(), body.len());
        if !ends_with_file {
            prop_assert_eq!(text, body);
        }
    }
}

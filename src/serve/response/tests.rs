//! Tests of `response`.

use proptest::prelude::*;
use rstest::rstest;

use super::{super::clock::HttpDate, *};

const GET: Asked = Asked {
    is_head: false,
    is_http11: true,
    keep_alive: true,
};

fn head(status: &'static str, headers: &[(&'static str, &'static str)]) -> ResponseHead {
    ResponseHead {
        status: status.into(),
        headers: headers
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect(),
    }
}

fn write(head: &ResponseHead, shape: Shape, asked: Asked) -> (String, Result<Begun, Invalid>) {
    let mut out = Vec::new();
    let begun = begin(&mut out, head, shape, asked, HttpDate::at(0).as_bytes());
    (String::from_utf8(out).unwrap(), begun)
}

#[test]
fn a_whole_body_gets_its_length() {
    let (text, begun) = write(&head("200 OK", &[("A", "b")]), Shape::Whole(5), GET);
    assert_eq!(
        text,
        format!(
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\
             Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: {}\r\n\r\n",
            super::super::SOFTWARE
        )
    );
    assert_eq!(
        begun,
        Ok(Begun {
            status: 200,
            delimiter: Delimiter::Length(5),
            keep_alive: true
        })
    );
}

#[test]
fn a_stream_is_chunked_in_http11_and_ends_with_the_connection_in_http10() {
    let ok = head("200 OK", &[]);
    let (text, begun) = write(&ok, Shape::Streamed, GET);
    assert!(text.contains("Transfer-Encoding: chunked\r\n"));
    assert_eq!(begun.unwrap().delimiter, Delimiter::Chunks);
    let old = Asked {
        is_http11: false,
        ..GET
    };
    let (text, begun) = write(&ok, Shape::Streamed, old);
    assert!(!text.contains("Transfer-Encoding"));
    assert_eq!(
        begun,
        Ok(Begun {
            status: 200,
            delimiter: Delimiter::Close,
            keep_alive: false
        })
    );
}

#[test]
fn the_applications_own_length_date_and_server_stand() {
    let own = head(
        "200 OK",
        &[("content-length", "3"), ("DATE", "d"), ("server", "s")],
    );
    let (text, begun) = write(&own, Shape::Streamed, GET);
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nDATE: d\r\nserver: s\r\n\r\n"
    );
    assert_eq!(begun.unwrap().delimiter, Delimiter::Length(3));
}

#[rstest]
#[case("204 No Content", false, "")]
#[case("304 Not Modified", false, "Content-Length: 9\r\n")]
#[case("200 OK", true, "Content-Length: 9\r\n")]
fn answers_without_body(#[case] status: &'static str, #[case] is_head: bool, #[case] length: &str) {
    let said = head(status, &[("Content-Length", "9")]);
    let (text, begun) = write(&said, Shape::Streamed, Asked { is_head, ..GET });
    assert_eq!(begun.unwrap().delimiter, Delimiter::NoBody);
    assert!(!text.contains("Transfer-Encoding"));
    assert_eq!(
        text.matches("Content-Length: 9\r\n").collect::<String>(),
        length
    );
}

#[test]
fn head_tells_the_length_of_a_body_at_hand_but_not_of_none() {
    let asked = Asked {
        is_head: true,
        ..GET
    };
    assert!(
        write(&head("200 OK", &[]), Shape::Whole(4), asked)
            .0
            .contains("Content-Length: 4")
    );
    assert!(
        !write(&head("200 OK", &[]), Shape::Whole(0), asked)
            .0
            .contains("Content-Length")
    );
}

#[test]
fn a_body_shorter_than_its_length_ends_the_connection() {
    let said = head("200 OK", &[("Content-Length", "9")]);
    let (text, begun) = write(&said, Shape::Whole(3), GET);
    assert!(text.contains("Connection: close\r\n"));
    assert!(!begun.unwrap().keep_alive);
}

#[rstest]
#[case("200 OK", "A", "x\r\nB: y")]
#[case("200 OK", "A", "x\ny")]
#[case("200 OK", "A", "x\0y")]
#[case("200 OK", "A b", "x")]
#[case("200 OK", "", "x")]
#[case("200 OK", "A:", "x")]
#[case("200 OK", "Content-Length", "+3")]
#[case("200 OK", "Transfer-Encoding", "chunked")]
#[case("200 OK", "Connection", "close")]
#[case("200 O\r\nK", "A", "x")]
#[case("100 Continue", "A", "x")]
#[case("99 Low", "A", "x")]
#[case("2000 High", "A", "x")]
#[case("OK", "A", "x")]
#[case("", "A", "x")]
fn malformed_heads_are_refused(
    #[case] status: &'static str,
    #[case] name: &'static str,
    #[case] value: &'static str,
) {
    let (text, begun) = write(&head(status, &[(name, value)]), Shape::Whole(0), GET);
    assert!(begun.is_err());
    assert_eq!(text, "");
}

proptest! {
    #[test]
    fn nothing_a_worker_says_splits_the_response(
        status in prop::collection::vec(any::<u8>(), 0..20),
        headers in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..10), prop::collection::vec(any::<u8>(), 0..10)),
            0..4),
    ) {
        let count = headers.len();
        let head = ResponseHead {
            status: status.into(),
            headers: headers.into_iter().map(|(n, v)| (n.into(), v.into())).collect(),
        };
        let mut out = Vec::new();
        if begin(&mut out, &head, Shape::Whole(0), GET, HttpDate::at(0).as_bytes()).is_ok() {
            let ends = out.windows(2).filter(|pair| pair == b"\r\n").count();
            // The status line, the headers, ours (at most four), and the empty line.
            prop_assert!(ends <= count + 6);
            prop_assert_eq!(out.windows(4).filter(|end| end == b"\r\n\r\n").count(), 1);
            prop_assert_eq!(memchr::memchr_iter(b'\n', &out).count(), ends);
        } else {
            prop_assert!(out.is_empty());
        }
    }
}

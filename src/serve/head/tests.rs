//! Tests of `head`.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn check(octets: &[u8]) -> Result<Option<(String, String, Framing, bool)>, Reject> {
    parse(octets, |head| {
        (
            head.path.to_owned(),
            head.query.to_owned(),
            head.framing,
            head.keep_alive,
        )
    })
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

fn with(headers: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n").into_bytes()
}

#[rstest]
#[case("/", "/", "")]
#[case("/a%20b?x=1?y", "/a%20b", "x=1?y")]
#[case("//a", "//a", "")]
#[case("http://b:1/c?d", "/c", "d")]
#[case("HTTP://b", "/", "")]
#[case("http://b?q", "/", "q")]
fn targets_are_split(#[case] target: &str, #[case] path: &str, #[case] query: &str) {
    let (got_path, got_query, framing, keep_alive) = check(&get(target)).unwrap().unwrap();
    assert_eq!((got_path.as_str(), got_query.as_str()), (path, query));
    assert_eq!((framing, keep_alive), (Framing::Length(0), true));
}

#[rstest]
#[case("a/b")]
#[case("*")]
#[case("/a#b")]
#[case("ftp://a/")]
#[case("http://a b/")]
#[case("http://u@a/")]
#[case("/é")]
fn other_targets_are_refused(#[case] target: &str) {
    assert_eq!(check(&get(target)).unwrap_err().status, "400 Bad Request");
}

#[test]
fn the_authority_of_a_whole_url_is_the_host() {
    let host = parse(&get("http://b:1/"), |head| head.host.map(<[u8]>::to_vec)).unwrap();
    assert_eq!(host, Some(Some(b"b:1".to_vec())));
}

#[rstest]
#[case("Content-Length: 12", Framing::Length(12))]
#[case("Transfer-Encoding: Chunked", Framing::Chunked)]
#[case("X: y", Framing::Length(0))]
fn a_length_is_told_in_one_way(#[case] headers: &str, #[case] framing: Framing) {
    assert_eq!(check(&with(headers)).unwrap().unwrap().2, framing);
}

#[rstest]
#[case("Content-Length: +1")]
#[case("Content-Length: -1")]
#[case("Content-Length: 0_1")]
#[case("Content-Length: 1,1")]
#[case("Content-Length: 3 1")]
#[case("Content-Length: 0x1")]
#[case("Content-Length:")]
#[case("Content-Length: 18446744073709551616")]
#[case("Content-Length: 1\r\nContent-Length: 1")]
#[case("Content-Length: 1\r\nTransfer-Encoding: chunked")]
#[case("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
#[case("Content-Length: 01")]
#[case("Transfer-Encoding:")]
#[case("Transfer-Encoding: xchunked")]
#[case("Transfer-Encoding: ,chunked")]
#[case("Transfer-Encoding: chunked, chunked")]
#[case("Transfer-Encoding: chunked, identity")]
#[case("Transfer-Encoding: g zip, chunked")]
#[case("Transfer-Encoding: \x0bchunked")]
#[case("Host: b")]
#[case("X : y")]
#[case(": y")]
#[case("X: a\r\n folded")]
#[case("X: a\nY: b")]
#[case("X: a\rY: b")]
#[case("X: a\0b")]
fn ambiguous_headers_are_refused(#[case] headers: &str) {
    assert_eq!(check(&with(headers)).unwrap_err().status, "400 Bad Request");
}

#[rstest]
#[case("gzip, chunked")]
#[case("gzip,br , Chunked")]
fn unknown_transfer_codings_are_not_implemented(#[case] coding: &str) {
    let head = with(&format!("Transfer-Encoding: {coding}"));
    assert_eq!(check(&head).unwrap_err().status, "501 Not Implemented");
}

#[rstest]
#[case("Expect: 100-continue", true)]
#[case("Expect: x, 100-Continue", true)]
#[case("Expect: x\r\nExpect:100-continue ,y", true)]
#[case("Expect: 100-continue-not", false)]
#[case("Expect: ", false)]
fn an_expectation_may_be_one_of_several(#[case] header: &str, #[case] expected: bool) {
    let expects = parse(&with(header), |head| head.expects_continue);
    assert_eq!(expects.unwrap(), Some(expected));
}

/// RFC 9110, section 2.5.
#[test]
fn a_later_minor_version_is_read_as_the_last_one_known() {
    let head = |end: &str| format!("\r\nGET /a?b HTTP/1.7\r\nHost: a{end}").into_bytes();
    assert!(check(&head("")).unwrap().is_none());
    let (path, query, framing, keep_alive) = check(&head("\r\n\r\n")).unwrap().unwrap();
    assert_eq!((path.as_str(), query.as_str()), ("/a", "b"));
    assert_eq!((framing, keep_alive), (Framing::Length(0), true));
}

#[rstest]
#[case(b"GET / HTTP/1.1\r\n\r\n", "400 Bad Request")]
#[case(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Bad Request")]
#[case(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported")]
#[case(b"GET /\r\nHost: a\r\n\r\n", "400 Bad Request")]
#[case(b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request")]
#[case(b"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request")]
#[case(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "501 Not Implemented")]
#[case(
    b"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "421 Misdirected Request"
)]
#[case(
    b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "400 Bad Request"
)]
#[case(b"GET / HTTP/1.1.1\r\nHost: a\r\n\r\n", "400 Bad Request")]
#[case(b"GET / HTTP/1.2\r\n\r\n", "400 Bad Request")]
#[case(b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported")]
fn bad_heads_are_refused(#[case] head: &[u8], #[case] status: &str) {
    assert_eq!(check(head).unwrap_err().status, status);
}

#[test]
fn http10_needs_no_host_and_closes_unless_asked() {
    assert!(!check(b"GET / HTTP/1.0\r\n\r\n").unwrap().unwrap().3);
    assert!(
        check(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            .unwrap()
            .unwrap()
            .3
    );
}

#[test]
fn a_head_cut_anywhere_is_incomplete() {
    let head = with("Content-Length: 3");
    for length in 0..head.len() {
        assert_eq!(check(&head[..length]), Ok(None), "cut at {length}");
    }
}

#[test]
fn a_head_over_the_limits_is_refused() {
    let long = with(&format!("X: {}", "y".repeat(MAX_HEAD)));
    assert_eq!(check(&long), Err(Reject::HEAD_TOO_LARGE));
    assert_eq!(check(&long[..MAX_HEAD]), Err(Reject::HEAD_TOO_LARGE));
    let target = get(&format!("/{}", "y".repeat(MAX_HEAD)));
    assert_eq!(check(&target), Err(Reject::TARGET_TOO_LONG));
    assert_eq!(check(&target[..MAX_HEAD]), Err(Reject::TARGET_TOO_LONG));
    let many = with(&vec!["X: y"; MAX_HEADERS].join("\r\n"));
    assert_eq!(check(&many), Err(Reject::TOO_MANY_HEADERS));
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = check(&octets);
    }

    #[test]
    fn no_header_makes_it_panic(value in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut head = b"GET / HTTP/1.1\r\nHost: ".to_vec();
        head.extend_from_slice(&value);
        head.extend_from_slice(b"\r\n\r\n");
        let _ = check(&head);
    }
}

use std::path::PathBuf;

use rstest::rstest;

use super::{super::head, *};

fn wanted(request: &str) -> (Wanted, Vec<u8>) {
    let octets = format!("{request}Host: a\r\n\r\n");
    let mut state = b"of the request before".to_vec();
    let wanted = head::parse(octets.as_bytes(), |head| Wanted::of(head, &mut state));
    (wanted.unwrap().unwrap(), state)
}

#[rstest]
#[case("GET / HTTP/1.1\r\n", Wanted::All, "")]
#[case(
    "GET / HTTP/1.1\r\nIf-None-Match: \"a\"\r\n",
    Wanted::UnlessSame,
    "\"a\""
)]
#[case(
    "GET / HTTP/1.1\r\nif-modified-since: x\r\nif-none-match:\"a\" \r\n",
    Wanted::UnlessSame,
    "\"a\""
)]
fn the_plainest_requests_need_no_worker(
    #[case] request: &str,
    #[case] expected: Wanted,
    #[case] state: &str,
) {
    assert_eq!(wanted(request), (expected, state.as_bytes().to_vec()));
}

#[rstest]
#[case("HEAD / HTTP/1.1\r\n")]
#[case("POST / HTTP/1.1\r\n")]
#[case("GET / HTTP/1.1\r\nContent-Length: 1\r\n")]
#[case("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n")]
#[case("GET / HTTP/1.1\r\nRange: bytes=0-\r\n")]
#[case("GET / HTTP/1.1\r\nIf-Range: \"a\"\r\n")]
#[case("GET / HTTP/1.1\r\nIf-Match: \"a\"\r\n")]
#[case("GET / HTTP/1.1\r\nIf-Unmodified-Since: x\r\n")]
#[case("GET / HTTP/1.1\r\nIf-Modified-Since: x\r\n")]
#[case("GET / HTTP/1.1\r\nIf-None-Match: *\r\n")]
#[case("GET / HTTP/1.1\r\nIf-None-Match: W/\"a\"\r\n")]
#[case("GET / HTTP/1.1\r\nIf-None-Match: \"a\", \"b\"\r\n")]
#[case("GET / HTTP/1.1\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n")]
fn all_others_are_for_the_worker(#[case] request: &str) {
    assert_eq!(wanted(request).0, Wanted::Worker);
}

#[rstest]
#[case("GET /a/b.css?c=/?d HTTP/1.1", "/a/b.css")]
#[case("GET http://a/b.css HTTP/1.0", "http://a/b.css")]
#[case("GET /? HTTP/1.1", "/")]
#[case("", "")]
fn a_query_means_nothing_to_a_file(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(target(line.as_bytes()), expected.as_bytes());
}

fn found(path: PathBuf, headers: &[(&str, &str)]) -> FoundFile {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned().into()));
    FoundFile {
        path,
        absent: Vec::new(),
        head: ResponseHead {
            status: "200 OK".into(),
            headers: headers.collect(),
        },
    }
}

fn tag(path: &std::path::Path) -> String {
    entity_tag(&fstat(File::open(path).unwrap()).unwrap()).unwrap()
}

#[test]
fn a_file_is_known_in_the_state_it_had() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a");
    std::fs::write(&path, "abc").unwrap();
    let files = KnownFiles::default();
    let headers = [("ETag", tag(&path)), ("Content-Length", "3".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    files.note(b"/a", found(path.clone(), &headers));
    assert_eq!(files.open(b"/a").unwrap().length, 3);

    let mut other = found(path.clone(), &headers);
    other.absent = vec![directory.path().join("b")];
    files.note(b"/b", other);
    assert!(files.open(b"/b").is_some());
    std::fs::write(directory.path().join("b"), "").unwrap();
    assert!(files.open(b"/b").is_none() && !files.has(b"/b"));

    std::fs::write(&path, "abcd").unwrap();
    assert!(files.open(b"/a").is_none() && !files.has(b"/a"));
}

#[test]
fn what_is_no_file_any_more_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
    let files = KnownFiles::default();
    let headers = [("ETag", "\"1\""), ("Content-Length", "0")];
    files.note(b"/a", found(path, &headers));
    assert!(files.has(b"/a") && files.open(b"/a").is_none());
}

#[rstest]
#[case(&[("Content-Length", "3")])]
#[case(&[("ETag", "\"1\"")])]
#[case(&[("ETag", "\"1\""), ("Content-Length", "x")])]
#[case(&[("ETag", "\"1\""), ("Content-Length", "3"), ("Connection", "close")])]
#[case(&[("ETag", "\"1\""), ("Content-Length", "3"), ("X", "\n")])]
fn a_head_that_cannot_be_sent_is_not_kept(#[case] headers: &[(&str, &str)]) {
    let files = KnownFiles::default();
    files.note(b"/a", found("/nowhere".into(), headers));
    assert!(!files.has(b"/a"));
}

#[test]
fn no_more_files_are_known_than_are_kept() {
    let files = KnownFiles::default();
    let note = |target: &[u8]| {
        let headers = [("ETag", "\"1\""), ("Content-Length", "0")];
        files.note(target, found("/nowhere".into(), &headers));
    };
    for number in 0..=MAX_FILES {
        note(number.to_string().as_bytes());
    }
    assert_eq!(files.lock().len(), 1);
    note(&[b'x'; MAX_TARGET + 1]);
    assert_eq!(files.lock().len(), 1);
}

//! Tests of what lines look like.

use std::net::{Ipv6Addr, SocketAddrV6};

use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value as Json;

use super::*;

fn now() -> Local {
    Local {
        django: "20/Nov/2026 19:01:27".into(),
        common: "20/Nov/2026:19:01:27 +0100".into(),
        iso: "2026-11-20T19:01:27".into(),
        offset: "+01:00".into(),
        milliseconds: 7,
    }
}

fn client() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 51234))
}

fn entry(request_line: &[u8], status: u16, size: u64) -> Entry<'_> {
    Entry {
        client: client(),
        request_line,
        status,
        size,
        took: Duration::from_micros(3_214),
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut lines = Vec::new();
    write(&mut lines);
    String::from_utf8(lines).unwrap()
}

fn django_line(entry: &Entry<'_>, palette: &Palette) -> String {
    written(|lines| django(lines, entry, palette, &now()))
}

fn common_line(entry: &Entry<'_>) -> String {
    written(|lines| common(lines, entry, &now()))
}

fn json_line(entry: &Entry<'_>) -> Json {
    let line = written(|lines| json(lines, entry, "", &now()));
    assert_eq!(line.find('\n'), Some(line.len() - 1), "{line}");
    serde_json::from_str(&line).unwrap()
}

#[test]
fn djangos_line_and_the_time_behind_it() {
    let entry = entry(b"GET /a HTTP/1.1", 404, 12);
    assert_eq!(
        django_line(&entry, &Palette::plain()),
        "[20/Nov/2026 19:01:27] \"GET /a HTTP/1.1\" 404 12 3.2ms\n"
    );
    assert_eq!(
        django_line(&entry, &Palette::of_setting("")),
        "[20/Nov/2026 19:01:27] \x1b[33m\"GET /a HTTP/1.1\" 404 12\x1b[0m 3.2ms\n"
    );
}

#[rstest]
#[case(0, "0.0ms")]
#[case(49, "0.0ms")]
#[case(50, "0.1ms")]
#[case(9_949, "9.9ms")]
#[case(9_950, "10ms")]
#[case(1_234_567, "1235ms")]
#[case(u64::MAX, "18446744073709551ms")]
fn times_are_short(#[case] micros: u64, #[case] expected: &str) {
    let time = written(|lines| milliseconds(lines, Duration::from_micros(micros)));
    assert_eq!(time, expected);
}

#[test]
fn the_common_line() {
    assert_eq!(
        common_line(&entry(b"GET /a HTTP/1.1", 200, 12)),
        "127.0.0.1 - - [20/Nov/2026:19:01:27 +0100] \"GET /a HTTP/1.1\" 200 12\n"
    );
    assert_eq!(
        common_line(&entry(b"\"\\\t\x0b\x1b\xff", 400, 0)),
        "127.0.0.1 - - [20/Nov/2026:19:01:27 +0100] \"\\\"\\\\\\t\\v\\x1b\\xff\" 400 -\n"
    );
}

#[test]
fn the_json_line() {
    assert_eq!(
        json_line(&entry(b"GET /a?b=%20&c HTTP/1.1", 200, 12)),
        serde_json::json!({
            "time": "2026-11-20T19:01:27.007+01:00",
            "level": "INFO",
            "remote": "127.0.0.1",
            "port": 51234,
            "method": "GET",
            "path": "/a",
            "query": "b=%20&c",
            "protocol": "HTTP/1.1",
            "status": 200,
            "size": 12,
            "duration_ms": 3.214,
        })
    );
    let malformed = json_line(&entry(b"GET  / \"\\\xff", 400, 0));
    assert_eq!(malformed["request"], "GET  / \"\\\u{ff}");
    assert_eq!(malformed["level"], "WARNING");
    assert_eq!(malformed["method"], Json::Null);
}

#[test]
fn what_a_client_sent_cannot_act_on_the_terminal() {
    let line = entry(b"GET /\x1b[2J\xff\\\r\n\t\" HTTP/1.1", 400, 0);
    let line = django_line(&line, &Palette::plain());
    let expected = r#""GET /\x1b[2J\xff\\\r\n\t" HTTP/1.1" 400 0"#;
    assert!(line.contains(expected), "{line}");
}

#[test]
fn addresses_are_as_python_shows_them() {
    let shown = |client| written(|lines| python_address(lines, client));
    assert_eq!(shown(client()), "('127.0.0.1', 51234)");
    let v6 = |ip| SocketAddr::from(SocketAddrV6::new(ip, 7, 1, 2));
    assert_eq!(shown(v6(Ipv6Addr::LOCALHOST)), "('::1', 7, 1, 2)");
    let mapped = Ipv6Addr::from_bits(0xffff_0102_0304);
    assert_eq!(shown(v6(mapped)), "('1.2.3.4', 7)");
}

/// Any octets, and any between a method and a version.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let octets = || prop::collection::vec(any::<u8>(), 0..60);
    let target = octets().prop_map(|target| [b"GET ", target.as_slice(), b" HTTP/1.1"].concat());
    prop_oneof![octets(), target]
}

proptest! {
    #[test]
    fn any_octets_make_one_line_of_ascii(
        octets in line(),
        status in any::<u16>(),
        size in any::<u64>(),
        micros in any::<u64>(),
    ) {
        let entry = Entry { took: Duration::from_micros(micros), ..entry(&octets, status, size) };
        let plain = django_line(&entry, &Palette::plain());
        for line in [plain, common_line(&entry)] {
            let (end, rest) = line.as_bytes().split_last().unwrap();
            prop_assert_eq!(*end, b'\n');
            prop_assert!(rest.iter().all(|octet| (b' '..=b'~').contains(octet)));
        }
        let object = json_line(&entry);
        prop_assert_eq!(&object["status"], status);
        prop_assert_eq!(&object["size"], size);
        // All of what was sent can be had back.
        let target = match (&object["request"], &object["path"]) {
            (Json::String(line), _) => line.clone(),
            (_, Json::String(path)) => {
                let query = object["query"].as_str().unwrap();
                let target = octets.split(|&octet| octet == b' ').nth(1).unwrap();
                let query = if target.contains(&b'?') { format!("?{query}") } else { String::new() };
                let text = |key: &str| object[key].as_str().unwrap().to_owned();
                format!("{} {path}{query} {}", text("method"), text("protocol"))
            }
            _ => String::new(),
        };
        let sent: String = octets.iter().copied().map(char::from).collect();
        prop_assert_eq!(target, sent);
    }

    #[test]
    fn any_note_is_one_object(said in "[\\x00-\\x7f]*") {
        let line = written(|lines| json_message(lines, Level::Info, "", None, &said, &now()));
        let object: Json = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(object["message"].as_str(), Some(said.as_str()));
    }
}

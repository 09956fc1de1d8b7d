//! A connection that becomes a WebSocket is passed on, octet by octet.

use std::time::Duration;

use rstest::rstest;
use scaffold::serve::Limits;

use super::super::front::{Application, ENDLESS, Peer};
use crate::support::Client;

const UPGRADE: &str = "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n\
                       Upgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n";

const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
                         upgrade: websocket\r\nSec-WebSocket-Accept: def\r\n\r\n";

/// Both ends of one that was switched, with octets that came too early on both sides.
fn switched(front: &Application) -> (Client, Peer) {
    let mut client = front.connect();
    client.send(format!("{UPGRADE}early"));
    let mut peer = front.accept();
    assert_eq!(
        peer.head(),
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key: abc\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    );
    peer.send(format!("{SWITCHING}hasty"));
    let head = client.head();
    assert_eq!(head.status, 101);
    assert_eq!(head.header("connection"), Some("Upgrade"));
    assert_eq!(head.header("upgrade"), Some("websocket"));
    assert_eq!(head.header("sec-websocket-accept"), Some("def"));
    assert_eq!(peer.take(5), b"early");
    assert_eq!(front.pending(), Some(1));
    (client, peer)
}

#[test]
fn octets_go_both_ways_until_the_application_ends() {
    let front = Application::start(ENDLESS);
    let (mut client, mut peer) = switched(&front);
    client.send(b"\x01\x00GET / HTTP/1.1\r\n\r\n");
    peer.until("HTTP/1.1\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n");
    drop(peer);
    assert_eq!(client.rest().unwrap(), b"hastyHTTP/1.1 200 OK\r\n");
    drop(client);
    let line = front.log();
    assert!(
        line.ends_with("\"GET /socket HTTP/1.1\" 101 22\n"),
        "{line}"
    );
    assert_eq!(front.pending(), Some(0));
}

#[test]
fn the_application_is_told_that_the_client_has_ended() {
    let front = Application::start(ENDLESS);
    let (mut client, mut peer) = switched(&front);
    client.send("last");
    client.finish_sending();
    assert_eq!(peer.take(4), b"last");
    // It may say something last.
    peer.send(", farewell");
    assert_eq!(peer.rest(), b"");
    drop(peer);
    assert_eq!(client.rest().unwrap(), b"hasty, farewell");
}

#[test]
fn an_application_that_does_not_notice_is_left() {
    let front = Application::start(Limits {
        linger: Duration::from_millis(50),
        ..ENDLESS
    });
    let (client, peer) = switched(&front);
    client.abort();
    assert_eq!(peer.until_closed(), b"");
    assert!(front.log().contains(" 101 "));
    assert_eq!(front.pending(), Some(0));
}

#[test]
fn much_goes_both_ways_at_once() {
    const MUCH: usize = 20 * 1024 * 1024;
    let front = Application::start(ENDLESS);
    let (mut client, mut peer) = switched(&front);
    let mut sender = client.sender();
    let up = std::thread::spawn(move || sender.send(vec![1; MUCH]));
    let mut stream = peer.stream();
    let down = std::thread::spawn(move || {
        std::io::Write::write_all(&mut stream, &vec![2; MUCH]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    });
    assert!(peer.take(MUCH).iter().all(|&octet| octet == 1));
    assert_eq!(client.rest().unwrap().len(), MUCH + 5);
    up.join().unwrap();
    down.join().unwrap();
}

#[test]
fn an_application_may_decline() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send(UPGRADE);
    let mut peer = front.accept();
    peer.head();
    peer.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
    let response = client.response();
    assert_eq!((response.status, response.text()), (426, "no"));
    front.log();
    // Both connections go on as ever.
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    peer.head();
    peer.respond("yes");
    assert_eq!(client.response().text(), "yes");
}

#[rstest]
#[case(
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    SWITCHING
)]
#[case(
    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    SWITCHING
)]
#[case(
    UPGRADE,
    "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
)]
#[case(UPGRADE, "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n")]
#[case(
    UPGRADE,
    "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\n"
)]
fn a_switch_that_was_not_asked_for_is_a_page(#[case] request: &str, #[case] response: &str) {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send(request);
    let mut peer = front.accept();
    peer.head();
    peer.send(response);
    assert_eq!(client.response().status, 500);
    peer.until_closed();
}

//! Point 24 where the client goes away: the application is stopped, and `close()` called once.

use rstest::rstest;

use super::serving;

/// Whether the client crashes or closes, in small blocks or while the window is full, in
/// iteration, `write()` or a file: the application hears of it, once.
#[rstest]
#[case("small", "closed")]
#[case("large", "closed")]
#[case("file", "closed")]
#[case("generator", "GeneratorExit")]
#[case("written", "OSError")]
fn a_client_that_goes_away_ends_the_response_once(
    #[case] name: &str,
    #[case] how: &str,
    #[values(true, false)] crashes: bool,
    #[values("1.1", "1.0")] version: &str,
) {
    let server = serving(include_str!("disconnects.py")).start();
    let mut client = server.connect();
    client.send(format!(
        "GET /{name} HTTP/{version}\r\nHost: localhost\r\n\r\n"
    ));
    assert_eq!(client.head().status, 200);
    assert!(client.block().is_some());
    if crashes {
        client.abort();
    } else {
        drop(client);
    }
    assert_eq!(server.get(&format!("/ended/{name}")).text(), how);
    // The line of the log is the last thing that happens to a request.
    server.wait_for_output(&format!("\"GET /{name} HTTP/{version}\" 200 "));
    assert_eq!(server.get(&format!("/ended/{name}")).text(), how);
    if name != "written" {
        assert!(
            !server.output().contains("Traceback"),
            "nobody failed: {}",
            server.output()
        );
    }
}

/// Many at once, each of which leaves at another moment, or stays: each is closed once, and those
/// that stay get everything.
#[test]
fn each_of_many_clients_ends_its_own_response() {
    let server = serving(include_str!("disconnects.py")).start();
    let numbers: Vec<usize> = (0..160).collect();
    std::thread::scope(|scope| {
        for numbers in numbers.chunks(20) {
            let server = &server;
            scope.spawn(move || {
                for &number in numbers {
                    let mut client = server.connect();
                    let blocks = number % 40;
                    client.send(format!(
                        "GET /many/{number}?{blocks} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    ));
                    assert_eq!(client.head().status, 200);
                    match number % 3 {
                        0 => client.abort(),
                        1 => {
                            client.block();
                            drop(client);
                        }
                        _ => {
                            let mut length = 0;
                            while let Some(block) = client.block() {
                                length += block.len();
                            }
                            assert_eq!(length, blocks * 20_000);
                        }
                    }
                }
            });
        }
    });
    for _ in 0..2 {
        for number in &numbers {
            let ended = server.get(&format!("/ended/many/{number}"));
            assert_eq!(ended.text(), "closed", "{number}");
        }
    }
}

/// The worker cannot be told before it has begun to answer; it hears of it then.
#[test]
fn a_client_that_goes_away_before_the_answer_begins() {
    let server = serving(include_str!("disconnects.py")).start();
    let mut client = server.connect();
    client.send("GET /before HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("waiting");
    client.abort();
    assert_eq!(server.get("/go").text(), "gone");
    assert_eq!(server.get("/ended/before").text(), "closed");
}

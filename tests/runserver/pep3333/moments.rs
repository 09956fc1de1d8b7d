//! Points 6 and 23: what is true of threads, and that nothing is held back.

use rstest::rstest;

use super::serving;

/// Each block is with the client before the application is asked for the next one.
#[rstest]
fn each_block_arrives_before_the_next_is_made(
    #[values("written", "yielded")] path: &str,
    #[values("1.1", "1.0")] version: &str,
) {
    let server = serving(include_str!("moments.py")).start();
    let mut client = server.connect();
    client.send(format!(
        "GET /{path} HTTP/{version}\r\nHost: localhost\r\n\r\n"
    ));
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().as_deref(), Some(&b"first"[..]));
    assert_eq!(server.get("/go").text(), "done");
    let mut rest = Vec::new();
    while let Some(block) = client.block() {
        rest.extend(block);
    }
    assert_eq!(rest, b"secondthird");
}

/// Points 10 and 23: a body is read, and answered, while the rest of it is still to come.
#[test]
fn a_body_can_be_answered_while_it_comes() {
    let server = serving(include_str!("moments.py")).start();
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
    for number in 0..100_u8 {
        client.send([number; 1000]);
        if number == 0 {
            assert_eq!(client.head().status, 200);
        }
        assert_eq!(client.block().as_deref(), Some(&[number; 1000][..]));
    }
    assert_eq!(client.block(), None);
}

/// `wsgi.multithread`, `wsgi.multiprocess` and `wsgi.run_once`.
#[rstest]
#[case(&[], "True False False")]
#[case(&["--threads", "1"], "True False False")]
#[case(&["--nothreading"], "False False False")]
fn what_is_said_of_threads_and_processes_is_true(#[case] args: &[&str], #[case] said: &str) {
    let server = serving(include_str!("moments.py"))
        .args(args.iter().copied())
        .start();
    assert_eq!(server.get("/threads").text(), said);
}

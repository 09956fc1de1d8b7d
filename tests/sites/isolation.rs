//! What happens to one site touches no other.

use std::{
    fs,
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{ask, django, get, save, send, sites};
use crate::support::{Client, Packages, Sandbox, Serve, Server, newest, python};

/// How long it may take until all processes are gone.
const SOON: Duration = Duration::from_secs(10);

/// How long something may take to happen so often as a test wants it.
const OFTEN: Duration = Duration::from_mins(1);

/// Does a thing again and again on several threads, each with a value of its own, while `meanwhile`
/// does another.
#[track_caller]
fn again_and_again<T>(
    threads: usize,
    begin: impl Fn() -> T + Sync,
    again: impl Fn(&mut T) + Sync,
    meanwhile: impl FnOnce(),
) {
    let is_over = AtomicBool::new(false);
    let count = AtomicUsize::new(0);
    thread::scope(|scope| {
        let threads = (0..threads).map(|_| {
            scope.spawn(|| {
                let mut own = begin();
                while !is_over.load(Ordering::Relaxed) {
                    again(&mut own);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(meanwhile));
        is_over.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().unwrap();
        }
        outcome.unwrap();
    });
    assert!(count.into_inner() > 0);
}

/// Asks a site again and again with several clients while `meanwhile` does something to another;
/// each answer must be right.
#[track_caller]
fn under_load(server: &Server, host: &str, answer: &str, meanwhile: impl FnOnce()) {
    let again = |client: &mut Client| {
        let response = ask(client, host, "/");
        assert_eq!((response.status, response.text()), (200, answer));
    };
    again_and_again(3, || server.connect(), again, meanwhile);
}

const BLOG: &str = "blog.localhost";

const SHOP: &str = "shop.localhost";

const OF_SHOP: &str = "shop 6.1.3 0 shop.localhost";

fn of_blog(value: usize) -> String {
    format!("blog 4.2.30 {value} {BLOG}")
}

/// Two projects with Djangos of their own.
fn blog_and_shop() -> Server {
    let sandbox = Sandbox::new();
    let oldest = python::minor(8).unwrap_or_else(newest);
    django(&sandbox, "blog", &oldest.venv(Packages::OldDjango));
    django(&sandbox, "shop", &newest().venv(Packages::Django));
    let server = Serve::within(sandbox)
        .args(["--site", "blog=./blog", "--site", "shop=shop"])
        .start();
    assert_eq!(get(&server, BLOG, "/").text(), of_blog(0));
    assert_eq!(get(&server, SHOP, "/").text(), OF_SHOP);
    server
}

/// One of them crashes and the other is edited, while the other one of each has much to do.
#[test]
fn two_djangos_neither_of_which_notices_the_other() {
    let server = blog_and_shop();
    under_load(&server, BLOG, &of_blog(0), || {
        for _ in 0..3 {
            assert_eq!(get(&server, SHOP, "/crash").status, 502);
            assert_eq!(get(&server, SHOP, "/").text(), OF_SHOP);
        }
    });
    under_load(&server, SHOP, OF_SHOP, || {
        for number in 1..=5 {
            save(
                &server,
                "blog/conf/value.py",
                &format!("VALUE = {number}\n"),
            );
            assert_eq!(get(&server, BLOG, "/").text(), of_blog(number));
        }
    });
    let output = server.output();
    assert!(output.contains("shop | error: worker process "), "{output}");
    assert_eq!(output.matches("blog | conf/value.py changed").count(), 5);
    assert_eq!(output.matches("shop | conf/value.py changed").count(), 0);
}

/// How often something was begun, and how often it was over.
#[derive(Default)]
struct Times {
    begun: AtomicUsize,
    over: AtomicUsize,
}

impl Times {
    fn begin(&self) -> usize {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn end(&self) {
        self.over.fetch_add(1, Ordering::SeqCst);
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    fn over(&self) -> usize {
        self.over.load(Ordering::SeqCst)
    }
}

/// Saves a new value, as editors do: at no time is there half a file.
fn edit(server: &Server, edits: &Times) {
    let number = edits.begin();
    save(server, "value.new", &format!("VALUE = {number}\n"));
    let directory = server.sandbox().dir();
    let file = directory.join("blog/conf/value.py");
    fs::rename(directory.join("value.new"), file).unwrap();
    edits.end();
    assert_eq!(get(server, BLOG, "/").text(), of_blog(number));
}

/// Kills the worker of the shop while it has a request, which is the only one of these that fails.
#[track_caller]
fn kill(server: &Server, kills: &Times) {
    let process = get(server, SHOP, "/process");
    assert_eq!(process.status, 200, "{}", process.text());
    let process = Pid::from_raw(process.text().parse().unwrap()).unwrap();
    let mark = server.mark();
    let mut hanging = server.connect();
    send(&mut hanging, SHOP, "/hang");
    server.wait_for_output_since(mark, "shop | hanging");
    kills.begin();
    kill_process(process, Signal::KILL).unwrap();
    assert_eq!(hanging.response().status, 502);
    kills.end();
    for _ in 0..10 {
        assert_eq!(get(server, SHOP, "/").text(), OF_SHOP);
    }
}

/// Both at once: one of them is edited again and again while the other's worker is killed again and
/// again, and both have much to do.
#[test]
fn one_reloads_while_the_other_crashes() {
    let server = blog_and_shop();
    let [edits, kills] = [Times::default(), Times::default()];
    // As it is saved, or is being saved, and never what was before.
    let read_blog = |client: &mut Client| {
        let oldest = edits.over();
        let response = ask(client, BLOG, "/");
        let mut values = oldest..=edits.begun();
        let is_right = values.any(|value| response.text() == of_blog(value));
        let text = response.text();
        assert!(
            response.status == 200 && is_right,
            "from {oldest}, at {}: {text}",
            response.status
        );
    };
    // Right, or under way at a kill.
    let read_shop = |client: &mut Client| {
        let before = kills.over();
        let response = ask(client, SHOP, "/");
        if response.status == 200 {
            assert_eq!(response.text(), OF_SHOP);
            return;
        }
        assert_eq!(response.status, 502, "{}", response.text());
        assert!(kills.begun() > before, "{}", response.text());
        if response.header("Connection") == Some("close") {
            *client = server.connect();
        }
    };
    let connect = || server.connect();
    again_and_again(2, connect, read_blog, || {
        again_and_again(2, connect, read_shop, || {
            again_and_again(
                1,
                || (),
                |()| edit(&server, &edits),
                || {
                    let deadline = Instant::now() + OFTEN;
                    while kills.over() < 5 || edits.over() < 5 {
                        assert!(Instant::now() < deadline, "{}", server.output());
                        kill(&server, &kills);
                    }
                },
            );
        });
    });
    let output = server.output();
    assert!(
        output.matches("blog | conf/value.py changed").count() >= 5,
        "{output}"
    );
    for line in [
        "shop | conf/value.py changed",
        "blog | error: worker process ",
    ] {
        assert!(!output.contains(line), "{output}");
    }
    let died = output.matches("shop | error: worker process ").count();
    assert_eq!(died, kills.over(), "{output}");
}

/// While one site is being loaded, which may take any time, requests at another are answered.
#[test]
fn a_site_that_loads_holds_up_no_other() {
    let server = sites(&[("a", ""), ("b", "")]).start();
    let gate = server.sandbox().dir().join("gate");
    assert!(
        Command::new("mkfifo")
            .arg(&gate)
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(get(&server, "b.localhost", "/").text(), "b first /");
    let mark = server.mark();
    save(&server, "b/value.py", "VALUE = open('../gate').read()\n");
    server.wait_for_output_since(mark, "b | value.py changed, reloading.");
    let mut waiting = server.connect();
    send(&mut waiting, "b.localhost", "/");
    let mut client = server.connect();
    for _ in 0..20 {
        assert_eq!(ask(&mut client, "a.localhost", "/").text(), "a first /");
    }
    let listed = ask(&mut client, "localhost", "/").text().to_owned();
    assert!(
        listed.contains("a.localhost") && listed.contains("  loading\n"),
        "{listed}"
    );
    assert!(!waiting.has_answer());
    fs::write(gate, "second").unwrap();
    assert_eq!(waiting.response().text(), "b second /");
}

/// One connection may ask for any of them, and comes to each.
#[test]
fn a_connection_goes_from_site_to_site() {
    let server = sites(&[("a", ""), ("b", "hosts = ['b.test', '.c.test']")]).start();
    let mut client = server.connect();
    for number in 0..20 {
        let path = format!("/{number}");
        for (host, site) in [
            ("a.localhost", "a"),
            ("B.LocalHost.:8000", "b"),
            ("x.a.localhost", "a"),
            ("b.test", "b"),
            ("x.c.test:80", "b"),
        ] {
            let expected = format!("{site} first {path}");
            assert_eq!(ask(&mut client, host, &path).text(), expected);
        }
    }
    // Bodies, and requests that are sent before the answer to the one before has come.
    let post = |host: &str, body: &str| {
        let length = body.len();
        format!("POST /body HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    client.send(post("a.localhost", "for a") + &post("b.test", "for b"));
    client.send("GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
    for expected in ["for a", "for b", "a first /"] {
        assert_eq!(client.response().text(), expected);
    }
}

/// What the shell says about one project is for none of several, and the environment of a site is
/// for that site alone.
#[test]
fn each_site_has_an_environment_of_its_own() {
    let server = sites(&[("a", "environment = { COLOUR = 'red' }"), ("b", "")])
        .env("DJANGO_SETTINGS_MODULE", "other.settings")
        .env("VIRTUAL_ENV", "/nonexistent")
        .env("EDITOR", "ed")
        .start();
    let value = |site: &str, name: &str| {
        let response = get(
            &server,
            &format!("{site}.localhost"),
            &format!("/environ/{name}"),
        );
        response.text().to_owned()
    };
    assert_eq!(value("a", "COLOUR"), "red");
    assert_eq!(value("b", "COLOUR"), "none");
    assert_eq!(value("a", "EDITOR"), "ed");
    for name in ["DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV"] {
        assert_eq!(value("a", name), "none", "{name}");
    }
}

/// A site whose application cannot be loaded shows that, and the others serve; it is served once
/// it is mended.
#[test]
fn a_site_that_cannot_be_loaded_is_the_only_one() {
    let server = sites(&[("a", ""), ("b", "")])
        .file("b/value.py", "VALUE = 1 / 0\n")
        .start();
    let failed = get(&server, "b.localhost", "/");
    assert_eq!(failed.status, 500);
    assert!(failed.text().contains("ZeroDivisionError"));
    assert_eq!(get(&server, "a.localhost", "/").text(), "a first /");
    let listed = get(&server, "127.0.0.1", "/").text().to_owned();
    assert!(
        listed.contains("  ready\n") && listed.contains("  failed\n"),
        "{listed}"
    );
    save(&server, "b/value.py", "VALUE = 'mended'\n");
    assert_eq!(get(&server, "b.localhost", "/").text(), "b mended /");
}

/// A site whose directory is moved away says so, and is served again once it is back.
#[test]
fn a_site_whose_directory_is_gone_is_the_only_one() {
    let server = sites(&[("a", ""), ("b", "")]).start();
    assert_eq!(get(&server, "b.localhost", "/").text(), "b first /");
    let directory = server.sandbox().dir();
    fs::rename(directory.join("b"), directory.join("away")).unwrap();
    let failed = get(&server, "b.localhost", "/");
    assert_eq!(failed.status, 500);
    let message = format!(
        "the project's directory `{}/b` is gone",
        directory.display()
    );
    assert!(failed.text().contains(&message), "{}", failed.text());
    server.wait_for_output("b | the project's directory ");
    assert_eq!(get(&server, "a.localhost", "/").text(), "a first /");
    fs::rename(directory.join("away"), directory.join("b")).unwrap();
    assert_eq!(get(&server, "b.localhost", "/").text(), "b first /");
}

/// The end is the end of all.
#[test]
fn a_signal_ends_all_of_them() {
    for is_from_terminal in [false, true] {
        let mut server = sites(&[("a", ""), ("b", "workers = 2"), ("c", "port = 0")]).start();
        for site in ["a", "b"] {
            let host = format!("{site}.localhost");
            assert_eq!(get(&server, &host, "/").status, 200);
        }
        let workers = server.worker_pids();
        assert!(workers.len() >= 2, "{workers:?}");
        if is_from_terminal {
            server.signal_all(Signal::INT);
        } else {
            server.signal(Signal::TERM);
        }
        assert!(server.wait_exit(SOON).success());
        for worker in workers {
            server.wait_gone(worker, SOON);
        }
    }
}

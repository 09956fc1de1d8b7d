//! Reloading: a save shows in the next answer, whatever happens meanwhile, and nobody is refused.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;

use super::applications::django_project;
use crate::support::{Packages, Serve, Server, newest};

/// An application that answers with a value of another module.
pub(super) const APP: &str = "import value\n\
    def application(environ, start_response):\n\
    \x20   start_response('200 OK', [('Content-Type', 'text/plain')])\n\
    \x20   return [value.VALUE.encode()]\n";

pub(super) fn value(value: impl std::fmt::Display) -> String {
    format!("VALUE = '{value}'\n")
}

/// A project that answers with the value in `value.py`.
pub(super) fn project() -> Serve {
    Serve::new()
        .file("app.py", APP)
        .file("value.py", value("first"))
        .args(["--app", "app:application"])
}

/// How many times the server has begun to reload.
pub(super) fn reloads(server: &Server) -> usize {
    server.output().matches(" changed, reloading.").count()
}

/// How an editor writes a file.
#[derive(Clone, Copy, Debug)]
enum Save {
    InPlace,
    /// Written beside its place and renamed.
    Renamed,
    /// Removed, and created anew.
    Recreated,
    /// What was there is renamed to a backup first, as Vim does.
    BackedUp,
}

const SAVES: [Save; 4] = [
    Save::InPlace,
    Save::Renamed,
    Save::Recreated,
    Save::BackedUp,
];

impl Save {
    fn write(self, path: &Path, contents: &str) {
        match self {
            Self::InPlace => {}
            Self::Renamed => {
                let beside = path.with_extension("py.tmp");
                fs::write(&beside, contents).unwrap();
                fs::rename(&beside, path).unwrap();
                return;
            }
            Self::Recreated => fs::remove_file(path).unwrap(),
            Self::BackedUp => fs::rename(path, path.with_extension("py~")).unwrap(),
        }
        fs::write(path, contents).unwrap();
    }
}

/// How long the server waits at the least for a file to come back, or to be closed.
const AWAITED: Duration = Duration::from_millis(50);

/// The first request after the save, not some later one. The connection was open before. A save is
/// one reload, unless the machine was so busy that the file was away for longer than anybody waits.
#[test]
fn the_next_answer_is_of_the_new_code() {
    let server = project().start();
    let path = server.sandbox().dir().join("value.py");
    let mut client = server.connect();
    assert_eq!(client.get("/").text(), "first");
    let mut slow = 0;
    for number in 0..20 {
        let save = SAVES[number % SAVES.len()];
        let begun = Instant::now();
        save.write(&path, &value(number));
        slow += usize::from(begun.elapsed() >= AWAITED);
        assert_eq!(client.get("/").text(), number.to_string(), "{save:?}");
    }
    let reloads = reloads(&server);
    assert!(
        (20..=20 + slow).contains(&reloads),
        "{reloads}, {slow} slow"
    );
}

/// No request fails while the project is saved again and again, and none that was sent after a
/// save is answered by older code.
#[test]
fn no_request_fails_and_none_is_stale() {
    let server = project().start();
    let path = server.sandbox().dir().join("value.py");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = server.connect();
                    let mut newest = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let response = client.get("/");
                        assert_eq!(response.status, 200);
                        let number = response.text().parse().unwrap_or(0);
                        assert!(number >= newest, "{number} after {newest}");
                        newest = number;
                    }
                })
            })
            .collect();
        // The others stop, too, where this thread fails.
        let own = scope.spawn(|| {
            let _over = SetWhenDropped(&is_over);
            let mut own = server.connect();
            for number in 1..=15 {
                Save::InPlace.write(&path, &value(number));
                assert_eq!(own.get("/").text(), number.to_string());
            }
        });
        own.join().unwrap();
        for client in clients {
            client.join().unwrap();
        }
    });
}

struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn requests_that_were_begun_finish_on_the_old_code() {
    let server = Serve::new()
        .file(
            "app.py",
            "import os, time, value\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   if environ['PATH_INFO'] == '/slow':\n\
             \x20       yield b'begun '\n\
             \x20       while not os.path.exists('go'):\n\
             \x20           time.sleep(0.001)\n\
             \x20   yield value.VALUE.encode()\n",
        )
        .file("value.py", value("old"))
        .args(["--app", "app:application"])
        .start();
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(slow.head().status, 200);
    assert_eq!(slow.block().unwrap(), b"begun ");
    server.sandbox().write("value.py", value("new"));
    assert_eq!(server.get("/").text(), "new");
    server.sandbox().write("go", "");
    assert_eq!(slow.block().unwrap(), b"old");
    // The connection goes on, with the new code.
    assert_eq!(slow.block(), None);
    assert_eq!(slow.get("/").text(), "new");
}

#[rstest]
#[case("value.py", "VALUE = (\n", "SyntaxError")]
#[case("value.py", "import nothing_of_this_name\n", "ModuleNotFoundError")]
#[case("app.py", "def application(:\n", "SyntaxError")]
fn what_cannot_be_loaded_is_shown_until_it_is_mended(
    #[case] file: &str,
    #[case] broken: &str,
    #[case] error: &str,
) {
    let server = project().start();
    assert_eq!(server.get("/").text(), "first");
    let whole = fs::read_to_string(server.sandbox().dir().join(file)).unwrap();
    server.sandbox().write(file, broken);
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains(error), "{}", page.text());
    server.wait_for_output(error);
    let mark = server.mark();
    server.sandbox().write(file, whole);
    // Nobody has to ask for it.
    server.wait_for_output_since(mark, "Reloaded in ");
    assert_eq!(server.get("/").text(), "first");
}

/// Django's own server ends where it is in the settings.
#[rstest]
fn a_fault_of_a_django_project_shows_at_once_and_ends_nothing(
    #[values("settings.py", "urls.py")] file: &str,
) {
    let server = django_project(newest(), Packages::Django);
    assert_eq!(server.get("/").status, 200);
    let path = server.sandbox().dir().join("mysite/mysite").join(file);
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{whole}\n(((\n")).unwrap();
    // Nobody has to ask for it.
    server.wait_for_output("SyntaxError");
    let page = server.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains("SyntaxError"), "{}", page.text());
    fs::write(&path, whole).unwrap();
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn new_removed_and_renamed_files_count() {
    let server = Serve::new()
        .file(
            "app.py",
            "def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   return [value().encode()]\n\
             def value():\n\
             \x20   try:\n\
             \x20       from package import VALUE\n\
             \x20   except ImportError:\n\
             \x20       return 'none'\n\
             \x20   return VALUE\n\
             value()\n",
        )
        .args(["--app", "app:application"])
        .start();
    let at = |name: &str| server.sandbox().dir().join(name);
    assert_eq!(server.get("/").text(), "none");
    server.sandbox().write("package/__init__.py", value("new"));
    assert_eq!(server.get("/").text(), "new");
    fs::rename(at("package"), at("elsewhere")).unwrap();
    assert_eq!(server.get("/").text(), "none");
    // The directory is watched at its new place.
    server
        .sandbox()
        .write("elsewhere/__init__.py", value("edited"));
    fs::rename(at("elsewhere"), at("package")).unwrap();
    assert_eq!(server.get("/").text(), "edited");
    fs::remove_file(at("package/__init__.py")).unwrap();
    server.sandbox().write("package.py", value("module"));
    fs::remove_dir_all(at("package")).unwrap();
    assert_eq!(server.get("/").text(), "module");
}

/// As a checkout of another branch does.
#[test]
fn a_burst_of_changes_is_one_reload() {
    let mut serve = project();
    for number in 0..500 {
        serve = serve.file(format!("many/m{number}.py"), "OLD = 1\n");
    }
    let server = serve.start();
    assert_eq!(server.get("/").text(), "first");
    let mark = server.mark();
    for number in 0..500 {
        server
            .sandbox()
            .write(format!("many/m{number}.py"), "NEW = 22\n");
    }
    server.sandbox().write("value.py", value("second"));
    assert_eq!(server.get("/").text(), "second");
    server.wait_for_output_since(mark, "Reloaded in ");
    assert_eq!(reloads(&server), 1, "{}", server.output());
}

/// The first start reads the old file, waits, and is overtaken.
#[test]
fn an_edit_while_the_project_is_loaded_is_not_lost() {
    let server = Serve::new()
        .file(
            "app.py",
            "import value, os, time\n\
             print('has read', value.VALUE, flush=True)\n\
             while value.VALUE == 'waits' and not os.path.exists('never'):\n\
             \x20   time.sleep(0.001)\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   return [value.VALUE.encode()]\n",
        )
        .file("value.py", value("first"))
        .args(["--app", "app:application"])
        .start();
    assert_eq!(server.get("/").text(), "first");
    server.sandbox().write("value.py", value("waits"));
    server.wait_for_output("has read waits");
    server.sandbox().write("value.py", value("second"));
    assert_eq!(server.get("/").text(), "second");
}

#[test]
fn all_workers_get_the_new_code() {
    let server = project().args(["--workers", "3"]).start();
    assert_eq!(server.get("/").text(), "first");
    for number in 0..3 {
        server.sandbox().write("value.py", value(number));
        for _ in 0..30 {
            assert_eq!(server.get("/").text(), number.to_string());
        }
    }
}

#[test]
fn without_reloading_nothing_is_watched() {
    let server = project().args(["--noreload"]).start();
    server.sandbox().write("value.py", value("second"));
    assert_eq!(server.get("/").text(), "first");
}

#[test]
fn everything_ends_soon_although_old_code_is_still_running() {
    let mut server = Serve::new()
        .file(
            "app.py",
            "import time\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   if environ['PATH_INFO'] == '/slow':\n\
             \x20       yield b'begun '\n\
             \x20       time.sleep(100)\n\
             \x20   yield b'done'\n",
        )
        .args(["--app", "app:application"])
        .start();
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(slow.head().status, 200);
    server.sandbox().write("new.py", "");
    server.wait_for_output("Reloaded in ");
    server.signal(rustix::process::Signal::INT);
    assert!(server.wait_exit(Duration::from_secs(5)).success());
}

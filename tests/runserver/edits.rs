//! Ways in which files change that are easily missed: checkouts, modification times that go back,
//! links that lead elsewhere, and code outside the project.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use rstest::rstest;

use super::reload::{reloads, value};
use crate::support::{Sandbox, Serve, Server, git, newest};

/// Answers with the value of a module, which it finds by this import.
fn app(import: &str) -> String {
    format!(
        "{import}\n\
         def application(environ, start_response):\n\
         \x20   start_response('200 OK', [])\n\
         \x20   return [value.VALUE.encode()]\n"
    )
}

/// Starts a server whose application is in `app.py`, and waits until it is known what that was
/// loaded from, since what lies outside the project is watched only then.
fn start(serve: Serve) -> Server {
    let server = serve.args(["--app", "app:application", "-v", "2"]).start();
    server.wait_for_output("Noted what the application was loaded from.");
    server
}

/// Puts a link in the place of another one at once, as deployments do.
fn swap(target: impl AsRef<Path>, link: &Path) {
    let beside = link.with_extension("next");
    symlink(target, &beside).unwrap();
    fs::rename(beside, link).unwrap();
}

fn set_modified(path: &Path, to: SystemTime) {
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(to)
        .unwrap();
}

fn run_git(sandbox: &Sandbox, arguments: &[&str]) {
    let status = git(sandbox.dir()).args(arguments).status().unwrap();
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn a_checkout_is_one_reload() {
    const FILES: usize = 2000;
    let sandbox = Sandbox::new();
    run_git(&sandbox, &["init", "-q", "-b", "first"]);
    for branch in ["first", "second"] {
        sandbox.write(".gitignore", "__pycache__/\n");
        // The first and the last that `git` writes.
        let import = "import a_value, z_value, many.m0\n\
                      class value: VALUE = f'{a_value.VALUE} {many.m0.VALUE} {z_value.VALUE}'";
        sandbox.write("app.py", app(import));
        sandbox.write("a_value.py", value(branch));
        sandbox.write("z_value.py", value(branch));
        for number in 0..FILES {
            sandbox.write(format!("many/m{number}.py"), value(branch));
        }
        if branch == "second" {
            run_git(&sandbox, &["checkout", "-q", "-b", branch]);
        }
        run_git(&sandbox, &["add", "--all"]);
        run_git(&sandbox, &["commit", "-q", "-m", branch]);
    }
    run_git(&sandbox, &["checkout", "-q", "first"]);
    let server = start(Serve::within(sandbox));
    assert_eq!(server.get("/").text(), "first first first");
    for (number, branch) in ["second", "first"].into_iter().enumerate() {
        let mark = server.mark();
        let expected = format!("{branch} {branch} {branch}");
        thread::scope(|scope| {
            let checkout = scope.spawn(|| run_git(server.sandbox(), &["checkout", "-q", branch]));
            // Nobody sees half of it.
            while !checkout.is_finished() {
                let answer = server.get("/");
                assert_eq!(answer.status, 200);
                let values: BTreeSet<_> = answer.text().split(' ').collect();
                assert_eq!(values.len(), 1, "{values:?}");
            }
        });
        assert_eq!(server.get("/").text(), expected);
        server.wait_for_output_since(mark, "Reloaded in ");
        assert_eq!(reloads(&server), number + 1, "{}", server.output());
    }
}

/// An archive unpacked, a backup put back, `cp -p`.
#[rstest]
#[case::older(Duration::from_hours(24))]
#[case::the_same(Duration::ZERO)]
fn modification_times_may_go_back(#[case] by: Duration) {
    let server = start(
        Serve::new()
            .file("app.py", app("import value"))
            .file("value.py", value("1")),
    );
    assert_eq!(server.get("/").text(), "1");
    let path = server.sandbox().dir().join("value.py");
    let modified = path.metadata().unwrap().modified().unwrap() - by;
    // All of one size: the interpreter would take the compiled code of one for another's.
    for text in ["2", "3"] {
        let beside = server.sandbox().write("value.new", value(text));
        set_modified(&beside, modified);
        fs::rename(beside, &path).unwrap();
        assert_eq!(server.get("/").text(), text, "renamed");
    }
    for text in ["4", "5"] {
        fs::write(&path, value(text)).unwrap();
        set_modified(&path, modified);
        assert_eq!(server.get("/").text(), text, "written");
    }
}

#[test]
fn edits_of_the_same_size_within_a_second_count() {
    let server = start(
        Serve::new()
            .file("app.py", app("import value"))
            .file("value.py", value("0")),
    );
    let path = server.sandbox().dir().join("value.py");
    for text in ["1", "2", "3", "2", "1"] {
        fs::write(&path, value(text)).unwrap();
        assert_eq!(server.get("/").text(), text);
    }
}

/// How a project comes to import what is outside it.
#[derive(Clone, Copy, Debug)]
enum Outside {
    /// By `PYTHONPATH`.
    Path,
    /// By a `.pth` file in `site-packages`, as `pip install --editable` does.
    Editable,
}

#[rstest]
fn code_outside_the_project_is_watched(#[values(Outside::Path, Outside::Editable)] how: Outside) {
    let serve = Serve::new().file("app.py", app("from library import value"));
    let sandbox = Sandbox::new();
    let library = sandbox.dir();
    sandbox.write("library/__init__.py", "");
    sandbox.write("library/value.py", value("first"));
    let serve = match how {
        Outside::Path => serve.env("PYTHONPATH", &library),
        Outside::Editable => {
            let directory = sandbox.home().join("venv");
            let venv = newest().own_venv(&directory);
            let line = format!("{}\n", library.display());
            fs::write(venv.packages().join("__editable__.library.pth"), line).unwrap();
            serve.env("VIRTUAL_ENV", directory)
        }
    };
    let server = start(serve);
    assert_eq!(server.get("/").text(), "first");
    for text in ["second", "third"] {
        let mark = server.mark();
        sandbox.write("library/value.py", value(text));
        assert_eq!(server.get("/").text(), text);
        server.wait_for_output_since(mark, "Noted what the application was loaded from.");
    }
    // A file that cannot be loaded is one that is waited for.
    sandbox.write("library/value.py", "(((\n");
    assert_eq!(server.get("/").status, 500);
    sandbox.write("library/value.py", value("mended"));
    assert_eq!(server.get("/").text(), "mended");
}

#[rstest]
fn a_link_that_leads_elsewhere_is_new_code(#[values(true, false)] is_inside: bool) {
    let elsewhere = Sandbox::new();
    let serve = Serve::new().file("app.py", app("from current import value"));
    let start_of = |serve: Serve, version: &str| {
        if is_inside {
            return serve.file(format!("{version}/value.py"), value(version));
        }
        elsewhere.write(format!("{version}/value.py"), value(version));
        serve
    };
    let serve = start_of(start_of(serve, "v1"), "v2");
    let serve = serve.before(if is_inside {
        "ln -s v1 current".to_owned()
    } else {
        format!("ln -s '{}/v1' current", elsewhere.dir().display())
    });
    let server = start(serve);
    let at = |version: &str| -> PathBuf {
        if is_inside {
            server.sandbox().dir().join(version)
        } else {
            elsewhere.dir().join(version)
        }
    };
    let link = server.sandbox().dir().join("current");
    assert_eq!(server.get("/").text(), "v1");
    for version in ["v2", "v1", "v2"] {
        let mark = server.mark();
        let target = at(version);
        let relative = Path::new(version);
        swap(if is_inside { relative } else { &target }, &link);
        assert_eq!(server.get("/").text(), version);
        server.wait_for_output_since(mark, "Noted what the application was loaded from.");
    }
    // Where it leads now is watched.
    fs::write(at("v2").join("value.py"), value("edited")).unwrap();
    assert_eq!(server.get("/").text(), "edited");
}

//! Which files are a reason to reload.

use super::reload::{APP, project, reloads, value};
use crate::support::Serve;

/// None of these is a reason to reload; the last change is, and comes after all of them.
#[test]
fn nothing_is_reloaded_for_no_reason() {
    let server = project()
        .file(".gitignore", "ignored.py\nbuild/\n")
        .file("ignored.py", "")
        .file("build/lib.py", "")
        .args(["--ignore", "scratch/", "-v", "2"])
        .start();
    // What was written when the server was started may be newer than what it has read, so the
    // second time counts.
    server.wait_for_output("Noted what the application was loaded from.");
    let mark = server.mark();
    server.sandbox().write("value.py", value("second"));
    assert_eq!(server.get("/").text(), "second");
    server.wait_for_output_since(mark, "Noted what the application was loaded from.");
    for (path, contents) in [
        ("ignored.py", "1"),
        ("build/lib.py", "1"),
        ("build/new/deep.py", "1"),
        ("scratch/x.py", "1"),
        ("node_modules/x/y.py", "1"),
        ("__pycache__/z.py", "1"),
        (".git/hooks/x.py", "1"),
        ("db.sqlite3", "1"),
        ("debug.log", "1"),
        (".app.py.swp", "1"),
        ("app.py~", "1"),
        (".#app.py", "1"),
        ("media/upload.bin", "1"),
        ("README.md", "1"),
        ("app.py", APP),
        ("value.py", &value("second")),
    ] {
        server.sandbox().write(path, contents);
        assert_eq!(server.get("/").text(), "second", "{path}");
    }
    server.sandbox().write("value.py", value("third"));
    assert_eq!(server.get("/").text(), "third");
    assert_eq!(reloads(&server), 2, "{}", server.output());
    server.wait_for_output(" ms to import.");
}

#[test]
fn what_the_user_names_is_watched_too() {
    let server = Serve::new()
        .file(
            "app.py",
            "DATA = open('data.yaml').read()\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   return [DATA.encode()]\n",
        )
        .file("data.yaml", "one")
        .file(
            "pyproject.toml",
            "[tool.scaffold]\nwatch = ['*.yaml']\nignore = ['other.yaml']\n",
        )
        .args(["--app", "app:application"])
        .start();
    assert_eq!(server.get("/").text(), "one");
    server.sandbox().write("data.yaml", "two");
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn what_a_new_configuration_needs_is_said() {
    let server = project().start();
    let config = "[tool.scaffold]\nignore = ['scratch/']\n";
    for (text, said) in [
        ("[project]\nname = 'x'\n", "Reloaded in "),
        (
            config,
            "`[tool.scaffold]` is not as it was when the server was started",
        ),
        ("[tool.scaffold]\nwach = 1\n", "pyproject.toml:2:1"),
    ] {
        let mark = server.mark();
        server.sandbox().write("pyproject.toml", text);
        server.wait_for_output_since(mark, said);
    }
    assert_eq!(server.output().matches("warning").count(), 2);
    assert_eq!(server.get("/").text(), "first");
}

#[test]
fn an_environment_file_counts() {
    let server = Serve::new()
        .file(
            "app.py",
            "ENV = open('.env').read()\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   return [ENV.encode()]\n",
        )
        .file(".env", "A=1")
        .file(".gitignore", ".env\n")
        .args(["--app", "app:application"])
        .start();
    assert_eq!(server.get("/").text(), "A=1");
    server.sandbox().write(".env", "A=2");
    assert_eq!(server.get("/").text(), "A=2");
}

//! What cannot be served is told before anything is.

use rstest::rstest;

use super::{APP, get};
use crate::support::{Sandbox, Serve, Test};

fn project() -> Test {
    Test::new()
        .file("blog/app.py", APP)
        .file(
            "blog/pyproject.toml",
            "[tool.scaffold]\napp = 'app:application'\n",
        )
        .file("empty/x", "")
        .arg("runserver")
        .arg("0")
}

#[rstest]
#[case(
    "[sites.blog]\npath = 'blog'\npord = 1\n",
    "error: `[DIR]/scaffold.sites.toml:3:1`: unknown key `pord` in `[sites.blog]`\n\
     hint: did you mean `port`?\n"
)]
#[case(
    "[sites.blog]\npath = 'blgo'\n",
    "error: `[DIR]/scaffold.sites.toml:1:8`: site `blog`: there is no directory `[DIR]/blgo`\n"
)]
#[case(
    "[sites.blog]\npath = 'blog'\n[sites.none]\npath = 'empty'\n",
    "error: `[DIR]/scaffold.sites.toml:3:8`: site `none`: there is no project in `[DIR]/empty`\n"
)]
#[case(
    "[sites.blog]\npath = 'blog'\npython = 'missing/python'\n",
    "error: `[DIR]/scaffold.sites.toml:1:8`: site `blog`: the Python interpreter \
     `[DIR]/missing/python` (from `python` of the site) does not exist\n"
)]
#[case(
    "[sites.blog]\npath = 'blog'\napp = 'app:application'\nsettings = 'x'\n",
    "error: `[DIR]/scaffold.sites.toml:4:1`: the site `blog` has both `settings` and `app`\n\
     hint: leave one of them out: `app` is served without settings; "
)]
#[case(
    "[sites.a]\npath = 'blog'\nhosts = ['.x.B.localhost']\n[sites.b]\npath = 'blog'\n",
    "error: `[DIR]/scaffold.sites.toml:1:8`: `.x.b.localhost` is for the site `b` already\n"
)]
#[case(
    "[sites.a]\npath = '~/blog'\n",
    "error: `[DIR]/scaffold.sites.toml:1:8`: site `a`: there is no directory `[DIR]/~/blog`\n\
     hint: `~` stands for no home here: write the whole path\n"
)]
#[case(
    "[sites.a]\npath = 'blog'\nport = 8123\n[sites.b]\npath = 'blog'\nport = 8123\n",
    "error: `[DIR]/scaffold.sites.toml:4:8`: port 8123 is taken by the site `a`\n"
)]
#[case(
    "[sites.a]\npath = 'blog'\nhosts = ['x.test']\n[sites.b]\npath = 'blog'\nhosts = ['X.test.']\n",
    "error: `[DIR]/scaffold.sites.toml:4:8`: `x.test` is for the site `a` already\n"
)]
#[case(
    "[sites.a]\npath = 'blog'\nhosts = ['http://x.test']\n",
    "site `a`: `http://x.test` is no host to allow\n"
)]
#[case(
    "[sites.b]\npath = 'blog'\n[sites.a]\npath = 'blog'\nwatch = ['[x']\n",
    "error: `[DIR]/scaffold.sites.toml:3:8`: site `a`: `[x` is not a pattern: "
)]
fn a_file_is_pointed_into(#[case] file: &str, #[case] message: &str) {
    project()
        .file("scaffold.sites.toml", file)
        .stderr_contains(message)
        .stdout("")
        .status(1)
        .run();
}

#[rstest]
#[case(&["--site", "blog"], "error: `blog` is no site\nhint: as in `--site blog=./blog`")]
#[case(&["--site", "a_b=blog"], "error: `a_b` cannot be the name of a site\n")]
#[case(
    &["--site", "a=blog", "--site", "a=empty"],
    "error: there are two sites `a`\n"
)]
#[case(&["--site", "a=empty"], "error: site `a`: there is no project in `[DIR]/empty`\n")]
#[case(
    &["--site", "a=blog", "--settings", "x"],
    "error: `--settings` is about one project, and several sites are to be served\n\
     hint: give the site `settings` in scaffold.sites.toml\n"
)]
#[case(&["--sites", "none.toml"], "error: there is no file `[DIR]/none.toml`\n")]
fn arguments_are_told_of(#[case] args: &[&str], #[case] message: &str) {
    project()
        .args(args.iter().copied())
        .stderr_contains(message)
        .status(1)
        .run();
}

#[test]
fn a_file_that_is_no_text_is_pointed_into() {
    project()
        .file("scaffold.sites.toml", b"# caf\xc3\xa9\n# caf\xe9\n")
        .stderr("error: `[DIR]/scaffold.sites.toml:2:6`: this is no text in UTF-8\n")
        .status(1)
        .run();
}

/// Below the directory of the file it is as there, but for those who are in a project, or say what
/// they want.
#[test]
fn a_file_above_counts_where_no_project_is_nearer() {
    let sandbox = |file: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("scaffold.sites.toml", file);
        sandbox.write("blog/app.py", APP);
        sandbox.write("blog/value.py", "VALUE = 1\n");
        sandbox
    };
    let file = "[sites.a]\npath = 'blog'\napp = 'app:application'\n";
    let server = Serve::within(sandbox(file)).in_dir("blog").start();
    assert_eq!(get(&server, "a.localhost", "/").text(), "blog 1 /");
    drop(server);
    let no_file = "[sites.a]\npath = 'none'\n";
    let named = Serve::within(sandbox(no_file)).args(["--app", "app:application"]);
    assert_eq!(named.in_dir("blog").start().get("/").text(), "blog 1 /");
    let configured = "[tool.scaffold]\napp = 'app:application'\n";
    let project = Serve::within(sandbox(no_file)).file("blog/pyproject.toml", configured);
    assert_eq!(project.in_dir("blog").start().get("/").text(), "blog 1 /");
}

/// In a project, that project is served, whatever lies beside it.
#[test]
fn a_project_with_such_a_file_is_one_project() {
    let server = Serve::new()
        .file("app.py", APP)
        .file("value.py", "VALUE = 1\n")
        .file(
            "pyproject.toml",
            "[tool.scaffold]\napp = 'app:application'\n",
        )
        .file("scaffold.sites.toml", "[sites.a]\npath = 'none'\n")
        .start();
    assert_eq!(server.get("/").text(), "work 1 /");
}

//! What cannot be served is told before anything is.

use rstest::rstest;

use super::APP;
use crate::support::{Serve, Test};

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
     `[DIR]/missing/python`"
)]
#[case(
    "[sites.a]\npath = 'blog'\nport = 8123\n[sites.b]\npath = 'blog'\nport = 8123\n",
    "error: `[DIR]/scaffold.sites.toml:4:8`: port 8123 is taken by the site `a`\n"
)]
#[case(
    "[sites.a]\npath = 'blog'\nhosts = ['x.test']\n[sites.b]\npath = 'blog'\nhosts = ['X.test']\n",
    "error: `[DIR]/scaffold.sites.toml:4:8`: `x.test` is for the site `a` already\n"
)]
#[case(
    "[sites.a]\npath = 'blog'\nhosts = ['http://x.test']\n",
    "site `a`: `http://x.test` is no host to allow\n"
)]
fn a_file_is_pointed_into(#[case] file: &str, #[case] message: &str) {
    project()
        .file("scaffold.sites.toml", file)
        .stderr_contains(message)
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

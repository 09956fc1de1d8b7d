//! Which items become entries.

use rstest::rstest;

use super::*;
use crate::template::selection::Selection;

fn file(path: &str) -> Item {
    Item {
        path: path.into(),
        what: What::File {
            contents: path.into(),
            mode: 0o640,
        },
    }
}

fn link(path: &str, to: &str) -> Item {
    Item {
        path: path.into(),
        what: What::Link(to.into()),
    }
}

fn directory(path: &str) -> Item {
    Item {
        path: path.into(),
        what: What::Directory,
    }
}

/// The entries as `path` for directories and `path=contents` for files.
fn listed(items: Vec<Item>, subdirectory: Option<&str>) -> Result<Vec<String>, Error> {
    let selection = Selection::default();
    let scope = Scope {
        selection: &selection,
        subdirectory: subdirectory.map(Path::new),
    };
    let mut shown: Vec<_> = entries(items, scope, Path::new("t.tar"))?
        .into_iter()
        .map(|Entry { path, kind }| match kind {
            Kind::Directory => path.display().to_string(),
            Kind::File { contents, mode } => {
                assert_eq!(mode, 0o640);
                format!("{}={}", path.display(), String::from_utf8_lossy(&contents))
            }
        })
        .collect();
    shown.sort();
    Ok(shown)
}

#[test]
fn hidden_directories_and_bytecode_are_left_out() {
    let items = vec![
        file("a"),
        directory("empty"),
        file(".env"),
        file(".github/x"),
        file("d/__pycache__/x"),
        file("d/x.pyc"),
        directory(".git"),
    ];
    assert_eq!(listed(items, None).unwrap(), [".env=.env", "a=a", "empty"]);
}

#[rstest]
#[case("l", "a", Some("l=a"))]
#[case("l", "./d/../a", Some("l=a"))]
#[case("d/l", "../a", Some("d/l=a"))]
#[case("l", "d/b", Some("l=d/b"))]
#[case("l", "to_d/b", Some("l=d/b"))]
#[case("l", "to_d/../a", Some("l=a"))]
#[case("l", "to_a", Some("l=a"))]
#[case("l", ".hidden/x", Some("l=.hidden/x"))]
#[case("l", "d", None)]
#[case("l", "to_d", None)]
#[case("d/l", ".", None)]
#[case("d/l", "..", None)]
fn links_become_what_they_lead_to(
    #[case] path: &str,
    #[case] to: &str,
    #[case] expected: Option<&str>,
) {
    let items = vec![
        file("a"),
        file("d/b"),
        file(".hidden/x"),
        link("to_d", "d"),
        link("to_a", "a"),
        link(path, to),
    ];
    let listed = listed(items, None).unwrap();
    let found = listed.iter().find(|it| it.split('=').next() == Some(path));
    assert_eq!(found.map(String::as_str), expected);
}

#[rstest]
#[case("/etc/passwd", "t.tar/d/l` links to `/etc/passwd`, which is outside")]
#[case("../../x", "t.tar/d/l` links to `../../x`, which is outside")]
#[case("nothing", "t.tar/d/l` links to `nothing`, which is not there")]
#[case("", "t.tar/d/l` links to ``, which is not there")]
#[case("../a/b", "links to `../a/b`, which is not there")]
#[case("no/../../a", "which is not there")]
#[case("l", "t.tar/d/l` is a link that leads back to itself")]
#[case("../m", "leads back to itself")]
fn links_to_nothing_are_errors(#[case] to: &str, #[case] expected: &str) {
    let items = vec![file("a"), link("d/l", to), link("m", "d/l")];
    let error = listed(items, None).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn links_that_are_left_out_lead_where_they_like() {
    let items = vec![link(".hidden/l", "/etc"), link("x.pyc", "x.pyc"), file("a")];
    assert_eq!(listed(items, None).unwrap(), ["a=a"]);
}

#[test]
fn links_upon_links_end() {
    let mut items = vec![file("a")];
    let long = "./d/../".repeat(120);
    items.push(directory("d"));
    for at in 0..2000 {
        items.push(link(&format!("l{at}"), &format!("{long}l{}", at + 1)));
    }
    assert!(matches!(listed(items, None), Err(Error::LinkCircle { .. })));
}

fn tree() -> Vec<Item> {
    vec![
        file("top"),
        file("a/x"),
        file("a/b/y"),
        directory("a/empty"),
        link("a/l", "b/y"),
        link("to_b", "a/b"),
        link("broken", "nothing"),
        file(".t/z"),
    ]
}

#[rstest]
#[case("a", &["b=", "b/y=a/b/y", "empty=", "l=a/b/y", "x=a/x"])]
#[case("./a/b/", &["y=a/b/y"])]
#[case("to_b", &["y=a/b/y"])]
#[case(".t", &["z=.t/z"])]
fn a_subdirectory_is_the_template(#[case] subdirectory: &str, #[case] expected: &[&str]) {
    let listed = listed(tree(), Some(subdirectory)).unwrap();
    let expected: Vec<_> = expected
        .iter()
        .map(|it| it.strip_suffix('=').unwrap_or(it))
        .filter(|it| *it != "b")
        .collect();
    assert_eq!(listed, expected);
}

#[rstest]
#[case("..", "it has `..` in it", None)]
#[case("/a", "it is absolute", None)]
#[case("", "it is empty", None)]
#[case(
    "no",
    "`t.tar` has no directory `no`",
    Some("there are the directories `.t`, `a`")
)]
#[case(
    "a/no",
    "no directory `a/no`",
    Some("there are the directories `a/b`, `a/empty`")
)]
#[case(
    "top",
    "no directory `top`",
    Some("there are the directories `.t`, `a`")
)]
#[case(
    "broken",
    "no directory `broken`",
    Some("there are the directories `.t`, `a`")
)]
fn what_is_no_subdirectory_is_an_error(
    #[case] subdirectory: &str,
    #[case] expected: &str,
    #[case] hint: Option<&str>,
) {
    let error = listed(tree(), Some(subdirectory)).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(error.hint().as_deref(), hint);
}

#[test]
fn a_link_out_of_the_subdirectory_is_an_error() {
    let items = vec![file("top"), link("a/l", "../top")];
    let error = listed(items, Some("a")).unwrap_err();
    assert!(matches!(error, Error::LinkOutside { .. }), "{error}");
}

/// A thousand links to one large file are a thousand large files.
#[test]
fn what_links_lead_to_counts() {
    let selection = Selection::default();
    let scope = Scope {
        selection: &selection,
        subdirectory: None,
    };
    let items = || vec![file("four"), link("l", "four"), link("m", "four")];
    for (entries, octets, fits) in [(3, 12, true), (2, 12, false), (3, 11, false)] {
        let limits = Limits { entries, octets };
        let result = entries_within(items(), scope, Path::new("t"), limits);
        assert_eq!(result.is_ok(), fits, "{entries} {octets}");
    }
}

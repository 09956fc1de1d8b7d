//! Tests of plans.

use super::*;
use crate::template::{Target, context, manifest, native::Engine, source::Origin};

fn file(path: &str, contents: &[u8]) -> Entry {
    let contents = contents.to_vec().into();
    Entry {
        path: path.into(),
        kind: Kind::File {
            contents,
            mode: 0o640,
        },
    }
}

fn plan(entries: Vec<Entry>) -> Result<Plan, Error> {
    let mut source = Source {
        root: "/t".into(),
        entries,
        origin: Origin::default(),
    };
    let target = Target::New("/p".into());
    let request = Request::new(Subject::Project, "mysite", &target, Path::new("/"));
    let manifest = manifest::take(&mut source, 0, &|_| None)?;
    let context = context::context(Subject::Project, "mysite", Path::new("/p"), "6.1")?;
    let renderer = match manifest {
        Some(_) => Renderer::native(Engine::new(&context, &[])),
        None => Renderer::django(context),
    };
    Plan::new(&request, &mut source, manifest.as_ref(), &renderer)
}

fn shown(plan: &Plan) -> Vec<(String, String)> {
    let show = |(path, node): (&Path, &Node)| {
        let kind = match &node.kind {
            Kind::Directory => "directory".to_owned(),
            Kind::File { contents, mode } => {
                format!("{mode:o} {}", String::from_utf8_lossy(contents))
            }
        };
        (path.to_str().unwrap().to_owned(), kind)
    };
    plan.nodes().map(show).collect()
}

fn expected(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(path, kind)| ((*path).to_owned(), (*kind).to_owned()))
        .collect()
}

const TEXT: &[u8] = b"{{ project_name }}";

#[test]
fn without_a_manifest_only_python_is_rendered() {
    let plan = plan(vec![
        file("project_name/a.py-tpl", TEXT),
        file("project_name/b.py", TEXT),
        file("b.txt", TEXT),
        file("data", b"\xff\r\n"),
        Entry {
            path: "empty".into(),
            kind: Kind::Directory,
        },
    ])
    .unwrap();
    assert_eq!(
        shown(&plan),
        expected(&[
            ("b.txt", "640 {{ project_name }}"),
            ("data", "640 \u{fffd}\r\n"),
            ("empty", "directory"),
            ("mysite", "directory"),
            ("mysite/a.py", "640 mysite"),
            ("mysite/b.py", "640 mysite"),
        ])
    );
    assert_eq!(plan.template(), "/t");
}

#[test]
fn with_a_manifest_all_text_is_rendered_but_what_is_copied() {
    let manifest = b"name = 'native'\ncopy = ['*.html']\nexecutable = ['manage.py', 'x/run']\n\
                     message = 'hello {{ project_name }}'";
    let plan = plan(vec![
        file("manage.py-tpl", TEXT),
        file("x/run", b"#!"),
        file("run", TEXT),
        file("a.html", TEXT),
        file("image", b"{{ \xff }}"),
        file("octets", b"{{ \0 }}"),
        file("scaffold.toml", manifest),
        file("sub/scaffold.toml", b"x"),
    ])
    .unwrap();
    assert_eq!(
        shown(&plan),
        expected(&[
            ("a.html", "640 {{ project_name }}"),
            ("image", "640 {{ \u{fffd} }}"),
            ("manage.py", "751 mysite"),
            ("octets", "640 {{ \0 }}"),
            ("run", "640 mysite"),
            ("sub", "directory"),
            ("sub/scaffold.toml", "640 x"),
            ("x", "directory"),
            ("x/run", "751 #!"),
        ])
    );
    assert_eq!(plan.message(), Some("hello mysite"));
    assert_eq!(plan.template(), "native");
}

#[test]
fn a_python_file_that_is_not_utf8_is_an_error_without_a_manifest() {
    assert!(matches!(
        plan(vec![file("a.py", b"\xff")]),
        Err(Error::NotText { .. })
    ));
}

#[test]
fn two_sources_of_one_path_are_an_error() {
    for (first, second) in [
        ("a.py", "a.py-tpl"),
        ("project_name", "mysite"),
        ("a", "a/b"),
    ] {
        let error = plan(vec![file(first, b""), file(second, b"")]).unwrap_err();
        assert!(
            matches!(error, Error::Duplicate { .. }),
            "{first} {second} {error}"
        );
        let error = plan(vec![file(second, b""), file(first, b"")]).unwrap_err();
        assert!(
            matches!(error, Error::Duplicate { .. }),
            "{second} {first} {error}"
        );
    }
}

#[test]
fn a_bad_path_is_an_error_that_names_its_source() {
    let error = plan(vec![file("project_name/aux.py-tpl", b"")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`project_name/aux.py-tpl` of the template would be written to `mysite/aux.py`: \
         the name is reserved on Windows"
    );
}

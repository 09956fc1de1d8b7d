//! The user's own variables, and those that Django's commands give to templates.

use rstest::rstest;

use crate::support::{Packages, Test, newest};

/// Makes a project from a native template of one file, and returns what that has become.
#[track_caller]
fn rendered(template: &str, prepare: impl FnOnce(Test) -> Test) -> String {
    let test = Test::new()
        .file("tpl/scaffold.toml", "")
        .file("tpl/out.txt", template)
        .args(["startproject", "mysite", "--template", "tpl"]);
    prepare(test).run().read("mysite/out.txt")
}

#[test]
fn a_variable_is_a_text_and_stands_before_all_others() {
    let out = rendered(
        "{{ team }} {{ secret_key }} {{ number == \"1\" }}",
        |test| {
            test.args([
                "--var",
                "team=web=1",
                "--var=secret_key=s",
                "--var",
                "number=1",
            ])
        },
    );
    assert_eq!(out, "web=1 s true");
}

#[rstest]
#[case("v.toml", "n = 2\nlist = ['a', 'b']\n[d]\nx = true\n")]
#[case("v.yaml", "n: 2\nlist: [a, b]\nd: {x: true}\n")]
#[case("V.YML", "\u{feff}n: 2\nlist:\n  - a\n  - b\nd:\n  x: true\n")]
#[case("v.json", "{\"n\": 2, \"list\": [\"a\", \"b\"], \"d\": {\"x\": true}}")]
fn a_file_has_values_with_types(#[case] file: &str, #[case] contents: &str) {
    let template = "{{ n + 1 }}{% for x in list %}{{ x }}{% endfor %}{% if d.x %}!{% endif %}";
    let out = rendered(template, |test| {
        test.file(file, contents).args(["--vars", file])
    });
    assert_eq!(out, "3ab!");
}

#[test]
fn a_later_file_stands_before_an_earlier_one_and_an_argument_before_both() {
    let out = rendered("{{ a }}{{ b }}{{ c }}", |test| {
        test.file("1.toml", "a = 1\nb = 1\nc = 1")
            .file("2.json", "{\"b\": 2, \"c\": 2}")
            .args(["--var", "c=3", "--vars", "1.toml", "--vars", "2.json"])
    });
    assert_eq!(out, "123");
}

/// What follows the options is the whole of standard error.
#[rstest]
#[case(
    "v.toml",
    "a = 1\n_b = 2\n",
    "error: v.toml:2:1: `_b` cannot be the name of a variable"
)]
#[case(
    "v.yaml",
    "a: 1\na: 2\n",
    "error: v.yaml:2:1: `a` stands there twice\n"
)]
#[case("v.json", "{\"a\": }", "error: v.json:1:7: expected value\n")]
#[case(
    "v.toml",
    "app_name = 1\n",
    "error: v.toml:1:1: the variable `app_name` cannot be set"
)]
#[case(
    "v.ini",
    "",
    "error: cannot tell how `v.ini` is written\nhint: files of variables end in"
)]
#[case("v", "", "error: cannot tell how `v` is written\n")]
fn a_file_that_cannot_be_taken_is_told(
    #[case] file: &str,
    #[case] contents: &str,
    #[case] expected: &str,
) {
    let outcome = Test::new()
        .file(file, contents)
        .args(["startapp", "polls", "--vars", file])
        .status(1)
        .stderr_contains(expected)
        .run();
    assert_eq!(outcome.tree(""), format!("{file}\n"));
}

#[test]
fn a_file_that_is_no_text_or_too_large_or_missing_is_told() {
    let fails = |contents: Option<&[u8]>, expected: &str| {
        let test = Test::new().args(["startapp", "polls", "--vars", "v.json"]);
        let test = match contents {
            Some(contents) => test.file("v.json", contents),
            None => test,
        };
        test.status(1).stderr_contains(expected).run();
    };
    fails(
        Some(b"{\"a\": \"\xff\"}"),
        "error: `v.json` is not UTF-8 (octet 7)\n",
    );
    fails(
        Some(&vec![b' '; 1024 * 1024 + 1]),
        "error: `v.json` has more than 1 MiB\n",
    );
    fails(None, "error: cannot read `v.json`: ");
}

#[test]
fn an_argument_that_is_no_variable_is_told() {
    for (argument, expected) in [
        (
            "team",
            "`team` has no value\nhint: variables are given as `--var NAME=VALUE`\n",
        ),
        (
            "project_name=x",
            "the variable `project_name` cannot be set: it follows from",
        ),
        (
            "project_directory=x",
            "the variable `project_directory` cannot be set",
        ),
        ("a-b=x", "`a-b` cannot be the name of a variable"),
    ] {
        Test::new()
            .args(["startproject", "mysite", "--var", argument])
            .status(1)
            .stderr_contains(format!("error: {expected}"))
            .run();
    }
}

/// Everything that Django's commands offer, one on each line, in a file that Django renders.
const OFFERED: &str = "{{ extensions }}\n{{ files }}\n{{ exclude }}\n{{ directory }}\n{{ name }}\n\
    {{ verbosity }}\n{{ settings }}\n{{ pythonpath }}\n{{ traceback }}\n{{ no_color }}\n\
    {{ force_color }}\n{{ template }}\n{{ target }}\n{{ args }}\n{{ version }}\n\
    {{ django_version }}\n{{ docs_version }}\n{{ app_name }}\n{{ camel_case_app_name }}\n";

/// A template without a manifest gets what `django-admin` gives it, the version of the user's own
/// Django included.
#[rstest]
#[case("")]
#[case("--extension txt -e a, -n x,y -n z --traceback --no-color")]
#[case("-x -x q --settings m --pythonpath lib -v 0")]
fn a_django_template_has_djangos_variables(#[case] options: &str) {
    let venv = newest().venv(Packages::Django);
    let line = format!("startapp my_app --template tpl {options}");
    let line: Vec<_> = line.split_whitespace().collect();
    let ours = Test::new()
        .env("VIRTUAL_ENV", venv.dir())
        .file("tpl/out.py", OFFERED)
        .args(line.iter().copied())
        .run();
    let sandbox = Test::new()
        .file("tpl/out.py", OFFERED)
        .arg("--version")
        .capture();
    let django = std::process::Command::new(venv.dir().join("bin/django-admin"))
        .args(&line)
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .status();
    assert!(django.unwrap().success());
    assert_eq!(ours.read("my_app/out.py"), sandbox.read("my_app/out.py"));
}

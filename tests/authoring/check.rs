//! `check`: each fault is found, with its place; and the built-in templates have none.

use rstest::rstest;
use serde_json::Value;

use crate::support::Test;

/// A template with this manifest and these files.
fn template(manifest: &str, files: &[(&str, &str)]) -> Test {
    let test = Test::new().file("t/scaffold.toml", manifest);
    files.iter().fold(test, |test, (path, text)| {
        test.file(format!("t/{path}"), text)
    })
}

/// What `check --json` says: each finding as `severity place: message`.
fn findings(test: Test) -> Vec<String> {
    let outcome = test.args(["template", "check", "./t", "--json"]).capture();
    let document: Value =
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome}"));
    let findings: Vec<String> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let part = |key: &str| it[key].as_str().unwrap_or_default().replace("[DIR]/t/", "");
            let numbers: Vec<_> = ["line", "column"]
                .iter()
                .filter_map(|key| it[key].as_u64())
                .map(|number| format!(":{number}"))
                .collect();
            let answers = it["answers"].as_str().map(|it| format!(" [{it}]"));
            format!(
                "{} {}{}: {}{}",
                part("severity"),
                part("file"),
                numbers.concat(),
                part("message"),
                answers.unwrap_or_default()
            )
        })
        .collect();
    let errors = findings.iter().filter(|it| it.starts_with("error")).count();
    assert_eq!(document["errors"], errors);
    assert_eq!(outcome.status, Some(i32::from(errors > 0)), "{outcome}");
    findings
}

#[rstest]
#[case("django", "project")]
#[case("wsgi", "project")]
#[case("flask", "project")]
#[case("rust", "project")]
#[case("django", "app")]
fn built_in_templates_are_sound(#[case] name: &str, #[case] subject: &str) {
    let app = (subject == "app").then_some("--app");
    Test::new()
        .args(["template", "check", name, "--strict"])
        .args(app)
        .stdout_contains("nothing is wrong")
        .run();
}

const CHOICES: &str = "\
[[variables]]
name = 'docker'
type = 'boolean'
default = false

[[variables]]
name = 'database'
type = 'choice'
choices = ['sqlite', 'postgresql']
default = 'sqlite'
";

#[rstest]
#[case::undefined("", &[("a.py", "1\n {{ project_nam }}")], &["error a.py:2:5: variable `project_nam` is not defined"])]
#[case::undefined_where_nobody_comes(
    "",
    &[("a.py", "{% if install and not install %}{{ x }}{% endif %}")],
    &["error a.py:1:36: variable `x` is not defined"]
)]
#[case::undefined_in_the_manifest(
    "message = '{% if not project_name %}{{ x }}{% endif %}'",
    &[],
    &["error scaffold.toml:1:40: variable `x` is not defined"]
)]
#[case::guarded(
    "",
    &[("a.py", "{% if x is defined %}{{ x }}{% endif %}")],
    &["warning a.py:1:7: variable `x` is not declared; it is there only where the user sets it"]
)]
#[case::unused(
    "[[variables]]\nname = 'x'\ndefault = 1\ntype = 'integer'\nchecks = [{ expression = 'x > 0', message = 'm' }]",
    &[],
    &["warning scaffold.toml:2:8: the variable `x` is not used"]
)]
#[case::used_in_a_default(
    "[[variables]]\nname = 'x'\ndefault = 'a'\n[[variables]]\nname = 'y'\ndefault = '{{ x }}'",
    &[("a", "{{ y }}")],
    &[]
)]
#[case::no_syntax("", &[("a.txt", "a\n{% if %}")], &["error a.txt:2:7: found `%}` but expected one of: integer, float, string, bool, ident, `-`, `not`, `<`, `{`, `[` or `(`"])]
#[case::two_files(
    "",
    &[("a.py", "{{ x }}"), ("b.py", "{{ 1 | nofilter }}")],
    &["error a.py:1:4: variable `x` is not defined", "error b.py:1:8: unknown filter `nofilter`"]
)]
#[case::patterns(
    "copy = ['*.png', 'a']\nexecutable = ['manage.py', 'run']\n[[files]]\npath = ['a', 'deploy/']\n",
    &[("a", ""), ("manage.py-tpl", "")],
    &[
        "warning scaffold.toml:1:9: `*.png` means no file of the template",
        "warning scaffold.toml:2:28: `run` means no file of the template",
        "warning scaffold.toml:4:8: `deploy/` means no file of the template",
    ]
)]
#[case::removals(
    "extends = 'wsgi'\nremove = ['README.md', '.gitignore', 'nothing.*']\n",
    &[("a", "")],
    &["warning scaffold.toml:2:38: `nothing.*` means no file of the template that this one builds on"]
)]
#[case::one_path(
    "[[files]]\npath = 'a'\nrename = 'b'\n",
    &[("a", ""), ("b", "")],
    &["error b: `a` and `b` of the template would both be written to `b`"]
)]
#[case::outside(
    "[[files]]\npath = 'a'\nrename = '../a'\n",
    &[("a", "")],
    &["error a: `a` of the template would be written to `../a`: a part of the path is only dots or spaces"]
)]
#[case::windows(
    "",
    &[("aux.py", ""), ("a?", ""), ("README", ""), ("readme", "")],
    &[
        "error aux.py: `aux.py` of the template would be written to `aux.py`: the name is reserved on Windows",
        "warning a?: `a?` cannot be made on Windows: a name there has none of < > : \" | ? *",
        "warning readme: `README` and `readme` are one file where capitals do not count (Windows, macOS)",
    ]
)]
#[case::manifest("nam = 1", &[], &["error scaffold.toml:1:1: unknown field `nam`; did you mean `name`?"])]
#[case::no_default_does(
    "[[variables]]\nname = 'x'\ndefault = 'a'\npattern = 'b'\n",
    &[("a", "{{ x }}")],
    &["error scaffold.toml: the variable `x` does not match `b`"]
)]
fn faults(#[case] manifest: &str, #[case] files: &[(&str, &str)], #[case] expected: &[&str]) {
    let found = findings(template(manifest, files));
    let is_same = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.starts_with(expected));
    assert!(is_same, "{found:#?}");
}

/// What comes up with certain answers only: with one, and with two of them.
#[test]
fn every_choice_is_tried_and_every_two_of_them() {
    let one = "{% if database == 'postgresql' %}{{ 'a' | int }}{% endif %}";
    let two = "{% if database == 'postgresql' and docker %}{{ 'a' | int }}{% endif %}";
    let message = "the string `a` cannot be converted to an int in base 10";
    assert_eq!(
        findings(template(CHOICES, &[("one", one), ("two", two)])),
        [
            format!("error one:1:43: {message} [database = postgresql]"),
            format!("error two:1:54: {message} [docker = true, database = postgresql]"),
        ]
    );
}

#[test]
fn what_the_template_refuses_is_no_fault() {
    let manifest = format!(
        "{CHOICES}checks = [{{ expression = \"database == 'sqlite' or not docker\", message = 'm' }}]"
    );
    assert!(findings(template(&manifest, &[("a", "{{ docker }}{{ database }}")])).is_empty());
}

#[test]
fn what_has_to_be_given_gets_a_sample_or_what_the_user_gives() {
    let manifest = "[[variables]]\nname = 'url'\npattern = 'https://.*'\n\
                    [[variables]]\nname = 'code'\npattern = '[0-9]{7}'\n";
    let test = || template(manifest, &[("a", "{{ url }}{{ code }}")]);
    test()
        .args(["template", "check", "./t"])
        .stdout_contains("1 error, 0 warnings")
        .stderr_contains("error: [DIR]/t/scaffold.toml: the template needs a value for `code`")
        .status(1)
        .run();
    test()
        .args(["template", "check", "./t", "--var", "code=1234567"])
        .stdout_contains("nothing is wrong")
        .run();
}

#[test]
fn warnings_fail_only_where_that_is_wanted() {
    let test = || template("copy = ['x']", &[("a", "")]).args(["template", "check", "t"]);
    let told = "warning: [DIR]/t/scaffold.toml:1:9: `x` means no file of the template\n   ╭────\n \
                1 │ copy = ['x']\n   ·         ───\n   ╰────\nhint: ";
    let outcome = test()
        .stdout_contains("0 errors, 1 warning\n")
        .stderr_contains(told)
        .run();
    assert_eq!(outcome.tree("").lines().count(), 3, "nothing is written");
    test()
        .arg("--strict")
        .stdout_contains("1 warning")
        .stderr_contains(told)
        .status(1)
        .run();
    test().arg("-q").run();
}

#[test]
fn django_templates_are_checked_too() {
    Test::new()
        .file("t/a.py", "a\n{% if x %}\n")
        .file("t/b.py-tpl", "{{ x|nofilter }}")
        .file("t/c.html", "{% if %}")
        .args(["template", "check", "t"])
        .stdout_contains("3 files, 0 variables, 2 renderings: 2 errors, 0 warnings\n")
        .stderr_contains("error: [DIR]/t/a.py:2:1: Unclosed tag on line 2: 'if'.")
        .stderr_contains("error: [DIR]/t/b.py-tpl:1:1: Invalid filter: 'nofilter'")
        .status(1)
        .run();
}

//! What the program does in its own way: names, nested templates, and what it refuses.

use rstest::rstest;

use crate::support::{Outcome, Test};

/// A template with this `cookiecutter.json` and a file that shows variables.
fn template(config: &str, text: &str) -> Test {
    Test::new()
        .file("t/cookiecutter.json", config)
        .file("t/{{cookiecutter.project_slug}}/a.txt", text)
        .args(["startproject", "my_site", "--template", "./t"])
}

fn read(outcome: &Outcome) -> String {
    outcome.read("my_site/a.txt")
}

/// Which variables get the name.
#[rstest]
#[case(r#"{"project_name": "P", "project_slug": "S"}"#, "my_site my_site")]
#[case(
    r#"{"project_name": "P", "project_slug": "{{ cookiecutter.project_name }}-x"}"#,
    "my_site my_site-x"
)]
#[case(
    r#"{"base": "B", "project_name": "{{ cookiecutter.base }}", "project_slug": "S"}"#,
    "B my_site"
)]
#[case(
    r#"{"base": "B", "project_name": "N {{ 1 }}", "project_slug": "{{ cookiecutter.base }}"}"#,
    "N 1 my_site"
)]
fn the_name_is_the_projects(#[case] config: &str, #[case] expected: &str) {
    let text = "{{ cookiecutter.project_name }} {{ cookiecutter.project_slug }}";
    assert_eq!(read(&template(config, text).run()), expected);
}

#[test]
fn a_title_need_not_be_the_name() {
    let config =
        r#"{"project_name": "T", "project_slug": "{{ cookiecutter.project_name|slugify }}"}"#;
    let outcome = template(
        config,
        "{{ cookiecutter.project_name }} {{ cookiecutter.project_slug }}",
    )
    .args(["--var", "project_name=My Great Site"])
    .run();
    assert_eq!(read(&outcome), "My Great Site my-great-site");
}

#[test]
fn answers_stand_in_their_order() {
    let config = r#"{"project_slug": "S", "a": "1", "b": "2", "c": "3"}"#;
    let text = "{{ cookiecutter.project_slug }} {{ cookiecutter.a }} {{ cookiecutter.b }}";
    let outcome = template(config, text)
        .env("SCAFFOLD_VAR_A", "env")
        .env("SCAFFOLD_VAR_B", "env")
        .args(["--var", "b=said", "--var", "project_slug=other"])
        .run();
    assert_eq!(read(&outcome), "other env said");
    outcome
        .then()
        .args([
            "startproject",
            "x_site",
            "--template",
            "./t",
            "--var",
            "projct_slug=x",
        ])
        .stderr(
            "error: the template has no variable `projct_slug`\n\
             hint: did you mean `project_slug`?\n",
        )
        .status(1)
        .run();
}

#[test]
fn it_knows_where_it_came_from() {
    let text = "{{ cookiecutter._template }} {{ cookiecutter._output_dir }} \
                {{ cookiecutter._repo_dir }} {{ cookiecutter._checkout }}";
    let outcome = template(r#"{"project_slug": "S"}"#, text).run();
    let dir = outcome.dir();
    let dir = dir.display();
    assert_eq!(read(&outcome), format!("./t {dir} {dir}/t None"));
}

#[test]
fn nested_templates_are_chosen_by_their_directory() {
    let config = r#"{"templates": {
        "web": {"path": "./web", "title": "A web site"}, "api": {"path": "./sub/api"}
    }}"#;
    let outcome = Test::new()
        .file("t/cookiecutter.json", config)
        .file("t/web/cookiecutter.json", r#"{"project_slug": "x"}"#)
        .file("t/web/{{cookiecutter.project_slug}}/a.txt", "web")
        .args(["startproject", "my_site", "--template", "./t"])
        .stderr(
            "error: [DIR]/t/cookiecutter.json:1:15: `[DIR]/t` holds several templates\n   \
             ╭────\n 1 │ {\"templates\": {\n   ·               ─\n \
             2 │         \"web\": {\"path\": \"./web\", \"title\": \"A web site\"}, \"api\": \
             {\"path\": \"./sub/api\"}\n   ╰────\n\
             hint: choose one: `--subdirectory web` (A web site), `--subdirectory sub/api` (api)\n",
        )
        .status(1)
        .run();
    let outcome = outcome
        .then()
        .args([
            "startproject",
            "my_site",
            "--template",
            "./t",
            "--subdirectory",
            "web",
        ])
        .run();
    assert_eq!(read(&outcome), "web");
}

#[rstest]
#[case(r#"{"project_slug": "S",}"#, "cookiecutter.json:1:22: ")]
#[case(
    r#"{"project_slug": "S", "_extensions": ["local.Own"]}"#,
    "cookiecutter.json:1:38: the template needs the extension `local.Own` of Jinja, which is written in Python"
)]
#[case(
    r#"{"project_slug": "S", "_jinja2_env_vars": {"finalize": "x"}}"#,
    "cookiecutter.json:1:43: `_jinja2_env_vars` has `finalize`, which is not supported"
)]
#[case(
    r#"{"project_slug": "x", "a": "{{ cookiecutter.later }}", "later": "x"}"#,
    "t/cookiecutter.json:1:32: "
)]
#[case(
    r#"{"project_slug": "S", "c": []}"#,
    "cookiecutter.json:1:28: the list of choices of `c` is empty"
)]
fn wrong_configurations_are_errors(#[case] config: &str, #[case] expected: &str) {
    let outcome = template(config, "a")
        .stderr_contains(expected)
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
}

#[test]
fn a_template_without_its_directory_is_an_error() {
    Test::new()
        .file("t/cookiecutter.json", "{}")
        .file("t/a.txt", "")
        .args(["startproject", "my_site", "--template", "./t"])
        .stderr_contains("has no directory such as `{{ cookiecutter.project_slug }}`")
        .status(1)
        .run();
}

/// cookiecutter 2.7 writes these where they lead.
#[rstest]
#[case("../../evil")]
#[case("/tmp/evil")]
#[case(".git/hooks/post-commit")]
#[case("a/../../evil")]
fn no_name_leads_out_of_the_project(#[case] name: &str) {
    let outcome = Test::new()
        .file(
            "t/cookiecutter.json",
            r#"{"project_slug": "S", "evil": "x"}"#,
        )
        .file("t/{{cookiecutter.project_slug}}/{{cookiecutter.evil}}", "x")
        .args(["startproject", "my_site", "--template", "./t", "--var"])
        .arg(format!("evil={name}"))
        .stderr_contains("of the template would be written to")
        .status(1)
        .run();
    assert_eq!(
        outcome.tree(""),
        "t/\nt/cookiecutter.json\nt/{{cookiecutter.project_slug}}/\nt/{{cookiecutter.project_slug}}/{{cookiecutter.evil}}\n"
    );
}

#[test]
fn a_manifest_of_ours_stands_before_theirs() {
    let outcome = template(r#"{"project_slug": "S"}"#, "{{ project_name }}")
        .file(
            "t/scaffold.toml",
            "[[files]]\npath = '*cookiecutter*'\nwhen = 'false'\n",
        )
        .file("t/b.txt", "{{ project_name }}\n")
        .run();
    assert_eq!(outcome.read("my_site/b.txt"), "my_site\n");
}

#[test]
fn what_is_from_strangers_does_nothing_to_the_terminal() {
    template(
        "{\"project_slug\": \"S\", \"c\": [\"\\u001b[31m\"]}",
        "{{ cookiecutter.nothing }}",
    )
    .args(["--var", "c=x"])
    .stderr_matches(r"error: [^\x1b]*\nhint: [^\x1b]*\n")
    .status(1)
    .run();
}

#[test]
fn an_archive_has_hidden_directories_too() {
    let test = Test::new()
        .file("x/cookiecutter.json", r#"{"project_slug": "S"}"#)
        .file("x/{{cookiecutter.project_slug}}/.github/a.yml", "a");
    let packed = std::process::Command::new("tar")
        .args(["-cf", "x.tar", "x"])
        .current_dir(test.dir())
        .status()
        .unwrap();
    assert!(packed.success());
    let outcome = test
        .args(["startproject", "my_site", "--template", "x.tar"])
        .run();
    assert_eq!(outcome.tree("my_site"), ".github/\n.github/a.yml\n");
}

#[test]
fn an_error_in_an_included_text_shows_what_includes_it() {
    Test::new()
        .file("t/cookiecutter.json", r#"{"project_slug": "x"}"#)
        .file("t/templates/part.txt", "one\nin {{ nothing }}\n")
        .file(
            "t/{{cookiecutter.project_slug}}/a.txt",
            "{% include 'part.txt' %}\n",
        )
        .args(["startproject", "my_site", "--template", "./t"])
        .stderr_contains(
            "error: part.txt:2:7: undefined value: `nothing` is undefined\n   ╭────\n 1 │ one\n \
             2 │ in {{ nothing }}\n   ·       ───────\n   ╰────\n   \
             ╭─[[DIR]/t/{{cookiecutter.project_slug}}/a.txt:1:4]\n \
             1 │ {% include 'part.txt' %}\n   ·    ─────────┬────────\n   \
             ·             ╰── it is included here\n   ╰────\n",
        )
        .status(1)
        .run();
}

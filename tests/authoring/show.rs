//! `list` and `show`.

use serde_json::Value;

use crate::support::Test;

const MANIFEST: &str = r#"
name = "house"
description = "Our house \u001b[31mstyle"
reserved = ["django"]
environment = ["TEAM"]

[[variables]]
name = "database"
prompt = "Which database?"
help = "sqlite needs no server"
type = "choice"
choices = ["sqlite", { value = "postgresql", label = "PostgreSQL" }]
default = "sqlite"

[[variables]]
name = "password"
secret = true
pattern = "[a-z]+"
default = "hunter"
when = "database == 'postgresql'"

[[variables]]
name = "slug"
value = "{{ project_name | kebab_case }}"

[[files]]
path = "Dockerfile"
when = "database == 'postgresql'"
copy = true

[[files]]
path = "dot-github"
rename = ".github"

[[files]]
path = "dot-github/**"
delimiters = { variable = ["[[", "]]"] }
"#;

fn house() -> Test {
    Test::new()
        .file("house/scaffold.toml", MANIFEST)
        .file("house/Dockerfile", "FROM python\n")
        .file("house/dot-github/ci.yml", "[[ slug ]]\n")
        .file(
            "house/project_name/settings.py-tpl",
            "{{ database }}{{ password }}{{ env(name='TEAM') }}",
        )
}

#[test]
fn the_list_has_those_in_the_program_and_the_users_own() {
    let test = Test::new().args(["template", "list"]);
    let own = test
        .dir()
        .parent()
        .unwrap()
        .join("home/.config/scaffold/templates");
    std::fs::create_dir_all(own.join("house/app_name")).unwrap();
    std::fs::create_dir_all(own.join("django")).unwrap();
    std::fs::write(
        own.join("house/scaffold.toml"),
        "description = 'Our\n house'",
    )
    .unwrap();
    std::fs::write(own.join("house/app_name/a.py"), "").unwrap();
    // As wide as the longest name.
    let name = format!("{:18}", "django");
    test.stdout_contains(format!("{name}  project  built in "))
        .stdout_contains(format!("{name}  app      built in "))
        .stdout_contains(format!(
            "{name}  -        [HOME]/.config/scaffold/templates/django\n"
        ))
        .stderr(
            "warning: your template `django` has the name of a built-in one, which \
             `--template django` means\nhint: call it something else, or give its path\n",
        )
        .run()
        .then()
        .args(["template", "list", "--json"])
        .stdout_contains(r#""subject": "app""#)
        .stdout_contains("[HOME]/.config/scaffold/templates/house")
        .run();
}

#[test]
fn a_template_is_shown_without_being_rendered() {
    house()
        .args(["template", "show", "./house"])
        .stdout(
            "house: Our house \\u{1b}[31mstyle\n\
             A template of projects, 3 files in [DIR]/house\n\
             It takes no name of these: django\n\
             It reads from the environment: TEAM\n\n\
             variables:\n  \
               database (choice): Which database?\n      \
                   help: sqlite needs no server\n      \
                   choices: sqlite, postgresql (PostgreSQL)\n      \
                   default: sqlite\n  \
               password (string, secret)\n      \
                   default: none, it has to be given\n      \
                   matches: [a-z]+\n      \
                   asked if: database == 'postgresql'\n  \
               slug (string)\n      \
                   computed: {{ project_name | kebab_case }}\n\n\
             files:\n  \
               copied    Dockerfile  (if database == 'postgresql')\n  \
               rendered  dot-github/ci.yml  (own delimiters)\n  \
               rendered  project_name/settings.py-tpl  (as project_name/settings.py)\n",
        )
        .run();
}

#[test]
fn programs_get_json() {
    let outcome = house()
        .args(["template", "show", "./house", "--json"])
        .stdout_contains("{")
        .run();
    let shown: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(shown["variables"][0]["choices"][1]["label"], "PostgreSQL");
    assert_eq!(shown["variables"][1]["default"], Value::Null);
    assert_eq!(shown["files"][1]["own_delimiters"], true);
    assert_eq!(shown["native"], true);
}

#[test]
fn every_kind_of_template_is_shown() {
    Test::new()
        .args(["template", "show", "django", "--app"])
        .stdout_contains("A template of applications, 8 files in django\n")
        .run()
        .then()
        .file("plain/project_name/a.py-tpl", "{{ project_name }}")
        .file("plain/b.txt", "{{ project_name }}")
        .args(["template", "show", "./plain"])
        .stdout_contains("A template as Django has them, of projects, 2 files in [DIR]/plain\n")
        .stdout_contains("  copied    b.txt\n  rendered  project_name/a.py-tpl")
        .run()
        .then()
        .args(["template", "show", "djngo"])
        .stderr_contains("couldn't handle project template djngo.\nhint: did you mean `django`?")
        .status(1)
        .run();
}

#[test]
fn a_template_made_for_cookiecutter_is_shown_and_checked() {
    const CONFIG: &str = r#"{"project_slug": "S", "docker": false, "license": ["MIT", "BSD"],
        "db": {"a": "1"}, "_hidden": "h", "__made": "{{ cookiecutter.project_slug }}",
        "_copy_without_render": ["*.html"],
        "__prompts__": {"license": {"__prompt__": "Which?", "MIT": "MIT License"}}}"#;
    let test = Test::new()
        .file("t/cookiecutter.json", CONFIG)
        .file("t/README.md", "{{ of the template }}")
        .file("t/hooks/post_gen_project.sh", "true")
        .file(
            "t/{{cookiecutter.project_slug}}/a.txt",
            "{{ cookiecutter.db.a }}",
        )
        .file("t/{{cookiecutter.project_slug}}/b.html", "{{ b }}");
    let test = test
        .args(["template", "show", "./t"])
        .stdout(
            "[DIR]/t\n\
             A template made for cookiecutter, of projects, 2 files in [DIR]/t\n\n\
             variables:\n  \
               project_slug (string)\n      default: S\n  \
               docker (boolean)\n      default: False\n  \
               license (choice): Which?\n      choices: MIT (MIT License), BSD\n      \
                   default: MIT\n  \
               db (dictionary)\n      default: {'a': '1'}\n  \
               __made (string)\n      computed: {{ cookiecutter.project_slug }}\n\n\
             files:\n  \
               rendered  {{cookiecutter.project_slug}}/a.txt\n  \
               copied    {{cookiecutter.project_slug}}/b.html\n\n\
             hooks, programs of the template, which run with --trust only:\n  \
               post_gen_project.sh\n",
        )
        .run()
        .then()
        .args(["template", "check", "./t"])
        .stdout_contains("5 variables, 10 renderings: nothing is wrong")
        .run()
        .then();
    let needs_two =
        "{% if cookiecutter.docker and cookiecutter.license == 'BSD' %}{{ x }}{% endif %}";
    test.file("t/{{cookiecutter.project_slug}}/a.txt", needs_two)
        .args(["template", "check", "./t"])
        .stdout_contains("1 error")
        .stderr_contains("/a.txt:1:66: undefined value: `x` is undefined")
        .status(1)
        .run();
}

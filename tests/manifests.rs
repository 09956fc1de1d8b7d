//! Native templates: the variables that a manifest declares, and what it says of single files.

use rstest::rstest;

use crate::support::{Outcome, Test};

const MANIFEST: &str = r#"
name = "house"
environment = ["TEAM"]

[[variables]]
name = "database"
prompt = "Which database?"
type = "choice"
choices = ["sqlite", "postgresql"]
default = "sqlite"

[[variables]]
name = "docker"
type = "boolean"
default = false

[[variables]]
name = "package"
value = "{{ project_name | kebab_case }}"

[[files]]
path = "Dockerfile"
when = "docker"

[[files]]
path = "dot-github"
rename = ".github"

[[files]]
path = "dot-github/**"
delimiters = { variable = ["[[", "]]"] }
"#;

/// A project of the template, with these arguments besides.
fn house() -> Test {
    Test::new()
        .file("house/scaffold.toml", MANIFEST)
        .file("house/Dockerfile", "FROM python\n")
        .file(
            "house/dot-github/ci.yml",
            "[[ package ]]: ${{ secrets.x }}\n",
        )
        .file(
            "house/project_name/settings.py-tpl",
            "# {{ env(name='TEAM', default='nobody') }}\nDATABASE = '{{ database }}'\n",
        )
        .args(["startproject", "my_site", "--template", "./house"])
}

fn read(outcome: &Outcome, path: &str) -> String {
    outcome.read(format!("my_site/{path}"))
}

#[test]
fn the_defaults_ask_nothing() {
    let outcome = house().run();
    assert_eq!(
        outcome.tree("my_site"),
        ".github/\n.github/ci.yml\n.scaffold.toml\nmy_site/\nmy_site/settings.py\n"
    );
    assert_eq!(
        read(&outcome, ".github/ci.yml"),
        "my-site: ${{ secrets.x }}\n"
    );
    let settings = read(&outcome, "my_site/settings.py");
    assert_eq!(settings, "# nobody\nDATABASE = 'sqlite'\n");
}

#[test]
fn answers_come_from_options_files_and_the_environment() {
    let outcome = house()
        .env("SCAFFOLD_VAR_DATABASE", "postgresql")
        .env("TEAM", "web")
        .file("vars.toml", "docker = true\n")
        .args(["--vars", "vars.toml"])
        .run();
    assert_eq!(read(&outcome, "Dockerfile"), "FROM python\n");
    let settings = read(&outcome, "my_site/settings.py");
    assert_eq!(settings, "# web\nDATABASE = 'postgresql'\n");
    let outcome = house()
        .env("SCAFFOLD_VAR_DATABASE", "sqlite")
        .args(["--var", "database=postgresql"])
        .run();
    let settings = read(&outcome, "my_site/settings.py");
    assert_eq!(settings, "# nobody\nDATABASE = 'postgresql'\n");
}

/// The user's own answers, which the sandbox has in its home.
#[test]
fn answers_for_all_projects_are_in_the_configuration() {
    let test = house();
    let home = test.dir().parent().unwrap().join("home/.config/scaffold");
    std::fs::create_dir_all(&home).unwrap();
    let config = home.join("config.toml");
    std::fs::write(&config, "[variables]\ndatabase = 'postgresql'\nother = 1\n").unwrap();
    let outcome = test.run();
    let settings = read(&outcome, "my_site/settings.py");
    assert_eq!(settings, "# nobody\nDATABASE = 'postgresql'\n");

    std::fs::write(&config, "[variabels]\ndatabase = 'postgresql'\n").unwrap();
    outcome
        .then()
        .args(["startproject", "other", "--template", "./house"])
        .stderr(
            "error: `[HOME]/.config/scaffold/config.toml` has `variabels`, and may only have the \
             table `[variables]`\n",
        )
        .status(1)
        .run();
}

#[rstest]
#[case(
    "database=mongo",
    "error: the variable `database` (Which database?) takes one of `sqlite`, `postgresql`, not \
     `mongo`\nhint: as in `--var database=VALUE`\n"
)]
#[case(
    "docker=perhaps",
    "error: the variable `docker` takes true or false, not `perhaps`\n\
     hint: as in `--var docker=VALUE`\n"
)]
#[case(
    "package=x",
    "error: the variable `package` is computed by the template\n\
     hint: leave it out; it follows from others\n"
)]
#[case(
    "databse=postgresql",
    "error: the template has no variable `databse`\nhint: did you mean `database`?\n"
)]
fn a_wrong_answer_makes_nothing(#[case] answer: &str, #[case] expected: &str) {
    let outcome = house()
        .args(["--var", answer])
        .stderr(expected)
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
}

#[test]
fn a_wrong_manifest_is_shown_with_its_place() {
    let outcome = house()
        .file(
            "house/scaffold.toml",
            "[[variables]]\nname = 'a'\ndefault = '{{ nothing }}'\n",
        )
        .stderr_contains("error: [DIR]/house/scaffold.toml:3:15: variable `nothing` is not defined")
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
}

#[test]
fn an_existing_file_stays_where_the_template_says_so() {
    let manifest = "exclude = ['docs/', '*.orig']\n\
                    [[files]]\npath = ['.env', 'settings/**']\nskip-if-exists = true\n";
    let test = || {
        Test::new()
            .file("house/scaffold.toml", manifest)
            .file("house/.env", "SECRET={{ project_name }}\n")
            .file("house/settings/a.py", "new\n")
            .file("house/settings/b.py", "new\n")
            .file("house/README.md", "new\n")
            .file("house/README.md.orig", "no part of it\n")
            .file("house/docs/index.md", "no part of it\n")
            .file("there/.env", "SECRET=mine\n")
            .file("there/settings/a.py", "mine\n")
            .args(["startproject", "mysite", "there", "--template", "./house"])
    };
    test()
        .arg("--dry-run")
        .stdout_matches(
            r"\[DIR\]/there
kept            14 \.env
new +\d+ \.scaffold\.toml
new              4 README\.md
there            - settings/
kept             4 settings/a\.py
new              4 settings/b\.py
5 files, 1 directory, \d+ octets, 0 conflicts
",
        )
        .run();
    let outcome = test().run();
    assert_eq!(
        outcome.tree("there"),
        ".env\n.scaffold.toml\nREADME.md\nsettings/\nsettings/a.py\nsettings/b.py\n"
    );
    assert_eq!(outcome.read("there/.env"), "SECRET=mine\n");
    assert_eq!(outcome.read("there/settings/a.py"), "mine\n");
    assert_eq!(outcome.read("there/settings/b.py"), "new\n");
    let outcome = test().arg("--json").capture();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let files = document["files"].as_array().unwrap().iter();
    let statuses: Vec<_> = files.map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["kept", "created", "created", "kept", "created"]);
    // A directory is no file that could stay.
    std::fs::remove_file(outcome.dir().join("there/.env")).unwrap();
    std::fs::create_dir(outcome.dir().join("there/.env")).unwrap();
    for made in [".scaffold.toml", "README.md", "settings/b.py"] {
        std::fs::remove_file(outcome.dir().join("there").join(made)).unwrap();
    }
    outcome
        .then()
        .args(["startproject", "mysite", "there", "--template", "./house"])
        .stderr_contains("there/.env")
        .status(1)
        .run();
}

#[test]
fn a_template_can_need_a_newer_program() {
    let outcome = house()
        .file(
            "house/scaffold.toml",
            "minimum-version = '99.1'\nnew-key = true\n",
        )
        .stderr_matches(
            "error: the template needs scaffold 99.1.0 or newer, and this is [0-9.]+\n\
             hint: install scaffold 99.1.0 or newer, or take an older version of the template\n",
        )
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
}

#[test]
fn an_unknown_key_gets_a_suggestion() {
    house()
        .file("house/scaffold.toml", "executables = ['manage.py']\n")
        .stderr_contains(
            "scaffold.toml:1:1: unknown field `executables`; did you mean `executable`?",
        )
        .status(1)
        .run();
}

/// Nothing of a file reaches the terminal as it is; the colours are ours.
#[test]
fn an_error_shows_what_is_a_strangers_as_text() {
    let test = || {
        house()
            .file(
                "house/a.txt",
                "\u{1b}]0;x\u{7}\n\u{1b}[2J\u{202e}{{ nothing }}\n",
            )
            .stderr_contains("/house/a.txt:2:9: variable `nothing` is not defined")
    };
    let outcome = test().arg("--force-color").status(1).run();
    for expected in [
        "\\u{1b}]0;x\\u{7}\n",
        "\\u{1b}[2J\\u{202e}{{ nothing }}\n",
        " ───────\u{1b}[0m\n",
    ] {
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    }
    assert!(!outcome.stderr.contains("\u{1b}[2J"), "{}", outcome.stderr);
    let outcome = test().status(1).run();
    assert!(!outcome.stderr.contains('\u{1b}'), "{}", outcome.stderr);
    let mark = format!("\n   · {}───────\n", " ".repeat(20));
    assert!(outcome.stderr.contains(&mark), "{}", outcome.stderr);
}

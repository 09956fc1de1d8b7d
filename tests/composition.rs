//! Templates that build on others, and their optional parts.

use rstest::rstest;

use crate::support::{Outcome, Test};

const BASE: &str = r#"
name = "base"
copy = ["*.raw"]
message = "from {{ team }}"

[[variables]]
name = "team"
default = "base"

[[variables]]
name = "slug"
default = "{{ project_name }}-{{ team }}"

[[files]]
path = "secret.txt"
when = "false"

[parts.ci]
description = "continuous integration"

[parts.docker]
description = "a Dockerfile"
path = "optional/docker"
requires = ["postgres"]

[[parts.docker.variables]]
name = "image"
default = "python:{{ slug }}"

[parts.postgres]
description = "PostgreSQL"

[parts.heroku]
conflicts = ["postgres"]
"#;

/// A template with parts, and one that builds on it.
fn templates() -> Test {
    Test::new()
        .file("base/scaffold.toml", BASE)
        .file("base/manage.py-tpl", "# base {{ parts }}\n")
        .file("base/docs/old.txt", "old\n")
        .file("base/secret.txt", "no\n")
        .file("base/a.raw", "{{ raw }}\n")
        .file(
            "base/settings.py",
            "{% if \"postgres\" in parts %}postgres{% else %}sqlite{% endif %}\n",
        )
        .file("base/parts/ci/.ci.yml", "{{ slug }}\n")
        .file("base/parts/postgres/db/init.sql", "-- {{ team }}\n")
        .file("base/parts/heroku/Procfile", "web\n")
        .file("base/optional/docker/Dockerfile", "FROM {{ image }}\n")
        .file("base/optional/docker/settings.py", "in docker\n")
        .file(
            "house/scaffold.toml",
            "extends = '../base'\nremove = ['docs']\n\
             [[variables]]\nname = 'extra'\ndefault = 'x-{{ slug }}'\n\
             [[variables]]\nname = 'team'\ndefault = 'web'\n",
        )
        .file("house/manage.py", "# house {{ extra }}\n")
        .file("house/new.txt", "{{ team }}\n")
        .args(["startproject", "my_site", "--template"])
}

fn read(outcome: &Outcome, path: &str) -> String {
    outcome.read(format!("my_site/{path}"))
}

#[test]
fn an_overlay_adds_replaces_and_removes() {
    let outcome = templates().arg("./house").run();
    assert_eq!(
        outcome.tree("my_site"),
        ".scaffold.toml\na.raw\nmanage.py\nnew.txt\nsettings.py\n"
    );
    // Its declaration stands where the other one stood, so that those after it see its value.
    assert_eq!(read(&outcome, "manage.py"), "# house x-my_site-web\n");
    assert_eq!(read(&outcome, "a.raw"), "{{ raw }}\n");
}

#[test]
fn parts_are_laid_over_the_template() {
    let outcome = templates().args(["./base", "--with", "docker"]).run();
    assert_eq!(
        outcome.tree("my_site"),
        ".scaffold.toml\nDockerfile\na.raw\ndb/\ndb/init.sql\ndocs/\ndocs/old.txt\nmanage.py\nsettings.py\n"
    );
    assert_eq!(read(&outcome, "Dockerfile"), "FROM python:my_site-base\n");
    assert_eq!(read(&outcome, "settings.py"), "in docker\n");
    assert_eq!(
        read(&outcome, "manage.py"),
        "# base [\"docker\", \"postgres\"]\n"
    );
}

#[test]
fn without_parts_nothing_of_them_is_there() {
    let outcome = templates().arg("./base").run();
    assert_eq!(
        outcome.tree("my_site"),
        ".scaffold.toml\na.raw\ndocs/\ndocs/old.txt\nmanage.py\nsettings.py\n"
    );
    assert_eq!(read(&outcome, "settings.py"), "sqlite\n");
    assert_eq!(read(&outcome, "manage.py"), "# base []\n");
}

#[test]
fn an_overlay_has_the_parts_of_its_base() {
    let outcome = templates()
        .args(["./house", "--with=ci,postgres", "--with", "ci", "--json"])
        .stdout_contains("\"parts\": [\n    \"ci\",\n    \"postgres\"\n  ]")
        .run();
    assert_eq!(read(&outcome, ".ci.yml"), "my_site-web\n");
    assert_eq!(read(&outcome, "db/init.sql"), "-- web\n");
    assert_eq!(read(&outcome, "settings.py"), "postgres\n");
}

#[test]
fn an_overlay_changes_a_part() {
    let outcome = templates()
        .file(
            "house/scaffold.toml",
            "extends = '../base'\n[parts.ci]\ndescription = 'ours'\n\
             [[parts.ci.variables]]\nname = 'runner'\ndefault = 'big'\n",
        )
        .file("house/manage.py", "")
        .file("house/parts/ci/runner.txt", "{{ runner }}\n")
        .args(["./house", "--with", "ci"])
        .run();
    assert_eq!(read(&outcome, ".ci.yml"), "my_site-base\n");
    assert_eq!(read(&outcome, "runner.txt"), "big\n");
}

#[test]
fn a_builtin_template_can_be_built_on() {
    let outcome = Test::new()
        .file(
            "house/scaffold.toml",
            "extends = 'django'\nremove = ['README.md']\n",
        )
        .file("house/TEAM", "{{ project_name }}\n")
        .args(["startproject", "my_site", "--template", "./house"])
        .run();
    assert!(read(&outcome, "manage.py").contains("my_site.settings"));
    assert_eq!(read(&outcome, "TEAM"), "my_site\n");
    assert!(!outcome.dir().join("my_site/README.md").exists());
    assert!(!outcome.dir().join("my_site/scaffold.toml").exists());
}

#[test]
fn a_base_can_be_within_the_template_and_chains_are_followed() {
    let outcome = Test::new()
        .file("t/scaffold.toml", "extends = './layers/base'\n")
        .file("t/layers/base/scaffold.toml", "extends = '../ground'\n")
        .file("t/layers/ground/scaffold.toml", "message = 'm'\n")
        .file("t/layers/ground/a", "ground\n")
        .file("t/layers/ground/b", "ground\n")
        .file("t/layers/base/b", "base\n")
        .file("t/c", "top\n")
        .args(["startproject", "my_site", "--template", "./t"])
        .run();
    // `layers/ground` is of no template of the chain but its own.
    assert_eq!(read(&outcome, "a"), "ground\n");
    assert_eq!(read(&outcome, "b"), "base\n");
    assert_eq!(read(&outcome, "c"), "top\n");
    assert!(!outcome.dir().join("my_site/layers").exists());
}

#[test]
fn in_an_archive_the_base_is_in_there_too() {
    let test = Test::new()
        .file("x/base/scaffold.toml", "")
        .file("x/base/a", "base\n")
        .file("x/house/scaffold.toml", "extends = '../base'\n")
        .file("x/house/b", "house\n")
        .file("x/thief/scaffold.toml", "extends = '/etc'\n")
        .file("x/climber/scaffold.toml", "extends = '../../base'\n");
    let packed = std::process::Command::new("tar")
        .args(["-cf", "x.tar", "x"])
        .current_dir(test.dir())
        .status()
        .unwrap();
    assert!(packed.success());
    let outcome = test
        .args(["startproject", "my_site", "--template", "x.tar"])
        .args(["--subdirectory", "house"])
        .run();
    assert_eq!(outcome.tree("my_site"), ".scaffold.toml\na\nb\n");
    let outcome = outcome
        .then()
        .args(["startproject", "other", "--template", "x.tar"])
        .args(["--subdirectory", "thief"])
        .stderr_contains("cannot name directories of this machine")
        .status(1)
        .run();
    outcome
        .then()
        .args(["startproject", "other", "--template", "x.tar"])
        .args(["--subdirectory", "climber"])
        .stderr_contains("x.tar/climber/scaffold.toml:1:11: this leads out of the archive")
        .status(1)
        .run();
}

#[test]
fn circles_and_long_chains_are_errors() {
    Test::new()
        .file("a/scaffold.toml", "extends = '../b'\n")
        .file("b/scaffold.toml", "extends = '../a'\n")
        .args(["startproject", "my_site", "--template", "./a"])
        .stderr("error: the template builds on itself: `[DIR]/a` → `[DIR]/b` → `[DIR]/a`\n")
        .status(1)
        .run();
    let mut test = Test::new();
    for number in 0..10 {
        let manifest = format!("extends = '../t{}'\n", number + 1);
        test = test.file(format!("t{number}/scaffold.toml"), manifest);
    }
    test.args(["startproject", "my_site", "--template", "./t0"])
        .stderr_contains("error: too many templates build on each other: `[DIR]/t0` → `[DIR]/t1`")
        .status(1)
        .run();
}

/// Each fault is in the base, which the user did not name.
#[rstest]
#[case("base/new.txt", "{{ nothing }}\n", "[DIR]/base/new.txt:1:4: ")]
#[case(
    "base/scaffold.toml",
    "\n\ncopy = 1\n",
    "[DIR]/base/scaffold.toml:3:8: "
)]
#[case(
    "base/scaffold.toml",
    "[[variables]]\nname = 'x'\ndefault = '{{ y }}'\n",
    "[DIR]/base/scaffold.toml:3:15: "
)]
#[case(
    "base/scaffold.toml",
    "[[files]]\npath = 'x'\nwhen = 'zz'\n",
    "[DIR]/base/scaffold.toml:3:9: variable `zz` is not defined"
)]
#[case(
    "base/scaffold.toml",
    "message = '{{ y }}'\n",
    "[DIR]/base/scaffold.toml (message):1:4: "
)]
#[case(
    "base/parts/ci/x.txt",
    "{{ nothing }}\n",
    "[DIR]/base/parts/ci/x.txt:1:4: "
)]
fn errors_name_the_file_that_they_are_in(
    #[case] path: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    let with: &[String] = if path.contains("parts") {
        &["--with".into(), "ci".into()]
    } else {
        &[]
    };
    Test::new()
        .file("base/scaffold.toml", "[parts.ci]\ndescription = 'c'\n")
        .file("base/parts/ci/y.txt", "")
        .file("house/scaffold.toml", "extends = '../base'\n# a comment\n")
        .file(path, text)
        .args(["startproject", "my_site", "--template", "./house"])
        .args(with.to_vec())
        .stderr_contains(format!("error: {expected}"))
        .status(1)
        .run();
}

/// The user need not have heard of the base.
#[test]
fn an_error_in_the_manifest_of_a_base_shows_who_builds_on_it() {
    Test::new()
        .file("base/scaffold.toml", "copy = 1\n")
        .file("house/scaffold.toml", "extends = '../base'\n")
        .args(["startproject", "my_site", "--template", "./house"])
        .stderr_contains(
            "error: [DIR]/base/scaffold.toml:1:8: invalid type: integer `1`, expected a sequence\n   \
             ╭────\n 1 │ copy = 1\n   ·        ─\n   ╰────\n   \
             ╭─[[DIR]/house/scaffold.toml:1:11]\n 1 │ extends = '../base'\n   \
             ·           ────┬────\n   ·               ╰── this builds on it\n   ╰────\n",
        )
        .status(1)
        .run();
}

#[rstest]
#[case(
    "extends = 'djnago'",
    "scaffold.toml:1:11: there is no template `djnago`; did you mean `django`? "
)]
#[case(
    "extends = './plain'",
    "has no `scaffold.toml`, and so none can build on it"
)]
#[case(
    "extends = 3",
    "scaffold.toml:1:11: expected a template's name or address"
)]
#[case("[parts.Docker]", "`Docker` cannot be the name of a part")]
#[case("[parts.x]", "the template has no files for the part `x` in `parts/x`")]
#[case(
    "[parts.x]\npath = '../x'",
    "scaffold.toml:2:8: `../x` is no directory of the template"
)]
#[case("[parts.x]\nwhat = 1", "unknown field `what`")]
#[case(
    "[parts.ci]\nrequires = ['cii']",
    "the part `ci` names the part `cii`, which there is not; did you mean `ci`?"
)]
#[case(
    "[parts.ci]\n[parts.y]\npath = 'parts'",
    "have one directory in another's"
)]
#[case("[[variables]]\nname = 'parts'", "it lists the parts that were chosen")]
fn wrong_manifests_are_shown_with_their_place(#[case] text: &str, #[case] expected: &str) {
    let outcome = Test::new()
        .file("t/scaffold.toml", text)
        .file("t/parts/ci/a", "a")
        .file("t/plain/a", "a")
        .args(["startproject", "my_site", "--template", "./t"])
        .stderr_contains(expected)
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
}

#[test]
fn parts_that_there_are_not_or_that_conflict_are_errors() {
    let outcome = templates()
        .args(["./base", "--with", "dokcer"])
        .stderr(
            "error: the template `[DIR]/base` has no part `dokcer`\n\
             hint: did you mean `docker`? its parts are `ci` (continuous integration), `docker` \
             (a Dockerfile), `postgres` (PostgreSQL), `heroku`\n",
        )
        .status(1)
        .run();
    let outcome = outcome
        .then()
        .args(["startproject", "my_site", "--template", "./base"])
        .args(["--with", "docker,heroku"])
        .stderr(
            "error: the part `heroku` conflicts with `postgres` (which `docker` requires)\n\
             hint: choose one of them\n",
        )
        .status(1)
        .run();
    outcome
        .then()
        .file("plain/a.py", "")
        .args([
            "startproject",
            "my_site",
            "--template",
            "./plain",
            "--with",
            "x",
        ])
        .stderr("error: the template `[DIR]/plain` has no part `x`\nhint: it has no parts\n")
        .status(1)
        .run();
}

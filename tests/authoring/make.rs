//! `new` and `eject`.

use rstest::rstest;

use crate::support::Test;

#[rstest]
#[case(&[], "startproject", "shop")]
#[case(&["--app"], "startapp", "polls")]
fn a_new_template_passes_its_own_check_and_tests(
    #[case] app: &[&str],
    #[case] command: &str,
    #[case] name: &str,
) {
    let outcome = Test::new()
        .args(["template", "new", "house"])
        .args(app.to_vec())
        .stderr_contains("made the template `house`: ")
        .stderr_contains("\nnext:\n  scaffold template check ./house")
        .stderr_contains(format!("\n  scaffold {command} "))
        .run();
    assert!(
        outcome
            .read("house/scaffold.toml")
            .contains("\nname = \"house\"\n")
    );
    let outcome = outcome
        .then()
        .args(["template", "check", "house", "--strict"])
        .args(app.to_vec())
        .stdout_contains("nothing is wrong")
        .run()
        .then()
        .args(["template", "test", "house"])
        .args(app.to_vec())
        .stdout_contains("2 tests passed, 0 failed")
        .run()
        .then()
        .args([command, name, "--template", "./house"])
        .run();
    let tree = outcome.tree(name);
    assert!(
        !tree.contains("\nscaffold.toml") && !tree.contains("tests"),
        "{tree}"
    );
}

#[test]
fn the_project_of_a_new_template_works() {
    Test::new()
        .args(["template", "new", "house", "-q"])
        .run()
        .then()
        .args([
            "startproject",
            "my_site",
            "--template",
            "./house",
            "--var",
            "greeting=Hi",
        ])
        .run()
        .then()
        .in_dir("my_site")
        .args(["check"])
        .stdout_contains("No problems found.")
        .run();
}

#[test]
fn a_built_in_template_comes_out_as_it_is() {
    let outcome = Test::new()
        .args(["template", "eject", "django", "house"])
        .stderr_contains("scaffold startproject mysite --template ./house\n")
        .run();
    assert!(
        outcome
            .read("house/project_name/settings.py-tpl")
            .contains("{{ secret_key }}")
    );
    let ours = outcome
        .then()
        .args([
            "startproject",
            "mysite",
            "--template",
            "./house",
            "--var",
            "secret_key=x",
        ])
        .run();
    let (tree, settings) = (ours.tree("mysite"), ours.read("mysite/mysite/settings.py"));
    let theirs = Test::new()
        .args(["startproject", "mysite", "--var", "secret_key=x"])
        .run();
    assert_eq!(tree, theirs.tree("mysite"));
    assert_eq!(settings, theirs.read("mysite/mysite/settings.py"));
}

#[test]
fn nothing_is_overwritten() {
    let outcome = Test::new()
        .file("django/x", "mine")
        .args(["template", "eject", "django"])
        .stderr(
            "error: `[DIR]/django` is there already\n\
             hint: nothing was written; choose another name or directory\n",
        )
        .status(1)
        .run()
        .then()
        .file("there/manage.py-tpl", "mine")
        .args(["template", "eject", "django", "there"])
        .stderr_contains("[DIR]/there/manage.py-tpl")
        .status(1)
        .run()
        .then()
        .file("there/scaffold.toml", "mine")
        .args(["template", "new", "x", "there"])
        .stderr_contains("[DIR]/there/scaffold.toml")
        .status(1)
        .run();
    assert_eq!(outcome.tree("there"), "manage.py-tpl\nscaffold.toml\n");
}

#[test]
fn what_is_not_built_in_cannot_come_out() {
    Test::new()
        .args(["template", "eject", "djagno"])
        .stderr("error: there is no built-in template `djagno`\nhint: did you mean `django`?\n")
        .status(1)
        .run()
        .then()
        .args(["template", "eject", "zzz"])
        .stderr_contains("hint: there are django, flask, ")
        .status(1)
        .run()
        .then()
        .args(["template", "eject", "wsgi", "--app"])
        .stderr("error: there is no built-in template `wsgi`\nhint: there are django\n")
        .status(1)
        .run();
}

//! Names that a project cannot have, and making its environment, with the real program and real
//! interpreters.

use crate::support::{Test, newest};

#[test]
fn a_name_that_is_no_identifier_is_refused_in_djangos_words() {
    let outcome = Test::new()
        .args(["startproject", "7x"])
        .status(1)
        .stderr_contains(
            "'7x' is not a valid project name. Please make sure the name is a valid identifier.",
        )
        .run();
    assert_eq!(outcome.tree(""), "");
}

#[test]
fn a_name_of_the_standard_library_is_refused_in_djangos_words() {
    Test::new()
        .args(["startproject", "os"])
        .status(1)
        .stderr_contains(
            "'os' conflicts with the name of an existing Python module and cannot be used as a \
             project name. Please try another name.",
        )
        .stderr_contains("hint: `os` is a module of Python's standard library; ")
        .run();
}

#[test]
fn a_keyword_and_main_are_refused() {
    Test::new()
        .args(["startproject", "class"])
        .status(1)
        .stderr_contains("`class` is a Python keyword and cannot be used as a project name")
        .run();
    Test::new()
        .args(["startproject", "__main__"])
        .status(1)
        .stderr_contains("`__main__` is Python's name for the running program")
        .run();
}

#[test]
fn a_module_here_is_named_in_the_hint() {
    Test::new()
        .file("shop.py", "")
        .args(["startproject", "shop"])
        .status(1)
        .stderr_contains("'shop' conflicts with the name of an existing Python module")
        .stderr_contains(
            "hint: `[DIR]/shop.py` has this name already; add a word, as in `shop_site`\n",
        )
        .run();
}

#[test]
fn an_installed_package_conflicts() {
    let venv = newest().venv_with("empty", &[]);
    Test::new()
        .env("VIRTUAL_ENV", venv.dir())
        .args(["startproject", "pip"])
        .status(1)
        .stderr_contains("'pip' conflicts with the name of an existing Python module")
        .stderr_contains("site-packages/pip` has this name already; ")
        .run();
}

#[test]
fn install_makes_an_environment() {
    let outcome = Test::new()
        .python(newest())
        .args(["startproject", "mysite", "--template", "wsgi", "--install"])
        .stderr_contains("Making .venv")
        .run();
    let python = outcome.dir().join("mysite/.venv/bin/python");
    assert!(python.is_file());
    assert!(!outcome.tree("mysite").contains("__pycache__/\nmysite"));
}

#[test]
fn an_install_that_fails_keeps_the_project_and_says_how_to_try_again() {
    let template = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['./missing ; broken']\n";
    let outcome = Test::new()
        .python(newest())
        .file("tpl/pyproject.toml", template)
        .file("tpl/scaffold.toml", "")
        .args(["startproject", "mysite", "--template", "tpl", "--install"])
        .status(1)
        .stderr_contains("missing ; broken")
        .stderr_contains("hint: the project is complete; to try again, run `cd [DIR]/mysite && ")
        .run();
    assert_eq!(outcome.read("mysite/pyproject.toml"), template);
}

//! What is refused: the exit codes of the real `django-admin` and of the program, and their words.

use rstest::rstest;

use super::{
    trees::{Place, Program},
    words,
};

/// A place with a template and some things in the way.
fn place() -> Place {
    let place = Place::new();
    place
        .file("tpl/a.py", "{{ project_name }}")
        .file("tpl/project_name/b.py", "")
        .file("taken/x", "")
        .file("full/a.py", "")
        .file("polls_dir/x.txt", "")
        .file("a_file", "");
    place
}

/// Django's last line without what it begins with.
fn message<'a>(stderr: &'a str, beginning: &str) -> &'a str {
    let (_, message) = stderr
        .split_once(beginning)
        .unwrap_or_else(|| panic!("no {beginning:?} in {stderr}"));
    message.trim_end()
}

#[rstest]
#[case::digit(&["startproject", "7x"])]
#[case::dash(&["startproject", "my-site"])]
#[case::empty(&["startproject", ""])]
#[case::space(&["startproject", "my site"])]
#[case::dot(&["startproject", "a.b"])]
#[case::slash(&["startproject", "a/b"])]
#[case::emoji(&["startproject", "👩"])]
#[case::module(&["startproject", "os"])]
#[case::builtin_module(&["startproject", "sys"])]
#[case::package(&["startproject", "json"])]
#[case::installed(&["startproject", "django"])]
#[case::exists(&["startproject", "taken", "--template", "tpl"])]
#[case::conflict(&["startproject", "mysite", "full", "--template", "tpl"])]
#[case::no_template(&["startproject", "mysite", "--template", "nosuch"])]
#[case::no_template_path(&["startproject", "mysite", "--template", "./no/such"])]
#[case::app_digit(&["startapp", "7x"])]
#[case::app_dash(&["startapp", "my-app"])]
#[case::app_module(&["startapp", "os"])]
#[case::app_exists(&["startapp", "taken", "--template", "tpl"])]
#[case::app_conflict(&["startapp", "polls", "full", "--template", "tpl"])]
#[case::app_directory(&["startapp", "polls", "7x", "--template", "tpl"])]
#[case::app_directory_dash(&["startapp", "polls", "a/my-app", "--template", "tpl"])]
#[case::app_directory_module(&["startapp", "polls", "lib/os", "--template", "tpl"])]
#[case::app_no_template(&["startapp", "polls", "--template", "nosuch"])]
#[case::both_wrong(&["startproject", "7x", "full", "--template", "nosuch"])]
fn commands_refuse_what_django_refuses(#[case] args: &[&str]) {
    // One place for each: Django leaves behind what it had begun.
    let path = |place: &Place| place.path("").display().to_string();
    let (theirs, mine) = (place(), place());
    let (code, said) = theirs.run(Program::Django, "022", args);
    assert_eq!(code, Some(1), "{said}");
    let expected = words(message(&said, "CommandError: "));
    let expected = expected.replace(&path(&theirs), &path(&mine));

    let (code, said) = mine.run(Program::Ours, "022", args);
    let said = words(&said);
    assert_eq!(code, Some(1), "Django: {expected}\n  ours: {said}");
    assert!(
        said.contains(&expected),
        "Django: {expected}\n  ours: {said}"
    );
}

/// The parsers word these in their own ways, so the argument that is wrong must be named.
#[rstest]
#[case::nothing(&["startproject"], "You must provide a project name.")]
#[case::nothing_for_app(&["startapp"], "You must provide an application name.")]
#[case::option(&["startproject", "mysite", "--nosuch"], "--nosuch")]
#[case::short_option(&["startproject", "mysite", "-Z"], "-Z")]
#[case::value(&["startproject", "mysite", "--template"], "--template")]
#[case::too_many(&["startproject", "mysite", "one", "two"], "two")]
#[case::too_many_for_app(&["startapp", "polls", "one", "two"], "two")]
#[case::extension(&["startproject", "mysite", "-e"], "--extension")]
#[case::file_name(&["startapp", "polls", "-n"], "--name")]
fn wrong_arguments_are_named(#[case] args: &[&str], #[case] named: &str) {
    let place = place();
    for program in [Program::Django, Program::Ours] {
        let (code, said) = place.run(program, "022", args);
        let said = words(&said);
        assert_eq!(code, Some(2), "{program:?}: {said}");
        assert!(said.contains(named), "{program:?}: {said}");
    }
}

//! Tests of manifests.

use super::*;

fn parsed(text: &str) -> Result<Manifest, String> {
    let path = "t/scaffold.toml".into();
    parse(path, text.as_bytes(), 0, &|_| None).map_err(|error| error.to_string())
}

#[test]
fn an_empty_manifest_is_a_manifest() {
    assert!(parsed("").is_ok());
}

#[test]
fn all_keys_are_read() {
    let manifest = parsed(
        "name = 'n'\ndescription = 'd'\nmessage = 'm'\n\
         copy = ['*.html']\nexecutable = ['manage.py']\nreserved = ['django']",
    )
    .unwrap();
    assert_eq!(manifest.name.as_deref(), Some("n"));
    assert_eq!(manifest.message.as_deref(), Some("m"));
    assert!(manifest.copies(Path::new("a/b.html")));
    assert!(!manifest.copies(Path::new("manage.py")));
    assert!(manifest.makes_executable(Path::new("manage.py")));
    assert!(manifest.reserves("django") && manifest.reserves("Django"));
    assert!(!manifest.reserves("django_site"));
}

#[test]
fn an_unknown_key_is_an_error_with_its_place() {
    let error = parsed("name = 'n'\n\nexecutables = []\n").unwrap_err();
    assert!(
        error.starts_with(
            "t/scaffold.toml:3:1: unknown field `executables`; did you mean `executable`?\n"
        ),
        "{error}"
    );
    assert!(
        error.ends_with("\n 3 │ executables = []\n   · ───────────\n   ╰────"),
        "{error}"
    );
}

#[test]
fn what_was_meant_is_said_wherever_words_are_known() {
    for (text, expected) in [
        (
            "[[files]]\npath = 'a'\nskip-if-exist = true",
            "did you mean `skip-if-exists`?",
        ),
        (
            "[[variables]]\nname = 'a'\ntype = 'bool'",
            "did you mean `boolean`?",
        ),
        ("names = 'crates'", "did you mean `crate`?"),
        ("[hooks]\nafer = []", "unknown field `afer`"),
        ("zzz = 1", "unknown field `zzz`, expected one of `name`, "),
    ] {
        let error = parsed(text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_variable_that_is_declared_twice_shows_both_places() {
    let text = "[[variables]]\nname = 'a'\n\n[[variables]]\nname = 'a'\n";
    assert_eq!(
        parsed(text).unwrap_err(),
        "t/scaffold.toml:5:8: the variable `a` is declared twice\n   ╭────\n \
         1 │ [[variables]]\n 2 │ name = 'a'\n   ·        ─┬─\n   \
         ·         ╰── it is declared here too\n   ╰────\n   ╭────\n 4 │ [[variables]]\n \
         5 │ name = 'a'\n   ·        ───\n   ╰────"
    );
}

#[test]
fn a_template_for_a_newer_program_says_so_whatever_else_it_has() {
    let error = parsed("minimum-version = '99'\nnew-key = 1\n").unwrap_err();
    let here = env!("CARGO_PKG_VERSION");
    let expected = format!("the template needs scaffold 99.0.0 or newer, and this is {here}");
    assert_eq!(error, expected);
    assert!(parsed("minimum-version = '0.1'\n").is_ok());
    let error = parsed("minimum-version = 'new'\n").unwrap_err();
    assert!(
        error.starts_with("t/scaffold.toml:1:19: this is no version"),
        "{error}"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_with_its_place() {
    let error = parsed("message = 'm'\ncopy = 'x'").unwrap_err();
    assert!(error.starts_with("t/scaffold.toml:2:8: "), "{error}");
}

#[test]
fn what_is_not_toml_is_an_error_with_its_place() {
    let error = parsed("name =\n").unwrap_err();
    assert!(error.starts_with("t/scaffold.toml:1:"), "{error}");
}

#[test]
fn what_is_not_utf8_is_an_error_with_its_place() {
    let error = parse("t/scaffold.toml".into(), b"ab\xff", 0, &|_| None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`t/scaffold.toml` is not UTF-8 (octet 2)"
    );
}

#[test]
fn a_reserved_crate_has_two_spellings() {
    let manifest = parsed("names = 'crate'\nreserved = ['tower-http']").unwrap();
    assert_eq!(manifest.names, Some(Names::Crate));
    assert!(manifest.reserves("tower-http") && manifest.reserves("tower_http"));
    assert!(!manifest.reserves("towerhttp"));
}

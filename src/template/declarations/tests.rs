//! From a manifest and answers to values, and what is said of wrong ones.

use std::collections::HashMap;

use proptest::prelude::*;
use rstest::rstest;

use super::{Answers, Declaration, Raw, Session, Unresolved, declarations};
use crate::template::{
    native::Engine,
    value::{Dict, Value},
};

#[derive(serde::Deserialize)]
struct Manifest {
    variables: Vec<Raw>,
}

fn read(text: &str) -> Result<Vec<Declaration>, (usize, String)> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| {
        let at = error.span().unwrap_or_default().start;
        (at, error.message().to_owned())
    })?;
    let taken = |name: &str| (name == "project_name").then(|| "it is taken".to_owned());
    declarations(manifest.variables, taken).map_err(|fault| (fault.range.start, fault.message))
}

/// The values of all variables, in the template's language: `{{ a }}|{{ b }}`.
fn values(
    manifest: &str,
    given: &[(&str, Value)],
    environment: &[(&str, &str)],
) -> Result<String, Unresolved> {
    let declarations = read(manifest).unwrap_or_else(|(at, message)| panic!("{at}: {message}"));
    let given: Dict = given
        .iter()
        .map(|(name, value)| ((*name).into(), value.clone()))
        .collect();
    let environment: HashMap<_, _> = environment.iter().copied().collect();
    let kept: Dict = [("kept".into(), Value::text("of the user"))].into();
    let answers = Answers {
        given: &given,
        remembered: &Dict::new(),
        is_past: false,
        environment: &|name| environment.get(name).map(|text| (*text).to_owned()),
        kept: &kept,
    };
    let project: Dict = [("project_name".into(), Value::text("my_site"))].into();
    let mut engine = Engine::new(&project, &[]);
    let question = Session::new(&declarations, &answers, &mut engine, false).next_question()?;
    assert_eq!(question, None);
    let names: Vec<_> = declarations
        .iter()
        .map(|it| format!("{{{{ {} }}}}", it.name))
        .collect();
    Ok(engine.render_short(&names.join("|")).unwrap())
}

const SITE: &str = r#"
[[variables]]
name = "database"
type = "choice"
choices = ["sqlite", { value = "postgresql", label = "PostgreSQL" }]
default = "sqlite"

[[variables]]
name = "port"
type = "integer"
default = 5432
when = "database == 'postgresql'"
checks = [{ expression = "port > 1024", message = "must be above 1024" }]

[[variables]]
name = "slug"
default = "{{ project_name | kebab_case }}"
pattern = "[a-z-]+"
pattern-message = "has small letters and hyphens only"

[[variables]]
name = "url"
value = "{{ database }}://{{ slug }}:{{ port }}"
"#;

#[test]
fn defaults_build_on_earlier_values() {
    let defaults = values(SITE, &[], &[]).unwrap();
    assert_eq!(defaults, "sqlite|5432|my-site|sqlite://my-site:5432");
}

#[test]
fn answers_stand_before_the_environment_and_that_before_defaults() {
    let environment = [
        ("SCAFFOLD_VAR_DATABASE", "postgresql"),
        ("SCAFFOLD_VAR_PORT", "6000"),
    ];
    let given = [("port", Value::text("7000"))];
    assert_eq!(
        values(SITE, &given, &environment).unwrap(),
        "postgresql|7000|my-site|postgresql://my-site:7000"
    );
}

#[rstest]
#[case(
    "database",
    "oracle",
    "the variable `database` takes one of `sqlite`, `postgresql`, not `oracle`"
)]
#[case("port", "80", "the variable `port` must be above 1024")]
#[case("port", "x", "the variable `port` takes an integer, not `x`")]
#[case("slug", "My", "the variable `slug` has small letters and hyphens only")]
#[case(
    "slug",
    "my-site\n",
    "the variable `slug` takes one line of text, not `my-site\\n`"
)]
#[case("url", "x", "the variable `url` is computed by the template")]
fn answers_that_are_no_values_are_refused(
    #[case] name: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    let fault = values(SITE, &[(name, Value::text(text))], &[]).unwrap_err();
    let Unresolved::Answer { message, hint } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!(message, expected);
    if name == "url" {
        assert_eq!(hint, "leave it out; it follows from others");
    } else {
        assert_eq!(hint, format!("as in `--var {name}=VALUE`"));
    }
    let variable = format!("SCAFFOLD_VAR_{}", name.to_uppercase());
    let fault = values(SITE, &[], &[(&variable, text)]).unwrap_err();
    let Unresolved::Answer { message, hint } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!(message, expected);
    assert!(hint.contains(&variable), "{hint}");
}

#[test]
fn what_has_no_default_has_to_be_given_where_it_is_asked_for() {
    let manifest = "[[variables]]\nname = 'email'\nprompt = 'Your address'\n\
                    [[variables]]\nname = 'kind'\ntype = 'choice'\nwhen = 'email != \"a@b\"'\n\
                    choices = ['x', { value = 'y', label = 'the other' }]\n";
    let fault = values(manifest, &[], &[]).unwrap_err();
    assert_eq!(
        fault,
        Unresolved::Answer {
            message: "the template needs a value for `email`: Your address".to_owned(),
            hint: "`--var email=VALUE`".to_owned(),
        }
    );
    let email = |text| [("email", Value::text(text))];
    let Unresolved::Answer { hint, .. } = values(manifest, &email("c@d"), &[]).unwrap_err() else {
        panic!()
    };
    assert_eq!(hint, "`--var kind=VALUE`, one of x, y (the other)");
    // Nobody is asked, so there is nothing.
    assert_eq!(values(manifest, &email("a@b"), &[]).unwrap(), "a@b|");
}

#[test]
fn what_the_user_keeps_stands_before_the_default_only() {
    let manifest = "[[variables]]\nname = 'kept'\ndefault = 'of the template'\n";
    let environment = [("SCAFFOLD_VAR_KEPT", "of the environment")];
    assert_eq!(values(manifest, &[], &[]).unwrap(), "of the user");
    assert_eq!(
        values(manifest, &[], &environment).unwrap(),
        "of the environment"
    );
    let computed = "[[variables]]\nname = 'kept'\nvalue = 'computed'\n";
    assert_eq!(values(computed, &[], &[]).unwrap(), "computed");
    let number = "[[variables]]\nname = 'kept'\ntype = 'integer'\n";
    let Unresolved::Answer { hint, .. } = values(number, &[], &[]).unwrap_err() else {
        panic!()
    };
    assert_eq!(hint, "that is what your `config.toml` says");
}

#[test]
fn types_are_those_of_the_template() {
    let manifest = "[[variables]]\nname = 'a'\ntype = 'multi-choice'\nchoices = ['x', 'y']\n\
                    default = ['y']\n\
                    [[variables]]\nname = 'b'\ntype = 'boolean'\ndefault = true\n\
                    [[variables]]\nname = 'c'\ntype = 'float'\ndefault = 1\n\
                    [[variables]]\nname = 'd'\ntype = 'integer'\nvalue = '{{ a | length + 1 }}'\n";
    assert_eq!(values(manifest, &[], &[]).unwrap(), "[\"y\"]|true|1.0|2");
}

#[rstest]
#[case("name = 'a'\ntypo = 1", "unknown field `typo`")]
#[case("name = 'project_name'", "it is taken")]
#[case(
    "name = 'a'\n[[variables]]\nname = 'a'",
    "the variable `a` is declared twice"
)]
#[case("name = 'a'\ntype = 'choice'", "needs `choices`")]
#[case(
    "name = 'a'\nchoices = ['x']",
    "only the types `choice` and `multi-choice`"
)]
#[case(
    "name = 'a'\ntype = 'choice'\nchoices = ['x']\ndefault = 'y'",
    "the default takes one of `x`"
)]
#[case(
    "name = 'a'\ntype = 'integer'\ndefault = 'many'",
    "the default takes an integer, not `many`"
)]
#[case(
    "name = 'a'\ndefault = 1979-05-27",
    "the default cannot be a table or a date"
)]
#[case(
    "name = 'a'\ndefault = 'x'\nvalue = 'y'",
    "`value` is computed, and so has no `default`"
)]
#[case("name = 'a'\npattern = '('", "unclosed group")]
#[case("name = 'a'\ntype = 'colour'", "unknown variant `colour`")]
fn wrong_declarations_have_their_place(#[case] lines: &str, #[case] expected: &str) {
    let text = format!("[[variables]]\n{lines}\n");
    let (at, message) = read(&text).unwrap_err();
    assert!(message.contains(expected), "{message}");
    assert!(at > 0 && text.is_char_boundary(at), "{at}");
}

#[rstest]
#[case("when = 'nothing == 1'\ndefault = ''", "nothing")]
#[case("default = '{{ nothing }}'", "nothing")]
#[case("value = '{{ 1 | nofilter }}'", "unknown filter `nofilter`")]
#[case(
    "type = 'integer'\nvalue = '{{ project_name }}'",
    "takes an integer, not `my_site`"
)]
#[case("default = 'x'\nchecks = [{ expression = 'a >', message = '' }]", "")]
fn expressions_that_fail_have_their_place(#[case] lines: &str, #[case] expected: &str) {
    let manifest = format!("[[variables]]\nname = 'a'\n{lines}\n");
    let fault = values(&manifest, &[], &[]).unwrap_err();
    let Unresolved::Manifest { offset, message } = fault else {
        panic!("{fault:?}")
    };
    assert!(message.contains(expected), "{message}");
    assert!(
        manifest[offset..].starts_with('\''),
        "{}",
        &manifest[offset..]
    );
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(name in "database|port|slug|url", text in any::<String>()) {
        let _ = values(SITE, &[(&name, Value::text(text))], &[]);
    }

    #[test]
    fn no_manifest_makes_it_panic(lines in "[a-z =\\[\\]'\"{}0-9\n]{0,80}") {
        let _ = read(&format!("[[variables]]\nname = 'a'\n{lines}"));
    }
}

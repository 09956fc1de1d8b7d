//! Questions, answers and the way back, without a terminal.

use super::*;
use crate::template::{
    declarations::{Raw, declarations},
    value::Dict,
};

#[derive(serde::Deserialize)]
struct Manifest {
    variables: Vec<Raw>,
}

/// Leads a session through the variables. Nothing is given, and `project_name` is `my_site`.
fn with_session(manifest: &str, check: impl FnOnce(&mut Session<'_>)) {
    let Manifest { variables } = toml::from_str(manifest).unwrap();
    let declarations = declarations(variables, |_| None).unwrap_or_default();
    let nothing = Dict::new();
    let answers = Answers {
        given: &nothing,
        remembered: &nothing,
        is_past: false,
        environment: &|_| None,
        kept: &nothing,
    };
    let project: Dict = [("project_name".into(), Value::text("my_site"))].into();
    let mut engine = Engine::new(&project, &[]);
    check(&mut Session::new(
        &declarations,
        &answers,
        &mut engine,
        true,
    ));
}

const SITE: &str = r#"
[[variables]]
name = "database"
prompt = "Which database?"
type = "choice"
choices = ["sqlite", { value = "pg", label = "PostgreSQL" }]

[[variables]]
name = "silent"
default = "{{ database }}"

[[variables]]
name = "port"
prompt = "Which port?"
type = "integer"
default = 5432
when = "silent == 'pg'"

[[variables]]
name = "url"
prompt = "Which address?"
default = "{{ database }}:{{ port }}"
"#;

fn ask(session: &mut Session<'_>) -> (String, Form) {
    let question = session.next_question().unwrap().unwrap();
    (question.prompt, question.form)
}

fn line(preset: &str) -> Form {
    Form::Line {
        preset: Some(preset.to_owned()),
    }
}

#[test]
fn questions_follow_from_answers_and_change_with_them() {
    with_session(SITE, |session| {
        let (prompt, form) = ask(session);
        assert_eq!(prompt, "Which database?");
        let labels = ["sqlite", "PostgreSQL"].map(str::to_owned).into();
        assert_eq!(form, Form::One { labels, preset: 0 });
        session.answer(&Answer::One(1)).unwrap().unwrap();
        assert_eq!(ask(session), ("Which port?".to_owned(), line("5432")));
        let fault = session.answer(&Answer::Text("x".to_owned())).unwrap();
        assert_eq!(fault, Err("takes an integer, not `x`".to_owned()));
        session
            .answer(&Answer::Text("6000".to_owned()))
            .unwrap()
            .unwrap();
        assert_eq!(ask(session), ("Which address?".to_owned(), line("pg:6000")));
        session.back();
        assert_eq!(ask(session), ("Which port?".to_owned(), line("6000")));
        session.back();
        let (_, form) = ask(session);
        assert!(matches!(form, Form::One { preset: 1, .. }), "{form:?}");
        session.answer(&Answer::One(0)).unwrap().unwrap();
        // The port is the default again, and the address follows.
        assert_eq!(
            ask(session),
            ("Which address?".to_owned(), line("sqlite:5432"))
        );
        session
            .answer(&Answer::Text("sqlite:5432".to_owned()))
            .unwrap()
            .unwrap();
        assert_eq!(session.next_question().unwrap(), None);
        let answers: Vec<_> = session.answered().into_iter().map(|it| it.answer).collect();
        assert_eq!(answers, ["sqlite", "sqlite:5432"]);
    });
}

#[test]
fn a_default_that_was_taken_changes_with_what_it_comes_from() {
    with_session(SITE, |session| {
        ask(session);
        session.answer(&Answer::One(0)).unwrap().unwrap();
        let (_, form) = ask(session);
        assert_eq!(form, line("sqlite:5432"));
        session
            .answer(&Answer::Text("sqlite:5432".to_owned()))
            .unwrap()
            .unwrap();
        assert_eq!(session.next_question().unwrap(), None);
        session.back();
        ask(session);
        session.back();
        ask(session);
        session.answer(&Answer::One(1)).unwrap().unwrap();
        ask(session);
        session
            .answer(&Answer::Text("1".to_owned()))
            .unwrap()
            .unwrap();
        assert_eq!(ask(session).1, line("pg:1"));
    });
}

/// What a wrong answer is checked with is gone when the user goes back.
#[test]
fn nothing_of_later_answers_is_left() {
    let manifest = "[[variables]]\nname = 'a'\nprompt = 'A'\ndefault = ''\n\
                    checks = [{ expression = 'b == 1', message = '' }]\n\
                    [[variables]]\nname = 'b'\nprompt = 'B'\ntype = 'integer'\n";
    with_session(manifest, |session| {
        ask(session);
        let fault = session.check(&Answer::Text(String::new())).unwrap_err();
        assert!(matches!(fault, Fault::Manifest { .. }));
        session.back();
        assert!(session.next_question().unwrap().unwrap().is_first);
    });
}

#[test]
fn secrets_are_masked_and_not_quoted() {
    let manifest = "[[variables]]\nname = 'a'\ntype = 'integer'\nsecret = true\n";
    with_session(manifest, |session| {
        assert!(session.next_question().unwrap().unwrap().is_secret);
        let fault = session.answer(&Answer::Text("geheim".to_owned())).unwrap();
        assert_eq!(fault, Err("takes an integer".to_owned()));
        session
            .answer(&Answer::Text("1234".to_owned()))
            .unwrap()
            .unwrap();
        assert_eq!(session.answered()[0].answer, MASK);
    });
}

//! Texts, and the places of what is wrong in them.

use rstest::rstest;

use super::*;

fn variables(rows: &[(&str, &str)]) -> Dict {
    rows.iter()
        .map(|(name, value)| ((*name).into(), Value::text(*value)))
        .collect()
}

fn render(text: &str) -> Result<String, String> {
    Engine::new(
        &variables(&[("project_name", "mysite"), ("html", "<&>")]),
        &[],
    )
    .render(Path::new("t/a.py"), text)
    .map_err(|error| error.to_string())
}

#[rstest]
#[case("x = '{{ project_name }}'\n", "x = 'mysite'\n")]
#[case("{{ html }}", "<&>")]
#[case("f'{x}' {} }} %} \u{feff}é\n", "f'{x}' {} }} %} \u{feff}é\n")]
#[case("{% if project_name %}a{% else %}b{% endif %}\n", "a\n")]
#[case("{% raw %}{{ x }}{% endraw %}", "{{ x }}")]
#[case("", "")]
fn texts(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

#[test]
fn an_unknown_variable_is_an_error_with_its_place_and_the_known_ones() {
    let error = render("one\n  {{ project_nam }}\n").unwrap_err();
    assert!(error.starts_with("t/a.py:2:6: "), "{error}");
    assert!(
        error.contains("project_nam") && error.contains("project_name"),
        "{error}"
    );
    assert!(
        error.ends_with("\n 2 │   {{ project_nam }}\n   ·      ───────────\n   ╰────"),
        "{error}"
    );
}

#[test]
fn a_mistyped_variable_gets_a_suggestion() {
    let hint = |text: &str| {
        let variables = variables(&[("project_name", "mysite"), ("secret_key", "x")]);
        let rendered = Engine::new(&variables, &[]).render(Path::new("a"), text);
        rendered.unwrap_err().hint().unwrap()
    };
    assert_eq!(hint("{{ secret_kee }}"), "did you mean `secret_key`?");
    assert!(hint("{{ zzz }}").contains("{% raw %}"));
}

#[test]
fn what_does_not_parse_is_an_error_with_its_place() {
    let error = render("one\n{% if %}\n").unwrap_err();
    assert!(error.starts_with("t/a.py:2:"), "{error}");
    assert!(error.contains("\n 2 │ {% if %}\n"), "{error}");
}

#[test]
fn an_unknown_filter_is_an_error_with_its_place() {
    let error = render("one\n{{ html | nofilter }}\n{{ html | none }}").unwrap_err();
    assert_eq!(
        error,
        "t/a.py:2:11: unknown filter `nofilter`\n   ╭────\n 1 │ one\n \
         2 │ {{ html | nofilter }}\n   ·           ────────\n 3 │ {{ html | none }}\n   ╰────\n\n\
         t/a.py:3:11: unknown filter `none`\n   ╭────\n 2 │ {{ html | nofilter }}\n \
         3 │ {{ html | none }}\n   ·           ────\n   ╰────"
    );
}

#[test]
fn more_branches_than_the_stack_has_room_for_are_an_error() {
    let branches = |count| {
        let branches = "{%- elif\nproject_name %}".repeat(count);
        render(&format!("{{% if project_name %}}a{branches}{{% endif %}}"))
    };
    assert_eq!(branches(MOST_ELIF).as_deref(), Ok("a"));
    let error = branches(20_000).unwrap_err();
    assert!(
        error.starts_with("t/a.py:501:20: more than 500 `elif` in one file"),
        "{}",
        &error[..80]
    );
    let text = "elif ".repeat(MOST_ELIF + 1);
    assert_eq!(render(&text).as_ref(), Ok(&text));
}

/// Wherever a text is read: also where nothing is rendered, and with other delimiters.
#[test]
fn so_it_is_for_all_that_reads_texts() {
    let engine = Engine::new(&variables(&[("a", "x")]), &[]);
    let branches = "{% elif a %}".repeat(100_000);
    let text = format!("{{% if a %}}{branches}{{% endif %}}");
    let error = engine.variables_of(Path::new("t/a.py"), &text).unwrap_err();
    assert!(error.to_string().contains("more than 500 `elif`"));

    let delimiters = Delimiters {
        block_start: "[-".into(),
        block_end: "%]".into(),
        ..Delimiters::default()
    };
    let engine = engine.with_delimiters(delimiters).unwrap();
    let text = text.replace("{%", "[-").replace("%}", "%]");
    for text in [text.replace("[-", "[--"), text] {
        let error = engine.render(Path::new("t/a.py"), &text).unwrap_err();
        assert!(error.to_string().contains("more than 500 `elif`"));
    }
}

#[test]
fn an_unclosed_block_is_an_error_that_names_the_file() {
    let error = render("{% block x %}{% endblock %}").unwrap_err();
    assert!(error.starts_with("t/a.py"), "{error}");
    let error = render("{% if project_name %}\n").unwrap_err();
    assert!(error.starts_with("t/a.py:"), "{error}");
}

#[test]
fn conditions_cannot_nest_without_end() {
    let engine = Engine::new(&variables(&[("a", "x")]), &[]);
    let condition = format!("a{}", " %}{% elif a".repeat(100_000));
    let error = engine.is_true(&condition).unwrap_err();
    assert!(error.contains("elif"), "{error}");
}

#[test]
fn conditions_are_read_one_after_another() {
    let engine = Engine::new(&variables(&[("a", "x")]), &[]);
    assert_eq!(engine.is_true("a == 'x'"), Ok(true));
    assert_eq!(engine.is_true("a == 'y'"), Ok(false));
    assert!(engine.is_true("a ==").is_err());
    let unknown = engine.is_true("b or a").unwrap_err();
    assert_eq!(unknown, "variable `b` is not defined");
    assert_eq!(engine.is_true("a"), Ok(true));
}

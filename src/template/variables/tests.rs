//! Tests of variables: what is taken, what is refused, and where.

use std::fmt::Write as _;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// As Python would show it, nearly.
fn shown(value: &Value) -> String {
    let list = |items: &[Value]| {
        let items: Vec<_> = items.iter().map(shown).collect();
        format!("[{}]", items.join(", "))
    };
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => format!("{it:?}"),
        Value::Str(it) => format!("'{}'", it.text),
        Value::List(items) | Value::Tuple(items) => list(items),
        Value::Dict(items) => shown_dict(items),
        Value::Date(it) => format!("date {it}"),
        Value::Time(it) => format!("time {it}"),
        Value::DateTime(it) => format!("{it:?}"),
        Value::View(_) | Value::Group(_) => value.repr(),
    }
}

fn shown_dict(dict: &Dict) -> String {
    let items: Vec<_> = dict
        .iter()
        .map(|(name, value)| format!("{name}: {}", shown(value)))
        .collect();
    format!("{{{}}}", items.join(", "))
}

fn parsed(format: Format, text: &str) -> Result<String, String> {
    parse(Subject::Project, format, text)
        .map(|dict| shown_dict(&dict))
        .map_err(|fault| format!("{}:{}: {}", fault.line, fault.column, fault.message))
}

#[rstest]
#[case("author=Ann", "author", "Ann")]
#[case("x=", "x", "")]
#[case("x=1=2", "x", "1=2")]
#[case("été= a ", "été", " a ")]
#[case("secret_key=s", "secret_key", "s")]
#[case("app_name=x", "app_name", "x")]
fn an_argument_is_name_and_text(
    #[case] argument: &str,
    #[case] expected_name: &str,
    #[case] expected: &str,
) {
    let (name, value) = assignment(Subject::Project, argument).unwrap();
    assert_eq!(&*name, expected_name);
    assert_eq!(shown(&value), format!("'{expected}'"));
}

#[rstest]
#[case("author", "`author` has no value")]
#[case("=x", "`` cannot be the name")]
#[case("_x=1", "`_x` cannot be the name")]
#[case("a.b=1", "`a.b` cannot be the name")]
#[case("a b=1", "`a b` cannot be the name")]
#[case("2x=1", "`2x` cannot be the name")]
#[case("\u{1b}=1", "`\\u{1b}` cannot be the name")]
#[case("project_directory=x", "`project_directory` cannot be set")]
fn an_argument_that_sets_nothing_is_an_error(#[case] argument: &str, #[case] expected: &str) {
    let error = assignment(Subject::Project, argument).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

const ALL: &str = "{b: [1, -2, true], a: 'x', c: {z: 1.5, y: ''}}";

#[rstest]
#[case(Format::Toml, "b = [1, -2, true]\na = 'x'\n[c]\nz = 1.5\ny = ''\n")]
#[case(Format::Yaml, "b:\n- 1\n- -2\n- true\na: x\nc: {z: 1.5, y: ''}\n")]
#[case(
    Format::Json,
    r#"{"b": [1, -2, true], "a": "x", "c": {"z": 1.5, "y": ""}}"#
)]
fn types_and_order_are_those_of_the_file(#[case] format: Format, #[case] text: &str) {
    assert_eq!(parsed(format, text), Ok(ALL.to_owned()));
}

#[rstest]
#[case(Format::Json, r#"{"a": null}"#, "{a: None}")]
#[case(
    Format::Json,
    r#"{"a": 1e300, "b": -2.5e20}"#,
    "{a: 1e300, b: -2.5e20}"
)]
#[case(Format::Yaml, "a: 1e300", "{a: 1e300}")]
#[case(Format::Yaml, "a: ~\nb:\nc: null", "{a: None, b: None, c: None}")]
#[case(Format::Yaml, "a: no\nb: 'true'", "{a: 'no', b: 'true'}")]
#[case(Format::Yaml, "a: 2026-11-20", "{a: '2026-11-20'}")]
#[case(Format::Yaml, "a: &x [1]\nb: *x", "{a: [1], b: [1]}")]
#[case(Format::Yaml, "a: {1: x}", "{a: {1: 'x'}}")]
#[case(
    Format::Json,
    r#"{"a": 18446744073709551615}"#,
    "{a: 18446744073709551615}"
)]
#[case(
    Format::Toml,
    "a = 170141183460469231731687303715884105727",
    "{a: 170141183460469231731687303715884105727}"
)]
#[case(Format::Toml, "a = 0x1F\nb = 1_000", "{a: 31, b: 1000}")]
#[case(
    Format::Toml,
    "a = 2026-11-20\nb = 07:30:00.5",
    "{a: date 2026-11-20, b: time 07:30:00.5}"
)]
#[case(
    Format::Toml,
    "a = 2026-11-20T07:30:00",
    "{a: Naive(2026-11-20T07:30:00)}"
)]
#[case(
    Format::Toml,
    "a = 2026-11-20T07:30:00+01:30",
    "{a: Aware(2026-11-20T07:30:00+01:30[+01:30])}"
)]
#[case(Format::Toml, "a.b = 1\na.c = 2", "{a: {b: 1, c: 2}}")]
#[case(Format::Toml, "", "{}")]
#[case(Format::Json, "{}", "{}")]
#[case(Format::Yaml, "{}", "{}")]
fn values(#[case] format: Format, #[case] text: &str, #[case] expected: &str) {
    assert_eq!(parsed(format, text), Ok(expected.to_owned()));
}

#[rstest]
#[case(Format::Json, "{\"a\": 1,\n \"a\": 2}", "2:", "`a` stands there twice")]
#[case(
    Format::Json,
    "{\"b\": {\"a\": 1, \"a\": 2}}",
    "1:",
    "`a` stands there twice"
)]
#[case(Format::Yaml, "a: 1\na: 2", "2:1: ", "`a` stands there twice")]
#[case(Format::Toml, "a = 1\na = 2", "2:1: ", "duplicate key")]
#[case(Format::Json, "[1]", "1:", "names with values")]
#[case(Format::Yaml, "- 1", "1:", "names with values")]
#[case(Format::Yaml, "", "1:", "end of input")]
#[case(Format::Json, "{\"a\": }", "1:7: ", "expected value")]
#[case(Format::Json, "{} x", "1:4: ", "trailing")]
#[case(Format::Toml, "a = 1\nb = [", "2:", "")]
#[case(Format::Yaml, "a: [1", "", "")]
#[case(Format::Yaml, "a: 1\n---\nb: 2", "", "document")]
#[case(Format::Json, "{\"_a\": 1}", "1:", "`_a` cannot be the name")]
#[case(Format::Yaml, "b: 1\n_a: 1", "2:", "`_a` cannot be the name")]
#[case(Format::Toml, "b = 1\n_a = 1", "2:1: ", "`_a` cannot be the name")]
#[case(Format::Toml, "project_name = 1", "1:1: ", "cannot be set")]
#[case(Format::Json, "{\"a\": 18446744073709551616}", "1:", "too large")]
#[case(Format::Json, "{\"a\": 1e999}", "1:", "out of range")]
#[case(Format::Yaml, "a: 18446744073709551616", "1:", "too large")]
#[case(Format::Yaml, "a: .nan", "1:", "")]
#[case(Format::Toml, "a = inf", "1:5: ", "too large")]
#[case(
    Format::Toml,
    "a = 170141183460469231731687303715884105728",
    "1:5: ",
    "too large"
)]
fn what_cannot_be_taken_is_pointed_at(
    #[case] format: Format,
    #[case] text: &str,
    #[case] place: &str,
    #[case] message: &str,
) {
    let fault = parsed(format, text).unwrap_err();
    assert!(fault.starts_with(place), "{fault}");
    assert!(fault.contains(message), "{fault}");
}

#[test]
fn a_message_does_not_tell_the_place_twice() {
    for (format, text) in [
        (Format::Json, "{\"a\": }"),
        (Format::Yaml, "a: 1\n_a: 1"),
        (Format::Yaml, "a: 1\na: 2"),
        (Format::Toml, "a = "),
    ] {
        let fault = parse(Subject::Project, format, text).unwrap_err();
        assert!(!fault.message.contains("line "), "{}", fault.message);
        assert!(!fault.message.contains("column "), "{}", fault.message);
    }
}

#[test]
fn what_is_nested_without_end_is_refused() {
    for (format, open) in [
        (Format::Json, "{\"a\": "),
        (Format::Yaml, "{a: "),
        (Format::Toml, "a = "),
    ] {
        let text = format!("{open}{}", "[".repeat(100_000));
        parsed(format, &text).unwrap_err();
    }
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
    }
    parsed(Format::Yaml, &text).unwrap_err();
    // Few, but long.
    let long = "x".repeat(1_000_000);
    let many = vec!["*a"; 10_000].join(", ");
    parsed(Format::Yaml, &format!("a: &a {long}\nb: [{many}]\n")).unwrap_err();
}

proptest! {
    #[test]
    fn no_text_breaks_a_parser(text in "[-\\[\\]{}:=,\"'&*a0-2.\n #~!|>_]{0,60}") {
        for format in [Format::Toml, Format::Yaml, Format::Json] {
            if let Err(fault) = parse(Subject::App, format, &text) {
                prop_assert!(fault.line > 0 && fault.column > 0);
            }
        }
    }

    #[test]
    fn what_json_writes_is_read(numbers in prop::collection::vec(any::<i64>(), 0..5),
                                text in any::<String>()) {
        let json = serde_json::json!({"a": numbers, "b": text}).to_string();
        let dict = parse(Subject::App, Format::Json, &json).unwrap();
        prop_assert_eq!(shown(dict.get("b").unwrap()), format!("'{text}'"));
        prop_assert_eq!(shown(dict.get("a").unwrap()), format!("{numbers:?}"));
    }
}

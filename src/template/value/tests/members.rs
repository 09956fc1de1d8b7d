//! What CPython 3.12 makes of members; Django calls those that are methods.

use rstest::rstest;

use super::{aware, date, dict, float, group, int, list, naive, time, tuple};
use crate::template::{
    django::Fault,
    value::{Str, Value},
};

#[rstest]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "upper", "'IT IS Ǆ ΟΔΟΣ'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "lower", "'it is ǆ οδος'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "title", "'It Is ǅ Οδος'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "capitalize", "'It is ǆ οδος'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "casefold", "'it is ǆ οδοσ'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "swapcase", "'IT IS Ǆ οδος'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "split", "['it', 'is', 'ǆ', 'ΟΔΟΣ']")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "0", "'i'")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "5", "' '")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "99", "undefined")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "nope", "undefined")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "join", "''")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "encode", "error")]
#[case(Value::text("it is ǆ ΟΔΟΣ"), "format", "'it is ǆ ΟΔΟΣ'")]
#[case(Value::text(" a\tb\u{1c}"), "strip", "'a\\tb'")]
#[case(Value::text(" a\tb\u{1c}"), "lstrip", "'a\\tb\\x1c'")]
#[case(Value::text(" a\tb\u{1c}"), "rstrip", "' a\\tb'")]
#[case(Value::text(" a\tb\u{1c}"), "expandtabs", "' a      b\\x1c'")]
#[case(Value::text(" a\tb\u{1c}"), "isspace", "False")]
#[case(Value::text(" a\tb\u{1c}"), "rsplit", "['a', 'b']")]
#[case(
    Value::text("a\r\nb\u{b}c\u{2028}\n"),
    "splitlines",
    "['a', 'b', 'c', '']"
)]
#[case(Value::text("a\r\nb\u{b}c\u{2028}\n"), "isprintable", "False")]
#[case(Value::text("{x"), "format", "error")]
#[case(Value::text("²½"), "isdigit", "False")]
#[case(Value::text("²½"), "isdecimal", "False")]
#[case(Value::text("²½"), "isnumeric", "True")]
#[case(Value::text("²½"), "isalnum", "True")]
#[case(Value::text("²½"), "isalpha", "False")]
#[case(Value::text("Aé"), "isalpha", "True")]
#[case(Value::text("Aé"), "isidentifier", "True")]
#[case(Value::text("Aé"), "isascii", "False")]
#[case(Value::text("Aé"), "istitle", "True")]
#[case(Value::text("Aé"), "isupper", "False")]
#[case(Value::text("Aé"), "islower", "False")]
#[case(Value::text(""), "isalpha", "False")]
#[case(Value::text(""), "isascii", "True")]
#[case(Value::text(""), "isspace", "False")]
#[case(Value::text(""), "islower", "False")]
#[case(Value::text(""), "format", "''")]
#[case(Value::safe("ab"), "upper", "'AB'")]
#[case(Value::safe("ab"), "format", "safe 'ab'")]
#[case(Value::safe("ab"), "1", "'b'")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "a", "1")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "items", "'mine'")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "keys", "dict_keys(['a', 'items', '0'])")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "values", "dict_values([1, 'mine', 'zero'])")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "0", "'zero'")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "copy", "{'a': 1, 'items': 'mine', '0': 'zero'}")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "get", "''")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "update", "None")]
#[case(dict(&[("a", int(1)), ("items", Value::text("mine")), ("0", Value::text("zero"))]), "b", "undefined")]
#[case(dict(&[("a", int(1))]), "items", "dict_items([('a', 1)])")]
#[case(dict(&[("a", int(1))]), "pop", "''")]
#[case(dict(&[("a", int(1))]), "0", "undefined")]
#[case(dict(&[]), "keys", "dict_keys([])")]
#[case(dict(&[]), "values", "dict_values([])")]
#[case(list(&[int(1), list(&[int(2)])]), "0", "1")]
#[case(list(&[int(1), list(&[int(2)])]), "1", "[2]")]
#[case(list(&[int(1), list(&[int(2)])]), "2", "undefined")]
#[case(list(&[int(1), list(&[int(2)])]), "01", "[2]")]
#[case(list(&[int(1), list(&[int(2)])]), "1_0", "undefined")]
#[case(list(&[int(1), list(&[int(2)])]), "copy", "[1, [2]]")]
#[case(list(&[int(1), list(&[int(2)])]), "count", "''")]
#[case(list(&[int(1), list(&[int(2)])]), "append", "''")]
#[case(list(&[int(1), list(&[int(2)])]), "nope", "undefined")]
#[case(tuple(&[int(1)]), "0", "1")]
#[case(group([int(1), list(&[int(2)])]), "grouper", "1")]
#[case(group([int(1), list(&[int(2)])]), "list", "[2]")]
#[case(group([int(1), list(&[int(2)])]), "1", "[2]")]
#[case(group([int(1), list(&[int(2)])]), "count", "''")]
#[case(tuple(&[int(1), int(2)]), "list", "undefined")]
#[case(tuple(&[int(1)]), "index", "''")]
#[case(tuple(&[int(1)]), "copy", "undefined")]
#[case(int(5), "real", "5")]
#[case(int(5), "imag", "0")]
#[case(int(5), "denominator", "1")]
#[case(int(5), "bit_length", "3")]
#[case(int(5), "bit_count", "2")]
#[case(int(5), "is_integer", "True")]
#[case(int(5), "as_integer_ratio", "(5, 1)")]
#[case(int(5), "0", "undefined")]
#[case(int(5), "nope", "undefined")]
#[case(int(5), "from_bytes", "''")]
#[case(Value::Bool(true), "real", "1")]
#[case(Value::Bool(true), "bit_length", "1")]
#[case(float(-2.5), "is_integer", "False")]
#[case(float(-2.5), "real", "-2.5")]
#[case(float(-2.5), "hex", "'-0x1.4000000000000p+1'")]
#[case(float(-2.5), "as_integer_ratio", "(-5, 2)")]
#[case(float(-2.5), "fromhex", "''")]
#[case(float(5e-324), "hex", "'0x0.0000000000001p-1022'")]
#[case(float(0.0), "hex", "'0x0.0p+0'")]
#[case(float(f64::NAN), "as_integer_ratio", "error")]
#[case(Value::None, "real", "undefined")]
#[case(date("2024-02-29"), "year", "2024")]
#[case(date("2024-02-29"), "month", "2")]
#[case(date("2024-02-29"), "day", "29")]
#[case(date("2024-02-29"), "weekday", "3")]
#[case(date("2024-02-29"), "isoweekday", "4")]
#[case(date("2024-02-29"), "toordinal", "738945")]
#[case(date("2024-02-29"), "ctime", "'Thu Feb 29 00:00:00 2024'")]
#[case(date("2024-02-29"), "isoformat", "'2024-02-29'")]
#[case(date("2024-02-29"), "replace", "datetime.date(2024, 2, 29)")]
#[case(date("2024-02-29"), "strftime", "''")]
#[case(date("2024-02-29"), "hour", "undefined")]
#[case(date("2024-02-29"), "fromisoformat", "''")]
#[case(time("01:02:03.000004"), "hour", "1")]
#[case(time("01:02:03.000004"), "minute", "2")]
#[case(time("01:02:03.000004"), "second", "3")]
#[case(time("01:02:03.000004"), "microsecond", "4")]
#[case(time("01:02:03.000004"), "fold", "0")]
#[case(time("01:02:03.000004"), "isoformat", "'01:02:03.000004'")]
#[case(time("01:02:03.000004"), "tzinfo", "None")]
#[case(time("01:02:03.000004"), "year", "undefined")]
#[case(naive("2024-02-09T03:04:00"), "year", "2024")]
#[case(naive("2024-02-09T03:04:00"), "hour", "3")]
#[case(naive("2024-02-09T03:04:00"), "date", "datetime.date(2024, 2, 9)")]
#[case(naive("2024-02-09T03:04:00"), "time", "datetime.time(3, 4)")]
#[case(naive("2024-02-09T03:04:00"), "isoformat", "'2024-02-09T03:04:00'")]
#[case(naive("2024-02-09T03:04:00"), "ctime", "'Fri Feb  9 03:04:00 2024'")]
#[case(naive("2024-02-09T03:04:00"), "tzinfo", "None")]
#[case(naive("2024-02-09T03:04:00"), "tzname", "None")]
#[case(naive("2024-02-09T03:04:00"), "timetz", "datetime.time(3, 4)")]
#[case(aware("2024-02-09T03:04:00-06:00[America/Chicago]"), "tzname", "'CST'")]
#[case(
    aware("2024-02-09T03:04:00-06:00[America/Chicago]"),
    "timestamp",
    "1707469440.0"
)]
#[case(
    aware("2024-02-09T03:04:00-06:00[America/Chicago]"),
    "isoformat",
    "'2024-02-09T03:04:00-06:00'"
)]
#[case(aware("2024-02-09T03:04:00-06:00[America/Chicago]"), "fold", "0")]
#[case(aware("2024-02-09T03:04:00+02:00[+02:00]"), "tzname", "'UTC+02:00'")]
#[case(
    aware("2024-02-09T03:04:00+02:00[+02:00]"),
    "date",
    "datetime.date(2024, 2, 9)"
)]
fn members(#[case] value: Value, #[case] name: &str, #[case] expected: &str) {
    let found = match value.member(name) {
        None => "undefined".to_owned(),
        Some(Err(_)) => "error".to_owned(),
        Some(Ok(value @ Value::Str(Str { is_safe: true, .. }))) => format!("safe {}", value.repr()),
        Some(Ok(value)) => value.repr(),
    };
    assert_eq!(found, expected);
}

/// What Python would do to the variable itself, or what has no value here, is an error instead of
/// something else.
#[rstest]
#[case(list(&[int(1)]), "pop")]
#[case(list(&[int(1)]), "sort")]
#[case(dict(&[]), "clear")]
#[case(date("2024-01-01"), "isocalendar")]
#[case(naive("2024-01-01T00:00:00"), "astimezone")]
#[case(int(1), "to_bytes")]
fn refused(#[case] value: Value, #[case] name: &str) {
    let message = Fault::from(value.member(name).unwrap().unwrap_err()).message;
    assert!(message.contains(&format!("`{name}`")), "{message}");
}

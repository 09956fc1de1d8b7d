//! What Django 6.1 makes of lists and choices.

use rstest::rstest;

use super::{date, dict, float, int, list, shown, tuple};
use crate::template::value::Value;

#[rstest]
#[case("first", list(&[int(1), int(2)]), None, "1")]
#[case("first", list(&[]), None, "''")]
#[case("first", Value::text("aé"), None, "'a'")]
#[case("first", Value::safe("<b>"), None, "'<'")]
#[case("first", tuple(&[int(1)]), None, "1")]
#[case("first", dict(&[("a", int(1))]), None, "error")]
#[case("first", dict(&[]), None, "error")]
#[case("first", int(5), None, "error")]
#[case("first", Value::None, None, "error")]
#[case("last", list(&[int(1), int(2)]), None, "2")]
#[case("last", list(&[]), None, "''")]
#[case("last", Value::text("aé"), None, "'é'")]
#[case("last", Value::safe("<b>"), None, "safe '>'")]
#[case("last", tuple(&[int(1)]), None, "1")]
#[case("last", dict(&[("a", int(1))]), None, "error")]
#[case("last", dict(&[]), None, "error")]
#[case("last", int(5), None, "error")]
#[case("last", Value::None, None, "error")]
#[case("length", list(&[int(1), int(2)]), None, "2")]
#[case("length", list(&[]), None, "0")]
#[case("length", Value::text("aé"), None, "2")]
#[case("length", Value::safe("<b>"), None, "3")]
#[case("length", tuple(&[int(1)]), None, "1")]
#[case("length", dict(&[("a", int(1))]), None, "1")]
#[case("length", dict(&[]), None, "0")]
#[case("length", int(5), None, "0")]
#[case("length", Value::None, None, "0")]
#[case("join", list(&[Value::text("a"), Value::text("<"), Value::safe("<"), int(1)]), Some(Value::text(", ")), "safe 'a, &lt;, <, 1'")]
#[case("join", list(&[Value::text("a")]), Some(Value::text("<")), "safe 'a'")]
#[case("join", Value::text("abc"), Some(Value::text("-")), "safe 'a-b-c'")]
#[case("join", int(5), Some(Value::text("-")), "5")]
#[case("join", dict(&[("a", int(1)), ("b", int(2))]), Some(Value::safe("<")), "safe 'a<b'")]
#[case("join", list(&[Value::text("a"), Value::text("b")]), Some(int(5)), "safe 'a5b'")]
#[case("slice", Value::text("abcdef"), Some(Value::text("1:3")), "'bc'")]
#[case("slice", Value::text("abcdef"), Some(Value::text("::-2")), "'fdb'")]
#[case("slice", Value::text("abcdef"), Some(Value::text("-3:")), "'def'")]
#[case("slice", Value::text("abc"), Some(Value::text("5")), "'abc'")]
#[case("slice", Value::text("abc"), Some(Value::text("x")), "'abc'")]
#[case("slice", Value::text("abc"), Some(Value::text("1:2:3:4")), "'abc'")]
#[case("slice", Value::text("abc"), Some(Value::text("::0")), "'abc'")]
#[case("slice", Value::safe("a<b"), Some(Value::text(":2")), "safe 'a<'")]
#[case("slice", list(&[int(1), int(2), int(3)]), Some(Value::text(":2")), "[1, 2]")]
#[case("slice", tuple(&[int(1), int(2), int(3)]), Some(Value::text("-1:-9:-1")), "(3, 2, 1)")]
#[case("slice", dict(&[("a", int(1))]), Some(Value::text(":1")), "{'a': 1}")]
#[case("slice", int(5), Some(Value::text(":1")), "5")]
#[case("slice", Value::text("abc"), Some(int(2)), "'ab'")]
#[case("slice", Value::text("abc"), Some(Value::None), "'abc'")]
#[case("dictsort", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("n")), "[{'n': 1, 'k': 'c'}, {'n': 1.0, 'k': 'a'}, {'n': 2, 'k': 'b'}]")]
#[case("dictsort", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("k")), "[{'n': 1.0, 'k': 'a'}, {'n': 2, 'k': 'b'}, {'n': 1, 'k': 'c'}]")]
#[case("dictsort", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("x")), "''")]
#[case("dictsort", list(&[list(&[int(2), Value::text("x")]), list(&[int(1), Value::text("y")])]), Some(int(0)), "[[1, 'y'], [2, 'x']]")]
#[case("dictsort", list(&[Value::text("b"), Value::text("a")]), Some(int(0)), "['a', 'b']")]
#[case("dictsort", list(&[dict(&[("a", dict(&[("b", int(2))]))]), dict(&[("a", dict(&[("b", int(1))]))])]), Some(Value::text("a.b")), "[{'a': {'b': 1}}, {'a': {'b': 2}}]")]
#[case("dictsort", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("_n")), "''")]
#[case("dictsort", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("")), "error")]
#[case("dictsort", list(&[int(1), Value::text("a")]), Some(Value::text("real")), "''")]
#[case("dictsort", list(&[dict(&[("a", int(1))]), dict(&[("a", Value::text("x"))])]), Some(Value::text("a")), "''")]
#[case("dictsort", list(&[date("2024-05-01"), date("2023-01-01")]), Some(Value::text("year")), "[datetime.date(2023, 1, 1), datetime.date(2024, 5, 1)]")]
#[case("dictsort", int(5), Some(Value::text("a")), "''")]
#[case("dictsort", list(&[]), Some(Value::text("a")), "[]")]
#[case("dictsort", list(&[list(&[int(1)])]), Some(int(3)), "error")]
#[case("dictsort", Value::text("ba"), Some(Value::text("0")), "''")]
#[case("dictsort", list(&[dict(&[("a", float(f64::NAN))]), dict(&[("a", float(1.0))])]), Some(Value::text("a")), "[{'a': nan}, {'a': 1.0}]")]
#[case("dictsortreversed", list(&[dict(&[("n", int(2)), ("k", Value::text("b"))]), dict(&[("n", int(1)), ("k", Value::text("c"))]), dict(&[("n", float(1.0)), ("k", Value::text("a"))])]), Some(Value::text("n")), "[{'n': 2, 'k': 'b'}, {'n': 1, 'k': 'c'}, {'n': 1.0, 'k': 'a'}]")]
#[case("dictsortreversed", list(&[int(2), int(1)]), Some(Value::text("real")), "[2, 1]")]
#[case("unordered_list", list(&[Value::text("a"), list(&[Value::text("b"), list(&[Value::text("c<")])]), Value::text("d"), list(&[])]), None, "safe '\\t<li>a\\n\\t<ul>\\n\\t\\t<li>b\\n\\t\\t<ul>\\n\\t\\t\\t<li>c&lt;</li>\\n\\t\\t</ul>\\n\\t\\t</li>\\n\\t</ul>\\n\\t</li>\\n\\t<li>d</li>'")]
#[case("unordered_list", list(&[Value::text("x"), tuple(&[int(1), int(2)])]), None, "safe '\\t<li>x\\n\\t<ul>\\n\\t\\t<li>1</li>\\n\\t\\t<li>2</li>\\n\\t</ul>\\n\\t</li>'")]
#[case("unordered_list", list(&[list(&[Value::text("a")]), Value::text("b")]), None, "safe '\\t<li>[&#x27;a&#x27;]</li>\\n\\t<li>b</li>'")]
#[case(
    "unordered_list",
    Value::text("ab"),
    None,
    "safe '\\t<li>a</li>\\n\\t<li>b</li>'"
)]
#[case("unordered_list", int(5), None, "error")]
#[case("unordered_list", list(&[Value::None, Value::safe("<")]), None, "safe '\\t<li>None</li>\\n\\t<li><</li>'")]
#[case("default", Value::text(""), Some(Value::text("d")), "'d'")]
#[case("default", int(0), Some(Value::text("d")), "'d'")]
#[case("default", Value::text("a"), Some(Value::text("d")), "'a'")]
#[case("default", Value::None, Some(Value::safe("<")), "safe '<'")]
#[case("default_if_none", Value::text(""), Some(Value::text("d")), "''")]
#[case("default_if_none", Value::None, Some(Value::text("d")), "'d'")]
#[case("yesno", Value::Bool(true), None, "'yes'")]
#[case("yesno", Value::Bool(false), None, "'no'")]
#[case("yesno", Value::None, None, "'maybe'")]
#[case("yesno", Value::None, Some(Value::text("y,n")), "'n'")]
#[case("yesno", int(1), Some(Value::text("y,n,m")), "'y'")]
#[case("yesno", int(0), Some(Value::text("y")), "0")]
#[case("yesno", int(0), Some(Value::text("a,b,c,d")), "'b'")]
#[case("yesno", Value::None, Some(Value::text("a,b,c,d")), "'b'")]
#[case("yesno", Value::safe("x"), Some(Value::text("y")), "safe 'x'")]
#[case("yesno", int(1), Some(int(5)), "error")]
#[case("pprint", Value::text("a"), None, "\"'a'\"")]
#[case("pprint", int(5), None, "'5'")]
#[case("pprint", dict(&[("b", int(1)), ("a", dict(&[("d", Value::text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")), ("c", list(&[Value::text("yyyyyyyyyyyyyyyyyyyy"), Value::text("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]))]))]), None, "\"{'a': {'c': ['yyyyyyyyyyyyyyyyyyyy', 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'],\\n       'd': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'},\\n 'b': 1}\"")]
#[case("pprint", list(&[Value::text("word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ")]), None, "\"['word word word word word word word word word word word word word word word '\\n 'word word word word word word word word word word word word word word word ']\"")]
#[case(
    "pprint",
    Value::text(
        "line one\nword word word word word word word word word word word word word word word word word word word word end"
    ),
    None,
    "\"('line one\\\\n'\\n 'word word word word word word word word word word word word word word word '\\n 'word word word word word end')\""
)]
#[case(
    "pprint",
    Value::text(
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    ),
    None,
    "\"'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\""
)]
#[case("pprint", tuple(&[Value::text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), Value::text("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]), None, "\"('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',\\n 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')\"")]
#[case("pprint", tuple(&[Value::text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]), None, "\"('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',)\"")]
#[case("pprint", list(&[Value::text("it'sit'sit'sit'sit'sit'sit'sit'sit's \"q\" "), Value::None, float(1.5), dict(&[])]), None, "'[\\'it\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'sit\\\\\\'s \"q\" \\', None, 1.5, {}]'")]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}

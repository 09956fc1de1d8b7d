//! What Django 6.1 makes of texts.

use rstest::rstest;

use super::{dict, float, int, list, shown, tuple};
use crate::template::value::Value;

#[rstest]
#[case(
    "addslashes",
    Value::text("a\"b'c\\d"),
    None,
    "'a\\\\\"b\\\\\\'c\\\\\\\\d'"
)]
#[case("addslashes", Value::safe("\""), None, "safe '\\\\\"'")]
#[case("addslashes", int(5), None, "'5'")]
#[case("capfirst", Value::text("ßx"), None, "'SSx'")]
#[case("capfirst", Value::text(""), None, "''")]
#[case("capfirst", Value::text("été"), None, "'Été'")]
#[case("center", Value::text("ab"), Some(int(5)), "' ab  '")]
#[case("center", Value::text("a"), Some(Value::text("4")), "' a  '")]
#[case("center", Value::text("abc"), Some(int(2)), "'abc'")]
#[case("center", Value::text("ab"), Some(int(-3)), "'ab'")]
#[case("center", Value::text("ab"), Some(Value::text("x")), "error")]
#[case("center", Value::text("ab"), Some(Value::None), "error")]
#[case("ljust", Value::text("ab"), Some(int(5)), "'ab   '")]
#[case("rjust", Value::text("é"), Some(Value::text("3")), "'  é'")]
#[case("rjust", Value::text("ab"), Some(float(1.9)), "'ab'")]
#[case("cut", Value::text("a b c"), Some(Value::text(" ")), "'abc'")]
#[case("cut", Value::safe("a&b;"), Some(Value::text(";")), "'a&b'")]
#[case("cut", Value::safe("a&b;"), Some(Value::text("a")), "safe '&b;'")]
#[case("cut", Value::text("ab"), Some(Value::text("")), "'ab'")]
#[case("cut", Value::text("ab"), Some(int(5)), "error")]
#[case("lower", Value::text("ΟΔΟΣ İ"), None, "'οδος i\u{307}'")]
#[case("upper", Value::text("ßﬁŉ"), None, "'SSFIʼN'")]
#[case("upper", Value::safe("a"), None, "'A'")]
#[case("upper", Value::None, None, "'NONE'")]
#[case("upper", list(&[Value::text("a")]), None, "\"['A']\"")]
#[case(
    "title",
    Value::text("it's joe's HOUSE 1st 2ND"),
    None,
    "\"It's Joe's House 1st 2nd\""
)]
#[case("title", Value::text("a'B'C d'E"), None, "\"A'B'C D'E\"")]
#[case("title", Value::text("ǆx ŉ ΟΔΟΣ"), None, "'ǅx ʼN Οδος'")]
#[case("title", Value::safe("i'm"), None, "safe \"I'M\"")]
#[case(
    "slugify",
    Value::text("  Hello, Wörld -- _x_ ﬁ "),
    None,
    "'hello-world-_x_-fi'"
)]
#[case("slugify", Value::text("日本"), None, "''")]
#[case("slugify", Value::safe("A B"), None, "safe 'a-b'")]
#[case("make_list", Value::text("aé"), None, "['a', 'é']")]
#[case("make_list", int(12), None, "['1', '2']")]
#[case("make_list", Value::safe("<"), None, "['<']")]
#[case("phone2numeric", Value::text("0800-CALL-Now"), None, "'0800-2255-669'")]
#[case("phone2numeric", int(5), None, "error")]
#[case("wordcount", Value::text("a\u{1c}b\u{85}c\u{2003}d"), None, "4")]
#[case("wordcount", Value::text(""), None, "0")]
#[case(
    "wordwrap",
    Value::text("one two three four"),
    Some(int(9)),
    "'one two\\nthree\\nfour'"
)]
#[case(
    "wordwrap",
    Value::text("a\tb  cc\n\n   \nlongword x\n"),
    Some(int(4)),
    "'a\\nb\\ncc\\n\\n   \\nlongword\\nx\\n'"
)]
#[case("wordwrap", Value::text("a b"), Some(int(0)), "error")]
#[case("wordwrap", Value::text(""), Some(int(0)), "''")]
#[case("wordwrap", Value::text("a"), Some(Value::text("x")), "error")]
#[case("truncatechars", Value::text("hello"), Some(int(4)), "'hel…'")]
#[case("truncatechars", Value::text("hello"), Some(int(5)), "'hello'")]
#[case(
    "truncatechars",
    Value::text("e\u{301}te\u{301}s x\u{323}y"),
    Some(int(4)),
    "'été…'"
)]
#[case("truncatechars", Value::text("abc"), Some(int(0)), "''")]
#[case("truncatechars", Value::text("abc"), Some(Value::text("x")), "'abc'")]
#[case("truncatechars", Value::text("abc"), Some(Value::None), "error")]
#[case("truncatechars", Value::safe("a<b"), Some(int(2)), "safe 'a…'")]
#[case("truncatewords", Value::text("a  b\nc d"), Some(int(2)), "'a b …'")]
#[case("truncatewords", Value::text("a  b"), Some(int(2)), "'a b'")]
#[case("truncatewords", Value::text("a … b"), Some(int(2)), "'a …'")]
#[case("truncatewords", Value::text("a"), Some(int(-1)), "''")]
#[case(
    "iriencode",
    Value::text("/é ?a=%41&b=[x]~\""),
    None,
    "'/%C3%A9%20?a=%41&b=[x]~%22'"
)]
#[case("urlencode", Value::text("/é ?&=~"), None, "'/%C3%A9%20%3F%26%3D~'")]
#[case("urlencode", Value::text("/a?"), Some(Value::text("")), "'%2Fa%3F'")]
#[case("urlencode", Value::text("/a?"), Some(Value::text("?é")), "'%2Fa?'")]
#[case("urlencode", Value::text("/a"), Some(int(5)), "error")]
#[case("stringformat", Value::text("x"), Some(Value::text("s")), "'x'")]
#[case("stringformat", Value::text("x"), Some(Value::text("5s|")), "'    x|'")]
#[case(
    "stringformat",
    Value::text("xyz"),
    Some(Value::text("-5.2s|")),
    "'xy   |'"
)]
#[case(
    "stringformat",
    Value::text("it's"),
    Some(Value::text("r")),
    "'\"it\\'s\"'"
)]
#[case(
    "stringformat",
    Value::text("é"),
    Some(Value::text("a")),
    "\"'\\\\xe9'\""
)]
#[case("stringformat", int(5), Some(Value::text("03d")), "'005'")]
#[case("stringformat", int(-5), Some(Value::text("+05d")), "'-0005'")]
#[case("stringformat", int(5), Some(Value::text("+d")), "'+5'")]
#[case("stringformat", int(5), Some(Value::text(" d")), "' 5'")]
#[case("stringformat", int(42), Some(Value::text(".5d")), "'00042'")]
#[case("stringformat", int(255), Some(Value::text("#x")), "'0xff'")]
#[case("stringformat", int(255), Some(Value::text("#08X")), "'0X0000FF'")]
#[case("stringformat", int(-8), Some(Value::text("o")), "'-10'")]
#[case("stringformat", float(1.9), Some(Value::text("d")), "'1'")]
#[case("stringformat", float(1.9), Some(Value::text("x")), "''")]
#[case("stringformat", Value::text("5"), Some(Value::text("d")), "''")]
#[case("stringformat", float(2.345), Some(Value::text(".1f")), "'2.3'")]
#[case("stringformat", float(2.5), Some(Value::text(".0f")), "'2'")]
#[case("stringformat", float(2.5), Some(Value::text("#.0f")), "'2.'")]
#[case(
    "stringformat",
    float(12345.678),
    Some(Value::text("e")),
    "'1.234568e+04'"
)]
#[case(
    "stringformat",
    float(1.234e-05),
    Some(Value::text("g")),
    "'1.234e-05'"
)]
#[case("stringformat", float(1e+16), Some(Value::text("G")), "'1E+16'")]
#[case("stringformat", float(100.0), Some(Value::text("#g")), "'100.000'")]
#[case(
    "stringformat",
    float(f64::INFINITY),
    Some(Value::text("06.1f")),
    "'000inf'"
)]
#[case("stringformat", float(f64::INFINITY), Some(Value::text("d")), "error")]
#[case("stringformat", float(f64::NAN), Some(Value::text("d")), "''")]
#[case("stringformat", float(f64::NAN), Some(Value::text("F")), "'NAN'")]
#[case("stringformat", int(65), Some(Value::text("c")), "'A'")]
#[case("stringformat", Value::text("ab"), Some(Value::text("c")), "''")]
#[case("stringformat", int(1_114_112), Some(Value::text("c")), "error")]
#[case("stringformat", int(5), Some(Value::text("%")), "''")]
#[case("stringformat", list(&[int(1)]), Some(Value::text("%")), "'%'")]
#[case("stringformat", int(5), Some(Value::text("5%")), "''")]
#[case("stringformat", dict(&[("a", int(1))]), Some(Value::text("(a)s")), "'1'")]
#[case("stringformat", dict(&[("a", int(1))]), Some(Value::text("(b)s")), "error")]
#[case("stringformat", int(5), Some(Value::text("(a)s")), "''")]
#[case("stringformat", tuple(&[int(1), int(2)]), Some(Value::text("s")), "'(1, 2)'")]
#[case("stringformat", int(5), Some(Value::text("s %s")), "''")]
#[case("stringformat", int(5), Some(Value::text("z")), "''")]
#[case("stringformat", int(5), Some(Value::text("")), "''")]
#[case("stringformat", int(5), Some(Value::text("*d")), "''")]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}

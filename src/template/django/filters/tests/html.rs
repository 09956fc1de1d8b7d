//! What Django 6.1 makes of HTML.

use rstest::rstest;

use super::{aware, date, dict, float, int, list, shown, time};
use crate::template::value::Value;

#[rstest]
#[case(
    "escape",
    Value::text("<\"&'>"),
    None,
    "safe '&lt;&quot;&amp;&#x27;&gt;'"
)]
#[case("escape", Value::safe("<"), None, "safe '<'")]
#[case("force_escape", Value::safe("<"), None, "safe '&lt;'")]
#[case("escape", list(&[Value::text("<")]), None, "safe '[&#x27;&lt;&#x27;]'")]
#[case("safe", Value::text("<"), None, "safe '<'")]
#[case("safe", int(5), None, "safe '5'")]
#[case("escapeseq", list(&[Value::text("<"), Value::safe("<"), int(1)]), None, "['&lt;', '<', '1']")]
#[case("escapeseq", int(5), None, "error")]
#[case("safeseq", list(&[Value::text("<"), int(1), Value::None]), None, "['<', '1', 'None']")]
#[case("safeseq", Value::safe("ab"), None, "safe \"['a', 'b']\"")]
#[case(
    "escapejs",
    Value::text("'\"\\<>&=-;`\u{2028}\n\u{7f}\u{85}é"),
    None,
    "safe '\\\\u0027\\\\u0022\\\\u005C\\\\u003C\\\\u003E\\\\u0026\\\\u003D\\\\u002D\\\\u003B\\\\u0060\\\\u2028\\\\u000A\\\\u007F\\\\u0085é'"
)]
#[case("json_script", dict(&[("a", list(&[Value::text("<&>\"é😀\n\u{8}"), float(1.5), Value::None, Value::Bool(true), float(f64::INFINITY)]))]), None, "safe '<script type=\"application/json\">{\"a\": [\"\\\\u003C\\\\u0026\\\\u003E\\\\\"\\\\u00e9\\\\ud83d\\\\ude00\\\\n\\\\b\", 1.5, null, true, Infinity]}</script>'")]
#[case(
    "json_script",
    Value::text("x"),
    Some(Value::text("i<d")),
    "safe '<script id=\"i&lt;d\" type=\"application/json\">\"x\"</script>'"
)]
#[case(
    "json_script",
    Value::text("x"),
    Some(Value::safe("i<d")),
    "safe '<script id=\"i<d\" type=\"application/json\">\"x\"</script>'"
)]
#[case(
    "json_script",
    Value::text("x"),
    Some(Value::text("")),
    "safe '<script type=\"application/json\">\"x\"</script>'"
)]
#[case(
    "json_script",
    aware("2024-01-01T00:00:00.123456+00:00[UTC]"),
    None,
    "safe '<script type=\"application/json\">\"2024-01-01T00:00:00.123Z\"</script>'"
)]
#[case("json_script", list(&[date("2024-02-29"), time("01:02:03.000004")]), None, "safe '<script type=\"application/json\">[\"2024-02-29\", \"01:02:03.000\"]</script>'")]
#[case(
    "linebreaks",
    Value::text("a\r\nb\n\n\nc<\n"),
    None,
    "safe '<p>a<br>b</p>\\n\\n<p>c&lt;<br></p>'"
)]
#[case(
    "linebreaks",
    Value::safe("a<\n\nb"),
    None,
    "safe '<p>a<</p>\\n\\n<p>b</p>'"
)]
#[case("linebreaks", Value::text("\n\n"), None, "safe '<p></p>\\n\\n<p></p>'")]
#[case("linebreaksbr", Value::text("a\r<b\n"), None, "safe 'a<br>&lt;b<br>'")]
#[case(
    "linenumbers",
    Value::text("a<\na<\na<\na<\na<\na<\na<\na<\na<\na<"),
    None,
    "safe '01. a&lt;\\n02. a&lt;\\n03. a&lt;\\n04. a&lt;\\n05. a&lt;\\n06. a&lt;\\n07. a&lt;\\n08. a&lt;\\n09. a&lt;\\n10. a&lt;'"
)]
#[case("linenumbers", Value::safe("<"), None, "safe '1. <'")]
#[case(
    "striptags",
    Value::text("a <b>bold</b> &amp; &lt &#65; x"),
    None,
    "'a bold &amp; &lt; &#65; x'"
)]
#[case("striptags", Value::text("<p class=\"a>b\">x</p >y"), None, "'xy'")]
#[case("striptags", Value::text("a < b > c"), None, "'a < b > c'")]
#[case("striptags", Value::text("<a href=\"x"), None, "'<a href=\"x'")]
#[case("striptags", Value::text("<!-- <b> -->x"), None, "'x'")]
#[case("striptags", Value::text("<!-- x"), None, "'<!-- x'")]
#[case("striptags", Value::text("<script>a<b></script>c"), None, "'ac'")]
#[case("striptags", Value::text("<script>a<b>"), None, "''")]
#[case("striptags", Value::text("<![CDATA[x]]>y"), None, "'y'")]
#[case("striptags", Value::text("<![x[y]]>"), None, "error")]
#[case("striptags", Value::text("<?pi?>x"), None, "'x'")]
#[case("striptags", Value::text("<br/>x<br / >y"), None, "'xy'")]
#[case("striptags", Value::text("</>x</ b>y</b c>z"), None, "'xyz'")]
#[case("striptags", Value::text("<<b>script>x"), None, "''")]
#[case("striptags", Value::text("a&b&c"), None, "'a&b&c'")]
#[case("striptags", Value::text("x&#"), None, "'x&#'")]
#[case("striptags", Value::text("x &#; y"), None, "'x &#; y'")]
#[case("striptags", Value::text("<x y=\"z>w'>v"), None, "'<x y=\"z>w\\'>v'")]
#[case("striptags", Value::text("<é>"), None, "'<é>'")]
#[case("striptags", Value::text("<a\u{0}b>"), None, "'<a\\x00b>'")]
#[case(
    "truncatechars_html",
    Value::text("<p>one <b>two three</b> four</p>"),
    Some(int(7)),
    "'<p>one <b>tw…</b></p>'"
)]
#[case(
    "truncatechars_html",
    Value::text("<p>one</p>"),
    Some(int(3)),
    "'<p>on…</p>'"
)]
#[case(
    "truncatechars_html",
    Value::text("a&amp;b&lt;c"),
    Some(int(4)),
    "'a&amp;b…'"
)]
#[case("truncatechars_html", Value::text("AT&T"), Some(int(3)), "''")]
#[case(
    "truncatechars_html",
    Value::text("<br><hr/>abc"),
    Some(int(2)),
    "'<br><hr/>a…'"
)]
#[case("truncatechars_html", Value::text("<i>x</i"), Some(int(5)), "'<i>x'")]
#[case("truncatechars_html", Value::text("a &lt b c"), Some(int(3)), "'a …'")]
#[case(
    "truncatechars_html",
    Value::text("<script>if (a<b) x</script>"),
    Some(int(6)),
    "'<script>if (a…</script>'"
)]
#[case(
    "truncatewords_html",
    Value::text("<p>one <b>two three</b> four</p>"),
    Some(int(2)),
    "'<p>one <b>two …</b></p>'"
)]
#[case(
    "truncatewords_html",
    Value::text("<p>one two</p>"),
    Some(int(2)),
    "'<p>one two</p>'"
)]
#[case("truncatewords_html", Value::text(" a  b "), Some(int(1)), "' a …'")]
#[case(
    "truncatewords_html",
    Value::text("<p>a<br/>b</p> c d"),
    Some(int(3)),
    "'<p>a<br/>b</p> c …'"
)]
#[case("truncatewords_html", Value::text("x"), Some(Value::text("y")), "'x'")]
#[case("truncatewords_html", Value::text("x"), Some(int(0)), "''")]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}

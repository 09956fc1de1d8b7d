//! What Django 6.1 makes of addresses in texts.

use rstest::rstest;

use super::{int, shown};
use crate::template::value::Value;

#[rstest]
#[case(
    "urlize",
    Value::text("see http://example.com."),
    None,
    "safe 'see <a href=\"http://example.com\" rel=\"nofollow\">http://example.com</a>.'"
)]
#[case(
    "urlize",
    Value::text("www.x.org/a?b=c&d=é#f!"),
    None,
    "safe '<a href=\"http://www.x.org/a?b=c&amp;d=%C3%A9#f\" rel=\"nofollow\">www.x.org/a?b=c&amp;d=é#f</a>!'"
)]
#[case(
    "urlize",
    Value::text("(http://en.wikipedia.org/wiki/A_(b))"),
    None,
    "safe '(<a href=\"http://en.wikipedia.org/wiki/A_(b)\" rel=\"nofollow\">http://en.wikipedia.org/wiki/A_(b)</a>)'"
)]
#[case(
    "urlize",
    Value::text("example.com, test.ORG/x; x.museum"),
    None,
    "safe '<a href=\"http://example.com\" rel=\"nofollow\">example.com</a>, <a href=\"http://test.ORG/x\" rel=\"nofollow\">test.ORG/x</a>; x.museum'"
)]
#[case(
    "urlize",
    Value::text("me@example.com"),
    None,
    "safe '<a href=\"mailto:me@example.com\">me@example.com</a>'"
)]
#[case(
    "urlize",
    Value::text("mailto:me@x.com"),
    None,
    "safe 'mailto:me@x.com'"
)]
#[case(
    "urlize",
    Value::text("\"http://x.com\""),
    None,
    "safe '&quot;<a href=\"http://x.com\" rel=\"nofollow\">http://x.com</a>&quot;'"
)]
#[case(
    "urlize",
    Value::text("<http://x.com>"),
    None,
    "safe '&lt;<a href=\"http://x.com\" rel=\"nofollow\">http://x.com</a>&gt;'"
)]
#[case(
    "urlize",
    Value::text("http://x.com/&amp;y;"),
    None,
    "safe '<a href=\"http://x.com/&amp;y\" rel=\"nofollow\">http://x.com/&amp;amp;y</a>;'"
)]
#[case(
    "urlize",
    Value::text("http://x.com/a&gt;"),
    None,
    "safe '<a href=\"http://x.com/a%3E\" rel=\"nofollow\">http://x.com/a&amp;gt;</a>'"
)]
#[case("urlize", Value::text("x.com&lt;;"), None, "safe 'x.com&amp;lt;;'")]
#[case(
    "urlize",
    Value::text("http://[::1]:80/"),
    None,
    "safe 'http://[::1]:80/'"
)]
#[case(
    "urlize",
    Value::text("http://[x]/y"),
    None,
    "safe '<a href=\"http://[x]/y\" rel=\"nofollow\">http://[x]/y</a>'"
)]
#[case(
    "urlize",
    Value::text("HTTPS://X.com"),
    None,
    "safe '<a href=\"https://X.com\" rel=\"nofollow\">HTTPS://X.com</a>'"
)]
#[case(
    "urlize",
    Value::text("http://é.com/%C3%A9%zz"),
    None,
    "safe '<a href=\"http://%C3%A9.com/%C3%A9%25zz\" rel=\"nofollow\">http://é.com/%C3%A9%zz</a>'"
)]
#[case(
    "urlize",
    Value::text("http://x.com?a+b=c%26d&e"),
    None,
    "safe '<a href=\"http://x.com?a+b=c%26d&amp;e=\" rel=\"nofollow\">http://x.com?a+b=c%26d&amp;e</a>'"
)]
#[case("urlize", Value::text("foo@bar"), None, "safe 'foo@bar'")]
#[case("urlize", Value::text("a.b@c-.com"), None, "safe 'a.b@c-.com'")]
#[case(
    "urlize",
    Value::text("user@[127.0.0.1]"),
    None,
    "safe '<a href=\"mailto:user@%5B127.0.0.1%5D\">user@[127.0.0.1]</a>'"
)]
#[case("urlize", Value::text("http://"), None, "safe 'http://'")]
#[case("urlize", Value::text("www."), None, "safe 'www.'")]
#[case("urlize", Value::text("httpx.com"), None, "safe 'httpx.com'")]
#[case("urlize", Value::text("-x.com"), None, "safe '-x.com'")]
#[case(
    "urlize",
    Value::text("日本.com"),
    None,
    "safe '<a href=\"http://%E6%97%A5%E6%9C%AC.com\" rel=\"nofollow\">日本.com</a>'"
)]
#[case("urlize", Value::text("a:b"), None, "safe 'a:b'")]
#[case(
    "urlize",
    Value::text("http://x.com/yyyyyyyyyyyyyyyyyyyy"),
    None,
    "safe '<a href=\"http://x.com/yyyyyyyyyyyyyyyyyyyy\" rel=\"nofollow\">http://x.com/yyyyyyyyyyyyyyyyyyyy</a>'"
)]
#[case(
    "urlize",
    Value::text("http://x/a))"),
    None,
    "safe '<a href=\"http://x/a\" rel=\"nofollow\">http://x/a</a>))'"
)]
#[case(
    "urlize",
    Value::text("it's http://x.com/'a"),
    None,
    "safe 'it&#x27;s <a href=\"http://x.com/\" rel=\"nofollow\">http://x.com/</a>&#x27;a'"
)]
#[case(
    "urlize",
    Value::safe("<b> http://x.com?a&b"),
    None,
    "safe '<b> <a href=\"http://x.com?a=&amp;b=\" rel=\"nofollow\">http://x.com?a&b</a>'"
)]
#[case(
    "urlizetrunc",
    Value::text("http://example.com/long"),
    Some(int(10)),
    "safe '<a href=\"http://example.com/long\" rel=\"nofollow\">http://ex…</a>'"
)]
#[case(
    "urlizetrunc",
    Value::text("http://x.com"),
    Some(int(0)),
    "safe '<a href=\"http://x.com\" rel=\"nofollow\">…</a>'"
)]
#[case(
    "urlizetrunc",
    Value::text("http://x.com"),
    Some(Value::text("x")),
    "error"
)]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}

//! Templates that Django does not parse or render, and where the tag is that it stops at.

use rstest::rstest;

use super::{fault, render};

/// What Django 6.1 makes of these.
#[rstest]
#[case(
    "{{ items.0 }}{{ items.2 }}{{ items.3 }}{{ items.-1 }}",
    39,
    "Invalid character ('-') in variable name: 'items.-1'"
)]
#[case(
    "{{% if yes %}{{ name }}{% endif %}}",
    0,
    "Could not parse the remainder: '% if yes %}{{ name' from '% if yes %}{{ name'"
)]
fn expressions(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case("{% if %}{% endif %}", 0, "Unexpected end of expression in if tag.")]
#[case("{% if a b %}{% endif %}", 0, "Unused 'b' at end of if expression.")]
#[case(
    "{% if a and %}{% endif %}",
    0,
    "Unexpected end of expression in if tag."
)]
#[case(
    "{% if == a %}{% endif %}",
    0,
    "Not expecting '==' in this position in if tag."
)]
#[case(
    "{% if a not b %}{% endif %}",
    0,
    "Not expecting 'not' as infix operator in if tag."
)]
#[case(
    "{% if 1>2 %}{% endif %}",
    0,
    "Could not parse the remainder: '>2' from '1>2'"
)]
#[case(
    "{% if (a) %}{% endif %}",
    0,
    "Could not parse the remainder: '(a)' from '(a)'"
)]
#[case(
    "{% if a %}",
    0,
    "Unclosed tag on line 1: 'if'. Looking for one of: elif, else, endif."
)]
#[case(
    "a\n\n{% if a %}\nb",
    3,
    "Unclosed tag on line 3: 'if'. Looking for one of: elif, else, endif."
)]
#[case(
    "{% if a %}{% else x %}{% endif %}",
    0,
    r#"Malformed template tag at line 1: "else x""#
)]
#[case(
    "{% if a %}{% else %}{% else %}{% endif %}",
    20,
    "Invalid block tag on line 1: 'else', expected 'endif'. Did you forget to register or load this tag?"
)]
#[case(
    "{% if a %}{% endif x %}",
    0,
    r#"Malformed template tag at line 1: "endif x""#
)]
#[case(
    "{% if a %}{% else %}",
    0,
    "Unclosed tag on line 1: 'if'. Looking for one of: endif."
)]
#[case(
    "{% if a %}{% elif %}{% endif %}",
    0,
    "Unexpected end of expression in if tag."
)]
#[case(
    "{% if a %}{% endfor %}{% endif %}",
    10,
    "Invalid block tag on line 1: 'endfor', expected 'elif', 'else' or 'endif'. Did you forget to register or load this tag?"
)]
#[case("{% if a|nofilter %}{% endif %}", 0, "Invalid filter: 'nofilter'")]
#[case(
    "{% elif a %}",
    0,
    "Invalid block tag on line 1: 'elif'. Did you forget to register or load this tag?"
)]
#[case(
    "{% if a = b %}{% endif %}",
    0,
    "Could not parse the remainder: '=' from '='"
)]
fn conditions(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case(
    "{% for x in items%}{% empty x %}{{ x }}{% endfor %}",
    39,
    "Invalid block tag on line 1: 'endfor'. Did you forget to register or load this tag?"
)]
#[case(
    "{% for x items %}{% endfor %}",
    0,
    "'for' statements should have at least four words: for x items"
)]
#[case(
    "{% for x %}{% endfor %}",
    0,
    "'for' statements should have at least four words: for x"
)]
#[case(
    "{% for x of items %}{% endfor %}",
    0,
    "'for' statements should use the format 'for x in y': for x of items"
)]
#[case(
    "{% for x,, y in items %}{% endfor %}",
    0,
    "'for' tag received an invalid argument: for x,, y in items"
)]
#[case(
    "{% for x y in items %}{% endfor %}",
    0,
    "'for' tag received an invalid argument: for x y in items"
)]
#[case(
    r#"{% for "x" in items %}{% endfor %}"#,
    0,
    r#"'for' tag received an invalid argument: for "x" in items"#
)]
#[case(
    "{% for x|y in items %}{% endfor %}",
    0,
    "'for' tag received an invalid argument: for x|y in items"
)]
#[case(
    "{% for x in items reverse %}{% endfor %}",
    0,
    "'for' statements should use the format 'for x in y': for x in items reverse"
)]
#[case(
    "{% for x in items %}",
    0,
    "Unclosed tag on line 1: 'for'. Looking for one of: empty, endfor."
)]
#[case(
    "{% for x in items %}{% empty %}",
    0,
    "Unclosed tag on line 1: 'for'. Looking for one of: endfor."
)]
#[case(
    "{% for x in items %}{% else %}{% endfor %}",
    20,
    "Invalid block tag on line 1: 'else', expected 'empty' or 'endfor'. Did you forget to register or load this tag?"
)]
#[case(
    "{% for x in (a) %}{% endfor %}",
    0,
    "Could not parse the remainder: '(a)' from '(a)'"
)]
#[case("{% regroup a by b %}", 0, "'regroup' tag takes five arguments")]
#[case(
    "{% regroup a of b as c %}",
    0,
    "second argument to 'regroup' tag must be 'by'"
)]
#[case(
    "{% regroup a by b is c %}",
    0,
    "next-to-last argument to 'regroup' tag must be 'as'"
)]
#[case("{% cycle %}", 0, "'cycle' tag requires at least two arguments")]
#[case("{% cycle a %}", 0, "No named cycles in template. 'a' is not defined")]
#[case(
    r#"{% cycle "a" "b" as c %}{% cycle d %}"#,
    24,
    "Named cycle 'd' does not exist"
)]
#[case(
    "{% cycle a b as c loud %}",
    0,
    "Only 'silent' flag is allowed after cycle's name, not 'loud'."
)]
#[case("{% resetcycle %}", 0, "No cycles in template.")]
#[case("{% resetcycle a %}", 0, "Named cycle 'a' does not exist.")]
#[case(
    "{% resetcycle a b %}",
    0,
    "'resetcycle' tag accepts at most one argument."
)]
#[case(
    "{% ifchanged %}",
    0,
    "Unclosed tag on line 1: 'ifchanged'. Looking for one of: else, endifchanged."
)]
#[case(
    "{% ifchanged (x) %}{% endifchanged %}",
    0,
    "Could not parse the remainder: '(x)' from '(x)'"
)]
#[case(
    "{% for in items reversed %}{% endfor %}",
    0,
    "'for' tag received an invalid argument: for in items reversed"
)]
#[case(
    "{% endfor %}",
    0,
    "Invalid block tag on line 1: 'endfor'. Did you forget to register or load this tag?"
)]
fn loops(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

/// Django fails here with something else than a syntax error; the words are ours.
#[rstest]
#[case(r#"{% if _("a")|x %}{% endif %}"#, 0)]
#[case("{% for a, b in word %}{% endfor %}", 0)]
#[case("{% for x in n %}{% endfor %}", 0)]
#[case("{% for a, b in items %}{% endfor %}", 0)]
#[case("{% for a, b, c in pairs %}{% endfor %}", 0)]
#[case("{% regroup n by x as y %}", 0)]
#[case(r#"{% csrf_token %}{% with csrf_token="a<b" %}{% csrf_token %}{% endwith %}{% with csrf_token="NOTPROVIDED" %}{% csrf_token %}{% endwith %}{% with csrf_token=html %}{% csrf_token %}{% endwith %}"#, 107)]
#[case("{% with context=1 %}{% endwith %}", 0)]
#[case("{% filter %}{% endfilter %}", 0)]
#[case("{% verbatim\tx %}{{ a }}{% endverbatim %}", 0)]
#[case(r#"{% url "x" %}"#, 0)]
#[case(r#"{% url "x" as y %}"#, 0)]
#[case(r#"{% include "x" %}"#, 0)]
#[case(r#"{% include "x" with a=1 only %}"#, 0)]
#[case("{% include nope %}", 0)]
#[case(r#"{% extends "x" %}"#, 0)]
#[case("{% querystring %}", 0)]
#[case(r#"{% if yes %}{% include "x" %}{% endif %}"#, 12)]
fn others(#[case] text: &str, #[case] offset: usize) {
    assert_eq!(render(text).unwrap_err().offset, Some(offset));
}

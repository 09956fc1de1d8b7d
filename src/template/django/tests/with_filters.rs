//! Templates that use filters.

use rstest::rstest;

use super::{fault, render};

/// What Django 6.1 makes of these.
#[rstest]
#[case(r#"{{ name|upper }}{{ nope|default:"x" }}"#, "MYSITEx")]
#[case(
    r#"{{ name|title|lower }} {{ items|length }} {{ items|join:", " }}"#,
    "mysite 3 a, b, c"
)]
#[case(r#"{{ f|floatformat:2 }}{{ n|add:"4" }}"#, "1.507")]
#[case("{% filter upper %}a{{ name }}<{% endfilter %}", "AMYSITE<")]
#[case(r#"{% autoescape on %}{% filter lower %}<A>{{ html }}{% endfilter %}{{ html|safe }}{{ html|upper }}{{ "<"|upper }}{{ html|escape|escape }}{% endautoescape %}"#, "<a>&lt;&amp;&gt;<&>&lt;&amp;&gt;&lt;&lt;&amp;&gt;")]
#[case(
    "{{ html|force_escape }}{{ html|escape }}",
    "&lt;&amp;&gt;&lt;&amp;&gt;"
)]
#[case(r#"{% for x in items|slice:":2" %}{{ x }}{% endfor %}{% for x in name|make_list reversed %}{{ x }}{% endfor %}"#, "abetisym")]
#[case(r#"{% if items|length > 2 and name|first == "m" %}a{% endif %}{% if name|default:nope %}b{% endif %}{% if name|default:nope == name %}c{% endif %}"#, "a")]
#[case("{% with x=name|upper|lower %}{{ x }}{% endwith %}", "mysite")]
#[case(r#"{% regroup people|dictsort:"n" by g as q %}{% for g in q %}{{ g.grouper }}{{ g.list|length }}{% endfor %}{{ q|length }}"#, "12212")]
#[case(
    r#"{% firstof nope|default:"q" %}{% cycle name|upper "b" %}"#,
    "qMYSITE"
)]
#[case(r#"{{ none|default_if_none:"x" }}{{ nope|default_if_none:"y" }}"#, "x")]
#[case(r#"{{ yes|yesno:"a,b,c" }}{{ _("x%")|upper }}"#, "aX%%")]
#[case(r#"{% spaceless %}{{ "<a> <b>" }}{% endspaceless %}"#, "<a><b>")]
#[case("{% querystring map a=n|add:1 %}", "?k=v&l=1&l=2&a=4")]
#[case("{% widthratio items|length 4 100 %}", "75")]
#[case(
    "{% for x in runs %}{% ifchanged x|upper %}{{ x|upper }}{% endifchanged %}{% endfor %}",
    "ABA"
)]
#[case(
    r#"{% now "" as q %}x{{ name.upper.lower }}{{ name.split.0 }}"#,
    "xmysitemysite"
)]
#[case(
    "{{ people.0.n }}{{ map.items }}{{ map.keys }}{% for k,v in map.items %}{{ k }}{{ v }}{% endfor %}",
    "xdict_items([('k', 'v'), ('l', [1, 2])])dict_keys(['k', 'l'])kvl[1, 2]"
)]
#[case("{% widthratio 1 2 name|default:nope|length %}x", "x")]
#[case("{% widthratio 1 2 3|add:nope %}x", "x")]
#[case(
    "{{ f }} {{ -0.0 }} {{ 1e16 }} {{ 1e22 }} {{ 1.0 }} {{ 1e-7 }}",
    "1.5 -0.0 10000000000000000 10000000000000000000000 1.0 0.0000001"
)]
#[case(
    "{% if 1 in n %}a{% else %}b{% endif %}{% if f in items %}{% else %}c{% endif %}{% if 2 > 1.5 %}d{% endif %}{% if items < nothing %}e{% endif %}{% if nothing < items %}f{% endif %}",
    "bcdf"
)]
#[case(
    "{% for x in items %}{{ forloop.items }}{% endfor %}",
    "dict_items([('parentloop', {}), ('length', 3), ('counter0', 0), ('counter', 1), ('revcounter', 3), ('revcounter0', 2), ('first', True), ('last', False)])dict_items([('parentloop', {}), ('length', 3), ('counter0', 1), ('counter', 2), ('revcounter', 2), ('revcounter0', 1), ('first', False), ('last', False)])dict_items([('parentloop', {}), ('length', 3), ('counter0', 2), ('counter', 3), ('revcounter', 1), ('revcounter0', 0), ('first', False), ('last', True)])"
)]
#[case("{{ items.count }}{{ name.center }}{{ map.get }}|", "|")]
#[case(
    "{% autoescape on %}{% for x in items %}{% ifchanged %}{{ html }}{% endifchanged %}{% endfor %}{% endautoescape %}",
    "&lt;&amp;&gt;"
)]
fn filters(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case(
    "{% if name|length_is:6 %}{% endif %}",
    0,
    "Invalid filter: 'length_is'"
)]
#[case(r#"{{ name|upper:"x" }}"#, 0, "upper requires 1 arguments, 2 provided")]
#[case("{{ name|default }}", 0, "default requires 2 arguments, 1 provided")]
#[case(
    "{% filter safe %}{% endfilter %}",
    0,
    r#""filter safe" is not permitted. Use the "autoescape" tag instead."#
)]
#[case(
    "{% filter force_escape|escape %}{% endfilter %}",
    0,
    r#""filter escape" is not permitted. Use the "autoescape" tag instead."#
)]
#[case(
    r#"{{ name|default:"a" b }}"#,
    0,
    r#"Could not parse the remainder: ' b' from 'name|default:"a" b'"#
)]
#[case(
    r#"{% extends nope|default:"" %}"#,
    0,
    r#"Invalid template name in 'extends' tag: ''. Got this from the 'nope|default:""' variable."#
)]
#[case("{% lorem 3 w|x %}", 0, "Invalid filter: 'x'")]
fn complaints(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

/// Django fails here with something else than a syntax error; the words are ours.
#[rstest]
#[case("{{ name|default:nope }}", 0)]
#[case("{% for x in n|add:1 %}{% endfor %}", 0)]
#[case(r#"{% extends "x"|upper %}"#, 0)]
#[case("{% include name|upper %}", 0)]
fn others(#[case] text: &str, #[case] offset: usize) {
    assert_eq!(render(text).unwrap_err().offset, Some(offset));
}

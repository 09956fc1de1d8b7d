//! Templates and the texts that they become.

use rstest::rstest;

use super::render;

/// What Django 6.1 makes of these.
#[rstest]
#[case("", "")]
#[case("plain {x} }} %} #}", "plain {x} }} %} #}")]
#[case("a\n{{ name }}\nb", "a\nmysite\nb")]
#[case("{{ name }}{{ n }} {{ f }}", "mysite3 1.5")]
#[case("{{ html }}", "<&>")]
#[case("{{ nope }}.{{ nope.x.y }}.{{ name.nope }}", "..")]
#[case(
    "{{ none }} {{ True }} {{ False }} {{ None }} {{ yes }}",
    "None True False None True"
)]
#[case("{{ map.k }}{{ map.l.1 }}{{ map.z }}", "v2")]
#[case(
    "{{ items }} {{ map }} {{ nothing }}",
    "['a', 'b', 'c'] {'k': 'v', 'l': [1, 2]} []"
)]
#[case(r#"{{ "a" }}{{ 'b' }}{{ _("c") }}"#, "abc")]
#[case(r#"{{ "a\"b" }}{{ "c\\d" }}"#, r#"a"bc\d"#)]
#[case(r#"{{ _("100%") }}"#, "100%%")]
#[case(
    "{{ 1_000 }} {{ 2. }} {{ .5 }} {{ 1e400 }} {{ -5 }} {{ +7 }}",
    "1000  0.5 inf -5 7"
)]
#[case("{{ name.upper }}", "MYSITE")]
#[case("{# {{ name }} #}x{# #}", "x")]
#[case("{{ name\n}}", "{{ name\n}}")]
#[case("{{ forloop }}", "")]
#[case("{{ block }}", "")]
#[case("{{ template }}{{ autoescape }}{{ dicts }}", "")]
#[case(
    "{% verbatim %}{{ name }}{% if %}{# x #}{% endverbatim %}{{ name }}",
    "{{ name }}{% if %}{# x #}mysite"
)]
#[case(
    "{% verbatim a %}{% endverbatim %}{% endverbatim a %}",
    "{% endverbatim %}"
)]
#[case("{{ n.0 }}{{ none.x }}", "")]
#[case("{{\u{a0}name }}", "mysite")]
#[case(
    "{% templatetag openblock %} url {% templatetag closeblock %}{% templatetag openvariable %}{% templatetag closevariable %}{% templatetag openbrace %}{% templatetag closebrace %}{% templatetag opencomment %}{% templatetag closecomment %}",
    "{% url %}{{}}{}{##}"
)]
#[case(r#"{{ "<" }}{% autoescape on %}{{ html }}{{ "<" }}{{ items }}{% autoescape off %}{{ html }}{% endautoescape %}{% endautoescape %}{{ html }}"#, "<&lt;&amp;&gt;<[&#x27;a&#x27;, &#x27;b&#x27;, &#x27;c&#x27;]<&><&>")]
fn expressions(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case("{% if yes %}a{% else %}b{% endif %}", "a")]
#[case(
    "{% if no %}a{% elif nope %}b{% elif name %}c{% else %}d{% endif %}",
    "c"
)]
#[case(
    "{% if nope == None %}a{% endif %}{% if nope is None %}b{% endif %}{% if nope is not None %}c{% endif %}",
    "ab"
)]
#[case(
    "{% if n > 2 and n < 4 %}a{% endif %}{% if n >= 3 %}b{% endif %}{% if n <= 2 %}c{% endif %}{% if n != 3 %}d{% endif %}",
    "ab"
)]
#[case(r#"{% if "a" in items %}a{% endif %}{% if "z" not in items %}b{% endif %}{% if "sit" in name %}c{% endif %}{% if 1 in name %}d{% endif %}{% if 1 not in name %}e{% endif %}"#, "abc")]
#[case(
    "{% if not no and not empty %}a{% endif %}{% if not not yes %}b{% endif %}",
    "ab"
)]
#[case(
    "{% if name < 1 %}a{% else %}b{% endif %}{% if name > 1 or yes %}c{% endif %}",
    "bc"
)]
#[case("{% if not name < 1 %}a{% endif %}", "a")]
#[case(
    r#"{% if n == 3.0 %}a{% endif %}{% if yes == 1 %}b{% endif %}{% if n == "3" %}c{% endif %}"#,
    "ab"
)]
#[case(
    "{% if yes is True %}a{% endif %}{% if 1 is 1 %}b{% endif %}{% if items is items %}c{% endif %}{% if items is nothing %}d{% endif %}",
    "abc"
)]
#[case(r#"{% if no or nope or "x" == "x" %}a{% endif %}"#, "a")]
#[case(
    "{% if yes and no or yes %}a{% endif %}{% if yes or no and no %}b{% endif %}",
    "ab"
)]
#[case(
    r#"{% if "k" in map %}a{% endif %}{% if "v" in map %}b{% endif %}"#,
    "a"
)]
#[case(r#"{% if nothing %}a{% endif %}{% if items %}b{% endif %}{% if 0 %}c{% endif %}{% if 0.0 %}d{% endif %}{% if "" %}e{% endif %}{% if "0" %}f{% endif %}"#, "bf")]
#[case("{% if nope > 1 %}a{% else %}b{% endif %}", "b")]
#[case(r#"{% if _("a") %}x{% endif %}"#, "x")]
#[case("{% if yes %}{% if no %}a{% else %}b{% endif %}{% endif %}", "b")]
#[case(
    "{% if items == items %}a{% endif %}{% if n in nope %}b{% endif %}{% if n not in nope %}c{% endif %}",
    "a"
)]
fn conditions(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case("{% for x in items %}{{ x }},{% endfor %}", "a,b,c,")]
#[case("{% for x in items reversed %}{{ x }}{% endfor %}", "cba")]
#[case(
    "{% for x in nothing %}a{% empty %}b{% endfor %}{% for x in nope %}a{% empty %}c{% endfor %}{% for x in none %}{% empty %}d{% endfor %}",
    "bcd"
)]
#[case("{% for k, v in pairs %}{{ k }}={{ v }};{% endfor %}", "a=1;b=2;")]
#[case(
    "{% for k,v in map.items %}{{ k }}={{ v }};{% endfor %}",
    "k=v;l=[1, 2];"
)]
#[case("{% for x in map %}{{ x }}{% endfor %}", "kl")]
#[case(
    "{% for c in name %}{{ c }}.{% endfor %}{% for c in word reversed %}{{ c }}.{% endfor %}",
    "m.y.s.i.t.e.b.a."
)]
#[case(
    "{% for a, b in pairs %}{% for c in word %}{{ forloop.counter }}{{ forloop.parentloop.counter0 }} {% endfor %}{% endfor %}",
    "10 20 11 21 "
)]
#[case(
    "{% for x in items %}{{ forloop.counter }}{{ forloop.counter0 }}{{ forloop.revcounter }}{{ forloop.revcounter0 }}{{ forloop.first }}{{ forloop.last }}{{ forloop.length }} {% endfor %}",
    "1032TrueFalse3 2121FalseFalse3 3210FalseTrue3 "
)]
#[case(
    "{% for x in word %}{{ forloop }}{% endfor %}",
    "{'parentloop': {}, 'length': 2, 'counter0': 0, 'counter': 1, 'revcounter': 2, 'revcounter0': 1, 'first': True, 'last': False}{'parentloop': {}, 'length': 2, 'counter0': 1, 'counter': 2, 'revcounter': 1, 'revcounter0': 0, 'first': False, 'last': True}"
)]
#[case(
    "{% for x in word %}{% for y in word %}{% if forloop.last %}{{ forloop.parentloop }}{{ forloop.parentloop.parentloop }}{% endif %}{% endfor %}{% endfor %}",
    "{'parentloop': {}, 'length': 2, 'counter0': 0, 'counter': 1, 'revcounter': 2, 'revcounter0': 1, 'first': True, 'last': False}{}{'parentloop': {}, 'length': 2, 'counter0': 1, 'counter': 2, 'revcounter': 1, 'revcounter0': 0, 'first': False, 'last': True}{}"
)]
#[case(r#"{% for x in items %}{% if forloop.first %}{% firstof "q" as z %}{% endif %}{{ z }}{% endfor %}{{ z }}"#, "qqq")]
#[case(
    r#"{% for k, v in pairs %}{{ z }}{% firstof "q" as z %}{{ z }}{% endfor %}"#,
    "qq"
)]
#[case("{% for forloop in items %}{{ forloop }}{% endfor %}", "abc")]
#[case(
    "{% for x in items %}{{ x }}{% for x in word %}{{ x }}{% endfor %}{{ x }} {% endfor %}{{ x }}",
    "aaba babb cabc "
)]
#[case(
    "{% for x in items %}{% for key in forloop %}{{ key }} {% endfor %}{% endfor %}",
    "parentloop length counter0 counter revcounter revcounter0 first last parentloop length counter0 counter revcounter revcounter0 first last parentloop length counter0 counter revcounter revcounter0 first last "
)]
#[case(
    "{% for x in items %}{% with f=forloop %}{{ f.counter }}{{ f.parentloop }}{% endwith %}{% endfor %}",
    "1{}2{}3{}"
)]
#[case(
    "{% regroup people by g as groups %}{% for group in groups %}{{ group.grouper }}:{% for p in group.list %}{{ p.n }}{% endfor %};{% endfor %}",
    "1:xy;2:z;"
)]
#[case(
    "{% regroup people by g as groups %}{% for key, list in groups %}{{ key }}:{% for p in list %}{{ p.n }}{% endfor %};{% endfor %}{{ groups.0.1.1.n }}",
    "1:xy;2:z;y"
)]
#[case("{% regroup nope by g as groups %}{{ groups }}", "[]")]
#[case(
    "{% regroup items by nope as groups %}{% for g in groups %}{{ g.grouper }}{{ g.list }}{% endfor %}",
    "None['a', 'b', 'c']"
)]
#[case(
    "{% for x in runs %}{% ifchanged %}{{ x }}{% endifchanged %}{% endfor %}",
    "aba"
)]
#[case(
    "{% for x in runs %}{% ifchanged x %}+{{ x }}{% else %}-{% endifchanged %}{% endfor %}",
    "+a-+b-+a"
)]
#[case(
    "{% for a in word %}{% for x in runs %}{% ifchanged x a %}{{ x }}{% endifchanged %}{% endfor %} {% endfor %}",
    "aba aba "
)]
#[case("{% ifchanged %}a{% else %}b{% endifchanged %}", "a")]
#[case(r#"{% for x in runs %}{% ifchanged %}{% cycle "" "a" "b" %}{% else %}-{% endifchanged %}{% endfor %}"#, "ababa")]
#[case(r#"{% for x in runs %}{% cycle "a" "b" "c" %}{% endfor %}"#, "abcab")]
#[case(
    r#"{% cycle "a" "b" as c %}{% cycle c %}{{ c }}{% cycle c %}{{ c }}"#,
    "abbaa"
)]
#[case(r#"{% cycle "a" "b" as c silent %}{{ c }}{% cycle c %}{{ c }}"#, "ab")]
#[case(
    "{% for x in runs %}{% cycle name nope 1 as c silent %}{{ c }}{% if forloop.counter == 2 %}{% resetcycle c %}{% endif %}{% endfor %}",
    "mysitemysite1"
)]
#[case(r#"{% for x in runs %}{% cycle "a" "b" "c" %}{% if forloop.counter == 2 %}{% resetcycle %}{% endif %}{% endfor %}"#, "ababc")]
#[case(r#"{% cycle "a" as x %}"#, "a")]
#[case(r#"{% with c=1 %}{% cycle "a" "b" as c %}{% endwith %}{{ c }}"#, "a")]
#[case(r#"{% for x in items %}{% cycle "a" "b" as c silent %}{% with d=c %}{% cycle c %}{{ c }}{{ d }}{% endwith %}{{ c }} {% endfor %}"#, "bab bab bab ")]
#[case("{% for a.b in items %}x{{ a.b }}{% endfor %}", "xxx")]
#[case("{% for x in in reversed %}{% endfor %}", "")]
fn loops(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case("{% with a=1 b=name %}{{ a }}{{ b }}{% endwith %}{{ a }}", "1mysite")]
#[case(
    "{% with name as a and n as b %}{{ a }}{{ b }}{% endwith %}",
    "mysite3"
)]
#[case("{% with a=nope b=none %}[{{ a }}{{ b }}]{% endwith %}", "[None]")]
#[case(
    r#"{% with name="x" other=name %}{{ name }}{{ other }}{% endwith %}{{ name }}"#,
    "xmysitemysite"
)]
#[case(
    "{% block a %}x{{ block.name }}{% endblock %}{% block b %}y{% endblock b %}",
    "xay"
)]
#[case(
    r#"{% block a %}{% firstof "q" as z %}{{ z }}{% endblock %}{{ z }}"#,
    "q"
)]
#[case(
    "{% spaceless %} <p>\n <a> x </a> </p> {% endspaceless %}|",
    "<p><a> x </a></p>|"
)]
#[case("{% comment %}{% if %}{{ }}{% endcomment %}x", "x")]
#[case(r#"{% comment "note" %}{% comment %}{% endcomment %}x"#, "x")]
#[case(
    "{% autoescape on %}{% with a=html %}{{ a }}{% endwith %}{% firstof html %}{% firstof html as q %}{{ q }}{% cycle html html %}{% endautoescape %}",
    "&lt;&amp;&gt;&lt;&amp;&gt;&lt;&amp;&gt;&lt;&amp;&gt;"
)]
#[case(
    "{% partialdef a %}x{{ name }}{% endpartialdef %}[{% partial a %}{% partial a %}]",
    "[xmysitexmysite]"
)]
#[case(r#"{% partial a %}{% partialdef a inline %}{% cycle "x" "y" %}{% endpartialdef a %}{% partial a %}"#, "xxx")]
#[case(
    "{% for x in items %}{% partial p %}{% endfor %}{% partialdef p %}{{ x }}{% cycle 1 2 %}{% ifchanged x %}!{% endifchanged %}{% endpartialdef %}",
    "a1!b1!c1!"
)]
#[case(
    "{% if no %}{% partialdef a %}x{% endpartialdef %}{% endif %}{% partial a %}",
    "x"
)]
#[case("{% load %}x", "x")]
#[case("{% debug %}x", "x")]
#[case(
    "{% csp_nonce_attr %}{% with csp_nonce=html %}{% csp_nonce_attr %}{% endwith %}",
    r#"nonce="&lt;&amp;&gt;""#
)]
#[case(r#"{% if no %}{% include "x" %}{% url "x" %}{% endif %}x"#, "x")]
#[case("{% verbatim\tx %}a{% endverbatim %}", "a")]
#[case("{% with a as b and %}{% endwith %}", "")]
fn blocks(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case(r#"{% firstof nope no "x" %}{% firstof nope %}{% firstof n %}{% firstof f as q %}{{ q }}{% firstof no as z %}[{{ z }}]"#, "x31.5[]")]
#[case(r#"{% firstof "a" as %}"#, "a")]
#[case(
    "{% widthratio 175 200 100 %} {% widthratio n 4 100 as w %}{{ w }}",
    "88 75"
)]
#[case(
    r#"{% widthratio n 0 100 %}{% widthratio "x" 1 100 %}{% widthratio nope 1 100 %}"#,
    "0"
)]
#[case(r#"{% widthratio 1 2 1 %} {% widthratio 3 2 1 %} {% widthratio -1 4 1 %} {% widthratio 1e300 1 1 %} {% widthratio "5" 2.5 "10" %}"#, "0 2 0 1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160 20")]
#[case("{% widthratio 1e400 1 1 %}|{% widthratio none 1 1 %}", "|")]
#[case(
    "{% lorem %}",
    "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum."
)]
#[case("{% lorem 5 w %}", "lorem ipsum dolor sit amet")]
#[case(
    "{% lorem 1 p %}",
    "<p>Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum.</p>"
)]
#[case(
    "{% lorem 19 w %}",
    "lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua"
)]
#[case(
    "{% lorem -2 w %}|{% lorem 0 %}|{% lorem 0 w random %}",
    "lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor incididunt ut labore et dolore||"
)]
#[case("{% lorem nope w %}", "lorem")]
#[case("{% lorem n w %}", "lorem ipsum dolor")]
#[case("{% lorem 2.9 w %}", "lorem ipsum")]
#[case("{% querystring map %}", "?k=v&l=1&l=2")]
#[case(
    r#"{% querystring map k=None a="x y&" b=n c=items %}"#,
    "?l=1&l=2&a=x+y%26&b=3&c=a&c=b&c=c"
)]
#[case("{% querystring map map as q %}[{{ q }}]", "[?k=v&l=1&l=2]")]
#[case("{% querystring map k=None l=None %}", "?")]
#[case(
    "{% autoescape on %}{% querystring map a=1 %}{% querystring map as q %}{{ q }}{% endautoescape %}",
    "?k=v&amp;l=1&amp;l=2&amp;a=1?k=v&amp;l=1&amp;l=2"
)]
#[case(
    r#"{% querystring map é="ü~_.-/" %}"#,
    "?k=v&l=1&l=2&%C3%A9=%C3%BC~_.-%2F"
)]
#[case("{% templatetag openblock %}{# x #}", "{%")]
#[case(r#"{% now "" as q %}x"#, "x")]
fn output(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected));
}

//! Tags that Django does not parse or render, and where it stops.

use rstest::rstest;

use super::fault;

/// What Django 6.1 makes of these.
#[rstest]
#[case(
    "{% with %}{% endwith %}",
    0,
    "'with' expected at least one variable assignment"
)]
#[case(
    "{% with a %}{% endwith %}",
    0,
    "'with' expected at least one variable assignment"
)]
#[case(
    "{% with a=1 b %}{% endwith %}",
    0,
    "'with' received an invalid token: 'b'"
)]
#[case(
    "{% with a as b c %}{% endwith %}",
    0,
    "'with' received an invalid token: 'c'"
)]
#[case(
    "{% with a=1 %}",
    0,
    "Unclosed tag on line 1: 'with'. Looking for one of: endwith."
)]
#[case(
    "{% with a=(1) %}{% endwith %}",
    0,
    "Could not parse the remainder: '(1)' from '(1)'"
)]
#[case("{% block %}{% endblock %}", 0, "'block' tag takes only one argument")]
#[case(
    "{% block a b %}{% endblock %}",
    0,
    "'block' tag takes only one argument"
)]
#[case(
    "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    27,
    "'block' tag with name 'a' appears more than once"
)]
#[case(
    "{% block a %}{% endblock b %}",
    13,
    "Invalid block tag on line 1: 'endblock', expected 'endblock' or 'endblock a'. Did you forget to register or load this tag?"
)]
#[case(
    "{% block a %}",
    0,
    "Unclosed tag on line 1: 'block'. Looking for one of: endblock."
)]
#[case(
    "{% block a %}{{ block.super }}{% endblock %}",
    13,
    "'BlockNode' object has no attribute 'context'. Did you use {{ block.super }} in a base template?"
)]
#[case(
    "{% spaceless %}",
    0,
    "Unclosed tag on line 1: 'spaceless'. Looking for one of: endspaceless."
)]
#[case(
    "{% comment %}",
    0,
    "Unclosed tag on line 1: 'comment'. Looking for one of: endcomment."
)]
#[case(
    "{% comment %}{% endcomment x %}",
    0,
    "Unclosed tag on line 1: 'comment'. Looking for one of: endcomment."
)]
#[case(
    "{% autoescape %}{% endautoescape %}",
    0,
    "'autoescape' tag requires exactly one argument."
)]
#[case(
    "{% autoescape maybe %}{% endautoescape %}",
    0,
    "'autoescape' argument should be 'on' or 'off'"
)]
#[case(
    "{% autoescape on %}",
    0,
    "Unclosed tag on line 1: 'autoescape'. Looking for one of: endautoescape."
)]
#[case(
    "{% partialdef %}{% endpartialdef %}",
    0,
    "'partialdef' tag requires a name"
)]
#[case(
    "{% partialdef a b %}{% endpartialdef %}",
    0,
    "The 'inline' argument does not have any parameters; either use 'inline' or remove it completely."
)]
#[case(
    "{% partialdef a b c %}{% endpartialdef %}",
    0,
    "'partialdef' tag takes at most 2 arguments"
)]
#[case(
    "{% partialdef a %}{% endpartialdef b %}",
    18,
    "Invalid block tag on line 1: 'endpartialdef', expected 'endpartialdef' or 'endpartialdef a'. Did you forget to register or load this tag?"
)]
#[case(
    "{% partialdef a %}",
    0,
    "Unclosed tag on line 1: 'partialdef'. Looking for one of: endpartialdef, endpartialdef a."
)]
#[case(
    "{% partialdef a %}{% endpartialdef %}{% partialdef a %}{% endpartialdef %}",
    37,
    "Partial 'a' is already defined in the '<unknown source>' template."
)]
#[case("{% partial %}", 0, "'partial' tag requires a single argument")]
#[case("{% partial a b %}", 0, "'partial' tag requires a single argument")]
#[case(
    "x{% partial a %}",
    1,
    "Partial 'a' is not defined in the current template."
)]
#[case(
    "{% partialdef b %}{% endpartialdef %}{% partial a %}",
    37,
    "Partial 'a' is not defined in the current template."
)]
#[case(
    "{% verbatim %}",
    0,
    "Unclosed tag on line 1: 'verbatim'. Looking for one of: endverbatim."
)]
#[case(
    "{% verbatim a %}{% endverbatim %}",
    0,
    "Unclosed tag on line 1: 'verbatim'. Looking for one of: endverbatim."
)]
#[case(
    "{% filter nofilter %}{% endfilter %}",
    0,
    "Invalid filter: 'nofilter'"
)]
#[case(
    "{% filter (x) %}{% endfilter %}",
    0,
    "Could not parse the remainder: '|(x)' from 'var|(x)'"
)]
#[case(
    "{% block a %}{{ x|nofilter }}{% endblock %}",
    13,
    "Invalid filter: 'nofilter'"
)]
#[case("x\n{{ }}", 2, "Empty variable tag on line 2")]
#[case("{% %}", 0, "Empty block tag on line 1")]
#[case("{{ a|}}", 0, "Could not parse the remainder: '|' from 'a|'")]
#[case("{{ a b }}", 0, "Could not parse the remainder: ' b' from 'a b'")]
#[case(
    "{{ _x }}",
    0,
    "Variables and attributes may not begin with underscores: '_x'"
)]
#[case("{{ |a }}", 0, "Could not find variable at start of |a.")]
#[case(
    "\n{% foo %}",
    1,
    "Invalid block tag on line 2: 'foo'. Did you forget to register or load this tag?"
)]
#[case(
    "{%- if x -%}",
    0,
    "Invalid block tag on line 1: '-'. Did you forget to register or load this tag?"
)]
#[case(
    "{% if yes %}{% foo %}{% endif %}",
    12,
    "Invalid block tag on line 1: 'foo', expected 'elif', 'else' or 'endif'. Did you forget to register or load this tag?"
)]
#[case(
    "{% for x in y %}\n{% foo %}{% endfor %}",
    17,
    "Invalid block tag on line 2: 'foo', expected 'empty' or 'endfor'. Did you forget to register or load this tag?"
)]
fn blocks(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

/// What Django 6.1 makes of these.
#[rstest]
#[case(
    "{% firstof %}",
    0,
    "'firstof' statement requires at least one argument"
)]
#[case(
    "{% firstof (a) %}",
    0,
    "Could not parse the remainder: '(a)' from '(a)'"
)]
#[case("{% widthratio 1 2 %}", 0, "widthratio takes at least three arguments")]
#[case(
    "{% widthratio 1 2 3 is x %}",
    0,
    "Invalid syntax in widthratio tag. Expecting 'as' keyword"
)]
#[case(
    "{% widthratio 1 2 3 4 5 6 %}",
    0,
    "widthratio takes at least three arguments"
)]
#[case(
    "{% widthratio 1 2 nope %}",
    0,
    "widthratio final argument must be a number"
)]
#[case(
    r#"{% widthratio 1 2 "x" %}"#,
    0,
    "widthratio final argument must be a number"
)]
#[case("{% lorem 1 2 %}", 0, "Incorrect format for 'lorem' tag")]
#[case("{% lorem 1 x w %}", 0, "Incorrect format for 'lorem' tag")]
#[case("{% now %}", 0, "'now' statement takes one argument")]
#[case(r#"{% now "Y" as %}"#, 0, "'now' statement takes one argument")]
#[case(r#"{% now "Y" b c %}"#, 0, "'now' statement takes one argument")]
#[case("{% templatetag %}", 0, "'templatetag' statement takes one argument")]
#[case(
    "{% templatetag x %}",
    0,
    "Invalid templatetag argument: 'x'. Must be one of: ['openblock', 'closeblock', 'openvariable', 'closevariable', 'openbrace', 'closebrace', 'opencomment', 'closecomment']"
)]
#[case(
    "{% templatetag openblock x %}",
    0,
    "'templatetag' statement takes one argument"
)]
#[case(
    "{% url %}",
    0,
    "'url' takes at least one argument, a URL pattern name."
)]
#[case(
    r#"{% url "x" (a) %}"#,
    0,
    "Could not parse the remainder: '(a)' from '(a)'"
)]
#[case(
    "{% include %}",
    0,
    "'include' tag takes at least one argument: the name of the template to be included."
)]
#[case(
    r#"{% include "./x" %}"#,
    0,
    r#"The relative path "./x" cannot be evaluated due to an unknown template origin."#
)]
#[case(
    r#"{% include "x" with %}"#,
    0,
    r#""with" in 'include' tag needs at least one keyword argument."#
)]
#[case(
    r#"{% include "x" only only %}"#,
    0,
    "The 'only' option was specified more than once."
)]
#[case(
    r#"{% include "x" foo %}"#,
    0,
    "Unknown argument for 'include' tag: 'foo'."
)]
#[case(
    r#"{% with a="../x" %}{% include a %}{% endwith %}"#,
    19,
    "The relative path ../x cannot be evaluated due to an unknown template origin."
)]
#[case("{% extends %}", 0, "'extends' takes one argument")]
#[case(
    r#"{% extends "./x" %}"#,
    0,
    r#"The relative path "./x" cannot be evaluated due to an unknown template origin."#
)]
#[case(
    r#"x{% extends "x" %}{% foo %}"#,
    18,
    "Invalid block tag on line 1: 'foo'. Did you forget to register or load this tag?"
)]
#[case(
    r#"{{ a }}{% extends "x" %}"#,
    7,
    r#"{% extends "x" %} must be the first tag in the template."#
)]
#[case(
    r#"{% templatetag openblock %}{% extends "x" %}"#,
    27,
    r#"{% extends "x" %} must be the first tag in the template."#
)]
#[case(
    r#"{% extends "x" %}{% extends "y" %}"#,
    0,
    "'extends' cannot appear more than once in the same template"
)]
#[case(
    r#"{% extends "x" %}{{ a }}{% extends "y" %}"#,
    24,
    r#"{% extends "y" %} must be the first tag in the template."#
)]
#[case(
    "{% extends nope %}",
    0,
    "Invalid template name in 'extends' tag: ''. Got this from the 'nope' variable."
)]
#[case(
    r#"{% extends "" %}"#,
    0,
    "Invalid template name in 'extends' tag: ''."
)]
#[case(
    "{% extends 0 %}",
    0,
    "Invalid template name in 'extends' tag: 0. Got this from the '0' variable."
)]
#[case(
    r#"{% if yes %}{% extends "x" %}{% endif %}"#,
    29,
    "Invalid block tag on line 1: 'endif'. Did you forget to register or load this tag?"
)]
#[case(
    "{% load a %}",
    0,
    "'a' is not a registered tag library. Must be one of:\n"
)]
#[case(
    "{% load a from b %}",
    0,
    "'b' is not a registered tag library. Must be one of:\n"
)]
#[case(
    "{% load a b from c %}",
    0,
    "'c' is not a registered tag library. Must be one of:\n"
)]
#[case(
    "{% load from b %}",
    0,
    "'from' is not a registered tag library. Must be one of:\n"
)]
#[case(
    "{% querystring items %}",
    0,
    "querystring requires mappings for positional arguments (got ['a', 'b', 'c'] instead)."
)]
#[case(
    "{% querystring a=1 map %}",
    0,
    "'querystring' received some positional argument(s) after some keyword argument(s)"
)]
#[case(
    "{% querystring a=1 a=2 %}",
    0,
    "'querystring' received multiple values for keyword argument 'a'"
)]
#[case(
    "{% csp_nonce_attr a b %}",
    0,
    "'csp_nonce_attr' received too many positional arguments"
)]
#[case(
    "{% csp_nonce_attr x=1 %}",
    0,
    "'csp_nonce_attr' received unexpected keyword argument 'x'"
)]
#[case(
    "{% with x=1 %}\n  {% widthratio 1 2 \"x\" %}{% endwith %}",
    17,
    "widthratio final argument must be a number"
)]
fn output(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
    assert_eq!(fault(text), (Some(offset), message.to_owned()));
}

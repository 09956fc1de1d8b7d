//! Templates that ask for too much.

use rstest::rstest;

use super::{Budget, fault, now, render, variables};

#[rstest]
#[case("{% if yes %}", "{% endif %}")]
#[case("{% for x in items %}", "{% endfor %}")]
#[case("{% with a=1 %}", "{% endwith %}")]
#[case("{% spaceless %}", "{% endspaceless %}")]
#[case("{% filter upper %}", "")]
#[case("{% comment %}{% endcomment %}{% if x %}", "")]
#[case("{% extends 'x' %}", "")]
#[case("{% if yes %}{% else %}", "{% endif %}")]
fn deep_nesting_is_a_fault(#[case] open: &str, #[case] close: &str) {
    let text = open.repeat(100_000) + &close.repeat(100_000);
    assert!(!fault(&text).1.is_empty());
}

#[rstest]
#[case("{% if yes %}", "{% endif %}")]
#[case("{% with a=1 %}", "{% endwith %}")]
#[case("{% spaceless %}", "{% endspaceless %}")]
#[case("{% for x in 'a' %}", "{% endfor %}")]
#[case("{% ifchanged name %}", "{% endifchanged %}")]
fn what_django_manages_is_rendered(#[case] open: &str, #[case] close: &str) {
    let text = open.repeat(200) + "x" + &close.repeat(200);
    assert_eq!(render(&text).as_deref(), Ok("x"));
}

/// A template of a few lines that would run for hours, or ask for more memory than there is.
#[rstest]
#[case::loops(&"{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}".repeat(50), "too many steps")]
#[case::partials(
    "{% partialdef a %}{% partial a %}{% partial a %}{% endpartialdef %}{% partial a %}",
    "too deep"
)]
#[case::words("{% lorem 99999999999 w %}", "too long a text")]
#[case::random_words(
    "{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% lorem 99999 w random %}{% endfor %}{% endfor %}",
    "too many steps"
)]
#[case::paragraphs("{% lorem 99999999999 p %}", "too")]
#[case::conditions(
    "{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}{% if not not not not not not a %}{% endif %}",
    "too many steps"
)]
#[case::length(&with_long("{% if x|length %}{% endif %}"), "too many steps")]
#[case::contains(&with_long("{% if 'b' in x %}{% endif %}"), "too many steps")]
#[case::equals(&with_long("{% if x == x %}{% endif %}"), "too many steps")]
#[case::characters(&with_long("{% if x.0 %}{% endif %}"), "too many steps")]
#[case::word_list(&with_long("{% if x.split %}{% endif %}"), "too long a text")]
#[case::tabs(&with_long("{% if x.expandtabs %}{% endif %}"), "too many steps")]
#[case::list(&with_long("{% with l=x|make_list %}{% endwith %}"), "too")]
#[case::changes(&with_long("{% ifchanged x forloop.counter %}{% endifchanged %}"), "too many steps")]
#[case::changing_texts(
    &with_long("{% ifchanged %}{{ x }}{{ forloop.counter }}{% endifchanged %}"),
    "too long a text"
)]
#[case::query(&with_long("{% querystring map a=x as q %}"), "too")]
#[case::argument(&with_long("{% if name|default:x %}{% endif %}"), "too many steps")]
#[case::ratios(&looped("{% widthratio 1e300 1 99999999 as x %}"), "too many steps")]
#[case::few_words(&looped("{% lorem 1 w random %}"), "too many steps")]
#[case::lookups(&looped(&format!("{{{{ n{} }}}}", ".real".repeat(1000))), "too many steps")]
#[case::sort_keys(
    &looped(&format!("{{{{ runs|dictsort:'{}upper' }}}}", "upper.".repeat(100))),
    "too many steps"
)]
#[case::moments(&looped(&format!("{{% now '{}' as x %}}", "r".repeat(1000))), "too many steps")]
#[case::whole_loops(&(looped("{{ forloop }}")), "too many steps")]
#[case::doubled_lists(
    &format!(
        "{{% with l=word|make_list %}}{}{{% endwith %}}",
        "{% regroup l|add:l by nosuch as l %}".repeat(60)
    ),
    "too many steps"
)]
#[case::doubled_lists_printed(
    &format!(
        "{{% with l=word|make_list %}}{}{}{{% endwith %}}",
        "{% regroup l|add:l by nosuch as l %}".repeat(10),
        "{% firstof l as x %}".repeat(10_000)
    ),
    "too"
)]
#[case::many_tags(&"{{a}}".repeat(100_000), "too long a text")]
#[case::long_tag(&format!("{{{{ a{} }}}}", ".a".repeat(1_000_000)), "too long a text")]
fn what_never_ends_is_a_fault(#[case] text: &str, #[case] complaint: &str) {
    let closed = text.to_owned() + &"{% endfor %}".repeat(open_loops(text));
    let budget = Budget::of(100_000, 1 << 24);
    let rendered = super::super::render(&closed, &variables(), &now(), &budget);
    let message = rendered.unwrap_err().message;
    assert!(message.contains(complaint), "{message}");
}

/// The body in loops that end after hours.
fn looped(body: &str) -> String {
    "{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}".repeat(8) + body + &"{% endfor %}".repeat(8)
}

/// The same where `x` is a long text.
fn with_long(body: &str) -> String {
    format!(
        "{{% with x='a '|ljust:20000 %}}{}{{% endwith %}}",
        looped(body)
    )
}

fn open_loops(text: &str) -> usize {
    text.matches("{% for ").count() - text.matches("{% endfor %}").count()
}

/// What is made of the same list again and again gets deeper each time.
#[rstest]
#[case::regroup("{% regroup l by x as l %}")]
#[case::loops(
    "{% with forloop=l %}{% for z in word %}{% cycle forloop forloop as l silent %}{% endfor %}\
     {% endwith %}"
)]
fn lists_are_not_nested_without_end(#[case] body: &str) {
    let text = format!(
        "{{% with l=people %}}{{% for a in '{}' %}}{body}{{% endfor %}}{{% endwith %}}",
        "a".repeat(500)
    );
    let message = fault(&text).1;
    assert!(message.contains("too many lists"), "{message}");
}

#[rstest]
#[case("{{".repeat(300_000))]
#[case("{%".repeat(300_000) + "\n%}")]
#[case("{% if ".to_owned() + &"\"a ' ".repeat(100_000) + "%}")]
#[case("{% if ".to_owned() + &"\"\\".repeat(100_000) + " %}")]
#[case("{{ a".to_owned() + &" ".repeat(300_000) + "b }}")]
#[case("{{ a".to_owned() + &"|".repeat(300_000) + " }}")]
#[case("{{ a".to_owned() + &".a".repeat(300_000) + " }}")]
#[case("{% with ".to_owned() + &"a=1 ".repeat(100_000) + "%}{% endwith %}")]
#[case("{% for ".to_owned() + &"a,".repeat(100_000) + "b in items %}{% endfor %}")]
#[case("{% cycle ".to_owned() + &"a ".repeat(100_000) + "%}")]
#[case("{% cycle a b as c %}".repeat(50_000))]
#[case("{% partialdef a %}{% endpartialdef %}".repeat(50_000))]
#[case("{% firstof 'q' as z %}".repeat(50_000))]
fn long_tags_take_no_longer_than_their_length(#[case] text: String) {
    // Rendered or a fault: both at once.
    let _either = render(&text);
}

/// An honest template is large by its number of files.
#[test]
fn many_files_share_a_budget() {
    let (variables, now, budget) = (variables(), now(), Budget::default());
    let text = "name = '{{ map.k }}'  # {% if map %}yes{% endif %}\n".repeat(60);
    for _ in 0..3000 {
        super::super::render(&text, &variables, &now, &budget).unwrap();
    }
}

#[test]
fn what_all_files_come_to_is_bounded() {
    let (variables, now, budget) = (variables(), now(), Budget::default());
    let text = "{{ map.k }}".to_owned() + &"x".repeat(60 << 20);
    let fault = (0..100)
        .find_map(|_| super::super::render(&text, &variables, &now, &budget).err())
        .unwrap();
    assert_eq!(fault.message, "the template makes too much text in all");
}

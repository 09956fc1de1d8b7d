//! What a template of somebody else must not do, and what no text may bring about.

use proptest::prelude::*;
use rstest::rstest;

use super::{FILTERS, int, list, shown};
use crate::template::{django::filters::Argument, value::Value};

/// Asking for too much is an error before it is made.
#[rstest]
#[case("center", Value::text("999999999999"))]
#[case("ljust", Value::text("99999999999999999999"))]
#[case("rjust", int(i128::MAX))]
#[case("stringformat", Value::text("999999999999d"))]
#[case("stringformat", Value::text(".999999999999f"))]
#[case("floatformat", int(1_000_000_000))]
fn too_long_texts_are_errors(#[case] name: &str, #[case] argument: Value) {
    assert_eq!(shown(name, &int(5), Some(&argument), true), "error");
}

#[test]
fn a_list_in_itself_again_and_again_ends() {
    let deep = (0..5000).fold(list(&[]), |inner, _| list(&[Value::text("x"), inner]));
    for filter in FILTERS {
        let argument = (filter.argument == Argument::Required).then(|| Value::text("1"));
        shown(filter.name, &deep, argument.as_ref(), true);
    }
    assert_eq!(shown("unordered_list", &deep, None, true), "error");
    assert_eq!(shown("json_script", &deep, None, true), "error");
    // Dropping it would go as deep, which only a test can build.
    std::mem::forget(deep);
}

#[test]
fn integers_that_are_too_great_are_errors() {
    let greatest = int(i128::MAX);
    assert_eq!(shown("add", &greatest, Some(&int(1)), true), "error");
    let text = Value::text(format!("{}0", i128::MAX));
    assert_eq!(shown("add", &text, Some(&int(1)), true), "error");
}

#[test]
fn unclosed_markup_is_read_in_time() {
    for unit in [
        "<!--",
        "<a b=\"",
        "</a",
        "<script></",
        "&#",
        "<![CDATA[",
        "<",
    ] {
        let text = Value::text(unit.repeat(20_000) + ">");
        let stripped = shown("striptags", &text, None, true);
        let shortened = shown("truncatewords_html", &text, Some(&int(3)), true);
        assert!(!stripped.is_empty() && !shortened.is_empty());
    }
}

proptest! {
    #[test]
    fn no_text_and_no_argument_is_too_strange(
        text in any::<String>(),
        markup in "[<>/a-z \"'=&;#!\\[\\]?.:@()-]{0,40}",
        argument in "[-+ #0-9.*%a-zA-Z():]{0,6}",
    ) {
        for filter in FILTERS {
            let argument = (filter.argument != Argument::None)
                .then(|| Value::text(argument.as_str()));
            for text in [&text, &markup] {
                let value = Value::text(text.as_str());
                prop_assert!(!shown(filter.name, &value, argument.as_ref(), true).is_empty());
            }
        }
    }

    #[test]
    fn slices_are_never_longer_than_the_list(
        bounds in "-?[0-9]{0,2}:-?[0-9]{0,2}(:-?[0-9]{0,2})?",
        length in 0_usize..30,
    ) {
        let items: Vec<_> = (0..length).map(|it| int(it as i128)).collect();
        let sliced = shown("slice", &list(&items), Some(&Value::text(bounds)), true);
        prop_assert!(sliced.len() <= list(&items).repr().len());
    }
}

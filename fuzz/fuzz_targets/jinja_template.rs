//! Text that claims to be a template of cookiecutter's: rendering it ends, within its budget,
//! without a panic; and a text without a tag comes out as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaffold::template::{Dict, Value, render_jinja};

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let list = |items: &[Value]| Value::List(items.into());
    let map = Dict::from_iter([("k".into(), Value::text("v")), ("l".into(), list(&[Value::Int(1)]))]);
    let variables = Dict::from_iter([
        ("a".into(), Value::text("ab")),
        ("n".into(), Value::Int(-3)),
        ("f".into(), Value::Float(1.5)),
        ("b".into(), Value::Bool(true)),
        ("o".into(), Value::None),
        ("l".into(), list(&[Value::Int(2), Value::text("x")])),
        ("cookiecutter".into(), Value::Dict(map.into())),
    ]);
    if let Ok(rendered) = render_jinja(text, &variables) {
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            assert_eq!(rendered, text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }
});

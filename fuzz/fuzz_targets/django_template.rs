//! Text that claims to be a Django template: rendering it ends, within its budget, without a
//! panic; and a text without a tag comes out as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaffold::template::{Dict, Value, render_django};

/// More than a template can make: its budget is half a gibibyte.
const LONGEST: usize = 512 << 20;

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let list = |items: &[Value]| Value::List(items.into());
    let pair = list(&[Value::text("<a>"), Value::Int(1)]);
    let map = Dict::from_iter([("k".into(), Value::safe("&")), ("l".into(), pair.clone())]);
    let variables = Dict::from_iter([
        ("a".into(), Value::text("ab")),
        ("n".into(), Value::Int(-3)),
        ("f".into(), Value::Float(1.5)),
        ("b".into(), Value::Bool(true)),
        ("o".into(), Value::None),
        ("l".into(), list(&[pair.clone(), pair])),
        ("m".into(), Value::Dict(map.into())),
    ]);
    if let Ok(rendered) = render_django(text, &variables) {
        assert!(rendered.len() <= LONGEST);
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            assert_eq!(rendered, text);
        }
    }
});

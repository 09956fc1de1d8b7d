//! The filter `unordered_list`.

use super::{Input, html::conditional_escape};
use crate::template::{
    django::Fault,
    value::{Exception, Value},
};

/// How deep lists may stand in each other.
const MOST_DEPTH: usize = 200;

pub(super) fn filter(input: &Input<'_>) -> Result<Value, Exception> {
    let mut result = String::new();
    push(input, input.value, 1, &mut result)?;
    Ok(Value::safe(result))
}

fn push(
    input: &Input<'_>,
    list: &Value,
    tabs: usize,
    result: &mut String,
) -> Result<(), Exception> {
    if tabs > MOST_DEPTH {
        return Err(Fault::new("the lists are nested too deep").into());
    }
    let Some(items) = list.iterate() else {
        return Err(Exception::Type(format!(
            "'{}' object is not iterable",
            list.type_name()
        )));
    };
    let indent = "\t".repeat(tabs);
    let mut items = items.iter().peekable();
    let mut is_first = true;
    while let Some(item) = items.next() {
        if !is_first {
            result.push('\n');
        }
        is_first = false;
        let text = if input.environment.autoescape {
            conditional_escape(item)
        } else {
            item.to_text()
        };
        input.make(indent.len() * 4 + text.len())?;
        result.extend([&indent, "<li>", &text]);
        // A list that follows an item belongs to it.
        let children =
            items.next_if(|it| matches!(it, Value::List(_) | Value::Tuple(_) | Value::Group(_)));
        if let Some(children) = children.filter(|it| it.is_true()) {
            result.extend(["\n", &indent, "<ul>\n"]);
            push(input, children, tabs + 1, result)?;
            result.extend(["\n", &indent, "</ul>\n", &indent]);
        }
        result.push_str("</li>");
    }
    Ok(())
}

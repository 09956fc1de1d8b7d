//! Which values a project keeps, to be updated with later: the answers, and no secrets.

use super::{
    Declaration, Origin,
    resolve::{Fault, is_true},
};
use crate::template::{
    incidentals::Incidentals,
    native::Engine,
    value::{Dict, Value},
};

/// Notes the secrets among the values, so that they are found wherever they come to stand.
pub(in crate::template) fn hide(
    declarations: &[Declaration],
    engine: &Engine,
    incidentals: &Incidentals,
) {
    let secret = declarations.iter().filter(|it| it.is_secret);
    for value in secret.filter_map(|it| engine.value(&it.name)) {
        for text in texts(value) {
            incidentals.hide(&text);
        }
    }
}

/// The answers, by name. What is computed, secret, or was neither asked nor `given` is none.
pub(in crate::template) fn remembered(
    declarations: &[Declaration],
    engine: &Engine,
    given: impl Fn(&str) -> bool,
    incidentals: &Incidentals,
) -> Result<Dict, Fault> {
    let mut answers = Dict::new();
    for declaration in declarations {
        let Declaration {
            name,
            source,
            when,
            is_secret,
            ..
        } = declaration;
        if *is_secret || matches!(source, Origin::Computed(_)) {
            continue;
        }
        let is_asked = when.as_ref().map_or(Ok(true), |it| is_true(it, engine))?;
        if let Some(value) = engine.value(name)
            && (is_asked || given(name))
            && !texts(value).iter().any(|it| incidentals.is_secret(it))
        {
            answers.insert(name.as_str().into(), value.clone());
        }
    }
    Ok(answers)
}

/// The texts that the value is made of.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_text()],
    }
}

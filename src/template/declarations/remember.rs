//! Which values a project keeps, to be updated with later: the answers, and no secrets.

use super::{
    Declaration, Origin,
    resolve::{Fault, is_true},
};
use crate::template::{native::Engine, value::Dict};

/// The answers, by name. What is computed, secret, or was neither asked nor `given` is none.
pub(in crate::template) fn remembered(
    declarations: &[Declaration],
    engine: &Engine,
    given: impl Fn(&str) -> bool,
) -> Result<Dict, Fault> {
    let (secrets, mut answers) = (engine.secrets(), Dict::new());
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
            && !secrets.are_in(value)
        {
            answers.insert(name.as_str().into(), value.clone());
        }
    }
    Ok(answers)
}

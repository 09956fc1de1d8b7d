//! What a text of a native template says of itself without being rendered: whether it parses, and
//! which variables it uses, also in branches that no rendering takes.

use std::{collections::BTreeSet, path::Path};

use tera::Tera;

use super::{
    Engine, UNNAMED, fault,
    words::{self, Occurrence},
};
use crate::template::error::Error;

impl Engine {
    /// The variables that a text needs from outside: not those that it sets itself. The path is
    /// only for messages.
    pub(in crate::template) fn variables_of(
        &self,
        path: &Path,
        text: &str,
    ) -> Result<BTreeSet<String>, Error> {
        self.check_depth(path, text)?;
        let mut tera: Tera = self.tera.clone();
        let used = tera
            .add_raw_template(UNNAMED, text)
            .and_then(|()| {
                let used = tera.get_template_variables(UNNAMED)?;
                Ok(used.into_iter().map(str::to_owned).collect())
            })
            .map_err(|error| fault(path, text, &error))?;
        Ok(used)
    }

    /// Where a text names a variable.
    pub(in crate::template) fn occurrences(&self, text: &str, variable: &str) -> Vec<Occurrence> {
        words::occurrences(text, &self.delimiters, variable)
    }

    /// Whether there is such a variable.
    pub(in crate::template) fn knows(&self, variable: &str) -> bool {
        self.context.contains_key(variable)
    }
}

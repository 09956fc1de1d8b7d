//! What the user keeps for all projects, in the directory for configuration: templates, and answers
//! to what templates ask.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::{
    command::error::Error,
    template::{self, Dict, Subject, Value, VariablesError},
};

/// Where the templates are.
const TEMPLATES: &str = "scaffold/templates";

/// Where the answers are.
const CONFIG: &str = "scaffold/config.toml";

/// The table of the answers.
const VARIABLES: &str = "variables";

/// The directory of the user's own templates, whether it is there or not.
pub(in crate::command) fn templates() -> Option<PathBuf> {
    Some(directory()?.join(TEMPLATES))
}

/// The answers that the user gives to every template that asks for them.
pub(in crate::command) fn answers(subject: Subject) -> Result<Dict, Error> {
    let Some(file) = directory()
        .map(|it| it.join(CONFIG))
        .filter(|it| it.is_file())
    else {
        return Ok(Dict::new());
    };
    let mut answers = Dict::new();
    for (key, value) in template::read_variables(subject, &file)? {
        match value {
            Value::Dict(table) if &*key == VARIABLES => answers.clone_from(&table),
            _ => {
                let message = format!(
                    "`{}` has `{key}`, and may only have the table `[{VARIABLES}]`",
                    file.display()
                );
                return Err(VariablesError::Name { message }.into());
            }
        }
    }
    Ok(answers)
}

fn directory() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir())
}

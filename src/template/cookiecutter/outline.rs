//! What people are told of such a template, and the answers that a check of it tries. Nothing is
//! rendered.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{HOOKS, config::Config, contents, interview, patterns, tree::Tree};
use crate::template::{
    declarations::{LabelledChoice, Variable},
    error::Error,
    script::Stage,
    source::{Kind, Source},
    value::Value,
};

/// What a template consists of.
pub(in crate::template) struct Outline {
    pub(in crate::template) variables: Vec<Variable>,
    /// The project's files in the template, and whether each is rendered.
    pub(in crate::template) files: Vec<(PathBuf, bool)>,
    /// The names of its hooks.
    pub(in crate::template) hooks: Vec<String>,
}

/// Reads a template.
pub(in crate::template) fn outline(source: &Source) -> Result<Outline, Error> {
    let config = Config::look(source)?;
    config.check_is_one(&source.name())?;
    let tree = Tree::new(source.entries.clone(), &config, &source.root)?;
    let copied = config.texts("_copy_without_render");
    let files = tree.entries().iter().filter_map(|entry| {
        let Kind::File { contents, .. } = &entry.kind else {
            return None;
        };
        let mut above = entry.path.ancestors().map(Path::to_string_lossy);
        let is_copied = above.any(|path| copied.iter().any(|it| patterns::matches(it, &path)));
        let is_rendered = !is_copied && contents::text(&entry.path, contents).is_some();
        Some((tree.root.join(&entry.path), is_rendered))
    });
    let hooks = tree.others.iter().filter_map(|entry| {
        let name = entry.path.strip_prefix(HOOKS).ok()?;
        Stage::of(name)?;
        Some(name.to_string_lossy().into_owned())
    });
    let mut hooks: Vec<String> = hooks.collect();
    hooks.sort();
    Ok(Outline {
        variables: variables(&config),
        files: files.collect(),
        hooks,
    })
}

/// The variables whose values are counted out, and those values.
pub(in crate::template) fn choices(source: &Source) -> Vec<(String, Vec<Value>)> {
    // What is wrong with it, a rendering tells.
    let Ok(config) = Config::look(source) else {
        return Vec::new();
    };
    let public = config.all.iter().filter(|(name, _)| !name.starts_with('_'));
    let choices = public.filter_map(|(name, raw)| {
        let values = match raw {
            Value::Bool(_) => vec![Value::Bool(false), Value::Bool(true)],
            // What an option becomes that is made of other variables is not known here.
            Value::List(_) => {
                let options = raw.iterate()?.into_iter();
                options.filter(|it| !it.to_text().contains('{')).collect()
            }
            _ => return None,
        };
        Some((name.to_string(), values))
    });
    choices.collect()
}

fn variables(config: &Config) -> Vec<Variable> {
    let is_told =
        |name: &str| (!name.starts_with('_') || name.starts_with("__")) && name != "__prompts__";
    let told = config.all.iter().filter(|(name, _)| is_told(name));
    let variable = |(name, raw): (&Arc<str>, &Value)| {
        let options = match raw {
            Value::List(_) => raw.iterate().unwrap_or_default(),
            _ => Vec::new(),
        };
        let labels = interview::labels(config, name, &options);
        let choices = options
            .iter()
            .zip(labels)
            .map(|(option, label)| LabelledChoice {
                value: option.to_text(),
                label,
            });
        let text = options.first().unwrap_or(raw).to_text();
        let (default, computed) = if name.starts_with("__") {
            (None, Some(text))
        } else {
            (Some(text), None)
        };
        Variable {
            name: name.to_string(),
            kind: match raw {
                Value::Bool(_) => "boolean",
                Value::List(_) => "choice",
                Value::Dict(_) => "dictionary",
                _ => "string",
            },
            prompt: interview::prompt(config, name),
            help: None,
            default,
            computed,
            choices: choices.collect(),
            pattern: None,
            when: None,
            secret: false,
        }
    };
    told.map(variable).collect()
}

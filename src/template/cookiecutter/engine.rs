//! Rendering the texts of a template with its variables, and saying what is wrong with them.

use std::{collections::HashMap, path::Path, sync::Arc};

use minijinja::Value as JinjaValue;

use super::{
    config::Config,
    jinja::{Fault, Included, Jinja, Settings, dict_to_jinja},
    tree::Tree,
};
use crate::template::{
    Request, Target,
    error::Error,
    report::Report,
    similar::similar,
    source::without_credentials,
    value::{Dict, Value},
};

/// The name under which all variables are.
const NAMESPACE: &str = "cookiecutter";

/// The name under which they are as `cookiecutter.json` has them.
const ORIGINAL: &str = "_cookiecutter";

/// What helps where nothing better is known.
const RAW: &str = "text that is no template goes between `{% raw %}` and `{% endraw %}`, or into a \
                   file that `_copy_without_render` names";

/// The engine with the variables.
#[derive(Debug)]
pub(super) struct Engine {
    jinja: Jinja,
    /// The variables that have values so far.
    variables: Dict,
    context: JinjaValue,
}

impl Engine {
    /// The engine as a template sets it up, without variables.
    pub(super) fn new(config: &Config, tree: &Tree) -> Result<Self, Error> {
        let settings = Settings::new(config.get("_jinja2_env_vars"), config.get("_extensions"));
        let settings = settings.map_err(|message| {
            config.error(
                "_extensions",
                &message,
                "use cookiecutter itself for this template, or ask its author for one without it",
            )
        })?;
        let texts: HashMap<String, String> = tree.includable().collect();
        let mut engine = Self {
            jinja: Jinja::new(settings, texts),
            variables: Dict::new(),
            context: JinjaValue::UNDEFINED,
        };
        engine.update(None);
        Ok(engine)
    }

    /// Takes all variables away.
    pub(super) fn clear(&mut self) {
        self.variables.clear();
        self.update(None);
    }

    /// Gives a variable its value.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.variables.insert(name.into(), value);
        self.update(None);
    }

    /// Puts the variables in the order of `cookiecutter.json`, and adds what cookiecutter adds.
    pub(super) fn finish(&mut self, config: &Config, request: &Request<'_>, root: &Path) {
        let mut all = Dict::new();
        let mut original = Dict::new();
        for (name, raw) in &config.all {
            if &**name == "__prompts__" {
                continue;
            }
            let value = self.variables.get(name).unwrap_or(raw);
            all.insert(Arc::clone(name), value.clone());
            if !name.starts_with('_') {
                original.insert(Arc::clone(name), original_of(raw, value));
            }
        }
        let path = |path: &Path| Value::text(path.to_string_lossy());
        let template = request.wanted.template.map(without_credentials);
        let template = template.map_or_else(|| path(root), Value::text);
        all.insert("_template".into(), template);
        let target = match request.target {
            Target::New(path) | Target::Existing(path) => path,
        };
        let above = target.parent().unwrap_or(target);
        all.insert("_output_dir".into(), path(above));
        all.insert("_repo_dir".into(), path(root));
        let reference = request.wanted.reference;
        all.insert(
            "_checkout".into(),
            reference.map_or(Value::None, Value::text),
        );
        self.variables = all;
        self.update(Some(&original));
    }

    fn update(&mut self, original: Option<&Dict>) {
        let variables = (NAMESPACE, dict_to_jinja(&self.variables));
        let original = original.map(|it| (ORIGINAL, dict_to_jinja(it)));
        self.context = JinjaValue::from_pairs([variables].into_iter().chain(original));
    }

    /// Renders a file, or a name of one; the path is only for messages.
    pub(super) fn render(&self, path: &Path, text: &str) -> Result<String, Error> {
        let rendered = self.jinja.render(text, &self.context);
        rendered.map_err(|fault| self.error(path, text, &fault))
    }

    /// Renders a default of `cookiecutter.json`: all texts in it.
    pub(super) fn render_value(
        &self,
        config: &Config,
        name: &str,
        raw: &Value,
    ) -> Result<Value, Error> {
        let render = |text: &str| {
            self.jinja.render(text, &self.context).map_err(|fault| {
                let part = fault.range.clone().filter(|_| fault.included.is_none());
                Error::Template {
                    report: config.report(name, part.map(|it| (text, it)), &fault.message),
                    hint: self.hint(text, &fault),
                }
            })
        };
        Ok(match raw {
            Value::None | Value::Bool(_) => raw.clone(),
            Value::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.render_value(config, name, item));
                Value::List(items.collect::<Result<Vec<_>, _>>()?.into())
            }
            Value::Dict(items) => {
                let mut rendered = Dict::new();
                for (key, item) in items.iter() {
                    rendered.insert(render(key)?.into(), self.render_value(config, name, item)?);
                }
                Value::Dict(rendered.into())
            }
            other => Value::text(render(&other.to_text())?),
        })
    }

    fn error(&self, path: &Path, text: &str, fault: &Fault) -> Error {
        let at = |path: &Path, text: &str| match &fault.range {
            Some(range) => Report::new(path, text, range.clone(), &fault.message),
            None => Report::at(path, text, (fault.line, 1), 1, &fault.message),
        };
        let report = match fault.included.as_deref() {
            None => at(path, text),
            Some(Included {
                name,
                text: own,
                by,
            }) => {
                let report = at(Path::new(name), own);
                match by {
                    Some(range) => report.and(path, text, range.clone(), "it is included here"),
                    None => report,
                }
            }
        };
        let hint = self.hint(text, fault);
        Error::Template { report, hint }
    }

    /// What the user can do about a fault in a text.
    fn hint(&self, text: &str, fault: &Fault) -> String {
        let text = fault.included.as_ref().map_or(text, |it| &it.text);
        let range = fault.range.clone().filter(|_| fault.is_undefined);
        let meant = range
            .and_then(|range| text.get(range))
            .and_then(|it| it.rsplit('.').next())
            .and_then(|typed| similar(typed, self.variables.keys().map(AsRef::as_ref)));
        meant.map_or_else(
            || RAW.to_owned(),
            |meant| format!("did you mean `{NAMESPACE}.{meant}`?"),
        )
    }
}

/// What `_cookiecutter` has for a variable: as it was before it was rendered, with the user's answer
/// in place of the default.
fn original_of(raw: &Value, value: &Value) -> Value {
    match raw {
        Value::List(items) => {
            let chosen = value.to_text();
            let (first, others): (Vec<Value>, Vec<Value>) =
                items.iter().cloned().partition(|it| it.to_text() == chosen);
            Value::List(first.into_iter().chain(others).collect())
        }
        _ => raw.clone(),
    }
}

/// Renders a text as cookiecutter does, with such variables. It is public for tests and fuzzing.
///
/// # Errors
///
/// What the template is at fault for, in words.
pub fn render_jinja(text: &str, variables: &Dict) -> Result<String, String> {
    let settings = Settings::new(None, None)?;
    let jinja = Jinja::new(settings, HashMap::new());
    let rendered = jinja.render(text, &dict_to_jinja(variables));
    rendered.map_err(|fault| fault.message)
}

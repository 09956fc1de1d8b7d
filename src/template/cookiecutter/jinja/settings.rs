//! What a template says of Jinja itself: `_jinja2_env_vars` and `_extensions` of its
//! `cookiecutter.json`.

use minijinja::syntax::SyntaxConfig;

use crate::template::value::Value;

/// Extensions that are here without being asked for, and settings that change nothing here.
const EXTENSIONS: [&str; 11] = [
    "cookiecutter.extensions.JsonifyExtension",
    "cookiecutter.extensions.RandomStringExtension",
    "cookiecutter.extensions.SlugifyExtension",
    "cookiecutter.extensions.TimeExtension",
    "cookiecutter.extensions.UUIDExtension",
    "jinja2_time.TimeExtension",
    "jinja2.ext.do",
    "jinja2.ext.loopcontrols",
    "jinja2.ext.with_",
    "jinja2.ext.autoescape",
    "jinja2.ext.ExprStmtExtension",
];

/// How the engine is set up.
#[derive(Clone, Debug)]
pub(in crate::template::cookiecutter) struct Settings {
    pub(super) syntax: SyntaxConfig,
    pub(super) is_escaping: bool,
    /// What line ends become, where it is said.
    pub(super) line_end: Option<String>,
}

impl Settings {
    /// The settings of a template. The error says which one is wrong.
    pub(in crate::template::cookiecutter) fn new(
        variables: Option<&Value>,
        extensions: Option<&Value>,
    ) -> Result<Self, String> {
        for extension in extensions.into_iter().flat_map(items) {
            let name = extension.to_text();
            if !EXTENSIONS.contains(&name.as_str()) {
                return Err(format!(
                    "the template needs the extension `{name}` of Jinja, which is written in \
                     Python"
                ));
            }
        }
        let mut names = Names::default();
        let mut builder = SyntaxConfig::builder();
        builder.keep_trailing_newline(true);
        let (mut is_escaping, mut line_end) = (false, None);
        let variables = match variables {
            None => return finish(&mut builder, names, is_escaping, line_end),
            Some(Value::Dict(variables)) => variables,
            Some(_) => return Err("`_jinja2_env_vars` is no object".to_owned()),
        };
        for (name, value) in variables.iter() {
            let text = || match value {
                Value::Str(text) => Ok(text.text.to_string()),
                Value::None => Ok(String::new()),
                _ => Err(format!("`{name}` of `_jinja2_env_vars` is no text")),
            };
            match &**name {
                "trim_blocks" => drop(builder.trim_blocks(value.is_true())),
                "lstrip_blocks" => drop(builder.lstrip_blocks(value.is_true())),
                "autoescape" => is_escaping = value.is_true(),
                "newline_sequence" => line_end = Some(text()?),
                "block_start_string" => names.block.0 = text()?,
                "block_end_string" => names.block.1 = text()?,
                "variable_start_string" => names.variable.0 = text()?,
                "variable_end_string" => names.variable.1 = text()?,
                "comment_start_string" => names.comment.0 = text()?,
                "comment_end_string" => names.comment.1 = text()?,
                "line_statement_prefix" => drop(builder.line_statement_prefix(text()?)),
                "line_comment_prefix" => drop(builder.line_comment_prefix(text()?)),
                // How it works, and not what comes of it.
                "optimized" | "cache_size" | "auto_reload" => {}
                _ => {
                    return Err(format!(
                        "`_jinja2_env_vars` has `{name}`, which is not supported"
                    ));
                }
            }
        }
        finish(&mut builder, names, is_escaping, line_end)
    }

    /// What stands around a variable, which the directory of the project's files has in its name.
    pub(in crate::template::cookiecutter) fn variable_delimiters(&self) -> (&str, &str) {
        self.syntax.variable_delimiters()
    }
}

/// What stands around tags, variables and comments.
struct Names {
    block: (String, String),
    variable: (String, String),
    comment: (String, String),
}

impl Default for Names {
    fn default() -> Self {
        let pair = |open: &str, close: &str| (open.to_owned(), close.to_owned());
        Self {
            block: pair("{%", "%}"),
            variable: pair("{{", "}}"),
            comment: pair("{#", "#}"),
        }
    }
}

fn finish(
    builder: &mut minijinja::syntax::SyntaxConfigBuilder,
    names: Names,
    is_escaping: bool,
    line_end: Option<String>,
) -> Result<Settings, String> {
    builder.block_delimiters(names.block.0, names.block.1);
    builder.variable_delimiters(names.variable.0, names.variable.1);
    builder.comment_delimiters(names.comment.0, names.comment.1);
    let syntax = builder
        .build()
        .map_err(|error| format!("the delimiters of `_jinja2_env_vars` cannot be used: {error}"))?;
    Ok(Settings {
        syntax,
        is_escaping,
        line_end,
    })
}

fn items(value: &Value) -> Vec<Value> {
    value.iterate().unwrap_or_default()
}

//! `WSGI_APPLICATION` of the settings module, read without building anything.

use syn::{Expr, ExprLit, Item, Lit};

use super::{
    Error, Package, application,
    modules::{Import, Module, is_named},
};
use crate::project::Position;

/// The variable that chooses the settings module.
pub const VARIABLE: &str = "SCAFFOLD_SETTINGS_MODULE";

/// The constant.
const NAME: &str = "WSGI_APPLICATION";

/// The settings module where none is chosen.
const MODULE: &str = "settings";

/// What is served where the settings name nothing.
const DEFAULT: [&str; 2] = ["wsgi", "application"];

/// How many `use` lead from one settings module to another: more than anybody writes, and an end
/// for those that lead in a circle.
const MOST_IMPORTS: usize = 8;

/// The settings module that the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// `--settings`.
    pub argument: Option<String>,
    /// [`VARIABLE`] of the environment.
    pub variable: Option<String>,
    /// What the project's configuration says.
    pub configured: Option<String>,
}

/// What named something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `--settings`.
    Argument,
    /// [`VARIABLE`].
    Variable,
    /// The project's configuration.
    Configuration,
    /// The settings.
    Constant,
    /// Nothing did.
    Default,
}

impl Rule {
    /// Its name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "--settings",
            Self::Variable => VARIABLE,
            Self::Configuration => "Cargo.toml",
            Self::Constant => NAME,
            Self::Default => "default",
        }
    }
}

/// What is to be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The settings module, as in `mysite::settings`, and what named it; none where the package has
    /// none and needs none.
    pub settings: Option<(String, Rule)>,
    /// The function from the crate's root on, as in `wsgi`, `application`.
    pub(super) path: Vec<String>,
    /// The crate's name.
    pub(super) crate_name: String,
    /// What named the function.
    pub rule: Rule,
    /// Where the settings name it; none where they do not.
    pub(super) position: Option<Position>,
    /// The function gives a future of it.
    pub(super) is_async: bool,
}

/// What a constant says, where.
struct Value {
    /// `None` is the default's.
    path: Option<String>,
    position: Position,
}

impl Application {
    /// Reads the settings of a package, and looks whether there is what they name.
    pub fn read(package: &Package, choice: &Choice) -> Result<Self, Error> {
        let root = Module::root(package)?;
        let Choice {
            argument,
            variable,
            configured,
        } = choice;
        let (given, rule) = [
            (argument, Rule::Argument),
            (variable, Rule::Variable),
            (configured, Rule::Configuration),
        ]
        .into_iter()
        .find_map(|(given, rule)| Some((given.as_deref()?, rule)))
        .unwrap_or((MODULE, Rule::Default));
        let settings = match rule {
            Rule::Default => vec![MODULE.to_owned()],
            _ => settings_path(package, given, rule)?,
        };
        let module = find(package, &root, &settings)?;
        if module.is_none() && rule != Rule::Default {
            let hint = format!(
                "declare it in `{}`",
                package.shown(&package.library).display()
            );
            let reason = "does not exist".to_owned();
            return Err(wrong_settings(given, rule, reason, hint));
        }
        let value = match &module {
            Some(_) => constant(package, &root, &settings, 0)?,
            None => None,
        };
        let name = |path: &[String]| format!("{}::{}", package.crate_name, path.join("::"));
        let settings = module.map(|_| (name(&settings), rule));
        let mut application = Self {
            settings,
            path: DEFAULT.map(str::to_owned).to_vec(),
            crate_name: package.crate_name.clone(),
            rule: Rule::Default,
            position: None,
            is_async: false,
        };
        if let Some(Value {
            path: Some(path),
            position,
        }) = value
        {
            application.path = application_path(package, &path, &position)?;
            application.rule = Rule::Constant;
            application.position = Some(position);
        }
        application.is_async = application::look(package, &root, &application)?;
        Ok(application)
    }

    /// Its name, as in `mysite::wsgi::application`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}::{}", self.crate_name, self.path.join("::"))
    }

    /// The complaint that it is not there, or not what can be served.
    pub(super) fn wrong(&self, reason: String, hint: String) -> Error {
        let path = self.name();
        match self.position.clone() {
            Some(position) => Error::Application {
                position,
                path,
                reason,
                hint,
            },
            None => Error::Default { path, reason, hint },
        }
    }
}

/// The segments of a path after the crate's name; `None` where it is not a path in the crate.
fn in_crate(package: &Package, text: &str) -> Option<Vec<String>> {
    let path: syn::Path = syn::parse_str(text.trim()).ok()?;
    let is_plain = path.segments.iter().all(|it| it.arguments.is_none());
    let mut segments = path.segments.iter();
    let first = segments.next()?;
    let is_ours = first.ident == "crate" || is_named(&first.ident, &package.crate_name);
    let segments: Vec<_> = segments.map(|it| it.ident.to_string()).collect();
    (is_plain && is_ours && !segments.is_empty()).then_some(segments)
}

fn settings_path(package: &Package, given: &str, rule: Rule) -> Result<Vec<String>, Error> {
    in_crate(package, given).ok_or_else(|| {
        let name = &package.crate_name;
        let hint = format!("as in `{name}::settings`");
        wrong_settings(
            given,
            rule,
            format!("is no path in the crate `{name}`"),
            hint,
        )
    })
}

fn wrong_settings(given: &str, rule: Rule, reason: String, hint: String) -> Error {
    Error::Settings {
        given: given.to_owned(),
        origin: rule.name(),
        reason,
        hint,
    }
}

fn application_path(
    package: &Package,
    path: &str,
    position: &Position,
) -> Result<Vec<String>, Error> {
    let name = &package.crate_name;
    in_crate(package, path).ok_or_else(|| Error::Application {
        position: position.clone(),
        path: path.to_owned(),
        reason: format!("that is no path in the crate `{name}`"),
        hint: format!("as in `{name}::wsgi::application`"),
    })
}

/// The module that a path leads to.
fn find(package: &Package, root: &Module, path: &[String]) -> Result<Option<Module>, Error> {
    let mut found: Option<Module> = None;
    for name in path {
        found = match found.as_ref().unwrap_or(root).child(package, name)? {
            None => return Ok(None),
            module => module,
        };
    }
    Ok(found)
}

/// What the constant is in a module, or in one that it imports its settings from.
fn constant(
    package: &Package,
    root: &Module,
    path: &[String],
    imports: usize,
) -> Result<Option<Value>, Error> {
    let Some(module) = find(package, root, path)? else {
        return Ok(None);
    };
    let expression = module.items.iter().find_map(|item| match item {
        Item::Const(item) if item.ident == NAME => Some(&*item.expr),
        Item::Static(item) if item.ident == NAME => Some(&*item.expr),
        _ => None,
    });
    if let Some(expression) = expression {
        return value(package, &module, expression).map(Some);
    }
    if imports == MOST_IMPORTS {
        return Ok(None);
    }
    for import in module.imports() {
        let is_meant = import.name.as_deref().is_none_or(|name| name == NAME);
        if is_meant
            && let Some(from) = origin(root, &module, path, import)
            && let Some(value) = constant(package, root, &from, imports + 1)?
        {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The module, from the crate's root on, that something was imported from; `None` for other crates.
fn origin(root: &Module, module: &Module, path: &[String], import: Import) -> Option<Vec<String>> {
    let Import {
        path: mut imported,
        name,
    } = import;
    if name.is_some() {
        // The name of the constant itself.
        imported.pop();
    }
    let mut base = path.to_owned();
    let mut rest = imported.as_slice();
    match rest.split_first() {
        Some((first, tail)) if first == "crate" => {
            base.clear();
            rest = tail;
        }
        Some((first, tail)) if first == "self" => rest = tail,
        Some((first, _)) if first == "super" => {}
        Some((first, _)) if module.declaration(first).is_some() => {}
        // The 2015 edition.
        Some((first, _)) if root.declaration(first).is_some() => base.clear(),
        _ => return None,
    }
    while let Some((first, tail)) = rest.split_first()
        && first == "super"
    {
        base.pop()?;
        rest = tail;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The value of the constant: a text, `Some` text or `None`.
fn value(package: &Package, module: &Module, expression: &Expr) -> Result<Value, Error> {
    use syn::spanned::Spanned as _;

    let position = module.position(expression.span());
    let ends_with = |path: &Expr, name: &str| matches!(path, Expr::Path(it) if it.path.segments.last().is_some_and(|it| it.ident == name));
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(Value {
            path: Some(text.value()),
            position,
        }),
        path if ends_with(path, "None") => Ok(Value {
            path: None,
            position,
        }),
        Expr::Call(call) if ends_with(&call.func, "Some") && call.args.len() == 1 => {
            match call.args.first() {
                Some(inner @ Expr::Lit(_)) => value(package, module, inner),
                _ => Err(no_literal(package, position)),
            }
        }
        _ => Err(no_literal(package, position)),
    }
}

fn no_literal(package: &Package, position: Position) -> Error {
    Error::Value {
        position,
        expected: "a string literal, which can be read without compiling".to_owned(),
        hint: format!("as in `\"{}::wsgi::application\"`", package.crate_name),
    }
}

#[cfg(test)]
mod tests;

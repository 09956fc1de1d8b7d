//! Whether a crate has the function that the settings name, as far as its text tells.

use syn::{Item, ItemFn, ReturnType};

use super::{
    Error, Package,
    modules::{Module, is_named, is_public},
    settings::Application,
};

/// Names less like a wanted one than this are not taken for a slip of the fingers.
const SIMILAR: f64 = 0.75;

/// Looks for the function; says whether it is `async`. What the text does not tell, because a name
/// is imported or a macro's, is left to the compiler.
pub(super) fn look(
    package: &Package,
    root: &Module,
    application: &Application,
) -> Result<bool, Error> {
    let Some((name, modules)) = application.path.split_last() else {
        return Ok(false);
    };
    let mut nested: Option<Module> = None;
    for module in modules {
        let outer = nested.as_ref().unwrap_or(root);
        let Some(declaration) = outer.declaration(module) else {
            if outer.may_have(module) {
                return Ok(false);
            }
            let reason = format!("`{}` has no module `{module}`", outer.file.display());
            return Err(application.wrong(reason, format!("add `pub mod {module};` there")));
        };
        if !is_public(&declaration.vis) {
            let reason = format!(
                "the module `{module}` in `{}` is private",
                outer.file.display()
            );
            return Err(application.wrong(reason, format!("write `pub mod {module}` there")));
        }
        nested = outer.child(package, module)?;
    }
    let module = nested.as_ref().unwrap_or(root);
    let functions = || {
        module.items.iter().filter_map(|item| match item {
            Item::Fn(function) => Some(function),
            _ => None,
        })
    };
    let file = module.file.display();
    let Some(function) = functions().find(|it| is_named(&it.sig.ident, name)) else {
        if module.may_have(name) {
            return Ok(false);
        }
        let what = module.items.iter().find_map(|item| named(item, name));
        let reason = match what {
            Some(what) => format!("`{name}` in `{file}` is {what}, not a function"),
            None => format!("`{file}` has no function `{name}`"),
        };
        let similar = functions()
            .map(|it| it.sig.ident.to_string())
            .map(|known| (strsim::jaro_winkler(name, &known), known))
            .filter(|(similarity, _)| *similarity > SIMILAR)
            .max_by(|(one, _), (other, _)| one.total_cmp(other));
        let hint = match similar {
            Some((_, similar)) => format!("did you mean `{similar}`?"),
            None => format!("as in `pub fn {name}() -> axum::Router`"),
        };
        return Err(application.wrong(reason, hint));
    };
    if let Some(reason) = unusable(function) {
        let reason = format!("the function `{name}` in `{file}` {reason}");
        let hint = format!("as in `pub fn {name}() -> axum::Router`");
        return Err(application.wrong(reason, hint));
    }
    Ok(function.sig.asyncness.is_some())
}

/// Why a function cannot be called from another crate and without arguments.
fn unusable(function: &ItemFn) -> Option<&'static str> {
    let ItemFn { vis, sig, .. } = function;
    if !is_public(vis) {
        return Some("is private");
    }
    if !sig.inputs.is_empty() {
        return Some("takes arguments");
    }
    if sig.unsafety.is_some() {
        return Some("is unsafe");
    }
    matches!(sig.output, ReturnType::Default).then_some("returns nothing")
}

/// What else has that name.
fn named(item: &Item, name: &str) -> Option<&'static str> {
    let (ident, what) = match item {
        Item::Const(item) => (&item.ident, "a constant"),
        Item::Static(item) => (&item.ident, "a static"),
        Item::Struct(item) => (&item.ident, "a struct"),
        Item::Enum(item) => (&item.ident, "an enum"),
        Item::Mod(item) => (&item.ident, "a module"),
        _ => return None,
    };
    is_named(ident, name).then_some(what)
}

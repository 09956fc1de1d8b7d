//! What the options mean to the template: what is taken and rendered, and the variables.

use std::{path::PathBuf, sync::Arc};

use crate::{
    cli::{GenerateArgs, OutputArgs},
    command::error::Error,
    template::{self, Dict, Selection, Subject, Value},
};

/// What `--extension`, `--name` and `--exclude` choose.
pub(super) fn selection(args: &GenerateArgs) -> Selection {
    let mut selection = Selection::default();
    let extensions = args.extensions.iter().map(|it| it.replace(' ', ""));
    for extension in extensions {
        let each = extension.split(',').map(|it| match it {
            it if it.starts_with('.') => it.to_owned(),
            it => format!(".{it}"),
        });
        selection.extensions.extend(each);
    }
    let names = args.files.iter().flat_map(|it| it.split(','));
    selection.names = names.map(|it| stripped(it).into()).collect();
    selection.exclude = args
        .exclude
        .as_ref()
        .map(|names| names.iter().map(|it| stripped(it).into()).collect());
    selection
}

/// The options under the names, and in the form, that Django's commands give them to templates.
pub(super) fn as_variables(args: &GenerateArgs, output: OutputArgs) -> Dict {
    let list = |first: Option<&str>, items: &[String]| {
        let items = items.iter().map(String::as_str);
        Value::List(first.into_iter().chain(items).map(Value::text).collect())
    };
    let text = |value: &Option<String>| value.as_deref().map_or(Value::None, Value::text);
    let OutputArgs {
        quiet,
        verbosity,
        no_color,
        force_color,
    } = output;
    let verbosity = if quiet { 0 } else { verbosity };
    let mut options = Dict::new();
    let mut set = |name: &str, value: Value| options.insert(Arc::from(name), value);
    set("verbosity", Value::Int(verbosity.into()));
    set("settings", text(&args.settings));
    set("pythonpath", text(&args.pythonpath));
    set("traceback", Value::Bool(args.traceback));
    set("no_color", Value::Bool(no_color));
    set("force_color", Value::Bool(force_color));
    // Django gives it as it was typed; but what stands in a project is published with it.
    let template = args.template.as_deref().map(template::without_credentials);
    set("template", template.map_or(Value::None, Value::text));
    set("extensions", list(Some("py"), &args.extensions));
    set("files", list(None, &args.files));
    if let Some(exclude) = &args.exclude {
        set("exclude", list(None, exclude));
    }
    options
}

/// The user's own variables: what `--var` says stands before the files, and a later one before an
/// earlier one.
pub(in crate::command) fn variables(
    subject: Subject,
    files: &[PathBuf],
    arguments: &[String],
) -> Result<Dict, Error> {
    let mut variables = Dict::new();
    for file in files {
        variables.extend(template::read_variables(subject, file)?);
    }
    for argument in arguments {
        let (name, value) = template::assignment(subject, argument)?;
        variables.insert(name, value);
    }
    Ok(variables)
}

/// Python's `str.strip()`, which knows four more spaces than Unicode.
fn stripped(text: &str) -> &str {
    text.trim_matches(|it: char| it.is_whitespace() || ('\x1c'..='\x1f').contains(&it))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use clap::Parser;
    use rstest::rstest;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: GenerateArgs,
        #[command(flatten)]
        output: OutputArgs,
    }

    fn parsed(line: &[&str]) -> Line {
        Line::parse_from(["s", "x"].iter().chain(line))
    }

    #[rstest]
    #[case(&[], &[".py"])]
    #[case(&["-e", "txt"], &[".py", ".txt"])]
    #[case(&["-e", " a, .b", "-ehtml"], &[".a", ".b", ".html", ".py"])]
    #[case(&["--extension", ""], &[".", ".py"])]
    #[case(&["-e", "tar.gz,.py"], &[".py", ".tar.gz"])]
    fn extensions(#[case] line: &[&str], #[case] expected: &[&str]) {
        let selection = selection(&parsed(line).args);
        assert!(
            selection.extensions.iter().eq(expected),
            "{:?}",
            selection.extensions
        );
    }

    /// Those excluded stand with a bar between them.
    #[rstest]
    #[case(&[], &[], None)]
    #[case(&["-n", "a, b ", "--name", "c"], &["a", "b", "c"], None)]
    #[case(&["-x"], &[], Some(""))]
    #[case(&["-x", " a ", "-xb,c", "--exclude=d", "-x"], &[], Some("a|b,c|d|"))]
    #[case(&["--exclude="], &[], Some(""))]
    #[case(&["-x", "-n", "a"], &["a"], Some(""))]
    #[case(&["-x", "\u{1f}a\u{a0}"], &[], Some("a"))]
    fn names_and_excluded(
        #[case] line: &[&str],
        #[case] names: &[&str],
        #[case] exclude: Option<&str>,
    ) {
        let selection = selection(&parsed(line).args);
        assert!(selection.names.iter().eq(names), "{:?}", selection.names);
        let excluded = selection.exclude.map(|it| it.join(OsStr::new("|")));
        assert_eq!(excluded.as_deref(), exclude.map(OsStr::new));
    }

    #[test]
    fn no_password_becomes_a_variable() {
        let Line { args, output } = parsed(&["--template", "https://me:secret@host/x.zip"]);
        let options = as_variables(&args, output);
        assert!(
            matches!(&options["template"], Value::Str(it) if &*it.text == "https://host/x.zip")
        );
    }

    #[test]
    fn options_are_as_django_has_them() {
        let line = "-e txt,a -n b --template t -v 2 --traceback --settings m";
        let line: Vec<_> = line.split(' ').collect();
        let Line { args, output } = parsed(&line);
        let options = as_variables(&args, output);
        let names: Vec<_> = options.keys().map(AsRef::as_ref).collect();
        assert_eq!(
            names,
            [
                "verbosity",
                "settings",
                "pythonpath",
                "traceback",
                "no_color",
                "force_color",
                "template",
                "extensions",
                "files"
            ]
        );
        assert!(matches!(options["verbosity"], Value::Int(2)));
        assert!(matches!(&options["settings"], Value::Str(it) if &*it.text == "m"));
        assert!(matches!(options["pythonpath"], Value::None));
        assert!(matches!(options["traceback"], Value::Bool(true)));
        let Value::List(extensions) = &options["extensions"] else {
            panic!()
        };
        assert_eq!(extensions.len(), 2);
        let Line { args, output } = parsed(&["-x", "-q"]);
        let options = as_variables(&args, output);
        assert!(matches!(&options["exclude"], Value::List(it) if it.len() == 1));
        assert!(matches!(options["verbosity"], Value::Int(0)));
    }
}

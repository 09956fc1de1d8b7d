//! The manifest of a template that was made of a project.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::{secrets::Secrets, texts::MARKS};
use crate::template::subject::Subject;

/// What it has to say, by path in the template.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) executable: Vec<PathBuf>,
    pub(super) copied: Vec<PathBuf>,
    /// For each set of marks but the first.
    pub(super) delimited: [Vec<PathBuf>; MARKS.len() - 1],
    pub(super) renames: Vec<(PathBuf, String)>,
    pub(super) is_django: bool,
}

/// Writes the manifest.
pub(super) fn text(subject: Subject, name: &str, secrets: &Secrets, notes: &Notes) -> String {
    let mut text = format!(
        "# Made from the {word} `{name}`. Each key is described in docs/templates.md of scaffold.\n\
         name = {}\ndescription = {}\n",
        quoted(name),
        quoted(&format!("{} like {name}", capital(subject.with_article()))),
        word = subject.word(),
    );
    if notes.is_django {
        text.push_str("reserved = [\"django\"]\n");
    }
    list(&mut text, "executable", &notes.executable);
    list(&mut text, "copy", &notes.copied);
    for secret in secrets.declared() {
        let _ = write!(
            text,
            "\n[[variables]]\nname = {}\nprompt = {}\ndefault = \"{{{{ secret() }}}}\"\nsecret = true\n",
            quoted(&secret.variable),
            quoted(&secret.setting),
        );
    }
    for (path, name) in &notes.renames {
        let _ = write!(
            text,
            "\n[[files]]\npath = {}\nrename = {}\n",
            pattern(path),
            quoted(name)
        );
    }
    for (paths, marks) in notes.delimited.iter().zip(MARKS.iter().skip(1)) {
        if paths.is_empty() {
            continue;
        }
        let [
            variable,
            variable_end,
            block,
            block_end,
            comment,
            comment_end,
        ] = marks;
        text.push_str("\n[[files]]\n");
        list(&mut text, "path", paths);
        let _ = writeln!(
            text,
            "delimiters = {{ variable = [\"{variable}\", \"{variable_end}\"], \
             block = [\"{block}\", \"{block_end}\"], comment = [\"{comment}\", \"{comment_end}\"] }}"
        );
    }
    text
}

fn list(text: &mut String, key: &str, paths: &[PathBuf]) {
    if paths.is_empty() {
        return;
    }
    let patterns: Vec<_> = paths.iter().map(|it| pattern(it)).collect();
    let _ = match patterns.as_slice() {
        [one] => writeln!(text, "{key} = [{one}]"),
        several => writeln!(text, "{key} = [\n    {},\n]", several.join(",\n    ")),
    };
}

/// A pattern that means this path and no other of its name.
fn pattern(path: &Path) -> String {
    quoted(&format!("./{}", path.to_string_lossy()))
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            it if it.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(it));
            }
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|it| it.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_toml_has_them() {
        for text in ["a", "a\"b\\c", "a\tb\u{7f}", "été"] {
            let table: toml::Table = toml::from_str(&format!("x = {}", quoted(text))).unwrap();
            assert_eq!(table["x"].as_str(), Some(text));
        }
    }
}

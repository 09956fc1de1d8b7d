//! The structure of `src/`, checked by reading it: which module may import which, and how long a
//! file may be.

use std::{collections::BTreeSet, fs, path::Path};

/// The modules of the crate from the top down, as the map in `src/lib.rs` has them. A module may
/// import only from the lines below its own.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["lib"],
    &["command"],
    &["dev"],
    &["serve"],
    &["worker", "cargo"],
    &["wire"],
    &["template", "project", "watch"],
    &["console", "shutdown", "cli"],
];

/// Modules that stand on the last line but are for the top only: what prints, stops or parses
/// arguments is no business of the parts.
const ONLY_FOR_TOP: &[&str] = &["console", "shutdown", "cli"];

/// The modules that may import [`ONLY_FOR_TOP`].
const TOP: &[&str] = &["main", "lib", "command"];

/// The most lines a file may have: beyond that it holds more than one thing.
const MOST_LINES: usize = 400;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[];

#[test]
fn imports_point_only_downward() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if Path::new(&path)
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            wrong.extend(forbidden(&path, &text));
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that must not be:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_forbidden_arrow_is_found() {
    let found = |path: &str, text: &str| !forbidden(path, text).is_empty();

    assert!(
        found("src/wire/frame.rs", "use crate::serve::Page;"),
        "upward"
    );
    assert!(
        found(
            "src/template/plan.rs",
            "use crate::{\n    project::Root,\n};"
        ),
        "sideways"
    );
    assert!(
        found("src/serve/mod.rs", "fn f() { crate::console::line(1) }"),
        "console from a part"
    );
    assert!(
        found("src/serve/mod.rs", "use crate::{wire::{a, b}, dev};"),
        "second of a group"
    );
    assert!(
        found("src/wire/frame.rs", "use super::super::worker::Pool;"),
        "through super"
    );
    assert!(
        found("src/wire/mod.rs", "use super::{Shape, dev};"),
        "through super in a mod.rs"
    );
    assert!(
        found("src/wire/mod.rs", "use crate::*;"),
        "a glob of the root"
    );
    assert!(
        found("src/wire/mod.rs", "use crate::run;"),
        "an item of lib.rs"
    );
    assert!(
        found("src/stray/mod.rs", ""),
        "a module that no layer names"
    );

    assert!(!found(
        "src/serve/mod.rs",
        "use crate::{wire::{serve, dev}, worker::Pool};"
    ));
    assert!(!found(
        "src/command/mod.rs",
        "use crate::{cli::Cli, console::{self, Verbosity}};"
    ));
    assert!(!found(
        "src/wire/mod.rs",
        "//! Used by [`crate::serve`].\nuse super::Error;"
    ));
    assert!(!found(
        "src/wire/frame.rs",
        "use crate::wire::marshal; use super::serve;"
    ));
    assert!(!found("src/main.rs", "scaffold::run(std::env::args_os())"));
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let (lines, exception) = (
            text.lines().count(),
            LONG_FILES.iter().find(|f| f.0 == path),
        );
        match exception {
            None if lines > MOST_LINES => wrong.push(format!("{path}: {lines} lines")),
            Some(_) if lines <= MOST_LINES => wrong.push(format!("{path}: no longer an exception")),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "at most {MOST_LINES} lines:\n{}",
        wrong.join("\n")
    );
}

/// Every text file under `src/`: its path from the package's root, and what it holds.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    walkdir::WalkDir::new(root.join("src"))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            !matches!(
                entry.file_name().to_str(),
                Some("__pycache__" | ".mypy_cache" | ".ruff_cache")
            )
        })
        .map(|entry| entry.expect("src is readable"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).expect("below the root");
            let text = fs::read_to_string(entry.path()).expect("sources are UTF-8");
            (
                path.to_str().expect("sources have UTF-8 names").to_owned(),
                text,
            )
        })
        .collect()
}

/// The arrows out of one file that must not be, in words.
fn forbidden(path: &str, text: &str) -> Vec<String> {
    let modules = module_path(path);
    let from = modules.first().map_or("lib", String::as_str);
    let Some(level) = layer(from) else {
        return vec![format!(
            "{path}: `{from}` is in no layer: add it to tests/layers.rs"
        )];
    };
    let depth = if matches!(from, "main" | "lib") {
        0
    } else {
        modules.len()
    };
    imported(text, depth)
        .into_iter()
        .filter(|to| to != from)
        .filter(|to| {
            let below = layer(to).is_some_and(|to| to > level);
            !below || (ONLY_FOR_TOP.contains(&to.as_str()) && !TOP.contains(&from))
        })
        .map(|to| format!("{path}: `{from}` imports `{to}`"))
        .collect()
}

/// The module a file is, as the segments of its path: `src/wire/frame.rs` is `wire::frame`.
fn module_path(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    path.trim_end_matches("/mod")
        .split('/')
        .map(str::to_owned)
        .collect()
}

/// How far down a module stands.
fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|line| line.contains(&module))
}

/// The first segments of all paths from the crate's root in a source text. `depth` is the number
/// of `super`s that lead from the file to the root.
fn imported(text: &str, depth: usize) -> BTreeSet<String> {
    let text: Vec<&str> = text.lines().map(without_comment).collect();
    let text = text.join("\n");
    let mut found = BTreeSet::new();
    for (start, _) in text.match_indices("crate::") {
        // `scaffold_crate::` is another name.
        if !text[..start].ends_with(is_name) {
            found.extend(first_segments(&text[start + "crate::".len()..]));
        }
    }
    let to_root = "super::".repeat(depth);
    if depth > 0 {
        for (start, _) in text.match_indices(&to_root) {
            // A `super` may also lead out of a module inside the file, so only names of top-level
            // modules count.
            let names = first_segments(&text[start + to_root.len()..]);
            found.extend(names.into_iter().filter(|name| layer(name).is_some()));
        }
    }
    found
}

/// The first segment of a path, or of each path in a braced group.
fn first_segments(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![
            path.chars()
                .take_while(|&c| is_name(c) || c == '*')
                .collect(),
        ];
    };
    let (mut depth, mut names, mut at_start) = (1, Vec::new(), true);
    let mut rest = group.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => at_start = true,
            _ if at_start && depth == 1 && (is_name(c) || c == '*') => {
                let mut name = String::from(c);
                while let Some(c) = rest.next_if(|&c| is_name(c)) {
                    name.push(c);
                }
                names.push(name);
                at_start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// A line without its comment; `//` after a colon is part of an address in a string.
fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices("//")
        .find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Whether a character may stand in a Rust name.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

//! The file beside a program in which Cargo says what it was built from. Pure.
//!
//! It is a rule of `make`: the program, a colon, and the files, in which a space or a backslash has
//! a backslash before it (`rustc`'s `-Z dep-info`, and "Dep-Info Files" in The Cargo Book).

use std::path::PathBuf;

/// The files that a program was built from, of all packages that are on this disk: source files,
/// what these include, and what their build scripts name.
pub(super) fn sources(text: &str) -> Vec<PathBuf> {
    let rule = text.lines().find_map(|line| line.split_once(": "));
    let Some((_, files)) = rule else {
        return Vec::new();
    };
    let mut sources = Vec::new();
    let mut file = String::new();
    let mut characters = files.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next_if(|next| matches!(next, ' ' | '\\')) {
                Some(escaped) => file.push(escaped),
                None => file.push('\\'),
            },
            ' ' => take(&mut file, &mut sources),
            other => file.push(other),
        }
    }
    take(&mut file, &mut sources);
    sources
}

fn take(file: &mut String, sources: &mut Vec<PathBuf>) {
    if !file.is_empty() {
        sources.push(std::mem::take(file).into());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_files_stand_after_the_program() {
        let text = "/t/debug/runner: /w/src/lib.rs /w/a\\ b/c.html  /w/x\\\\y.rs\n\n/w/z.rs:\n";
        let expected = ["/w/src/lib.rs", "/w/a b/c.html", "/w/x\\y.rs"].map(PathBuf::from);
        assert_eq!(sources(text), expected);
        assert_eq!(sources(""), Vec::<PathBuf>::new());
        assert_eq!(sources("/t/debug/runner:"), Vec::<PathBuf>::new());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(files in prop::collection::vec("[a-z/ ]{0,4}[a-zé/.\\\\]", 0..5)) {
            let written = files.iter().map(|file| {
                file.replace('\\', "\\\\").replace(' ', "\\ ")
            });
            let text = format!("/t/runner: {}\n", written.collect::<Vec<_>>().join(" "));
            let expected: Vec<_> = files.iter().map(PathBuf::from).collect();
            prop_assert_eq!(sources(&text), expected);
        }
    }
}

//! What the compiler has against a project: its errors in order, as many as anybody reads. Pure.

use std::path::Path;

use super::{Diagnostic, diagnostics::from_directory};
use crate::project::Position;

/// The most errors that are kept: the first one is mended first, and often others go with it.
const MOST_ERRORS: usize = 20;

/// The most octets that are kept of one error as it is shown. Most have less than two thousand; a
/// linker's has its command line, with hundreds of files.
const MOST_RENDERED: usize = 16 * 1024;

/// What ends colours, and says that something is missing.
const CUT: &str = "\u{1b}[0m\n…\n";

/// Why a project does not compile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The errors in the order in which the compiler found them; places in the package are from its
    /// directory on.
    pub errors: Vec<Diagnostic>,
    /// How many more there were.
    pub omitted: usize,
    /// How many warnings there were.
    pub warnings: usize,
}

impl Refusal {
    /// Takes note of what the compiler says.
    pub(super) fn note(&mut self, mut said: Diagnostic, directory: &Path) {
        if !said.is_error {
            self.warnings += 1;
        } else if self.errors.len() == MOST_ERRORS {
            self.omitted += 1;
        } else {
            said.position = said.position.map(|it| from_directory(it, directory));
            cut(&mut said.rendered);
            self.errors.push(said);
        }
    }

    /// The first error, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        self.errors.first().map_or("", |error| &error.message)
    }

    /// Where the first error is.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        self.errors.first()?.position.as_ref()
    }
}

fn cut(text: &mut String) {
    if text.len() > MOST_RENDERED {
        text.truncate(text.floor_char_boundary(MOST_RENDERED));
        text.push_str(CUT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(is_error: bool, rendered: &str) -> Diagnostic {
        Diagnostic {
            rendered: rendered.to_owned(),
            is_error,
            position: Some(Position {
                path: "/w/src/a.rs".into(),
                line: 1,
                column: 2,
            }),
            ..Diagnostic::default()
        }
    }

    #[test]
    fn only_so_many_errors_are_kept_and_the_others_counted() {
        let mut refusal = Refusal::default();
        for number in 0..25 {
            refusal.note(said(true, &number.to_string()), Path::new("/w"));
            refusal.note(said(false, ""), Path::new("/w"));
        }
        let kept: Vec<_> = refusal.errors.iter().map(|it| &*it.rendered).collect();
        let expected: Vec<_> = (0..20).map(|number| number.to_string()).collect();
        assert_eq!(kept, expected);
        assert_eq!((refusal.omitted, refusal.warnings), (5, 25));
        assert_eq!(refusal.position().unwrap().to_string(), "src/a.rs:1:2");
    }

    #[test]
    fn a_long_error_is_cut_between_characters() {
        let mut refusal = Refusal::default();
        refusal.note(said(true, &"é".repeat(MOST_RENDERED)), Path::new("/w"));
        let rendered = &refusal.errors[0].rendered;
        assert!(rendered.len() <= MOST_RENDERED + CUT.len());
        assert!(rendered.ends_with(CUT), "{rendered}");
    }
}

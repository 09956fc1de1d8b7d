//! The regular expression that a variable's values have to match.

use regex_automata::{
    nfa::thompson::{self, WhichCaptures, pikevm::PikeVM},
    util::syntax,
};

/// Most octets of a compiled expression, as in the crate `regex`.
const MOST_OCTETS: usize = 10 << 20;

/// A regular expression in the syntax of the crate `regex`, that is made for few and short texts.
///
/// Most expressions are compiled to look at one value. The crate `regex` would make them ready for
/// long texts first, which takes ten times as long as the whole of this.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As the manifest has it.
    pub(super) text: String,
    engine: PikeVM,
}

impl Pattern {
    /// Reads an expression. The error says what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        // The whole of the value has to match, which is what people mean.
        let expression = syntax::parse(&format!("^(?:{text})$")).map_err(|error| reason(&error))?;
        let config = thompson::Config::new()
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(MOST_OCTETS));
        let engine = thompson::Compiler::new()
            .configure(config)
            .build_from_hir(&expression)
            .and_then(PikeVM::new_from_nfa)
            .map_err(|error| match error.size_limit() {
                Some(_) => "takes more than 10 MiB to compile".to_owned(),
                None => reason(&error),
            })?;
        Ok(Self {
            text: text.to_owned(),
            engine,
        })
    }

    /// Whether the whole of a value matches.
    pub(super) fn is_match(&self, value: &str) -> bool {
        self.engine.is_match(&mut self.engine.create_cache(), value)
    }
}

/// The last line of what the crate says, which shows the expression above it.
fn reason(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a|bc", "bc", true)]
    #[case("a|bc", "abc", false)]
    #[case("[a-z]+", "a\n", false)]
    #[case(r"\w+", "é", true)]
    #[case("(?i)É", "é", true)]
    #[case(".", "😀", true)]
    #[case(r"\bx\b.*", "x y", true)]
    #[case("(?m)^a$", "b\na", false)]
    #[case("", "", true)]
    fn the_whole_value_has_to_match(
        #[case] pattern: &str,
        #[case] value: &str,
        #[case] matches: bool,
    ) {
        assert_eq!(Pattern::new(pattern).unwrap().is_match(value), matches);
    }

    #[rstest]
    #[case("(", "unclosed group")]
    #[case(r"\1", "backreferences are not supported")]
    #[case(r"\w{1000}{100}", "10 MiB")]
    fn what_is_wrong_is_said(#[case] pattern: &str, #[case] reason: &str) {
        let error = Pattern::new(pattern).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    /// Nothing that a template has may take long, however its values look.
    #[test]
    fn values_are_compared_in_linear_time() {
        let value = "a".repeat(20_000);
        assert!(!Pattern::new("(a|a)*(a*)*b").unwrap().is_match(&value));
    }
}

//! What stands in `{% if %}`: operators with the precedence that they have in Python, without
//! parentheses.

use std::borrow::Cow;

use super::{DEEPEST, Fault, expression::Expression};

/// A condition.
#[derive(Debug)]
pub(super) enum Condition {
    Literal(Expression),
    Not(Box<Condition>),
    Binary(Operator, Box<(Condition, Condition)>),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    In,
    NotIn,
    Is,
    IsNot,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// How strongly `not` binds.
const NOT_BINDING: u8 = 8;

impl Operator {
    const ALL: [(&'static str, Self); 12] = [
        ("or", Self::Or),
        ("and", Self::And),
        ("in", Self::In),
        ("not in", Self::NotIn),
        ("is", Self::Is),
        ("is not", Self::IsNot),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
    ];

    fn find(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, operator)| *operator)
    }

    fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, operator)| *operator == self);
        found.map_or("", |(name, _)| name)
    }

    /// How strongly it binds.
    fn binding(self) -> u8 {
        match self {
            Self::Or => 6,
            Self::And => 7,
            Self::In | Self::NotIn => 9,
            _ => 10,
        }
    }
}

impl Condition {
    /// Reads the words after `if` or `elif`.
    pub(super) fn parse(words: &[Cow<'_, str>]) -> Result<Self, Fault> {
        let mut lexemes = Vec::with_capacity(words.len());
        let mut words = words.iter().map(AsRef::as_ref).peekable();
        while let Some(word) = words.next() {
            let word = match word {
                "is" if words.next_if_eq(&"not").is_some() => "is not",
                "not" if words.next_if_eq(&"in").is_some() => "not in",
                _ => word,
            };
            lexemes.push(if word == "not" {
                Lexeme::Not
            } else if let Some(operator) = Operator::find(word) {
                Lexeme::Operator(operator)
            } else {
                Lexeme::Literal(Expression::parse(word)?, word)
            });
        }
        // The next one is the last of the vector.
        lexemes.reverse();
        let mut parser = Parser { lexemes };
        let (condition, _) = parser.condition(0, 0)?;
        match parser.lexemes.last() {
            None => Ok(condition),
            Some(unused) => Err(Fault::new(format!(
                "Unused '{}' at end of if expression.",
                unused.text()
            ))),
        }
    }
}

enum Lexeme<'t> {
    Not,
    Operator(Operator),
    Literal(Expression, &'t str),
}

impl Lexeme<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Not => "not",
            Self::Operator(operator) => operator.name(),
            Self::Literal(_, text) => text,
        }
    }
}

/// A parser by precedence (Pratt's).
struct Parser<'t> {
    lexemes: Vec<Lexeme<'t>>,
}

impl Parser<'_> {
    /// Reads as long as the operators bind more strongly, and returns what was read and how deep
    /// it is.
    fn condition(&mut self, binding: u8, depth: usize) -> Result<(Condition, usize), Fault> {
        shallow(depth)?;
        let (mut left, mut height) = match self.lexemes.pop() {
            None => return Err(Fault::new("Unexpected end of expression in if tag.")),
            Some(Lexeme::Literal(expression, _)) => (Condition::Literal(expression), 0),
            Some(Lexeme::Not) => {
                let (operand, height) = self.condition(NOT_BINDING, depth + 1)?;
                (Condition::Not(Box::new(operand)), height + 1)
            }
            Some(Lexeme::Operator(operator)) => {
                return Err(Fault::new(format!(
                    "Not expecting '{}' in this position in if tag.",
                    operator.name()
                )));
            }
        };
        while let Some(next) = self.lexemes.last() {
            let operator = match next {
                Lexeme::Operator(operator) if operator.binding() > binding => *operator,
                Lexeme::Not if NOT_BINDING > binding => {
                    return Err(Fault::new(
                        "Not expecting 'not' as infix operator in if tag.",
                    ));
                }
                _ => break,
            };
            self.lexemes.pop();
            let (right, right_height) = self.condition(operator.binding(), depth + 1)?;
            height = height.max(right_height) + 1;
            shallow(height)?;
            left = Condition::Binary(operator, Box::new((left, right)));
        }
        Ok((left, height))
    }
}

fn shallow(depth: usize) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err(Fault::new(format!(
            "a condition has more than {DEEPEST} operators"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::expression::Operand, *};

    fn show(condition: &Condition) -> String {
        match condition {
            Condition::Literal(Expression { operand, .. }) => match operand {
                Operand::Lookup(names) => names.join("."),
                Operand::Constant(value) => format!("{value:?}"),
            },
            Condition::Not(operand) => format!("(not {})", show(operand)),
            Condition::Binary(operator, operands) => format!(
                "({} {} {})",
                operator.name(),
                show(&operands.0),
                show(&operands.1)
            ),
        }
    }

    fn parse(text: &str) -> String {
        let words: Vec<_> = text.split_whitespace().map(Cow::Borrowed).collect();
        match Condition::parse(&words) {
            Ok(condition) => show(&condition),
            Err(fault) => fault.message,
        }
    }

    /// What Django 6.1 makes of these.
    #[rstest]
    #[case("a", "a")]
    #[case("a or b and c", "(or a (and b c))")]
    #[case("a and b or c", "(or (and a b) c)")]
    #[case("not a and not b", "(and (not a) (not b))")]
    #[case("not a in b", "(not (in a b))")]
    #[case("a not in b == c", "(not in a (== b c))")]
    #[case("a is not b", "(is not a b)")]
    #[case("a is not not b", "(is not a (not b))")]
    #[case("a == b != c", "(!= (== a b) c)")]
    #[case("a < b or c >= d", "(or (< a b) (>= c d))")]
    #[case("", "Unexpected end of expression in if tag.")]
    #[case("a and", "Unexpected end of expression in if tag.")]
    #[case("and a", "Not expecting 'and' in this position in if tag.")]
    #[case("a not b", "Not expecting 'not' as infix operator in if tag.")]
    #[case("a b", "Unused 'b' at end of if expression.")]
    #[case("a == not b and c", "(and (== a (not b)) c)")]
    #[case("a == b not", "Not expecting 'not' as infix operator in if tag.")]
    #[case("(a)", "Could not parse the remainder: '(a)' from '(a)'")]
    fn conditions(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text), expected);
    }

    #[rstest]
    #[case("not ".repeat(100_000) + "a")]
    #[case("a or ".repeat(100_000) + "a")]
    #[case("not a in ".repeat(100_000) + "a")]
    fn a_condition_has_an_end(#[case] text: String) {
        assert_eq!(parse(&text), "a condition has more than 200 operators");
    }
}

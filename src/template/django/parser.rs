//! Making a tree of the tokens.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use super::{
    Budget, DEEPEST, Fault,
    expression::Expression,
    lexer::{Lexer, Token, TokenKind},
    node::{Cycle, Kind, Node, Nodes, Template},
    tags,
};
use crate::template::value::words;

/// What a text or a tag takes after parsing, at least.
const OCTETS_PER_NODE: usize = 200;

/// What an octet inside a tag takes after parsing, at most: every other one can be a name.
const OCTETS_PER_OCTET: usize = 24;

/// Reads a template.
pub(super) fn parse<'t>(text: &'t str, budget: &Budget) -> Result<Template<'t>, Fault> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        budget,
        open: Vec::new(),
        blocks: HashSet::new(),
        cycles: HashMap::new(),
        last_cycle: None,
        partials: HashMap::new(),
        extends: 0,
        ids: 0,
    };
    let nodes = parser.rest()?;
    Ok(Template {
        nodes,
        partials: parser.partials,
    })
}

/// A template being read, and what its tags need to know of each other.
pub(super) struct Parser<'t, 'b> {
    lexer: Lexer<'t>,
    pub(super) budget: &'b Budget,
    /// The tags inside which the next token is, outermost first.
    open: Vec<(&'t str, Token<'t>)>,
    pub(super) blocks: HashSet<&'t str>,
    pub(super) cycles: HashMap<Arc<str>, Rc<Cycle>>,
    pub(super) last_cycle: Option<Rc<Cycle>>,
    pub(super) partials: HashMap<Arc<str>, Rc<Nodes<'t>>>,
    /// How many `extends` tags there are so far.
    pub(super) extends: usize,
    ids: usize,
}

impl<'t> Parser<'t, '_> {
    /// A number that no other node has.
    pub(super) fn id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    /// Reads to the end of the template.
    pub(super) fn rest(&mut self) -> Result<Nodes<'t>, Fault> {
        Ok(self.parse(&[])?.0)
    }

    /// Reads to the first block tag that begins with one of these words, and past it.
    pub(super) fn until(&mut self, ends: &[&str]) -> Result<(Nodes<'t>, Token<'t>), Fault> {
        match self.parse(ends)? {
            (nodes, Some(end)) => Ok((nodes, end)),
            (_, None) => Err(self.unclosed(ends)),
        }
    }

    /// Reads to a block tag that is only this, and past it. Nothing before it is parsed.
    pub(super) fn skip_past(&mut self, end: &str) -> Result<(), Fault> {
        let found = self
            .lexer
            .find(|token| token.kind == TokenKind::Block && token.contents == end);
        found.map(drop).ok_or_else(|| self.unclosed(&[end]))
    }

    fn parse(&mut self, ends: &[&str]) -> Result<(Nodes<'t>, Option<Token<'t>>), Fault> {
        let mut nodes = Nodes::new();
        let mut has_tag = false;
        while let Some(token) = self.lexer.next() {
            self.afford(token).map_err(|it| it.at(token.offset))?;
            let kind = match token.kind {
                TokenKind::Comment => continue,
                TokenKind::Text => Kind::Text(token.contents),
                TokenKind::Variable => variable(token).map_err(|it| it.at(token.offset))?,
                TokenKind::Block => {
                    let command = words(token.contents).next().unwrap_or_default();
                    if ends.contains(&command) {
                        return Ok((nodes, Some(token)));
                    }
                    self.tag(command, token, ends)
                        .map_err(|it| it.at(token.offset))?
                }
            };
            if has_tag && matches!(kind, Kind::Extends { .. }) {
                return Err(misplaced(token));
            }
            has_tag |= token.kind != TokenKind::Text;
            nodes.push(Node {
                offset: token.offset,
                kind,
            });
        }
        Ok((nodes, None))
    }

    /// Takes what a token costs.
    fn afford(&self, token: Token<'_>) -> Result<(), Fault> {
        self.budget.step()?;
        let inside = match token.kind {
            TokenKind::Comment => return Ok(()),
            TokenKind::Text => 0,
            TokenKind::Variable | TokenKind::Block => token.contents.len(),
        };
        let octets = inside.saturating_mul(OCTETS_PER_OCTET);
        self.budget.make(octets.saturating_add(OCTETS_PER_NODE))
    }

    fn tag(
        &mut self,
        command: &'t str,
        token: Token<'t>,
        ends: &[&str],
    ) -> Result<Kind<'t>, Fault> {
        self.check(command, token)?;
        self.open.push((command, token));
        let kind = tags::compile(self, command, token)?
            .ok_or_else(|| invalid_tag(token, command, ends))?;
        self.open.pop();
        Ok(kind)
    }

    /// Whether there may be a tag here.
    fn check(&self, command: &str, token: Token<'_>) -> Result<(), Fault> {
        if command.is_empty() {
            return Err(Fault::new(format!(
                "Empty block tag on line {}",
                token.line
            )));
        }
        if self.open.len() >= DEEPEST {
            return Err(Fault::new(format!(
                "tags stand inside each other more than {DEEPEST} deep"
            )));
        }
        Ok(())
    }

    fn unclosed(&self, ends: &[&str]) -> Fault {
        let Some((command, token)) = self.open.last() else {
            return Fault::new("a tag is not closed");
        };
        Fault::new(format!(
            "Unclosed tag on line {}: '{command}'. Looking for one of: {}.",
            token.line,
            ends.join(", ")
        ))
        .at(token.offset)
    }
}

/// A tag with an expression only.
fn variable(token: Token<'_>) -> Result<Kind<'_>, Fault> {
    if token.contents.is_empty() {
        return Err(Fault::new(format!(
            "Empty variable tag on line {}",
            token.line
        )));
    }
    Expression::parse(token.contents).map(Kind::Variable)
}

/// A tag that only text may stand before.
fn misplaced(token: Token<'_>) -> Fault {
    Fault::new(format!(
        "{{% {} %}} must be the first tag in the template.",
        token.contents
    ))
    .at(token.offset)
}

/// A tag of which the name is not known, or not expected here.
pub(super) fn invalid_tag(token: Token<'_>, command: &str, expected: &[&str]) -> Fault {
    let expected: Vec<_> = expected.iter().map(|it| format!("'{it}'")).collect();
    let expected = match expected.as_slice() {
        [] => {
            return Fault::new(format!(
                "Invalid block tag on line {}: '{command}'. Did you forget to register or load this \
                 tag?",
                token.line
            ))
            .at(token.offset);
        }
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    };
    Fault::new(format!(
        "Invalid block tag on line {}: '{command}', expected {expected}. Did you forget to register \
         or load this tag?",
        token.line
    ))
    .at(token.offset)
}

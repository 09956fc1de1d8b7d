//! A template after parsing.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use super::{condition::Condition, expression::Expression, words::Assignments};

/// A template, or what is between two tags of one.
pub(super) type Nodes<'t> = Vec<Node<'t>>;

/// A parsed template.
#[derive(Debug)]
pub(super) struct Template<'t> {
    pub(super) nodes: Nodes<'t>,
    pub(super) partials: HashMap<Arc<str>, Rc<Nodes<'t>>>,
}

/// A text or a tag.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// The octet at which it begins.
    pub(super) offset: usize,
    pub(super) kind: Kind<'t>,
}

/// What a node is. A `target` is the variable after `as`, which takes the output.
#[derive(Debug)]
pub(super) enum Kind<'t> {
    Text(&'t str),
    Variable(Expression),
    /// A tag without output: `comment`, `load`, and `debug` where debugging is off.
    Nothing,
    Autoescape {
        is_on: bool,
        body: Nodes<'t>,
    },
    Block {
        name: Arc<str>,
        body: Nodes<'t>,
    },
    CsrfToken,
    CspNonce {
        media: Option<Expression>,
        target: Option<Arc<str>>,
    },
    Cycle(Rc<Cycle>),
    ResetCycle(Rc<Cycle>),
    Extends {
        parent: Box<Expression>,
        /// The words that say where a bad name came from.
        origin: String,
    },
    Filter {
        expression: Expression,
        body: Nodes<'t>,
    },
    FirstOf {
        choices: Vec<Expression>,
        target: Option<Arc<str>>,
    },
    For(Box<For<'t>>),
    If(Vec<(Option<Condition>, Nodes<'t>)>),
    IfChanged {
        id: usize,
        watched: Vec<Expression>,
        changed: Nodes<'t>,
        same: Nodes<'t>,
    },
    Include(Expression),
    Lorem {
        count: Expression,
        method: LoremMethod,
        is_random: bool,
    },
    Now {
        format: String,
        target: Option<Arc<str>>,
    },
    PartialDefinition {
        is_inline: bool,
        body: Rc<Nodes<'t>>,
    },
    Partial(Arc<str>),
    QueryString {
        mappings: Vec<Expression>,
        changes: Box<Assignments>,
        target: Option<Arc<str>>,
    },
    Regroup {
        list: Box<Expression>,
        key: Box<Expression>,
        target: Arc<str>,
    },
    Spaceless(Nodes<'t>),
    Url,
    Verbatim(Nodes<'t>),
    WidthRatio {
        /// The value, the greatest value and the width for that.
        arguments: Box<[Expression; 3]>,
        target: Option<Arc<str>>,
    },
    With {
        assignments: Box<Assignments>,
        body: Nodes<'t>,
    },
}

/// A `cycle` tag. `{% cycle name %}` is the same one as that which has the name.
#[derive(Debug)]
pub(super) struct Cycle {
    /// Tells it from the others.
    pub(super) id: usize,
    pub(super) values: Vec<Expression>,
    pub(super) target: Option<Arc<str>>,
    pub(super) is_silent: bool,
}

/// A `for` tag.
#[derive(Debug)]
pub(super) struct For<'t> {
    pub(super) names: Vec<Arc<str>>,
    pub(super) sequence: Expression,
    pub(super) is_reversed: bool,
    pub(super) body: Nodes<'t>,
    pub(super) empty: Nodes<'t>,
}

/// What `lorem` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoremMethod {
    Words,
    HtmlParagraphs,
    Paragraphs,
}

//! Cutting a template into text and tags.
//!
//! A tag is on one line. What begins like one and does not end on its line is text.

use std::collections::VecDeque;

use memchr::memmem;

use crate::template::value::is_space;

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind,
    /// The text as it is, or what stands between the tag's delimiters without the white space
    /// around it.
    pub(super) contents: &'t str,
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
    /// The octet at which it begins.
    pub(super) offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Text,
    /// `{{ … }}`
    Variable,
    /// `{% … %}`
    Block,
    /// `{# … #}`
    Comment,
}

/// The tokens of a template, one after another.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    /// What has been cut and not been asked for.
    ready: VecDeque<(bool, &'t str)>,
    /// Inside `verbatim`: the contents of the tag that ends it. Everything else is text there.
    verbatim: Option<String>,
    line_end: Search,
    block_end: Search,
    variable_end: Search,
    comment_end: Search,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            ready: VecDeque::with_capacity(2),
            verbatim: None,
            line_end: Search::new("\n"),
            block_end: Search::new("%}"),
            variable_end: Search::new("}}"),
            comment_end: Search::new("#}"),
        }
    }

    /// Cuts the next tag and the text before it.
    fn cut(&mut self, from: usize) {
        let (start, end) = self
            .find_tag(from)
            .unwrap_or((self.text.len(), self.text.len()));
        for (is_tag, range) in [(false, from..start), (true, start..end)] {
            let piece = self.text.get(range).unwrap_or_default();
            if !piece.is_empty() {
                self.ready.push_back((is_tag, piece));
            }
        }
    }

    /// Where the first tag from here on begins and ends.
    fn find_tag(&mut self, from: usize) -> Option<(usize, usize)> {
        let octets = self.text.as_bytes();
        memchr::memchr_iter(b'{', octets.get(from..)?).find_map(|brace| {
            let start = from + brace;
            let inside = start + 2;
            let search = match octets.get(start + 1)? {
                b'%' => &mut self.block_end,
                b'{' => &mut self.variable_end,
                b'#' => &mut self.comment_end,
                _ => return None,
            };
            let end = search.find(self.text, inside)?;
            let on_one_line = self
                .line_end
                .find(self.text, inside)
                .is_none_or(|line_end| end < line_end);
            on_one_line.then_some((start, end + 2))
        })
    }

    /// What a tag is. Inside `verbatim` most are text.
    fn classify(&mut self, piece: &'t str) -> (TokenKind, &'t str) {
        let contents = piece
            .get(2..piece.len().saturating_sub(2))
            .unwrap_or_default()
            .trim_matches(is_space);
        if piece.starts_with("{%") {
            match &self.verbatim {
                Some(end) if end != contents => return (TokenKind::Text, piece),
                Some(_) => self.verbatim = None,
                None if contents == "verbatim" || contents.starts_with("verbatim ") => {
                    self.verbatim = Some(format!("end{contents}"));
                }
                None => {}
            }
            (TokenKind::Block, contents)
        } else if self.verbatim.is_some() {
            (TokenKind::Text, piece)
        } else if piece.starts_with("{{") {
            (TokenKind::Variable, contents)
        } else {
            (TokenKind::Comment, contents)
        }
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            self.cut(self.at);
        }
        let (is_tag, piece) = self.ready.pop_front()?;
        let (kind, contents) = if is_tag {
            self.classify(piece)
        } else {
            (TokenKind::Text, piece)
        };
        let token = Token {
            kind,
            contents,
            line: self.line,
            offset: self.at,
        };
        self.at += piece.len();
        if !is_tag {
            self.line += memchr::memchr_iter(b'\n', piece.as_bytes()).count();
        }
        Some(token)
    }
}

/// A search that is asked again and again from further on. It remembers what it found, so that
/// a line full of braces is not read once for each.
#[derive(Debug)]
struct Search {
    needle: &'static str,
    /// From where the last search went, and where it ended.
    last: Option<(usize, Option<usize>)>,
}

impl Search {
    const fn new(needle: &'static str) -> Self {
        Self { needle, last: None }
    }

    /// Where the needle is first found from here on.
    fn find(&mut self, text: &str, from: usize) -> Option<usize> {
        match self.last {
            Some((start, found)) if start <= from && found.is_none_or(|it| from <= it) => found,
            _ => {
                let rest = text.as_bytes().get(from..).unwrap_or_default();
                let found = memmem::find(rest, self.needle.as_bytes()).map(|it| it + from);
                self.last = Some((from, found));
                found
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// The tokens as a letter for the kind and the contents.
    fn lex(text: &str) -> Vec<(char, &str)> {
        Lexer::new(text)
            .map(|token| {
                let kind = match token.kind {
                    TokenKind::Text => 't',
                    TokenKind::Variable => 'v',
                    TokenKind::Block => 'b',
                    TokenKind::Comment => 'c',
                };
                (kind, token.contents)
            })
            .collect()
    }

    /// What Django 6.1's lexer makes of these.
    #[rstest]
    #[case("", &[])]
    #[case("a", &[('t', "a")])]
    #[case("a{{ b }}c", &[('t', "a"), ('v', "b"), ('t', "c")])]
    #[case("{%b%}{#c#}{{}}", &[('b', "b"), ('c', "c"), ('v', "")])]
    #[case("{{ a\n}}", &[('t', "{{ a\n}}")])]
    #[case("{{ a\u{85}}}", &[('v', "a")])]
    #[case("{{% a %}", &[('t', "{"), ('b', "a")])]
    #[case("{%}", &[('t', "{%}")])]
    #[case("{%}%}", &[('b', "}")])]
    #[case("{{{ a }}}", &[('v', "{ a"), ('t', "}")])]
    #[case("{# {{ a }} #}", &[('c', "{{ a }}")])]
    #[case("{{ a %} }}", &[('v', "a %}")])]
    #[case("{% a\n{% b %}", &[('t', "{% a\n"), ('b', "b")])]
    #[case("{%- a -%}", &[('b', "- a -")])]
    #[case("{", &[('t', "{")])]
    #[case("x{{", &[('t', "x{{")])]
    #[case("{% verbatim %}{{ a }}{% b %}{# c #}{% endverbatim %}{{ d }}", &[
        ('b', "verbatim"), ('t', "{{ a }}"), ('t', "{% b %}"), ('t', "{# c #}"),
        ('b', "endverbatim"), ('v', "d"),
    ])]
    #[case("{% verbatim x %}{% endverbatim %}{%endverbatim x%}", &[
        ('b', "verbatim x"), ('t', "{% endverbatim %}"), ('b', "endverbatim x"),
    ])]
    #[case("{% verbatimx %}{{ a }}", &[('b', "verbatimx"), ('v', "a")])]
    fn tokens(#[case] text: &str, #[case] expected: &[(char, &str)]) {
        assert_eq!(lex(text), expected);
    }

    #[test]
    fn a_token_knows_its_place() {
        let places: Vec<_> = Lexer::new("é\n{{ a }}\n\n{% b %}")
            .map(|token| (token.line, token.offset))
            .collect();
        assert_eq!(places, [(1, 0), (2, 3), (2, 10), (4, 12)]);
    }

    proptest! {
        /// Each token begins where the one before it ends, and stands in the text at its offset.
        #[test]
        fn no_text_is_lost(text in "([{}%#]{1,3}|[ab\n]|verbatim|endverbatim|é)*") {
            let tokens: Vec<_> = Lexer::new(&text).collect();
            let ends = tokens.iter().skip(1).map(|it| it.offset).chain([text.len()]);
            let mut whole = String::new();
            for (token, end) in tokens.iter().zip(ends) {
                let piece = &text[token.offset..end];
                let is_text = token.kind == TokenKind::Text;
                let contents = if is_text { piece } else { piece[2..piece.len() - 2].trim() };
                prop_assert_eq!(contents, token.contents);
                prop_assert_eq!(token.line, 1 + text[..token.offset].matches('\n').count());
                whole.push_str(piece);
            }
            prop_assert_eq!(whole, text);
        }
    }
}

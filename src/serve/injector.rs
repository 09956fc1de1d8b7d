//! Puts one element into an HTML document that comes in blocks. Pure.
//!
//! The element goes right behind `<head>`, or to where that is implied: before whatever is first
//! after the doctype, `<html>`, white space and comments (WHATWG HTML, section 13.2.6.4.1 to 3).
//! There the source has a simple form, which can be read octet by octet and without looking ahead;
//! before `</body>` the same letters may stand in a script or a comment. It is also early: a page
//! that is streamed for long has the script from the beginning.
//!
//! What begins with anything else than a doctype, `<html>`, `<head>` or `<body>` is a part of a
//! document, fetched by a script, and is left as it is.

/// Most octets of white space and comments before a document begins. They are held back until it
/// is known whether it is one.
pub const MAX_BEFORE: usize = 1024;

/// Most octets of a document before its head, such as the comment of a licence. Beyond them the
/// element goes to the document's end, where browsers take it too.
pub const MAX_PROLOG: usize = 16 * 1024;

/// Letters of the longest name that means something here, `!doctype`.
const LONGEST_NAME: usize = 8;

/// A UTF-8 byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// An element on its way into a document.
#[derive(Clone, Debug)]
pub struct Injector {
    element: Vec<u8>,
    /// The length of the element.
    added: usize,
    state: State,
    /// Octets that are not passed on yet: those before the document, and a tag's name.
    held: Vec<u8>,
    is_document: bool,
    /// Octets so far, up to the place.
    seen: usize,
}

/// What the octets before have led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two constructs.
    Between,
    /// Behind `<` and so many octets of a name.
    Name(usize),
    /// Behind `<!-` and nothing more.
    Dash,
    /// At a comment's start, behind so many dashes of its own.
    CommentStart(u8),
    /// In a comment, behind so many dashes, of which two count.
    Comment(u8),
    /// In a comment, behind `--!`.
    CommentBang,
    /// In what ends with the next `>`: a doctype or a bogus comment.
    Declaration,
    /// In a tag, outside of quotes.
    Tag { is_head: bool, after_equals: bool },
    /// In a tag, inside these quotes.
    Quoted { is_head: bool, quote: u8 },
    /// The element goes to the end.
    AtEnd,
    /// Nothing more is to be done.
    Done,
}

impl Injector {
    /// An injector of this element.
    #[must_use]
    pub fn new(element: Vec<u8>) -> Self {
        Self {
            added: element.len(),
            element,
            state: State::Between,
            held: Vec::new(),
            is_document: false,
            seen: 0,
        }
    }

    /// Whether the octets so far are of a document, which the element goes into, or of something
    /// else; `None` as long as that is not known, and nothing was passed on.
    #[must_use]
    pub fn is_document(&self) -> Option<bool> {
        match self.state {
            _ if self.is_document => Some(true),
            State::Done => Some(false),
            _ => None,
        }
    }

    /// How many octets longer the document becomes.
    #[must_use]
    pub fn added(&self) -> usize {
        self.added
    }

    /// Whether the element was passed on, so that nothing more happens to the document.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        self.is_document && self.state == State::Done
    }

    /// Takes octets of the document and adds to `out` what can go on.
    pub fn push(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        while let ([octet, after @ ..], false) =
            (rest, matches!(self.state, State::Done | State::AtEnd))
        {
            if self.seen == self.limit() {
                self.give_up(out);
                break;
            }
            self.seen += 1;
            rest = after;
            self.step(*octet, out);
        }
        out.extend_from_slice(rest);
    }

    /// The document has ended.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
        if self.is_document && self.state != State::Done {
            out.append(&mut self.element);
        }
        self.state = State::Done;
    }

    fn limit(&self) -> usize {
        if self.is_document {
            MAX_PROLOG
        } else {
            MAX_BEFORE
        }
    }

    /// The place was not found soon enough.
    fn give_up(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
        self.state = if self.is_document {
            State::AtEnd
        } else {
            State::Done
        };
    }

    fn step(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.held.push(octet);
        let is_space = matches!(octet, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
        self.state = match self.state {
            State::Between => match octet {
                b'<' => State::Name(0),
                _ if is_space || self.is_mark() => State::Between,
                _ => return self.insert_before(1, out),
            },
            State::Name(0) if octet == b'?' => State::Declaration,
            State::Name(1) if octet == b'-' && self.held.ends_with(b"<!-") => State::Dash,
            State::Name(length) if length < LONGEST_NAME && is_of_name(octet, length) => {
                State::Name(length + 1)
            }
            State::Name(length) => return self.named(length, out),
            State::Dash if octet == b'-' => State::CommentStart(0),
            State::CommentStart(_)
            | State::Comment(2)
            | State::CommentBang
            | State::Dash
            | State::Declaration
                if octet == b'>' =>
            {
                State::Between
            }
            State::Dash | State::Declaration => State::Declaration,
            State::CommentStart(0) if octet == b'-' => State::CommentStart(1),
            State::CommentStart(1) if octet == b'-' => State::Comment(2),
            State::CommentBang if octet == b'-' => State::Comment(1),
            State::Comment(2) if octet == b'!' => State::CommentBang,
            State::Comment(dashes) if octet == b'-' => State::Comment((dashes + 1).min(2)),
            State::CommentStart(_) | State::CommentBang | State::Comment(_) => State::Comment(0),
            state @ (State::Tag { .. } | State::Quoted { .. }) => {
                return self.in_tag(state, octet, out);
            }
            done @ (State::AtEnd | State::Done) => done,
        };
        self.pass(out);
    }

    /// Passes on what need not be held back: of a document, all but a tag's name.
    fn pass(&mut self, out: &mut Vec<u8>) {
        if self.is_document && !matches!(self.state, State::Name(_)) {
            out.append(&mut self.held);
        }
    }

    /// Acts on a name of so many octets, and the octet behind it.
    fn named(&mut self, length: usize, out: &mut Vec<u8>) {
        let start = self.held.len().saturating_sub(length + 1);
        let (name, end) = match self.held.get(start..) {
            Some([name @ .., end]) => (name.to_ascii_lowercase(), *end),
            _ => (Vec::new(), 0),
        };
        let is_whole = matches!(end, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'/' | b'>');
        match name.as_slice() {
            b"!doctype" if is_whole => {
                self.is_document = true;
                self.state = State::Declaration;
            }
            name @ (b"html" | b"head") if is_whole => {
                self.is_document = true;
                self.state = State::Tag {
                    is_head: name == b"head",
                    after_equals: false,
                };
            }
            b"body" if is_whole => {
                self.is_document = true;
                return self.insert_before(length + 2, out);
            }
            // No comment, and no doctype that is known: a bogus comment.
            [b'!', ..] => self.state = State::Declaration,
            _ => return self.insert_before(length + 2, out),
        }
        if end == b'>' {
            self.in_tag(self.state, end, out);
        } else {
            self.pass(out);
        }
    }

    fn in_tag(&mut self, state: State, octet: u8, out: &mut Vec<u8>) {
        self.state = match (state, octet) {
            (State::Tag { is_head: true, .. }, b'>') => {
                out.append(&mut self.held);
                out.append(&mut self.element);
                State::Done
            }
            (_, b'>') if !matches!(state, State::Quoted { .. }) => State::Between,
            (
                State::Tag {
                    is_head,
                    after_equals: true,
                },
                b'"' | b'\'',
            ) => State::Quoted {
                is_head,
                quote: octet,
            },
            (State::Quoted { is_head, quote }, _) if octet == quote => State::Tag {
                is_head,
                after_equals: false,
            },
            (
                State::Tag {
                    is_head,
                    after_equals,
                },
                _,
            ) => State::Tag {
                is_head,
                after_equals: octet == b'='
                    || after_equals && matches!(octet, b'\t' | b'\n' | b'\x0c' | b'\r' | b' '),
            },
            (same, _) => same,
        };
        self.pass(out);
    }

    /// The place is before the last so many octets, if this is a document at all.
    fn insert_before(&mut self, count: usize, out: &mut Vec<u8>) {
        let tail = self.held.split_off(self.held.len().saturating_sub(count));
        out.append(&mut self.held);
        if self.is_document {
            out.append(&mut self.element);
        }
        out.extend_from_slice(&tail);
        self.state = State::Done;
    }

    /// Whether all there is so far is a byte order mark, or its beginning.
    fn is_mark(&self) -> bool {
        self.seen == self.held.len() && MARK.starts_with(&self.held)
    }
}

/// Whether an octet may stand in a name at that place: those that are looked for have only letters,
/// and `!` first.
fn is_of_name(octet: u8, at: usize) -> bool {
    octet.is_ascii_alphabetic() || at == 0 && octet == b'!'
}

#[cfg(test)]
mod tests;

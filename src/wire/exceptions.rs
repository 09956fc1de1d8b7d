//! An exception that the worker has taken apart, with all that belong to it
//! (`docs/worker-protocol.md`, "Exceptions"): octets → what there is to show, pure and bounded.

use super::marshal::{DecodeError, Decoder};

/// Most exceptions of one chain; the worker sends no more.
pub const MAX_EXCEPTIONS: usize = 32;

/// Most frames of one exception: the worker's 64, and the place of a syntax error.
pub const MAX_FRAMES: usize = 65;

/// Most lines of source in a frame; the worker's six on either side and the line itself.
pub const MAX_LINES: usize = 13;

/// Most notes of one exception.
pub const MAX_NOTES: usize = 8;

/// Most octets of all of it: the worker's half a million characters of source, with what else it
/// may say, in the longest encoding.
pub const MAX_OCTETS: usize = 8 * 1024 * 1024;

/// One exception.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// Its type, as in `django.db.utils.OperationalError`.
    pub kind: String,
    /// What it says; may have several lines, or none.
    pub text: String,
    /// What was added with `add_note`.
    pub notes: Vec<String>,
    /// What it is to an earlier one.
    pub relation: Relation,
    /// Where it was raised: the frames of its traceback, outermost first.
    pub frames: Vec<StackFrame>,
    /// How many frames were left out.
    pub omitted: usize,
    /// What a terminal shows of it, with escape sequences: a compiler's error. Empty for what a
    /// worker sends.
    pub printed: String,
}

/// What an exception is to another one, which has this number in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// Nothing: it is the one that was raised at last.
    #[default]
    Raised,
    /// Its direct cause (`raise … from …`).
    CauseOf(usize),
    /// The one that was being handled when it was raised.
    ContextOf(usize),
    /// One of the exceptions of a group.
    MemberOf(usize),
    /// It has nothing to do with it: another error of the same compiler.
    Beside,
}

/// One place of a traceback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackFrame {
    /// The file as people would write it: from the project's root, or as it is imported.
    pub place: String,
    /// The file's name as the interpreter has it.
    pub file: String,
    /// The line's number, from 1; 0 where it has none.
    pub line: usize,
    /// The function; empty for the place of a syntax error.
    pub function: String,
    /// Whether the code is the user's own rather than a library's.
    pub is_project: bool,
    /// The number of the first line in `source`.
    pub first: usize,
    /// The lines around the one that matters; none where the source is not known.
    pub source: Vec<String>,
    /// What of the line was being evaluated, or is wrong, in characters from its start; empty
    /// where that is not known. It may lead one character beyond the line's end.
    pub mark: std::ops::Range<usize>,
}

impl Exception {
    /// Reads all that is left: a list of exceptions, or nothing at all.
    pub(super) fn decode_rest(decoder: &mut Decoder) -> Result<Vec<Self>, DecodeError> {
        match decoder.left() {
            0 => return Ok(Vec::new()),
            left if left > MAX_OCTETS => return Err(DecodeError::Excess(left)),
            _ => {}
        }
        let count = decoder.list_of_at_most(MAX_EXCEPTIONS)?;
        let mut all = Vec::with_capacity(count);
        for number in 0..count {
            all.push(Self::decode(decoder, number)?);
        }
        Ok(all)
    }

    fn decode(decoder: &mut Decoder, number: usize) -> Result<Self, DecodeError> {
        decoder.tuple_of(7)?;
        let (kind, text) = (decoder.text()?, decoder.text()?);
        let notes = decoder.list_of_at_most(MAX_NOTES)?;
        let notes = (0..notes)
            .map(|_| decoder.text())
            .collect::<Result<_, _>>()?;
        let relation = relation(decoder, number)?;
        let count = decoder.list_of_at_most(MAX_FRAMES)?;
        let mut frames = Vec::with_capacity(count);
        for _ in 0..count {
            frames.push(StackFrame::decode(decoder)?);
        }
        Ok(Self {
            kind,
            text,
            notes,
            relation,
            frames,
            omitted: number_of(decoder)?,
            printed: String::new(),
        })
    }
}

impl StackFrame {
    fn decode(decoder: &mut Decoder) -> Result<Self, DecodeError> {
        decoder.tuple_of(9)?;
        let (place, file) = (decoder.text()?, decoder.text()?);
        let line = number_of(decoder)?;
        let function = decoder.text()?;
        let is_project = number_of(decoder)? != 0;
        let first = number_of(decoder)?;
        let lines = decoder.list_of_at_most(MAX_LINES)?;
        let source = (0..lines)
            .map(|_| decoder.text())
            .collect::<Result<_, _>>()?;
        let (start, end) = (number_of(decoder)?, number_of(decoder)?);
        Ok(Self {
            place,
            file,
            line,
            function,
            is_project,
            first,
            source,
            mark: start..end.max(start),
        })
    }
}

/// An exception belongs to an earlier one, the first to none.
fn relation(decoder: &mut Decoder, number: usize) -> Result<Relation, DecodeError> {
    let (relation, of) = (decoder.int()?, number_of(decoder)?);
    match relation {
        0 if number == 0 => Ok(Relation::Raised),
        1..=3 if of < number => Ok(match relation {
            1 => Relation::CauseOf(of),
            2 => Relation::ContextOf(of),
            _ => Relation::MemberOf(of),
        }),
        _ => Err(DecodeError::OutOfRange(relation)),
    }
}

fn number_of(decoder: &mut Decoder) -> Result<usize, DecodeError> {
    let number = decoder.int()?;
    usize::try_from(number).map_err(|_| DecodeError::OutOfRange(number))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    /// Two exceptions as CPython 3.12 marshals them, in version 2.
    fn sent() -> Vec<u8> {
        let mut octets = b"[\x02\0\0\0".to_vec();
        let text = |octets: &mut Vec<u8>, text: &str| {
            octets.push(b'u');
            octets.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
            octets.extend(text.as_bytes());
        };
        let int = |octets: &mut Vec<u8>, number: i32| {
            octets.push(b'i');
            octets.extend(number.to_le_bytes());
        };
        for (relation, frames) in [(0, 1), (1, 0)] {
            octets.extend(b"(\x07\0\0\0");
            text(&mut octets, "ValueError");
            text(&mut octets, "é");
            octets.extend(b"[\x01\0\0\0");
            text(&mut octets, "note");
            int(&mut octets, relation);
            int(&mut octets, 0);
            octets.extend([b'[', frames, 0, 0, 0]);
            for _ in 0..frames {
                octets.extend(b"(\x09\0\0\0");
                text(&mut octets, "a.py");
                text(&mut octets, "/p/a.py");
                int(&mut octets, 2);
                text(&mut octets, "f");
                int(&mut octets, 1);
                int(&mut octets, 1);
                octets.extend(b"[\x02\0\0\0");
                text(&mut octets, "def f():");
                text(&mut octets, "    g()");
                int(&mut octets, 4);
                int(&mut octets, 7);
            }
            int(&mut octets, 3);
        }
        octets
    }

    fn decode(octets: Vec<u8>) -> Result<Vec<Exception>, DecodeError> {
        let mut decoder = Decoder::new(Bytes::from(octets));
        let all = Exception::decode_rest(&mut decoder)?;
        decoder.finish()?;
        Ok(all)
    }

    #[test]
    fn what_the_worker_sends_is_read() {
        let [raised, cause] = &decode(sent()).unwrap()[..] else {
            panic!("two exceptions");
        };
        assert_eq!(
            (&*raised.kind, &*raised.text, raised.omitted),
            ("ValueError", "é", 3)
        );
        assert_eq!(raised.relation, Relation::Raised);
        assert_eq!(cause.relation, Relation::CauseOf(0));
        let frame = StackFrame {
            place: "a.py".into(),
            file: "/p/a.py".into(),
            line: 2,
            function: "f".into(),
            is_project: true,
            first: 1,
            source: vec!["def f():".into(), "    g()".into()],
            mark: 4..7,
        };
        assert_eq!(raised.frames, [frame]);
        assert_eq!(decode(Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn data_cut_at_any_octet_is_an_error() {
        let whole = sent();
        for length in 1..whole.len() {
            assert!(decode(whole[..length].to_vec()).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn an_exception_belongs_to_an_earlier_one() {
        // The relation of the second one, and the number of the one it belongs to.
        for (relation, of, is_right) in [
            (1, 0, true),
            (3, 0, true),
            (1, 1, false),
            (0, 0, false),
            (4, 0, false),
            (1, -1, false),
        ] {
            let mut octets = sent();
            let end = octets.len() - 5 - 5;
            octets[end - 9..end - 5].copy_from_slice(&i32::to_le_bytes(relation));
            octets[end - 4..end].copy_from_slice(&i32::to_le_bytes(of));
            assert_eq!(decode(octets).is_ok(), is_right, "{relation} {of}");
        }
    }

    #[test]
    fn more_than_the_worker_would_send_is_refused() {
        let mut octets = b"[\x21\0\0\0".to_vec();
        octets.extend([0; 40]);
        assert_eq!(decode(octets), Err(DecodeError::Excess(33)));
        assert_eq!(
            decode(vec![b'['; MAX_OCTETS + 1]),
            Err(DecodeError::Excess(MAX_OCTETS + 1))
        );
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(at in any::<prop::sample::Index>(), octet in any::<u8>()) {
            let mut octets = sent();
            let at = at.index(octets.len());
            octets[at] = octet;
            let _ = decode(octets);
        }
    }
}

//! What is typed: from octets to keys.
//!
//! Crates that read keys were looked at: they spin where the terminal goes away, or show what is
//! typed between two keys, which may be a secret.

use std::{
    io::{self, stdin},
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
};

/// How long the rest of a sequence may take that begins with Esc: terminals send it at once, also
/// over a slow line; fingers need longer.
const ESCAPE_DELAY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// How often is looked whether the user wants the end by a signal, or the window has changed.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// How much is read at once: more than anybody types, and a paste in a few parts.
const BUFFER: usize = 4096;

const ESCAPE: u8 = 0x1b;
const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// A key, or what came from the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Paste(String),
    /// A letter with Ctrl.
    Control(char),
    Enter,
    Tab,
    Escape,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
}

/// What happens at the terminal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    Key(Key),
    /// Nothing was typed for a moment.
    Idle,
    /// Nothing more can come: the terminal is gone, or a signal wants the end.
    End,
}

/// The keyboard.
#[derive(Debug, Default)]
pub(super) struct Keys {
    decoder: Decoder,
}

impl Keys {
    /// Waits a moment for a key. Where the flag is set, the user wants the end.
    pub(super) fn next(&mut self, stop: &AtomicBool) -> io::Result<Event> {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(Event::End);
            }
            if let Some(key) = self.decoder.next() {
                return Ok(Event::Key(key));
            }
            let is_amid = self.decoder.is_amid();
            let time = if is_amid { ESCAPE_DELAY } else { LOOK };
            let stdin = stdin();
            match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&time)) {
                Ok(0) if is_amid => self.decoder.flush(),
                Ok(0) => return Ok(Event::Idle),
                Ok(_) => {
                    let mut buffer = [0; BUFFER];
                    match read(&stdin, &mut buffer) {
                        Ok(0) | Err(Errno::IO) => return Ok(Event::End),
                        Ok(count) => self.decoder.feed(buffer.get(..count).unwrap_or_default()),
                        Err(Errno::INTR | Errno::AGAIN) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Octets that have come and are no key yet.
#[derive(Debug, Default)]
struct Decoder {
    octets: Vec<u8>,
    /// Nothing more belongs to what is there.
    is_all: bool,
}

impl Decoder {
    fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        self.is_all = false;
    }

    /// Whether there is the beginning of a key.
    fn is_amid(&self) -> bool {
        !self.octets.is_empty()
    }

    /// Takes what is there for whole.
    fn flush(&mut self) {
        self.is_all = true;
    }

    fn next(&mut self) -> Option<Key> {
        while !self.octets.is_empty() {
            let (length, key) = self.first()?;
            self.octets.drain(..length.min(self.octets.len()));
            if key.is_some() {
                return key;
            }
        }
        None
    }

    /// How many octets the first key has, and which it is, where it is one that is known; nothing
    /// where more has to come.
    fn first(&self) -> Option<(usize, Option<Key>)> {
        let octets = self.octets.as_slice();
        if let Some(rest) = octets.strip_prefix(PASTE_BEGIN) {
            let end = memchr::memmem::find(rest, PASTE_END);
            let end = end.or(self.is_all.then_some(rest.len()))?;
            let text = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
            let length = PASTE_BEGIN.len() + end + PASTE_END.len();
            return Some((length, Some(Key::Paste(text.into_owned()))));
        }
        match octets {
            [ESCAPE, b'[' | b'O', rest @ ..] => {
                let end = rest.iter().position(|it| (0x40..=0x7e).contains(it));
                match end {
                    Some(end) => {
                        let key = sequence(rest.get(..=end).unwrap_or_default());
                        Some((2 + end + 1, key))
                    }
                    None => self.is_all.then_some((octets.len(), None)),
                }
            }
            [ESCAPE] => self.is_all.then_some((1, Some(Key::Escape))),
            // With Alt.
            [ESCAPE, _, ..] => Some((1, Some(Key::Escape))),
            [b'\r' | b'\n', ..] => Some((1, Some(Key::Enter))),
            [b'\t', ..] => Some((1, Some(Key::Tab))),
            [0x08 | 0x7f, ..] => Some((1, Some(Key::Backspace))),
            [octet @ 0x01..=0x1a, ..] => {
                Some((1, Some(Key::Control(char::from(octet + b'a' - 1)))))
            }
            [0..=0x1f, ..] => Some((1, None)),
            _ => self.character(),
        }
    }

    fn character(&self) -> Option<(usize, Option<Key>)> {
        let chunk = self.octets.utf8_chunks().next()?;
        if let Some(character) = chunk.valid().chars().next() {
            return Some((character.len_utf8(), Some(Key::Char(character))));
        }
        let length = chunk.invalid().len();
        // The rest of the character may still come.
        let is_whole = length < self.octets.len() || length == 0;
        (is_whole || self.is_all).then_some((length.max(1), None))
    }
}

/// The key of a sequence, without its beginning.
fn sequence(octets: &[u8]) -> Option<Key> {
    // With Shift, Ctrl or Alt there is a number before the last letter.
    Some(match octets {
        [.., b'A'] => Key::Up,
        [.., b'B'] => Key::Down,
        [.., b'C'] => Key::Right,
        [.., b'D'] => Key::Left,
        [.., b'H'] | [b'1' | b'7', b'~'] => Key::Home,
        [.., b'F'] | [b'4' | b'8', b'~'] => Key::End,
        [b'3', b'~'] => Key::Delete,
        [b'M'] => Key::Enter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn keys(octets: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        decoder.feed(octets);
        let mut keys: Vec<_> = std::iter::from_fn(|| decoder.next()).collect();
        decoder.flush();
        keys.extend(std::iter::from_fn(|| decoder.next()));
        keys
    }

    #[rstest]
    #[case("aé网".as_bytes(), &[Key::Char('a'), Key::Char('é'), Key::Char('网')])]
    #[case(b"\r\t\x7f\x08", &[Key::Enter, Key::Tab, Key::Backspace, Key::Backspace])]
    #[case(b"\x03\x02\x15", &[Key::Control('c'), Key::Control('b'), Key::Control('u')])]
    #[case(b"\x1b[A\x1bOB\x1b[C\x1b[D", &[Key::Up, Key::Down, Key::Right, Key::Left])]
    #[case(b"\x1b[H\x1b[F\x1b[1~\x1b[4~", &[Key::Home, Key::End, Key::Home, Key::End])]
    #[case(b"\x1b[3~\x1b[1;5C", &[Key::Delete, Key::Right])]
    #[case(b"\x1b", &[Key::Escape])]
    #[case(b"\x1bx", &[Key::Escape, Key::Char('x')])]
    #[case(b"\x1b[99~a\x00", &[Key::Char('a')])]
    #[case(b"\xffa\xc3", &[Key::Char('a')])]
    #[case(b"\x1b[200~a\n\x1b[Ab\x1b[201~c", &[Key::Paste("a\n\u{1b}[Ab".into()), Key::Char('c')])]
    #[case(b"\x1b[200~a", &[Key::Paste("a".into())])]
    fn octets_are_keys(#[case] octets: &[u8], #[case] expected: &[Key]) {
        assert_eq!(keys(octets), expected);
    }

    #[test]
    fn what_has_not_come_whole_is_waited_for() {
        for octets in [&b"\x1b[A"[..], "é".as_bytes(), b"\x1b[200~x\x1b[201~"] {
            let mut decoder = Decoder::default();
            for octet in &octets[..octets.len() - 1] {
                decoder.feed(&[*octet]);
                assert_eq!(decoder.next(), None, "{octets:?}");
                assert!(decoder.is_amid());
            }
            decoder.feed(&octets[octets.len() - 1..]);
            assert!(decoder.next().is_some(), "{octets:?}");
            assert!(!decoder.is_amid());
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic_or_stay(octets: Vec<u8>) {
            let mut decoder = Decoder::default();
            decoder.feed(&octets);
            while decoder.next().is_some() {}
            decoder.flush();
            while decoder.next().is_some() {}
            prop_assert!(!decoder.is_amid());
        }
    }
}

//! What the processes of one site print, line by line.
//!
//! Both streams come through pipes that all processes of the site have, so the end of a process is
//! not seen in them: [`Ended`] tells of it. A line whose end does not come is printed without it,
//! then or after a while.

use std::{
    io::{self, PipeReader, PipeWriter, Read, Write as _},
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    console::{Stream, Voice},
    project::Printed,
};

/// How long the end of a line is waited for: dots of a progress come faster, and who reads the last
/// words of a process that has crashed does not wait long.
const UNFINISHED: Duration = Duration::from_secs(1);

/// The longest part of a line that is kept, in octets. More is printed as several lines.
const LONGEST: usize = 64 * 1024;

/// One of the streams.
struct Source {
    pipe: PipeReader,
    stream: Stream,
    lines: Lines,
    /// When something came last.
    came: Instant,
}

/// Tells that a process has ended, so that its last line is over.
#[derive(Debug)]
pub(super) struct Ended(PipeWriter);

impl Ended {
    /// This, and what hears of it.
    pub(super) fn new() -> io::Result<(Self, PipeReader)> {
        let (reader, writer) = io::pipe()?;
        Ok((Self(writer), reader))
    }

    /// Tells it.
    pub(super) fn tell(&mut self) {
        // Nobody hears it where everything is over.
        let _ = self.0.write_all(b"\n");
    }
}

/// Prints everything until all processes and the pipes' other ends are gone.
pub(super) fn relay(printed: Printed, mut ended: PipeReader, voice: &Voice) {
    let Printed { output, errors } = printed;
    let mut sources: Vec<_> = [(output, Stream::Output), (errors, Stream::Errors)]
        .into_iter()
        .map(|(pipe, stream)| Source {
            pipe,
            stream,
            lines: Lines::default(),
            came: Instant::now(),
        })
        .collect();
    let mut is_heard = true;
    let mut is_last = false;
    while !sources.is_empty() {
        let (ready, is_told) = wait(&sources, is_heard.then_some(&ended), is_last);
        for &index in ready.iter().rev() {
            if let Some(source) = sources.get_mut(index)
                && !source.read(voice)
            {
                sources.swap_remove(index);
            }
        }
        // What the process has printed before is read first.
        let is_over = is_last && ready.is_empty();
        is_last = (is_last && !is_over) || is_told;
        if is_told {
            let told = ended.read(&mut [0; 64]).unwrap_or_default();
            is_heard = told > 0;
        }
        for source in &mut sources {
            if is_over || source.came.elapsed() >= UNFINISHED {
                source.end(voice);
            }
        }
    }
}

/// Waits until some of them can be read, the end of a process is told, or a line is to be printed
/// without its end; does not wait where that is so already.
fn wait(sources: &[Source], ended: Option<&PipeReader>, is_last: bool) -> (Vec<usize>, bool) {
    let waits = sources.iter().any(|source| !source.lines.rest.is_empty());
    let limit = match (is_last, waits) {
        (true, _) => Some(Duration::ZERO),
        (false, true) => Some(UNFINISHED),
        (false, false) => None,
    };
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    let mut polled: Vec<_> = sources
        .iter()
        .map(|source| PollFd::new(&source.pipe, PollFlags::IN))
        .chain(ended.map(|ended| PollFd::new(ended, PollFlags::IN)))
        .collect();
    if poll(&mut polled, limit.as_ref()).is_err() {
        // Interrupted, which no signal of ours does.
        return (Vec::new(), false);
    }
    let ready = polled.iter().enumerate();
    let mut ready: Vec<_> = ready
        .filter(|(_, it)| !it.revents().is_empty())
        .map(|(index, _)| index)
        .collect();
    let is_told = ready.pop_if(|last| *last == sources.len()).is_some();
    (ready, is_told)
}

impl Source {
    /// Takes what is there; false at the end.
    fn read(&mut self, voice: &Voice) -> bool {
        let mut buffer = [0; 16 * 1024];
        let count = self.pipe.read(&mut buffer).unwrap_or_default();
        self.came = Instant::now();
        let octets = buffer.get(..count).unwrap_or_default();
        self.lines
            .push(octets, |line| voice.relay(self.stream, line));
        if count == 0 {
            self.end(voice);
        }
        count > 0
    }

    fn end(&mut self, voice: &Voice) {
        self.lines.end(|line| voice.relay(self.stream, line));
    }
}

/// Octets, line by line.
#[derive(Debug, Default)]
struct Lines {
    /// The beginning of a line.
    rest: Vec<u8>,
}

impl Lines {
    /// Takes octets, and prints the lines that end in them.
    fn push(&mut self, octets: &[u8], mut print: impl FnMut(&[u8])) {
        for part in octets.split_inclusive(|&octet| octet == b'\n') {
            if let Some(end) = part.strip_suffix(b"\n") {
                self.rest.extend_from_slice(end);
                print(&self.rest);
                self.rest.clear();
                continue;
            }
            self.rest.extend_from_slice(part);
            while self.rest.len() >= LONGEST {
                print(self.rest.get(..LONGEST).unwrap_or_default());
                self.rest.drain(..LONGEST);
            }
        }
    }

    /// Prints a line that has no end.
    fn end(&mut self, mut print: impl FnMut(&[u8])) {
        if !self.rest.is_empty() {
            print(&self.rest);
            // It may have been long.
            self.rest = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Lines::default();
        let mut printed = Vec::new();
        for part in parts {
            lines.push(part, |line| printed.push(line.to_vec()));
        }
        lines.end(|line| printed.push(line.to_vec()));
        printed
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        let text = b"one\n\ntwo\xff\r\nthree";
        let expected: [&[u8]; 4] = [b"one", b"", b"two\xff\r", b"three"];
        assert_eq!(lines(&[text]), expected);
        let single: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(lines(&single), expected);
    }

    #[test]
    fn a_line_without_end_does_not_grow() {
        let part = [b'x'; 10_000];
        let mut lines = Lines::default();
        let mut count = 0;
        for _ in 0..100 {
            lines.push(&part, |line| count += line.len());
            assert!(lines.rest.len() < LONGEST);
        }
        lines.end(|line| count += line.len());
        assert_eq!(count, 1_000_000);
    }
}

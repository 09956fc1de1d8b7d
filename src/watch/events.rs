//! The system's event queue on Linux: inotify, read without waiting.
//!
//! The kernel queues an event before the call that caused it returns, so whoever reads the queue
//! after that finds it.

use std::{
    ffi::{OsStr, OsString},
    io,
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::ffi::OsStrExt as _},
    path::Path,
    sync::Arc,
};

use rustix::{
    fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
    io::Errno,
};

use super::happening::{Event, Happening, Refusal, Watch};

/// Where changes become known from.
pub const SOURCE: &str = "inotify";

/// How much is read at once: about a thousand events.
const BUFFER: usize = 64 * 1024;

/// How many events are read before others have their turn: twice as many as the queue of a
/// system that is set up as usual holds.
const MOST_AT_ONCE: usize = 32 * 1024;

/// What is asked of the system. Reading and opening do not matter.
const WANTED: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR)
    .union(WatchFlags::EXCL_UNLINK);

/// What is asked where only the directory itself matters. It must not take away from what else
/// is asked about the directory.
const GUARD: WatchFlags = WatchFlags::DELETE_SELF
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR)
    .union(WatchFlags::MASK_ADD);

/// The queue, and the watches that feed it.
#[derive(Debug)]
pub(super) struct Events {
    queue: Arc<OwnedFd>,
    buffer: Box<[MaybeUninit<u8>]>,
}

impl Events {
    pub(super) fn new() -> io::Result<Self> {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        Ok(Self {
            queue: Arc::new(queue),
            buffer: Box::new_uninit_slice(BUFFER),
        })
    }

    /// The descriptor that becomes readable when there are events.
    pub(super) fn descriptor(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.queue)
    }

    /// Watches a directory, links followed. One that is watched already keeps its number.
    pub(super) fn add(&self, directory: &Path) -> Result<Watch, Refusal> {
        self.add_with(directory, WANTED)
    }

    /// Watches a directory for its own removal or moving.
    pub(super) fn guard(&self, directory: &Path) -> Result<Watch, Refusal> {
        self.add_with(directory, GUARD)
    }

    fn add_with(&self, directory: &Path, flags: WatchFlags) -> Result<Watch, Refusal> {
        inotify::add_watch(&self.queue, directory, flags)
            .map(Watch)
            .map_err(|error| match error {
                Errno::NOSPC | Errno::NOMEM => Refusal::Full,
                _ => Refusal::NotThere,
            })
    }

    /// Ends a watch. It may have ended by itself.
    pub(super) fn remove(&self, watch: Watch) {
        let _ = inotify::remove_watch(&self.queue, watch.0);
    }

    /// Reads what is there. False where there is more.
    pub(super) fn read(&mut self, into: &mut Vec<Event>) -> bool {
        let mut reader = Reader::new(&self.queue, &mut self.buffer);
        let mut count = 0;
        loop {
            if count >= MOST_AT_ONCE && reader.is_buffer_empty() {
                return false;
            }
            match reader.next() {
                Ok(event) => into.extend(translated(&event)),
                Err(Errno::INTR) => {}
                // There is nothing more, or nothing that could be read.
                Err(_) => return true,
            }
            count += 1;
        }
    }
}

fn translated(event: &inotify::Event<'_>) -> Option<Event> {
    let flags = event.events();
    let happening = if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
        Happening::Overflow
    } else if flags.contains(ReadFlags::IGNORED) {
        Happening::Unwatched
    } else if flags.contains(ReadFlags::UNMOUNT) {
        Happening::Unmounted
    } else if flags.intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) {
        Happening::Left
    } else if flags.contains(ReadFlags::CREATE) {
        Happening::Created
    } else if flags.contains(ReadFlags::MOVED_TO) {
        Happening::Arrived
    } else if flags.contains(ReadFlags::DELETE) {
        Happening::Removed
    } else if flags.contains(ReadFlags::MOVED_FROM) {
        Happening::MovedAway
    } else if flags.contains(ReadFlags::CLOSE_WRITE) {
        Happening::Closed
    } else if flags.contains(ReadFlags::MODIFY) {
        Happening::Written
    } else if flags.contains(ReadFlags::ATTRIB) {
        Happening::Touched
    } else {
        return None;
    };
    Some(Event {
        watch: Watch(event.wd()),
        happening,
        is_directory: flags.contains(ReadFlags::ISDIR),
        name: event.file_name().map_or_else(OsString::new, |name| {
            OsStr::from_bytes(name.to_bytes()).to_owned()
        }),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_happened_is_in_the_queue_when_the_call_returns() {
        let place = tempfile::tempdir().unwrap();
        let mut events = Events::new().unwrap();
        let watch = events.add(place.path()).unwrap();
        assert_eq!(events.add(place.path()), Ok(watch));
        let mut read = || {
            let mut found = Vec::new();
            assert!(events.read(&mut found));
            found
                .into_iter()
                .map(|event| (event.happening, event.name.into_string().unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(), []);
        let at = |name: &str| place.path().join(name);
        let named = |name: &str, list: &[Happening]| -> Vec<_> {
            list.iter().map(|&one| (one, name.to_owned())).collect()
        };

        fs::write(at("a"), "text").unwrap();
        assert_eq!(
            read(),
            named(
                "a",
                &[Happening::Created, Happening::Written, Happening::Closed]
            )
        );
        fs::rename(at("a"), at("b")).unwrap();
        assert_eq!(
            read(),
            [
                (Happening::MovedAway, "a".to_owned()),
                (Happening::Arrived, "b".to_owned())
            ]
        );
        fs::read(at("b")).unwrap();
        assert_eq!(read(), []);
        fs::remove_file(at("b")).unwrap();
        assert_eq!(read(), named("b", &[Happening::Removed]));
        fs::remove_dir(place.path()).unwrap();
        assert_eq!(read(), named("", &[Happening::Left, Happening::Unwatched]));
    }

    #[test]
    fn a_guard_tells_of_the_directory_and_not_of_what_is_in_it() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir(at("a")).unwrap();
        fs::create_dir(at("b")).unwrap();
        let mut events = Events::new().unwrap();
        let watched = events.add(&at("b")).unwrap();
        let guarded = events.guard(&at("a")).unwrap();
        assert_eq!(events.guard(&at("b")), Ok(watched));
        for name in ["a/x", "b/x", "x"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::rename(at("a"), at("c")).unwrap();
        let mut found = Vec::new();
        assert!(events.read(&mut found));
        let found: Vec<_> = found.iter().map(|one| (one.watch, one.happening)).collect();
        assert_eq!(
            found,
            [(watched, Happening::Created), (guarded, Happening::Left)]
        );
    }

    #[test]
    fn only_directories_are_watched() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "").unwrap();
        let events = Events::new().unwrap();
        for name in ["a", "nothing"] {
            let added = events.add(&place.path().join(name));
            assert_eq!(added, Err(Refusal::NotThere));
        }
    }
}

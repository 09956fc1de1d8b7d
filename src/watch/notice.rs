//! What the user should know about how files are watched.

use std::{
    fmt::{self, Display},
    fs,
    path::PathBuf,
    time::Duration,
};

/// Something that makes watching worse than it could be. The text is its [`Display`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The system allows no more watches; some directories are polled.
    WatchLimit {
        /// How many directories are not watched.
        unwatched: usize,
        /// The limit, where the system tells it.
        limit: Option<u64>,
        /// How often they are polled.
        every: Duration,
    },
    /// The system allows no further event queue; all directories are polled.
    QueueLimit {
        /// The limit, where the system tells it.
        limit: Option<u64>,
        /// How often they are polled.
        every: Duration,
    },
    /// A file system does not tell of all changes; its directories are polled.
    FileSystem {
        /// The file system.
        name: &'static str,
        /// The first directory that is on it.
        directory: PathBuf,
        /// How often they are polled.
        every: Duration,
    },
    /// There are no events to be had on this system; all directories are polled.
    NoEvents {
        /// How often they are polled.
        every: Duration,
    },
    /// There are more directories than are watched or polled.
    TooManyDirectories {
        /// How many are.
        most: usize,
    },
}

/// A kind of notice: of each, one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    WatchLimit,
    QueueLimit,
    FileSystem,
    NoEvents,
    TooManyDirectories,
}

impl Notice {
    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::WatchLimit { .. } => Topic::WatchLimit,
            Self::QueueLimit { .. } => Topic::QueueLimit,
            Self::FileSystem { .. } => Topic::FileSystem,
            Self::NoEvents { .. } => Topic::NoEvents,
            Self::TooManyDirectories { .. } => Topic::TooManyDirectories,
        }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::WatchLimit { .. } => Some(raise("max_user_watches", 524_288)),
            Self::QueueLimit { .. } => Some(raise("max_user_instances", 1024)),
            Self::TooManyDirectories { .. } => Some(
                "name directories that hold no code in `.gitignore`, with `--ignore PATTERN` or \
                 in `[tool.scaffold] ignore`"
                    .to_owned(),
            ),
            Self::FileSystem { .. } => Some("a project on a local disk reloads sooner".to_owned()),
            Self::NoEvents { .. } => None,
        }
    }
}

/// The remedy for a limit: for now, and for good.
fn raise(limit: &str, to: u32) -> String {
    format!(
        "`sudo sysctl fs.inotify.{limit}={to}` raises the limit; with the line \
         `fs.inotify.{limit} = {to}` in a file in `/etc/sysctl.d/` it stays so"
    )
}

impl Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allows =
            |limit: &Option<u64>| limit.map_or(String::new(), |limit| format!(" ({limit})"));
        match self {
            Self::WatchLimit {
                unwatched,
                limit,
                every,
            } => write!(
                formatter,
                "the system's limit of watched directories{} is reached: {unwatched} more are \
                 looked at {}",
                allows(limit),
                Every(*every)
            ),
            Self::QueueLimit { limit, every } => write!(
                formatter,
                "the system's limit of programs that watch files{} is reached: files are looked \
                 at {}",
                allows(limit),
                Every(*every)
            ),
            Self::FileSystem {
                name,
                directory,
                every,
            } => write!(
                formatter,
                "`{}` is on {name}, which does not tell of every change: files are looked at {}",
                directory.display(),
                Every(*every)
            ),
            Self::NoEvents { every } => write!(
                formatter,
                "file events are not read on this system: files are looked at {}",
                Every(*every)
            ),
            Self::TooManyDirectories { most } => write!(
                formatter,
                "the project has more than {most} directories: changes in the others are not seen"
            ),
        }
    }
}

/// How often something is polled, in words.
struct Every(Duration);

impl Display for Every {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "about every {:.1} s, which takes at most 1 % of a processor core",
            self.0.as_secs_f32()
        )
    }
}

/// The limit of inotify with this name.
pub(super) fn limit(name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok()?;
    text.trim().parse().ok()
}

/// The notices that nobody has taken yet.
#[derive(Debug, Default)]
pub(super) struct Notices {
    told: Vec<Topic>,
    waiting: Vec<Notice>,
}

impl Notices {
    /// Whether there is one on this topic already.
    pub(super) fn has(&self, topic: Topic) -> bool {
        self.told.contains(&topic)
    }

    pub(super) fn add(&mut self, notice: Notice) {
        let topic = notice.topic();
        if !self.has(topic) {
            self.told.push(topic);
            self.waiting.push(notice);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_with_the_remedy() {
        let notice = Notice::WatchLimit {
            unwatched: 12,
            limit: Some(8192),
            every: Duration::from_millis(250),
        };
        assert_eq!(
            notice.to_string(),
            "the system's limit of watched directories (8192) is reached: 12 more are looked at \
             about every 0.2 s, which takes at most 1 % of a processor core"
        );
        assert!(
            notice
                .hint()
                .unwrap()
                .starts_with("`sudo sysctl fs.inotify.max_user_watches=524288` raises")
        );
    }

    #[test]
    fn of_each_topic_one_is_enough() {
        let mut notices = Notices::default();
        notices.add(Notice::TooManyDirectories { most: 1 });
        notices.add(Notice::TooManyDirectories { most: 2 });
        assert_eq!(notices.take(), [Notice::TooManyDirectories { most: 1 }]);
        notices.add(Notice::TooManyDirectories { most: 3 });
        assert_eq!(notices.take(), []);
    }
}

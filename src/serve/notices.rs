//! What happens to the application while browsers show its pages: what event streams tell them.
//!
//! A page knows the [`Moment`] it was made at. A stream tells it what has happened since then, and
//! what happens later. What is kept for that does not grow: the last outcome of loading the
//! application, and the changes after it.

use std::{
    collections::VecDeque,
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::watch;

use super::upstream::Failure;

/// How many changed style sheets are remembered by name. A page that has been away for longer is
/// loaded anew.
const STYLES: usize = 64;

/// Octets of the token: not to be guessed within the life of a server.
const TOKEN: usize = 16;

/// What a page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// New code is served.
    Ready,
    /// The application cannot be loaded, or not for the same reason as before.
    Failed(Arc<Failure>),
    /// Something else that pages show has changed.
    Changed,
    /// Style sheets with these names have changed, and nothing else.
    Restyled(Vec<String>),
}

/// Says what happens to the application and its files. Clones tell the same pages.
#[derive(Clone, Debug)]
pub struct Notifier {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    history: watch::Sender<History>,
    /// The number of the last notice, for whoever only wants that.
    latest: AtomicU64,
    token: String,
}

/// A moment in the life of this server. Its text is known only to pages of this server: it is the
/// token without which an event stream tells nothing.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    shared: Arc<Shared>,
    position: u64,
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.shared.token, self.position)
    }
}

/// How loading the application went last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Standing {
    #[default]
    Unknown,
    Ready,
    Failed(Arc<Failure>),
}

#[derive(Debug, Default)]
struct History {
    latest: u64,
    standing: Standing,
    /// When pages were last told of `standing`; 0 for never.
    told: u64,
    generation: Option<u64>,
    /// The front has told of a success of its own accord, before its generation was known.
    is_unclaimed: bool,
    /// The last change that only loading the page anew shows; 0 for none.
    changed: u64,
    /// The last changes of style sheets.
    styles: VecDeque<(u64, String)>,
}

impl Notifier {
    /// One that nothing has happened to.
    pub(super) fn new() -> Self {
        let mut octets = [0; TOKEN];
        if getrandom::fill(&mut octets).is_err() {
            // A system without random numbers. What is left guards what the token only guards
            // once more: hosts and origins are looked at first.
            fastrand::fill(&mut octets);
        }
        let token = format!("{:032x}", u128::from_ne_bytes(octets));
        Self {
            shared: Arc::new(Shared {
                history: watch::Sender::new(History::default()),
                latest: AtomicU64::new(0),
                token,
            }),
        }
    }

    /// This generation of the code is served: pages that were made by an older one are loaded anew.
    /// A worker that only replaces one that died brings no new generation. To be called each time
    /// the application is loaded, after [`Workers::set`](super::Workers::set), which alone tells
    /// pages of failures, and of the success after one.
    pub fn ready(&self, generation: u64) {
        self.note(|history| {
            let before = history.generation.replace(generation);
            let is_told = std::mem::take(&mut history.is_unclaimed);
            // Before the first one there were no pages.
            if before.is_some_and(|before| before != generation) && !is_told {
                history.tell(Standing::Ready);
            }
        });
    }

    /// Files have changed that pages show without new code: templates and static files. Style
    /// sheets are exchanged in the page, for all others it is loaded anew.
    pub fn changed<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) {
        let mut styles = Vec::new();
        let mut has_other = false;
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str());
            match name {
                Some(name) if is_style(path) && styles.len() < STYLES => {
                    styles.push(name.to_owned());
                }
                _ => has_other = true,
            }
        }
        self.note(|history| history.change(styles, has_other));
    }

    /// Loading the application went well. That is news only after a failure.
    pub(super) fn loaded(&self) {
        self.note(|history| match history.standing {
            Standing::Ready => {}
            Standing::Unknown => history.standing = Standing::Ready,
            Standing::Failed(_) => {
                history.tell(Standing::Ready);
                history.is_unclaimed = true;
            }
        });
    }

    /// Loading the application failed. That is no news where it failed in the same way before.
    pub(super) fn failed(&self, failure: &Arc<Failure>) {
        let standing = Standing::Failed(Arc::clone(failure));
        self.note(|history| {
            if history.standing != standing {
                history.tell(standing);
                history.is_unclaimed = false;
            }
        });
    }

    fn note(&self, change: impl FnOnce(&mut History)) {
        self.shared.history.send_if_modified(|history| {
            let before = history.latest;
            change(history);
            self.shared.latest.store(history.latest, Ordering::Relaxed);
            history.latest != before
        });
    }

    /// How much has happened so far.
    pub(super) fn position(&self) -> u64 {
        self.shared.latest.load(Ordering::Relaxed)
    }

    /// The moment at which so much had happened.
    pub(super) fn moment(&self, position: u64) -> Moment {
        Moment {
            shared: Arc::clone(&self.shared),
            position,
        }
    }

    /// What to tell a page of what happened after the moment with this text; `None` where it is no
    /// moment of this server.
    pub(super) fn follow(&self, moment: &str) -> Option<Following> {
        let (token, position) = moment.split_once('.')?;
        // Compared in a time that does not tell how much of it is right.
        let is_ours = token.len() == self.shared.token.len()
            && token
                .bytes()
                .zip(self.shared.token.bytes())
                .fold(0, |all, (one, other)| all | (one ^ other))
                == 0;
        let position = position.parse().ok().filter(|_| is_ours)?;
        Some(Following {
            history: self.shared.history.subscribe(),
            notifier: self.clone(),
            position,
        })
    }
}

/// What happened after a moment, one notice after another.
#[derive(Debug)]
pub(super) struct Following {
    history: watch::Receiver<History>,
    notifier: Notifier,
    position: u64,
}

impl Following {
    /// What has happened and was not told yet, with the moment up to which that is all.
    pub(super) fn news(&mut self) -> Option<(Notice, Moment)> {
        let history = self.history.borrow_and_update();
        let notice = history.since(self.position)?;
        self.position = history.latest;
        Some((notice, self.notifier.moment(history.latest)))
    }

    /// Waits until something may have happened; `false` where nothing will any more.
    pub(super) async fn wait(&mut self) -> bool {
        self.history.changed().await.is_ok()
    }
}

impl History {
    fn tell(&mut self, standing: Standing) {
        self.latest += 1;
        self.told = self.latest;
        self.standing = standing;
    }

    fn change(&mut self, styles: Vec<String>, has_other: bool) {
        if has_other || !styles.is_empty() {
            self.latest += 1;
        }
        if has_other {
            self.changed = self.latest;
        }
        for name in styles {
            if self.styles.len() == STYLES
                && let Some((forgotten, _)) = self.styles.pop_front()
            {
                self.changed = self.changed.max(forgotten);
            }
            self.styles.push_back((self.latest, name));
        }
    }

    fn since(&self, position: u64) -> Option<Notice> {
        if self.told > position {
            return match &self.standing {
                Standing::Unknown => None,
                Standing::Ready => Some(Notice::Ready),
                Standing::Failed(failure) => Some(Notice::Failed(Arc::clone(failure))),
            };
        }
        if self.changed > position {
            return Some(Notice::Changed);
        }
        let mut names: Vec<String> = self
            .styles
            .iter()
            .filter(|(number, _)| *number > position)
            .map(|(_, name)| name.clone())
            .collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then_some(Notice::Restyled(names))
    }
}

fn is_style(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("css"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(message: &str) -> Arc<Failure> {
        Arc::new(Failure {
            message: message.into(),
            ..Failure::default()
        })
    }

    /// A page that is made now.
    fn page(notifier: &Notifier) -> Following {
        let moment = notifier.moment(notifier.position()).to_string();
        notifier.follow(&moment).unwrap()
    }

    fn news(page: &mut Following) -> Option<Notice> {
        page.news().map(|(notice, _)| notice)
    }

    #[test]
    fn the_first_success_and_those_of_replaced_workers_are_no_news() {
        let notifier = Notifier::new();
        let mut page = page(&notifier);
        notifier.loaded();
        notifier.loaded();
        assert_eq!(news(&mut page), None);
    }

    #[test]
    fn each_generation_is_told_once() {
        let notifier = Notifier::new();
        let mut page = page(&notifier);
        let told = [1, 1, 2].map(|generation| {
            notifier.loaded();
            notifier.ready(generation);
            news(&mut page)
        });
        assert_eq!(told, [None, None, Some(Notice::Ready)]);
    }

    #[test]
    fn a_failure_is_told_once_and_so_is_the_success_after_it() {
        let notifier = Notifier::new();
        notifier.loaded();
        let mut page = page(&notifier);
        notifier.failed(&failure("a"));
        assert_eq!(news(&mut page), Some(Notice::Failed(failure("a"))));
        notifier.failed(&failure("a"));
        assert_eq!(news(&mut page), None);
        notifier.failed(&failure("b"));
        assert_eq!(news(&mut page), Some(Notice::Failed(failure("b"))));
        notifier.loaded();
        assert_eq!(news(&mut page), Some(Notice::Ready));
        // The same success, now with its number.
        notifier.ready(2);
        assert_eq!(news(&mut page), None);
        notifier.ready(3);
        assert_eq!(news(&mut page), Some(Notice::Ready));
    }

    #[test]
    fn a_page_that_comes_late_is_told_only_what_counts() {
        let notifier = Notifier::new();
        let mut early = page(&notifier);
        notifier.changed([Path::new("a/one.css")]);
        notifier.changed([Path::new("two.CSS"), Path::new("b/one.css")]);
        let mut late = page(&notifier);
        let names = |names: &[&str]| {
            Some(Notice::Restyled(
                names.iter().map(|&name| name.to_owned()).collect(),
            ))
        };
        assert_eq!(news(&mut early), names(&["one.css", "two.CSS"]));
        assert_eq!(news(&mut late), None);
        notifier.changed([Path::new("three.css"), Path::new("a.js")]);
        assert_eq!(news(&mut late), Some(Notice::Changed));
        notifier.failed(&failure("a"));
        notifier.changed([Path::new("a.html")]);
        assert_eq!(news(&mut early), Some(Notice::Failed(failure("a"))));
        assert_eq!(news(&mut early), None);
        notifier.changed([]);
        assert_eq!(news(&mut early), None);
    }

    #[test]
    fn what_is_remembered_does_not_grow() {
        let notifier = Notifier::new();
        let mut page = page(&notifier);
        for number in 0..=STYLES {
            notifier.changed([Path::new(&format!("{number}.css"))]);
        }
        assert_eq!(notifier.shared.history.borrow().styles.len(), STYLES);
        assert_eq!(news(&mut page), Some(Notice::Changed));
    }

    #[test]
    fn moments_of_others_are_not_followed() {
        let notifier = Notifier::new();
        let other = Notifier::new();
        let moment = other.moment(0).to_string();
        assert!(notifier.follow(&moment).is_none());
        for text in ["", ".", ".0", "0", "é.0"] {
            assert!(notifier.follow(text).is_none());
        }
        let token = &notifier.shared.token;
        assert!(notifier.follow(&format!("{token}.-1")).is_none());
        assert!(notifier.follow(&format!("{token}.{}", u64::MAX)).is_some());
    }
}

//! Tests of the whole over real directories. Nothing sleeps: that something is no change shows
//! in that a file which is written after it comes as the next change, alone.

mod coming_and_going;
mod contents;
mod git;
mod ignoring;
mod limits;
mod links;
mod never_stale;
mod polling;
mod saving;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::timeout;

use super::{Change, Gate, Kind, Rules, Watcher, state::Limits, watcher::start_with};

/// How long is waited for what must happen. Machines that run tests can be slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file that is written to see that nothing came before it.
const NEXT: &str = "next_change.py";

/// A project that is watched.
struct Project {
    /// A place that the project's root `site` lies in.
    place: tempfile::TempDir,
    root: PathBuf,
    watcher: Watcher,
    gate: Gate,
    writes: usize,
}

/// What a project is made from.
#[derive(Default)]
struct Setup {
    files: Vec<(String, String)>,
    links: Vec<(String, String)>,
    rules: Rules,
    limits: Limits,
}

impl Setup {
    /// Files of the project; those that begin with `../` lie outside.
    fn files(mut self, files: &[&str]) -> Self {
        let files = files
            .iter()
            .map(|file| ((*file).to_owned(), "1\n".to_owned()));
        self.files.extend(files);
        self
    }

    fn file(mut self, file: &str, text: &str) -> Self {
        self.files.push((file.to_owned(), text.to_owned()));
        self
    }

    /// A link, and what it leads to.
    fn link(mut self, link: &str, target: &str) -> Self {
        self.links.push((link.to_owned(), target.to_owned()));
        self
    }

    fn watch(mut self, pattern: &str) -> Self {
        self.rules.watch.push(pattern.to_owned());
        self
    }

    fn ignore(mut self, pattern: &str) -> Self {
        self.rules.ignore.push(pattern.to_owned());
        self
    }

    fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the project and watches it.
    fn start(self) -> Project {
        self.start_in("")
    }

    /// The same in a directory of the place.
    fn start_in(self, directory: &str) -> Project {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let root = root.join(directory).join("site");
        fs::create_dir_all(&root).unwrap();
        for (file, text) in &self.files {
            write(&root.join(file), text);
        }
        for (link, target) in &self.links {
            let link = root.join(link);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(target, link).unwrap();
        }
        let rules = Rules {
            root: root.clone(),
            ..self.rules
        };
        let (watcher, gate) = start_with(rules, self.limits).unwrap();
        Project {
            place,
            root,
            watcher,
            gate,
            writes: 0,
        }
    }
}

impl Project {
    /// A project of some files.
    fn new(files: &[&str]) -> Self {
        Setup::default().files(files).start()
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file in place, as something that it never was.
    fn write(&mut self, path: &str) {
        self.writes += 1;
        write(&self.at(path), &format!("written {}\n", self.writes));
    }

    /// The next change, whole.
    async fn change(&mut self) -> Change {
        let change = timeout(PATIENCE, self.watcher.changed()).await;
        change.expect("a change must come")
    }

    /// The next change's files, relative to the root, with its kind. It is taken note of.
    async fn changed(&mut self) -> (Vec<String>, Kind) {
        let change = self.change().await;
        self.watcher.resume();
        assert_eq!(change.paths.len(), change.count, "all are named");
        (self.relative(&change), change.kind)
    }

    fn relative(&self, change: &Change) -> Vec<String> {
        let place = self.root.parent().unwrap();
        let relative = |path: &PathBuf| match path.strip_prefix(&self.root) {
            Ok(inside) => inside.to_str().unwrap().to_owned(),
            Err(_) => format!("../{}", path.strip_prefix(place).unwrap().display()),
        };
        change.paths.iter().map(relative).collect()
    }

    /// Asserts that the next change is of these files, which are code.
    async fn expect(&mut self, files: &[&str]) {
        assert_eq!(
            self.changed().await,
            (
                files.iter().map(|file| (*file).to_owned()).collect(),
                Kind::Code
            )
        );
    }

    /// Asserts that nothing of what happened so far is a change.
    async fn expect_nothing(&mut self) {
        self.open().await;
        self.write(NEXT);
        self.expect(&[NEXT]).await;
    }

    /// Waits until requests may pass.
    async fn open(&self) {
        let opened = timeout(PATIENCE, self.gate.opened()).await;
        opened.expect("the gate must open");
    }

    /// Loads a generation from files, and waits until it is known what they contain.
    async fn load(&mut self, files: &[&str]) {
        for file in files {
            age(&self.at(file));
        }
        self.watcher.generation_started();
        let files = files.iter().map(|file| self.at(file)).collect();
        self.watcher.loaded(files);
        let noted = timeout(PATIENCE, self.watcher.noted()).await;
        noted.expect("the contents must be noted");
        // What made the files old enough is an event of the time before.
        self.open().await;
    }
}

/// Writes a file, making its directory.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Waits until the system's clock, as files see it, has left a file's last change behind, so that
/// the file is surely older than what comes next.
fn age(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::metadata(path).unwrap();
    let seconds = u64::try_from(metadata.ctime()).unwrap();
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap();
    let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds);
    while changed.elapsed().unwrap_or_default() < Duration::from_millis(30) {
        std::thread::yield_now();
    }
}

/// A directory's files in a form that tells them apart after a move.
fn names(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("m{number:04}.py"))
        .collect()
}

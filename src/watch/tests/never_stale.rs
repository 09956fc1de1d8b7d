//! The promise as a whole: at any moment at which requests may pass, what was loaded last is what
//! the files contain. Files are written, moved and removed at random.

use std::collections::BTreeMap;

use super::*;

/// How many times something is done to the files in one run.
const ROUNDS: usize = 60;

/// What the files contain that an application loads, by path.
type Contents = BTreeMap<PathBuf, String>;

fn contents(root: &Path) -> Contents {
    let files = walkdir::WalkDir::new(root).follow_links(true).into_iter();
    files
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

/// Somebody who changes files at random. What cannot be done is not done.
struct Chance {
    random: fastrand::Rng,
    place: PathBuf,
}

impl Chance {
    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.random.usize(..list.len())]
    }

    fn directory(&mut self) -> PathBuf {
        let directory = self.one_of(&[
            "site", "site/a", "site/b", "site/a/c", "site/b/c", "one", "one/a", "two", "two/a",
            "attic",
        ]);
        self.place.join(directory)
    }

    fn file(&mut self) -> PathBuf {
        let name = self.one_of(&["x.py", "y.py", "z.py"]);
        self.directory().join(name)
    }

    /// Does something, and says what.
    fn act(&mut self) -> String {
        let (from, to) = (self.file(), self.file());
        let (from_directory, to_directory) = (self.directory(), self.directory());
        let text = self.random.u8(..4).to_string();
        let is_below = |path: &Path| path != self.place.join("site") && path.exists();
        match self.random.u8(..12) {
            0..=2 => {
                let _ = fs::create_dir_all(to.parent().unwrap());
                let _ = fs::write(&to, &text);
                format!("write {text} to {}", to.display())
            }
            3 => {
                if let Ok(same) = fs::read(&to) {
                    fs::write(&to, same).unwrap();
                }
                format!("save {}", to.display())
            }
            4 => {
                let temporary = to.with_extension("py.tmp");
                if fs::write(&temporary, &text).is_ok() {
                    fs::rename(temporary, &to).unwrap();
                }
                format!("write {text} over {}", to.display())
            }
            5 => {
                let _ = fs::remove_file(&to);
                format!("remove {}", to.display())
            }
            6 => {
                let _ = fs::rename(&from, &to);
                format!("move {} to {}", from.display(), to.display())
            }
            7 | 8 => {
                if is_below(&from_directory) && !to_directory.exists() {
                    let _ = fs::rename(&from_directory, &to_directory);
                }
                format!(
                    "move {} to {}",
                    from_directory.display(),
                    to_directory.display()
                )
            }
            9 => {
                if is_below(&from_directory) {
                    let _ = fs::remove_dir_all(&from_directory);
                }
                format!("remove {}", from_directory.display())
            }
            10 => {
                let target = self.one_of(&["../one", "../two"]);
                let (new, link) = (self.place.join("new"), self.place.join("site/link"));
                let _ = fs::remove_file(&new);
                symlink(target, &new).unwrap();
                fs::rename(new, link).unwrap();
                format!("link to {target}")
            }
            _ => {
                let _ = fs::remove_file(self.place.join("site/link"));
                "remove the link".to_owned()
            }
        }
    }
}

async fn run(seed: u64) {
    let project = Setup::default()
        .files(&["x.py", "a/x.py", "a/c/y.py", "b/z.py"])
        .files(&["../one/x.py", "../one/a/y.py", "../two/x.py", "../two/z.py"])
        .link("link", "../one")
        .start();
    let mut chance = Chance {
        random: fastrand::Rng::with_seed(seed),
        place: project.root.parent().unwrap().to_owned(),
    };
    let mut done = Vec::new();
    let mut loaded = load(&project);
    for _ in 0..ROUNDS {
        for _ in 0..chance.random.usize(1..4) {
            done.push(chance.act());
            let now = contents(&project.root);
            if project.gate.is_open() {
                assert_eq!(loaded, now, "seed {seed}, at once after {done:#?}");
            }
            if chance.random.bool() {
                tokio::task::yield_now().await;
            }
        }
        if chance.random.u8(..3) == 0 {
            continue;
        }
        // As a development server does, until requests may pass.
        let settled = timeout(PATIENCE, async {
            loop {
                tokio::select! {
                    _ = project.watcher.changed() => {
                        loaded = load(&project);
                        project.watcher.resume();
                    }
                    () = project.gate.opened() => break,
                }
            }
        });
        settled.await.expect("the gate must open");
        assert_eq!(
            loaded,
            contents(&project.root),
            "seed {seed}, after {done:#?}"
        );
    }
}

fn load(project: &Project) -> Contents {
    project.watcher.generation_started();
    let loaded = contents(&project.root);
    project.watcher.loaded(loaded.keys().cloned().collect());
    loaded
}

macro_rules! runs {
    ($($name:ident: $seed:expr,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                run($seed).await;
            }
        )*
    };
}

runs! {
    no_request_meets_what_is_stale_1: 1,
    no_request_meets_what_is_stale_2: 2,
    no_request_meets_what_is_stale_3: 3,
    no_request_meets_what_is_stale_4: 4,
}

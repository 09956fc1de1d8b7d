//! `scaffold update`, with real histories of templates and of projects.

mod commits;
mod interface;
mod merges;
mod questions;
mod sources;
mod variables;

use std::{fs, path::PathBuf};

use crate::support::{Sandbox, Test, git};

/// A template in a repository, and a project that was made from it in another.
struct Story {
    sandbox: Option<Sandbox>,
}

/// How a run of the program ended.
struct Ran {
    stdout: String,
    stderr: String,
    status: i32,
}

impl Story {
    /// A template with these files, committed, and a project from it, committed too.
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, &[])
    }

    /// The same with arguments for `startproject`.
    fn with(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut story = Self::of_template(files);
        story.start(arguments);
        story
    }

    /// Only the template.
    fn of_template(files: &[(&str, &str)]) -> Self {
        let story = Self {
            sandbox: Some(Sandbox::new()),
        };
        fs::create_dir(story.path("tpl")).unwrap();
        story.git("tpl", &["init", "--quiet", "--initial-branch=main"]);
        story.write("tpl", &[("scaffold.toml", "")]);
        story.template(files);
        story
    }

    /// Makes the project, in a repository.
    fn start(&mut self, arguments: &[&str]) {
        let start = ["startproject", "mysite", "--template", "./tpl"];
        let ran = self.run_in("", &[&start, arguments].concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        self.git("mysite", &["init", "--quiet", "--initial-branch=main"]);
        self.commit("mysite");
    }

    fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    /// A path in the working directory, in which are `tpl` and `mysite`.
    fn path(&self, path: &str) -> PathBuf {
        self.sandbox().dir().join(path)
    }

    /// Runs `git` in a directory, and returns what it prints.
    #[track_caller]
    fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let output = git(self.path(directory)).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn commit(&self, directory: &str) {
        self.git(directory, &["add", "--all"]);
        self.git(
            directory,
            &["commit", "--quiet", "--allow-empty", "-m", "x"],
        );
    }

    /// Writes files; what is to be `gone` is removed.
    fn write(&self, directory: &str, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.path(directory).join(path);
            if *text == "gone" {
                fs::remove_file(path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
    }

    /// Changes the template, in a commit.
    fn template(&self, files: &[(&str, &str)]) {
        self.write("tpl", files);
        self.commit("tpl");
    }

    /// Changes the project as its user does, in a commit.
    fn user(&self, files: &[(&str, &str)]) {
        self.write("mysite", files);
        self.commit("mysite");
    }

    fn run_in(&mut self, directory: &str, arguments: &[&str]) -> Ran {
        let test = Test::within(self.sandbox.take().unwrap());
        let outcome = test.in_dir(directory).args(arguments.to_vec()).capture();
        let ran = Ran {
            stdout: outcome.stdout.clone(),
            stderr: outcome.stderr.clone(),
            status: outcome.status.unwrap(),
        };
        self.sandbox = Some(outcome.into_sandbox());
        ran
    }

    /// Runs `scaffold update` in the project.
    fn update(&mut self, arguments: &[&str]) -> Ran {
        self.run_in("mysite", &[&["update"], arguments].concat())
    }

    /// A file of the project.
    #[track_caller]
    fn read(&self, path: &str) -> String {
        let path = self.path("mysite").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn has(&self, path: &str) -> bool {
        self.path("mysite").join(path).symlink_metadata().is_ok()
    }

    /// All that the project has beside its repository.
    fn tree(&self) -> Vec<(String, String)> {
        let root = self.path("mysite");
        let walk = walkdir::WalkDir::new(&root).sort_by_file_name();
        walk.into_iter()
            .filter_entry(|entry| entry.file_name() != ".git")
            .map(Result::unwrap)
            .map(|entry| {
                let path = entry.path().strip_prefix(&root).unwrap();
                let text = fs::read_to_string(entry.path()).unwrap_or_default();
                (path.display().to_string(), text)
            })
            .collect()
    }
}

impl Ran {
    #[track_caller]
    fn succeeds(self) -> Self {
        assert_eq!(self.status, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn fails(self) -> Self {
        assert_eq!(self.status, 1, "{}{}", self.stdout, self.stderr);
        self
    }

    /// What was printed names all of these.
    #[track_caller]
    fn says(self, texts: &[&str]) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        for text in texts {
            assert!(all.contains(text), "no {text:?} in:\n{all}");
        }
        self
    }
}

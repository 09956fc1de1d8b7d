//! A directory that stands for an image: what a Dockerfile says is done in order, its commands by the
//! real programs, without an engine. Paths of the image are paths in that directory, and the
//! interpreter of the base image is a new environment of the machine's.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use parse_dockerfile::{
    Command as Words, CopyInstruction, Dockerfile, HealthcheckArguments, Instruction, Source,
};
use walkdir::WalkDir;

use crate::support::newest;

/// What was built.
pub(super) struct Image {
    root: PathBuf,
    directory: PathBuf,
    environment: BTreeMap<String, String>,
    command: Vec<String>,
    health: Vec<String>,
}

impl Image {
    /// Builds the project in `context` into `root`.
    #[track_caller]
    pub(super) fn build(context: &Path, dockerfile: &Path, root: &Path) -> Self {
        let text = fs::read_to_string(dockerfile).unwrap();
        let base = root.with_extension("base");
        let made = Command::new(newest().as_ref())
            .args(["-m", "venv"])
            .arg(&base)
            .status();
        assert!(made.unwrap().success());
        let path = format!("{}:/usr/bin:/bin", base.join("bin").display());
        let ignored = ignored(context, &dockerfile.with_added_extension("dockerignore"));
        let file = parse_dockerfile::parse(&text).unwrap();
        let mut image = Self {
            root: root.to_owned(),
            directory: root.to_owned(),
            environment: BTreeMap::new(),
            command: Vec::new(),
            health: Vec::new(),
        };
        let mut last: Option<String> = None;
        for stage in file.stages() {
            if let Some(name) = last {
                fs::rename(root, root.with_extension(name)).unwrap();
            }
            fs::create_dir(root).unwrap();
            let path = [("PATH".to_owned(), path.clone())];
            image.environment = path.into_iter().collect();
            for instruction in stage.instructions {
                image.follow(instruction, context, &ignored);
            }
            let name = stage.from.as_.as_ref();
            last = name.map(|(_, name)| name.value.clone().into_owned());
        }
        image
    }

    #[track_caller]
    fn follow(&mut self, instruction: &Instruction<'_>, context: &Path, ignored: &Gitignore) {
        match instruction {
            Instruction::From(_) | Instruction::User(_) | Instruction::Expose(_) => {}
            Instruction::Env(env) => {
                for pair in env.arguments.value.split_whitespace() {
                    let (name, value) = pair.split_once('=').unwrap();
                    let value = value.replace("$PATH", &self.environment["PATH"]);
                    assert!(!value.contains('$'), "{pair}");
                    self.environment.insert(name.to_owned(), value);
                }
            }
            Instruction::Workdir(workdir) => {
                self.directory = (&*workdir.arguments.value).into();
                assert!(self.directory.starts_with(&self.root));
                fs::create_dir_all(&self.directory).unwrap();
            }
            Instruction::Copy(copy) => self.copy(copy, context, ignored),
            Instruction::Run(run) => {
                let Words::Shell(line) = &run.arguments else {
                    panic!("{run:?}");
                };
                let mut command = Command::new("/bin/sh");
                command.args(["-c", line.value]).stdin(Stdio::null());
                command.current_dir(&self.directory).envs(&self.environment);
                for name in ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"] {
                    command.env_remove(name);
                }
                let output = command.output().unwrap();
                let told = [output.stdout, output.stderr].concat();
                let told = String::from_utf8_lossy(&told);
                assert!(output.status.success(), "{}: {told}", line.value);
            }
            Instruction::Healthcheck(check) => {
                let HealthcheckArguments::Cmd { arguments, .. } = &check.arguments else {
                    panic!("{check:?}");
                };
                self.health = words(arguments);
            }
            Instruction::Cmd(command) => self.command = words(&command.arguments),
            other => panic!("{other:?}"),
        }
    }

    /// A stage's directory goes to the same path of the next; of the context everything does that
    /// a source names and `.dockerignore` does not leave out.
    #[track_caller]
    fn copy(&self, copy: &CopyInstruction<'_>, context: &Path, ignored: &Gitignore) {
        let sources = copy.src.iter().map(|source| match source {
            Source::Path(path) => &*path.value,
            other => panic!("{other:?}"),
        });
        let target = self.directory.join(&*copy.dest.value);
        if let Some(from) = copy.options.iter().find(|it| it.name.value == "from") {
            let stage = self
                .root
                .with_extension(&*from.value.as_ref().unwrap().value);
            for source in sources.map(Path::new) {
                assert_eq!(source, target);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                let source = stage.join(source.strip_prefix(&self.root).unwrap());
                fs::rename(source, &target).unwrap();
            }
            return;
        }
        for source in sources {
            let source = context.join(source);
            assert!(source.exists(), "{}", source.display());
            for entry in WalkDir::new(&source) {
                let entry = entry.unwrap();
                let path = entry.path();
                let is_ignored = ignored.matched_path_or_any_parents(path, path.is_dir());
                if is_ignored.is_ignore() || !path.is_file() {
                    continue;
                }
                let inside = match path.strip_prefix(&source).unwrap() {
                    inside if source.is_file() => inside.join(source.file_name().unwrap()),
                    inside => inside.to_owned(),
                };
                let copied = target.join(inside);
                fs::create_dir_all(copied.parent().unwrap()).unwrap();
                fs::copy(path, copied).unwrap();
            }
        }
    }

    /// A path in the directory of the project in the image.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }

    /// What runs in a container with these variables.
    pub(super) fn command(&self, variables: &[(&str, &str)]) -> Command {
        self.other(&self.command, variables)
    }

    /// What says whether it answers.
    pub(super) fn health(&self, variables: &[(&str, &str)]) -> Command {
        self.other(&self.health, variables)
    }

    /// Another command in a container, found as an engine finds it.
    pub(super) fn other(&self, words: &[String], variables: &[(&str, &str)]) -> Command {
        let programs = &self.environment["PATH"];
        let mut programs = programs.split(':').map(|it| Path::new(it).join(&words[0]));
        let mut command = Command::new(programs.find(|it| it.exists()).unwrap());
        command.args(&words[1..]).current_dir(&self.directory);
        command.env_clear().envs(&self.environment);
        command.envs(variables.iter().copied());
        command
    }
}

/// The words of a command that no shell reads.
#[track_caller]
fn words(command: &Words<'_>) -> Vec<String> {
    let Words::Exec(words) = command else {
        panic!("a shell is between: {command:?}");
    };
    let words = words.value.iter();
    words.map(|word| word.value.clone().into_owned()).collect()
}

/// The patterns of `.dockerignore`, which are anchored where those of Git are not.
fn ignored(context: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(context);
    for line in fs::read_to_string(file).unwrap().lines() {
        if !line.is_empty() && !line.starts_with('#') {
            builder.add_line(None, &format!("/{line}")).unwrap();
        }
    }
    builder.build().unwrap()
}

/// What linters of Dockerfiles ask for, of which hadolint's rules have the numbers.
#[track_caller]
pub(super) fn assert_linted(text: &str, requirements: &str) {
    let file: Dockerfile<'_> = parse_dockerfile::parse(text).unwrap();
    let position = |wanted: &dyn Fn(&Instruction<'_>) -> bool| {
        let found = file.instructions.iter().position(wanted);
        found.unwrap_or_else(|| panic!("{text}"))
    };
    // DL3006, DL3007: a version is named, and it is not `latest`.
    assert!(file.stages().len() > 1);
    let version = "python:${PYTHON_VERSION}-slim";
    assert!(file.stages().all(|it| it.from.image.value == version));
    let mut arguments = file.global_args().map(|it| &*it.arguments.value);
    let (major, minor, _) = newest().version();
    let expected = format!("PYTHON_VERSION={major}.{minor}");
    assert_eq!(arguments.next(), Some(&*expected));
    for instruction in &file.instructions {
        match instruction {
            // DL3020: what is from elsewhere or unpacks itself.
            Instruction::Add(_) => panic!("{instruction:?}"),
            // DL3000: a relative directory depends on the one before.
            Instruction::Workdir(it) => assert!(it.arguments.value.starts_with('/')),
            Instruction::Run(it) => {
                let Words::Shell(line) = &it.arguments else {
                    panic!("{it:?}");
                };
                // DL3003, DL3004.
                let words: Vec<_> = line.value.split_whitespace().collect();
                assert!(!words.contains(&"cd") && !words.contains(&"sudo"));
            }
            _ => {}
        }
    }
    // DL3002: the last user is not root; a number, so that an engine can see that.
    let user = position(&|it| matches!(it, Instruction::User(_)));
    let Instruction::User(it) = &file.instructions[user] else {
        unreachable!();
    };
    let (uid, gid) = it.arguments.value.split_once(':').unwrap();
    assert!(uid.parse::<u32>().unwrap() > 0 && gid.parse::<u32>().unwrap() > 0);
    let command = position(&|it| matches!(it, Instruction::Cmd(_)));
    let health = position(&|it| matches!(it, Instruction::Healthcheck(_)));
    assert!(user < health && health < command && command == file.instructions.len() - 1);
    // Requirements have a layer of their own, before the code.
    let copied = |name: &str| {
        position(&|it| {
            let Instruction::Copy(copy) = it else {
                return false;
            };
            let is = |it: &Source<'_>| matches!(it, Source::Path(path) if path.value == name);
            copy.src.iter().any(is)
        })
    };
    assert!(copied(requirements) < copied("."));
}

//! A directory that stands for an image: what a Dockerfile says is done in order, its commands by the
//! real programs, without an engine.

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

use crate::support::{newest, sandbox::kept};

/// What a stage begins with, and how a program of an image runs.
pub(super) trait Base {
    /// Lays it where nothing is yet.
    fn lay(&self, root: &Path);

    /// The path from the image's directory on; as it is where it is the machine's.
    fn inside<'a>(&self, path: &'a Path) -> &'a Path;

    /// Where programs are looked for.
    fn programs(&self) -> String;

    /// A program, by its path in the image, in a directory of the image in `root`.
    fn command(&self, root: &Path, directory: &Path, user: (u32, u32), program: &Path) -> Command;
}

/// An empty directory, for anybody who runs the tests: paths of the image are paths of the machine,
/// the interpreter is a new environment of the machine's, and every user is the one of the tests.
pub(super) struct Empty {
    root: PathBuf,
    environment: PathBuf,
}

impl Empty {
    pub(super) fn new(root: &Path) -> Self {
        let environment = root.with_extension("base");
        let made = Command::new(newest().as_ref())
            .args(["-m", "venv"])
            .arg(&environment)
            .status();
        assert!(made.unwrap().success());
        Self {
            root: root.to_owned(),
            environment,
        }
    }
}

impl Base for Empty {
    fn lay(&self, root: &Path) {
        fs::create_dir(root).unwrap();
    }

    fn inside<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    fn programs(&self) -> String {
        format!("{}:/usr/bin:/bin", self.environment.join("bin").display())
    }

    fn command(&self, _: &Path, directory: &Path, _: (u32, u32), program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory);
        command
    }
}

/// What was built.
pub(super) struct Image {
    base: Box<dyn Base>,
    root: PathBuf,
    directory: PathBuf,
    user: (u32, u32),
    environment: BTreeMap<String, String>,
    command: Vec<String>,
    health: Vec<String>,
}

impl Image {
    /// Builds the project in `context` into `root`.
    #[track_caller]
    pub(super) fn build(
        base: Box<dyn Base>,
        context: &Path,
        dockerfile: &Path,
        root: &Path,
    ) -> Self {
        let text = fs::read_to_string(dockerfile).unwrap();
        let path = base.programs();
        let ignored = ignored(context, &dockerfile.with_added_extension("dockerignore"));
        let file = parse_dockerfile::parse(&text).unwrap();
        let mut image = Self {
            base,
            root: root.to_owned(),
            directory: PathBuf::new(),
            user: (0, 0),
            environment: BTreeMap::new(),
            command: Vec::new(),
            health: Vec::new(),
        };
        let mut last: Option<String> = None;
        for stage in file.stages() {
            if let Some(name) = last {
                fs::rename(root, root.with_extension(name)).unwrap();
            }
            image.base.lay(root);
            image.user = (0, 0);
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
            Instruction::From(_) | Instruction::Expose(_) => {}
            Instruction::User(user) => {
                let (user, group) = user.arguments.value.split_once(':').unwrap();
                self.user = (user.parse().unwrap(), group.parse().unwrap());
            }
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
                let directory = self.at("");
                assert!(directory.starts_with(&self.root));
                fs::create_dir_all(directory).unwrap();
            }
            Instruction::Copy(copy) => self.copy(copy, context, ignored),
            Instruction::Run(run) => {
                let Words::Shell(line) = &run.arguments else {
                    panic!("{run:?}");
                };
                let mut command = self.program("/bin/sh".as_ref());
                command.args(["-c", line.value]).stdin(Stdio::null());
                // What a builder is given to reach the index of packages.
                command.env_clear().envs(kept()).envs(&self.environment);
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
        let placed = self.at(&copy.dest.value);
        if let Some(from) = copy.options.iter().find(|it| it.name.value == "from") {
            let stage = self
                .root
                .with_extension(&*from.value.as_ref().unwrap().value);
            for source in sources.map(Path::new) {
                assert_eq!(source, target);
                fs::create_dir_all(placed.parent().unwrap()).unwrap();
                fs::rename(stage.join(self.base.inside(source)), &placed).unwrap();
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
                let copied = placed.join(inside);
                fs::create_dir_all(copied.parent().unwrap()).unwrap();
                fs::copy(path, copied).unwrap();
            }
        }
    }

    /// A path in the directory of the project, as the image has it.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }

    /// The same path as the machine has it.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(self.base.inside(&self.path(path)))
    }

    /// A program of the image.
    fn program(&self, path: &Path) -> Command {
        let Self { base, root, .. } = self;
        base.command(root, &self.directory, self.user, path)
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
        // A link may lead to where only the image has something.
        let is_there = |it: &PathBuf| {
            let path = self.root.join(self.base.inside(it));
            path.symlink_metadata().is_ok()
        };
        let mut command = self.program(&programs.find(is_there).unwrap());
        command.args(&words[1..]);
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

//! Templates in Git repositories: with the real `git` and repositories on the disk, which the
//! user's own configuration puts in the place of those on a server.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use assert_cmd::cargo::cargo_bin;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Outcome, Sandbox, Test, git};

/// A repository, and a run of the program that finds it at `https://github.com/owner/repo.git`.
struct Repository {
    test: Test,
    directory: PathBuf,
    settings: Vec<(String, String)>,
}

impl Repository {
    /// An empty one.
    fn new() -> Self {
        let test = Test::new();
        let directory = test.dir().join("../home/server/owner/repo.git");
        fs::create_dir_all(&directory).unwrap();
        let directory = directory.canonicalize().unwrap();
        let server = directory.parent().unwrap().parent().unwrap();
        let instead = format!("url.{}/.insteadOf", server.display());
        let settings = [
            "https://github.com/",
            "ssh://git@example.org/",
            "git@example.org:",
        ]
        .map(|address| (instead.clone(), address.to_owned()))
        .to_vec();
        let repository = Self {
            test,
            directory,
            settings,
        };
        repository.git(&["init", "--quiet", "--initial-branch=main"], b"");
        repository
    }

    /// One with a file on the branch `main`.
    fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self::new();
        repository.commit(files);
        repository
    }

    /// Runs `git` there, and returns what it prints.
    #[track_caller]
    fn git(&self, arguments: &[&str], stdin: &[u8]) -> String {
        let mut git = git(&self.directory)
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        git.stdin.take().unwrap().write_all(stdin).unwrap();
        let output = git.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// Commits files on the current branch, and returns the commit's id.
    fn commit(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let path = self.directory.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(&["add", "--all"], b"");
        self.git(&["commit", "--quiet", "-m", "x"], b"");
        self.git(&["rev-parse", "HEAD"], b"")
    }

    /// Puts an object of any contents there, as an attacker would, and returns its id.
    fn object(&self, kind: &str, contents: &[u8]) -> String {
        self.git(
            &["hash-object", "-t", kind, "-w", "--literally", "--stdin"],
            contents,
        )
    }

    /// Makes a commit of a tree of any contents that of the branch `main`.
    fn tree(&self, entries: &[(&str, &[u8], &str)]) {
        let mut contents = Vec::new();
        for (mode, name, id) in entries {
            contents.extend(mode.as_bytes());
            contents.push(b' ');
            contents.extend(*name);
            contents.push(0);
            let digit =
                |octet: &u8| u8::try_from(char::from(*octet).to_digit(16).unwrap()).unwrap();
            let pairs = id.as_bytes().chunks(2);
            contents.extend(pairs.map(|it| digit(&it[0]) << 4 | digit(&it[1])));
        }
        let tree = self.object("tree", &contents);
        let commit = self.git(&["commit-tree", &tree, "-m", "x"], b"");
        self.git(&["update-ref", "refs/heads/main", &commit], b"");
    }

    /// Adds to the user's configuration.
    fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.test = self.test.env(name, value);
        self
    }

    /// The run that makes a project of it.
    fn test(self, template: &str) -> Test {
        let mut test = self
            .test
            .env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (number, (name, value)) in self.settings.iter().enumerate() {
            test = test
                .env(format!("GIT_CONFIG_KEY_{number}"), name)
                .env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        test.args(["startproject", "mysite", "-q", "--template", template])
    }

    /// Makes a project of it.
    #[track_caller]
    fn makes(self) -> Outcome {
        clean(self.test("owner/repo").run())
    }

    /// Fails to make a project, and leaves nothing.
    #[track_caller]
    fn fails(self, arguments: &[&str]) -> String {
        failed(self.test("owner/repo").args(arguments.iter().copied()))
    }
}

/// Fails, and leaves nothing.
#[track_caller]
fn failed(test: Test) -> String {
    let outcome = clean(test.capture());
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert_eq!(outcome.stdout, "", "{outcome}");
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome}");
    assert_eq!(outcome.tree(""), "", "{outcome}");
    outcome.stderr.clone()
}

/// Checks that nothing temporary is left.
#[track_caller]
fn clean(outcome: Outcome) -> Outcome {
    let left: Vec<_> = fs::read_dir(outcome.dir().join("../tmp"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    outcome
}

#[rstest]
#[case("owner/repo")]
#[case("gh:owner/repo")]
#[case("https://github.com/owner/repo.git")]
#[case("ssh://git@example.org/owner/repo.git")]
#[case("git@example.org:owner/repo.git")]
fn a_repository_is_a_template(#[case] template: &str) {
    let repository = Repository::with(&[
        ("project_name/settings.py", "NAME = '{{ project_name }}'\n"),
        ("scaffold.toml", ""),
        (".gitignore", "x\n"),
        (".github/x.yml", ""),
        ("a/run.sh", "echo\n"),
    ]);
    repository.git(&["update-index", "--chmod=+x", "a/run.sh"], b"");
    repository.git(&["commit", "--quiet", "-m", "x"], b"");
    let project = clean(repository.test(template).run());
    assert_eq!(
        project.read("mysite/mysite/settings.py"),
        "NAME = 'mysite'\n"
    );
    insta::allow_duplicates! {
        insta::assert_snapshot!(project.tree("mysite"), @r"
        .gitignore
        .scaffold.toml
        a/
        a/run.sh*
        mysite/
        mysite/settings.py
        ");
    }
}

#[test]
fn a_branch_a_tag_or_a_commit() {
    let repository = || {
        let repository = Repository::with(&[("a", "first")]);
        let first = repository.git(&["rev-parse", "HEAD"], b"");
        repository.git(&["tag", "-m", "x", "v1"], b"");
        repository.git(&["checkout", "--quiet", "-b", "side/x"], b"");
        repository.commit(&[("a", "side")]);
        repository.git(&["checkout", "--quiet", "main"], b"");
        repository.commit(&[("a", "last")]);
        (repository, first)
    };
    for (reference, text) in [
        (None, "last"),
        (Some("main"), "last"),
        (Some("v1"), "first"),
        (Some("side/x"), "side"),
        (Some("refs/heads/side/x"), "side"),
        (Some("COMMIT"), "first"),
    ] {
        let (repository, first) = repository();
        let mut test = repository.test("owner/repo");
        if let Some(reference) = reference {
            test = test.args(["--ref", reference.replace("COMMIT", &first).as_str()]);
        }
        assert_eq!(clean(test.run()).read("mysite/a"), text, "{reference:?}");
    }
}

#[test]
fn a_mistyped_branch_gets_a_suggestion() {
    let repository = Repository::with(&[("a", "")]);
    repository.git(&["tag", "v1"], b"");
    assert_eq!(
        repository.fails(&["--ref", "mian"]),
        "error: there is no `mian` in the repository `https://github.com/owner/repo.git`\n\
         hint: did you mean `main`? there are `main`, `v1`\n"
    );
}

#[test]
fn the_beginning_of_a_commits_id_is_not_enough() {
    let stderr = Repository::with(&[("a", "")]).fails(&["--ref", "abc1234"]);
    assert!(stderr.contains("give all 40 digits"), "{stderr}");
}

#[test]
fn a_commit_that_is_not_there() {
    let stderr = Repository::with(&[("a", "")]).fails(&["--ref", &"1".repeat(40)]);
    assert!(stderr.starts_with("error: there is no `1111"), "{stderr}");
}

/// Git would take these for options, or for more than a name.
#[rstest]
#[case("--upload-pack=touch here")]
#[case("-x")]
#[case("+main:refs/heads/x")]
#[case("main\u{1b}[2J")]
#[case("")]
fn references_that_are_none(#[case] reference: &str) {
    let argument = format!("--ref={reference}");
    // There is no `git` to be started.
    let stderr = Repository::with(&[("a", "")])
        .env("PATH", "")
        .fails(&[&argument]);
    assert!(
        stderr.contains("is not the name of a branch, a tag or a commit"),
        "{stderr}"
    );
}

#[rstest]
#[case("--upload-pack=touch here")]
#[case("-x/y")]
#[case("ext::sh -c touch% here")]
#[case("git@-oProxyCommand=touch here:x")]
#[case("gh:--upload-pack=x/y")]
fn templates_that_would_be_options(#[case] template: &str) {
    let test = Test::new().args(["startproject", "mysite", "-q"]);
    let stderr = failed(test.arg(format!("--template={template}")));
    assert!(
        stderr.starts_with("CommandError: couldn't handle project template"),
        "{stderr}"
    );
}

#[test]
fn a_repository_that_is_not_there() {
    let stderr = failed(Repository::new().test("owner/other"));
    assert!(
        stderr.starts_with(
            "error: cannot fetch the repository `https://github.com/owner/other.git`:\n"
        ),
        "{stderr}"
    );
    assert!(stderr.contains("hint: is the name right?"), "{stderr}");
}

#[test]
fn an_empty_repository_is_an_error() {
    let stderr = Repository::new().fails(&[]);
    assert!(stderr.contains("couldn't find remote ref HEAD"), "{stderr}");
}

#[test]
fn without_git_the_error_says_so() {
    let stderr = Repository::new().env("PATH", "").fails(&[]);
    assert!(stderr.contains("there is no `git` on the path"), "{stderr}");
    assert!(stderr.contains("hint: install Git"), "{stderr}");
}

#[test]
fn credentials_are_never_shown() {
    // Nobody listens there.
    let test = Repository::new().test("https://me:s3cret@127.0.0.1:1/owner/repo.git");
    let stderr = failed(test);
    assert!(
        stderr.contains("`https://127.0.0.1:1/owner/repo.git`"),
        "{stderr}"
    );
    assert!(!stderr.contains("s3cret"), "{stderr}");
}

/// A program of the test's that leaves a file when it is run.
fn trap(repository: &Repository, directory: &Path) -> String {
    let path = repository.directory.parent().unwrap().join("trap");
    let here = directory.join("trapped");
    fs::write(
        &path,
        format!("#!/bin/sh\ntouch '{}'\ncat\n", here.display()),
    )
    .unwrap();
    Command::new("chmod").arg("+x").arg(&path).status().unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn no_program_of_the_configuration_is_run() {
    let repository = Repository::with(&[
        (
            ".gitattributes",
            "* filter=evil diff=evil merge=evil text eol=crlf\n",
        ),
        ("a.txt", "text\n"),
    ]);
    let work = repository.test.dir();
    let trap = trap(&repository, &work);
    // Hooks, in a template of the user's for repositories and in a directory of theirs.
    let hooks = repository.directory.join("../template/hooks").clone();
    fs::create_dir_all(&hooks).unwrap();
    for hook in [
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "pre-auto-gc",
    ] {
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    let template = hooks.parent().unwrap().to_str().unwrap().to_owned();
    let project = repository
        .setting("filter.evil.smudge", &trap)
        .setting("filter.evil.process", &trap)
        .setting("filter.evil.required", "true")
        .setting("core.autocrlf", "true")
        .setting("core.fsmonitor", &trap)
        .setting("core.hooksPath", hooks.to_str().unwrap())
        .setting("init.templateDir", &template)
        .setting("core.pager", &trap)
        .env("GIT_TEMPLATE_DIR", &template)
        .makes();
    assert_eq!(project.read("mysite/a.txt"), "text\n");
    assert_eq!(
        project.tree("").lines().next(),
        Some("mysite/"),
        "nothing was trapped"
    );
}

#[test]
fn the_configuration_of_the_user_does_not_disturb() {
    let project = Repository::with(&[("a", "text")])
        .setting("init.defaultObjectFormat", "sha256")
        .setting("safe.bareRepository", "explicit")
        .setting("fetch.prune", "true")
        .setting("fetch.output", "compact")
        .setting("transfer.fsckObjects", "true")
        .setting("core.bare", "false")
        .setting("color.ui", "always")
        .makes();
    assert_eq!(project.read("mysite/a"), "text");
}

/// So it is inside a hook of another repository.
#[test]
fn another_repository_of_the_environment_does_not_disturb() {
    let repository = Repository::with(&[("a", "text")]);
    let other = repository.directory.join("../other").clone();
    let project = repository
        .env("GIT_DIR", &other)
        .env("GIT_WORK_TREE", &other)
        .env("GIT_INDEX_FILE", other.join("index"))
        .env("GIT_OBJECT_DIRECTORY", &other)
        .env("GIT_QUARANTINE_PATH", &other)
        .env("GIT_TRACE", "1")
        .env("GIT_DEFAULT_HASH", "sha256")
        .makes();
    assert_eq!(project.read("mysite/a"), "text");
    assert!(!other.exists());
}

#[test]
fn a_repository_with_longer_ids_is_a_template_too() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.directory.join(".git")).unwrap();
    repository.git(
        &["init", "--quiet", "-b", "main", "--object-format=sha256"],
        b"",
    );
    repository.commit(&[("a", "text")]);
    assert_eq!(repository.makes().read("mysite/a"), "text");
}

#[test]
fn a_file_in_git_lfs_is_an_error() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    assert_eq!(
        Repository::with(&[("d/logo.png", pointer)]).fails(&[]),
        "error: `https://github.com/owner/repo.git/d/logo.png` is kept in Git LFS\n\
         hint: clone the repository with `git lfs`, and give the directory\n"
    );
}

#[test]
fn a_submodule_is_an_empty_directory() {
    let repository = Repository::with(&[("a", "")]);
    let blob = repository.object("blob", b"");
    repository.tree(&[("100644", b"a", &blob), ("160000", b"sub", &"1".repeat(40))]);
    assert_eq!(repository.makes().tree("mysite"), "a\nsub/\n");
}

#[test]
fn a_link_out_of_the_repository_is_an_error() {
    let repository = Repository::new();
    let link = repository.object("blob", b"/etc/passwd");
    repository.tree(&[("120000", b"users", &link)]);
    let stderr = repository.fails(&[]);
    assert!(
        stderr.contains("`https://github.com/owner/repo.git/users`"),
        "{stderr}"
    );
    assert!(stderr.contains("`/etc/passwd`"), "{stderr}");
}

#[test]
fn names_that_git_would_not_write_are_errors() {
    for name in [".git", ".GIT", "..", ".", "a/../../b", "/etc/x"] {
        for (mode, is_tree) in [("100644", false), ("120000", false), ("40000", true)] {
            let repository = Repository::new();
            let blob = repository.object("blob", b"x");
            let tree = repository.git(
                &["mktree"],
                format!("100644 blob {blob}\tconfig\n").as_bytes(),
            );
            let id = if is_tree { &tree } else { &blob };
            repository.tree(&[(mode, name.as_bytes(), id)]);
            let stderr = repository.fails(&[]);
            assert!(
                stderr.contains(" has a file with the name `"),
                "{name} {mode}: {stderr}"
            );
        }
    }
}

#[test]
fn names_with_control_characters_are_errors() {
    for name in ["a\nb", "a\u{1b}[2Jb", "a\tb"] {
        let repository = Repository::new();
        let blob = repository.object("blob", b"x");
        repository.tree(&[("100644", name.as_bytes(), &blob)]);
        let stderr = repository.fails(&[]);
        assert!(stderr.contains("control character"), "{stderr}");
    }
}

#[test]
fn names_need_not_be_text() {
    let repository = Repository::new();
    let blob = repository.object("blob", b"x");
    repository.tree(&[("100644", b"a\xffb", &blob)]);
    let project = repository.makes();
    let name = std::ffi::OsStr::from_bytes(b"mysite/a\xffb");
    assert_eq!(fs::read(project.dir().join(name)).unwrap(), b"x");
}

/// Few objects that stand for more files than a disk holds.
#[test]
fn a_bomb_is_an_error() {
    let repository = Repository::new();
    let mut id = repository.object("blob", b"x");
    let mut mode = "100644 blob";
    for _ in 0..10 {
        let lines: Vec<_> = (0..10).map(|it| format!("{mode} {id}\t{it}\n")).collect();
        id = repository.git(&["mktree"], lines.concat().as_bytes());
        mode = "040000 tree";
    }
    let commit = repository.git(&["commit-tree", &id, "-m", "x"], b"");
    repository.git(&["update-ref", "refs/heads/main", &commit], b"");
    let stderr = repository.fails(&[]);
    assert!(
        stderr.contains("holds more than 100000 files or 512 MiB"),
        "{stderr}"
    );
}

#[test]
fn a_checksum_is_not_for_a_repository() {
    let checksum = format!("sha256:{}", "0".repeat(64));
    let stderr = Repository::with(&[("a", "")]).fails(&["--checksum", &checksum]);
    assert!(
        stderr.contains(
            "a checksum is for an archive, and the template `owner/repo` is a repository"
        ),
        "{stderr}"
    );
}

/// A run in a session of its own, so that there is no terminal to ask on.
fn without_terminal(sandbox: &Sandbox, template: &str) -> Command {
    let mut command = Command::new("setsid");
    command
        .arg(cargo_bin!("scaffold"))
        .args(["startproject", "mysite", "--template", template])
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let answer = "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n                          Connection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let sandbox = Sandbox::new();
    let output = without_terminal(&sandbox, &format!("http://{address}/owner/repo.git"))
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("terminal prompts disabled"), "{stderr}");
    assert!(
        stderr.contains("hint: is it public, and the name right?"),
        "{stderr}"
    );
}

#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn a_signal_ends_git_and_leaves_nothing(#[case] signal: Signal) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sandbox = Sandbox::new();
    let mut child = without_terminal(&sandbox, &format!("git://{address}/owner/repo.git"))
        .spawn()
        .unwrap();
    // It is connected, and will not get an answer.
    let (mut stream, _) = listener.accept().unwrap();
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
    let output = child.wait().unwrap();
    assert_eq!(output.code(), Some(130));
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(stderr, "error: interrupted, and no project was made\n");
    // The end of what was said comes once no process has the connection any more.
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(sandbox.tree(""), "");
    assert_eq!(
        fs::read_dir(sandbox.dir().join("../tmp")).unwrap().count(),
        0
    );
}

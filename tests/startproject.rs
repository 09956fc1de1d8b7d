//! `scaffold startproject`: what is made, what is refused, and that nothing is ever half done.
#![expect(
    clippy::unwrap_used,
    reason = "in the helpers too, a panic is how a test fails"
)]

use std::{
    fs,
    io::Write,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use crate::support::on_terminal;

/// A directory for one test, and what is run in it.
struct Place {
    root: TempDir,
}

impl Place {
    fn new() -> Self {
        crate::support::signals::heed();
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(path)
    }

    fn file(&self, path: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Everything below the directory, links as such.
    fn tree(&self) -> Vec<String> {
        tree(&self.path(""))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("scaffold"));
        command
            .arg("startproject")
            .args(args)
            .current_dir(self.path(""));
        command
            .env("HOME", self.path(""))
            .env("PATH", crate::support::path())
            .env("NO_COLOR", "1")
            .env_remove("XDG_CONFIG_HOME");
        command
    }

    #[track_caller]
    fn succeeds(&self, args: &[&str]) -> String {
        checked(&self.command(args).output().unwrap(), 0)
    }

    /// What is shown to somebody at a terminal.
    #[track_caller]
    fn shows(&self, args: &[&str]) -> String {
        checked(&on_terminal(self.command(args)), 0)
    }

    #[track_caller]
    fn fails(&self, args: &[&str]) -> String {
        checked(&self.command(args).output().unwrap(), 1)
    }
}

/// Standard error, after a look at the rest.
#[track_caller]
fn checked(output: &Output, code: i32) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{:?} {stderr}",
        output.status
    );
    assert_eq!(output.stdout, b"", "{stderr}");
    stderr
}

fn tree(root: &Path) -> Vec<String> {
    let mut paths: Vec<_> = walkdir::WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .strip_prefix(root)
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    paths.sort();
    paths
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_new_project_from_the_default_template() {
    let place = Place::new();
    let stderr = place.shows(&["mysite"]);
    let root = place.path("mysite");
    assert!(
        stderr.starts_with("made `mysite` from the template `django`: "),
        "{stderr}"
    );
    assert!(
        stderr.contains(&format!(" files in {} (", root.display())),
        "{stderr}"
    );
    let expected = "\nnext:\n  cd mysite\n  scaffold runserver\n\nIt needs Django";
    assert!(stderr.contains(expected), "{stderr}");
    let settings = place.read("mysite/mysite/settings.py");
    assert!(settings.contains("mysite.wsgi.application"), "{settings}");
    assert!(settings.contains("django-insecure-"), "{settings}");
    assert!(
        !settings.contains("{{") && !settings.contains("project_name"),
        "{settings}"
    );
    assert_eq!(mode(&root.join("manage.py")), 0o755);
    assert!(!root.join("scaffold.toml").exists());
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 1);
}

#[test]
fn each_project_has_a_secret_of_its_own() {
    let place = Place::new();
    place.succeeds(&["one"]);
    place.succeeds(&["two"]);
    let secret = |name: &str| {
        let settings = place.read(&format!("{name}/{name}/settings.py"));
        settings.split("django-insecure-").nth(1).unwrap()[..50].to_owned()
    };
    assert_ne!(secret("one"), secret("two"));
}

#[test]
fn directories_above_a_new_one_are_made_too() {
    let place = Place::new();
    let stderr = place.shows(&["mysite", "a/b/../c", "--template", "wsgi"]);
    assert!(stderr.contains("\n  cd a/c\n"), "{stderr}");
    assert!(place.path("a/c/mysite/wsgi.py").is_file());
    assert!(!place.path("a/b").exists());
}

#[test]
fn a_home_directory_is_expanded() {
    let place = Place::new();
    place.file("tpl/a.py", "{{ project_directory }}");
    place.succeeds(&["mysite", "~/site", "--template", "~/tpl"]);
    assert_eq!(
        place.read("site/a.py"),
        place.path("site").to_str().unwrap()
    );
}

#[test]
fn output_is_as_much_as_asked_for() {
    let place = Place::new();
    assert_eq!(place.shows(&["one", "-q"]), "");
    assert_eq!(place.shows(&["two", "-v", "0"]), "");
    // Nobody is there to read it, and Django says nothing either.
    assert_eq!(place.succeeds(&["three"]), "");
}

#[test]
fn verbose_output_is_djangos() {
    let place = Place::new();
    place
        .file("tpl/a.py", "")
        .file("tpl/d/b.txt", "")
        .file("tpl/scaffold.toml", "");
    let line = "mysite --template tpl -v 2 -n x, -n y -e txt";
    let args: Vec<_> = line.split(' ').collect();
    let output = place.command(&args).output().unwrap();
    let root = place.path("mysite").display().to_string();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "Rendering project template files with extensions: .py, .txt\n\
             Rendering project template files with filenames: x, , y\n\
             Creating {root}/.scaffold.toml\n\
             Creating {root}/a.py\nCreating {root}/d/b.txt\n"
        )
    );
    assert_eq!(output.stderr, b"");
}

#[test]
fn the_manifests_message_is_rendered_and_shown() {
    let place = Place::new();
    place.file(
        "tpl/scaffold.toml",
        "message = 'hello {{ project_name }}{% if install %} installed{% endif %}'",
    );
    let stderr = place.shows(&["mysite", "--template", "tpl"]);
    assert!(stderr.contains("\nhello mysite\n"), "{stderr}");
}

#[test]
fn a_django_template_follows_djangos_rules() {
    let place = Place::new();
    place
        .file("tpl/manage.py-tpl", "# {{ project_name }}\r\n")
        .file("tpl/project_name/x_project_name.html", "{{ nothing }}\r\n")
        .file("tpl/project_name/bytes.bin", b"\xff\x00{{")
        .file("tpl/.env", "x")
        .file("tpl/.git/config", "x")
        .file("tpl/__pycache__/a.py", "x")
        .file("tpl/a.pyc", "x");
    fs::create_dir(place.path("tpl/empty")).unwrap();
    symlink("manage.py-tpl", place.path("tpl/link.py")).unwrap();
    fs::set_permissions(place.path("tpl/.env"), fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(
        place.path("tpl/manage.py-tpl"),
        fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    let script = "umask 027; exec \"$0\" \"$@\"";
    let args = ["mysite", "--template", "file://tpl", "-q"];
    let output = through_shell(&place, script, &args).output().unwrap();
    checked(&output, 0);
    let root = place.path("mysite");
    assert_eq!(
        tree(&root),
        [
            ".env",
            "empty",
            "link.py",
            "manage.py",
            "mysite",
            "mysite/bytes.bin",
            "mysite/x_mysite.html"
        ]
    );
    assert_eq!(place.read("mysite/manage.py"), "# mysite\n");
    assert_eq!(place.read("mysite/link.py"), "# mysite\n");
    assert!(!root.join("link.py").is_symlink());
    assert_eq!(
        place.read("mysite/mysite/x_mysite.html"),
        "{{ nothing }}\r\n"
    );
    assert_eq!(
        fs::read(root.join("mysite/bytes.bin")).unwrap(),
        b"\xff\x00{{"
    );
    assert_eq!(mode(&root.join("manage.py")), 0o750);
    assert_eq!(mode(&root.join(".env")), 0o600);
    assert_eq!(mode(&root), 0o750);
    assert_eq!(mode(&root.join("mysite")), 0o750);
}

/// The command, started by a shell that has first done something to itself.
fn through_shell(place: &Place, script: &str, args: &[&str]) -> Command {
    let direct = place.command(args);
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(script)
        .arg(direct.get_program())
        .args(direct.get_args());
    shell
        .current_dir(place.path(""))
        .env("HOME", place.path(""))
        .env("NO_COLOR", "1");
    shell
}

#[test]
fn an_existing_directory_keeps_what_it_has() {
    let place = Place::new();
    place
        .file("tpl/project_name/a.py", "a")
        .file("tpl/b.py", "b");
    place
        .file("site/mysite/own.py", "own")
        .file("site/README", "own");
    place.succeeds(&["mysite", "site", "--template", "tpl"]);
    assert_eq!(
        tree(&place.path("site")),
        ["README", "b.py", "mysite", "mysite/a.py", "mysite/own.py"]
    );
    assert_eq!(place.read("site/mysite/own.py"), "own");
}

#[test]
fn the_current_directory_needs_no_cd() {
    let place = Place::new();
    let stderr = place.shows(&["mysite", "."]);
    assert!(stderr.contains("scaffold runserver"), "{stderr}");
    assert!(!stderr.contains("cd "), "{stderr}");
    assert!(place.path("manage.py").is_file());
}

#[test]
fn all_conflicts_are_listed_and_nothing_is_written() {
    let place = Place::new();
    place
        .file("tpl/a.py", "")
        .file("tpl/b.py", "")
        .file("tpl/d/in.py", "")
        .file("tpl/e/in.py", "")
        .file("tpl/l/in.py", "")
        .file("tpl/new/in.py", "");
    place
        .file("site/a.py", "mine")
        .file("site/d", "mine")
        .file("site/e/in.py", "mine");
    place.file("elsewhere/x", "");
    symlink("../elsewhere", place.path("site/l")).unwrap();
    symlink("nowhere", place.path("site/b.py")).unwrap();
    let before = place.tree();
    let stderr = place.fails(&["mysite", "site", "--template", "tpl"]);
    let path = |path: &str| place.path(path).display().to_string();
    assert_eq!(
        stderr,
        format!(
            "CommandError: {} already exists. Overlaying a project into an existing directory \
             won't replace conflicting files.\nalso in the way:\n  {}\n  {}\n  {}\n  {}\n\
             hint: nothing was written; move these away, or see with `--diff` what would change, \
             then replace files with `--overwrite` or keep them with `--skip-existing`\n",
            path("site/a.py"),
            path("site/b.py"),
            path("site/d"),
            path("site/e/in.py"),
            path("site/l"),
        )
    );
    assert_eq!(place.tree(), before);
    assert_eq!(place.read("site/a.py"), "mine");
}

#[test]
fn a_mistyped_option_gets_a_suggestion() {
    let place = Place::new();
    let mut mistyped = place.command(&["x", "--tempalte"]);
    let stderr = checked(&mistyped.output().unwrap(), 2);
    let tip = "tip: a similar argument exists: '--template'";
    assert!(stderr.contains(tip), "{stderr}");
}

#[test]
fn help_has_examples_that_fit_a_terminal() {
    for args in [
        &["--help"][..],
        &["startproject", "--help"],
        &["help", "startapp"],
        &["runserver", "-h"],
    ] {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("scaffold"));
        let output = command.args(args).env("COLUMNS", "80").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{help}");
        let (_, examples) = help.split_once("\nExamples:\n").unwrap();
        for line in examples.lines().filter(|line| !line.is_empty()) {
            // A line that does not fit goes on at the margin.
            assert!(line.starts_with("  ") || line.ends_with(':'), "{line}");
            assert!(line.chars().count() < 80, "{line}");
        }
        assert!(examples.contains("scaffold "), "{examples}");
    }
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let place = Place::new();
    let stderr = |option: Option<&str>, variable: bool| {
        let mut command = place.command(&["7x"]);
        command.args(option);
        if !variable {
            command.env_remove("NO_COLOR");
        }
        checked(&command.output().unwrap(), 1)
    };
    for plain in [
        stderr(None, false),
        stderr(Some("--no-color"), false),
        stderr(None, true),
    ] {
        assert!(!plain.contains('\x1b'), "{plain}");
    }
    let coloured = stderr(Some("--force-color"), true);
    assert!(coloured.contains("\x1b["), "{coloured}");
}

#[test]
fn an_output_that_takes_nothing_does_not_matter() {
    let place = Place::new();
    for (name, to) in [("full", "/dev/full"), ("closed", "&-")] {
        let script = format!("exec \"$0\" \"$@\" 2>{to}");
        let output = through_shell(&place, &script, &[name]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{to}");
        assert!(place.path(name).join("manage.py").is_file());
    }
}

#[test]
fn a_directory_that_is_gone_is_told() {
    let place = Place::new();
    fs::create_dir(place.path("gone")).unwrap();
    let script = "cd gone; rmdir ../gone; exec \"$0\" \"$@\"";
    let stderr = checked(&through_shell(&place, script, &["x"]).output().unwrap(), 1);
    assert!(
        stderr.starts_with("error: cannot tell the current directory: "),
        "{stderr}"
    );
    assert!(stderr.contains("\nhint: it was removed"), "{stderr}");
}

#[test]
fn a_path_that_is_too_long_is_told() {
    let place = Place::new();
    let (name, path) = ("n".repeat(300), "directory/".repeat(500));
    for args in [&[name.as_str()][..], &["mysite", &path]] {
        let stderr = place.fails(args);
        assert!(stderr.starts_with("error: cannot make `"), "{stderr}");
        let hint = "\nhint: choose a shorter name or directory\n";
        assert!(stderr.ends_with(hint), "{stderr}");
    }
    assert!(place.tree().is_empty());
}

#[test]
fn a_name_that_is_no_identifier_is_refused() {
    const RULE: &str = "a name has letters, digits and underscores, and no digit first";
    let place = Place::new();
    for (name, hint) in [
        ("7x", format!("did you mean `site_7x`? {RULE}")),
        ("my-site", format!("did you mean `my_site`? {RULE}")),
        ("a b", format!("did you mean `a_b`? {RULE}")),
        ("", format!("{RULE}, as in `my_site2`")),
        (
            ".",
            "a name goes first, as in `scaffold startproject mysite .`".to_owned(),
        ),
        (
            "../my site",
            format!(
                "{RULE}; the directory follows it, as in `scaffold startproject my_site \
                 '../my site'`"
            ),
        ),
    ] {
        assert_eq!(
            place.fails(&[name]),
            format!(
                "CommandError: '{name}' is not a valid project name. Please make sure the name \
                 is a valid identifier.\nhint: {hint}\n"
            )
        );
    }
    assert!(place.tree().is_empty());
}

#[test]
fn an_existing_target_is_refused() {
    let place = Place::new();
    place.file("site1/x", "").file("site2", "");
    let _ = symlink("nowhere", place.path("site3"));
    let before = place.tree();
    for args in [&["site1"][..], &["site2"], &["site3"], &["x", "site2"]] {
        let path = place.path(args.last().unwrap());
        let stderr = place.fails(args);
        let expected = format!("CommandError: '{}' already exists\nhint: ", path.display());
        assert!(stderr.starts_with(&expected), "{stderr}");
    }
    assert_eq!(place.tree(), before);
}

/// With Python in it, the directory could be imported as well; but what the user has to know is
/// that it is there.
#[test]
fn a_project_that_was_made_before_is_an_existing_target_and_no_module() {
    let place = Place::new();
    place.succeeds(&["mysite"]);
    let before = place.tree();
    let expected = format!("'{}' already exists\n", place.path("mysite").display());
    let stderr = place.fails(&["mysite"]);
    assert!(stderr.contains(&expected), "{stderr}");
    for (args, here) in [(["mysite", "mysite"], ""), (["mysite", "."], "mysite")] {
        let mut command = place.command(&args);
        let output = command.current_dir(place.path(here)).output().unwrap();
        let stderr = checked(&output, 1);
        assert!(stderr.contains("manage.py\n"), "{stderr}");
        assert!(stderr.contains("mysite/settings.py\n"), "{stderr}");
    }
    assert_eq!(place.tree(), before);
}

#[test]
fn a_name_that_the_templates_own_modules_have_is_refused() {
    let place = Place::new();
    for (name, template) in [
        ("django", "django"),
        ("Django", "django"),
        ("tests", "wsgi"),
        ("static", "wsgi"),
    ] {
        let stderr = place.fails(&[name, "--template", template]);
        let expected = format!(
            "CommandError: '{name}' conflicts with the name of an existing Python module and \
             cannot be used as a project name. Please try another name.\nhint: a project from \
             the template `{template}` needs a module of this name; add a word, as in \
             `{name}_site`\n"
        );
        assert_eq!(stderr, expected);
    }
    assert!(place.tree().is_empty());
}

#[test]
fn a_name_is_written_as_it_was_typed() {
    let place = Place::new();
    let typed = "e\u{301}te\u{301}";
    let stderr = place.succeeds(&[typed]);
    let warning = "warning: Python looks up `\\u{e9}t\\u{e9}` where an `import` names \
                   `e\\u{301}te\\u{301}`, ";
    assert!(stderr.starts_with(warning), "{stderr}");
    assert!(place.path(typed).join(typed).join("settings.py").is_file());
    assert!(!place.path("été").exists());
    let place = Place::new();
    assert_eq!(place.succeeds(&[typed, "-q"]), "");
}

#[test]
fn a_place_below_a_file_is_refused() {
    let place = Place::new();
    place.file("file", "");
    let stderr = place.fails(&["mysite", "file/a/b"]);
    let path = place.path("file/a/b");
    assert!(
        stderr.starts_with(&format!("error: cannot make `{}`: ", path.display())),
        "{stderr}"
    );
    let hint = "\nhint: a part of this path is a file; choose another directory\n";
    assert!(stderr.ends_with(hint), "{stderr}");
    assert_eq!(place.tree(), ["file"]);
}

/// Root may write everywhere, so where the tests run as root the command runs as somebody else,
/// who needs a copy of it that everybody can reach.
/// The program, in the place and in a directory there, run by somebody who is not root: there is
/// nothing that root may not.
fn unprivileged(place: &Place, directory: &str, args: &[&str]) -> Command {
    let program = place.path("scaffold");
    // Not by this process: a child that another test starts meanwhile would hold the new file
    // open for writing, and a file that is being written cannot be run.
    let copied = Command::new("cp")
        .arg(assert_cmd::cargo::cargo_bin!("scaffold"))
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());
    for path in ["", "scaffold"] {
        set_mode(&place.path(path), 0o755);
    }
    let mut command = Command::new(&program);
    command
        .arg("startproject")
        .args(args)
        .current_dir(place.path(directory));
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    command
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What cannot be read cannot have been read.
#[test]
fn nothing_is_read_of_what_is_too_large() {
    let place = Place::new();
    for name in ["a", "b"] {
        place.file(&format!("tpl/{name}"), "");
        let file = fs::File::create(place.path("tpl").join(name)).unwrap();
        file.set_len(400 << 20).unwrap();
        set_mode(&place.path("tpl").join(name), 0o000);
    }
    let args = ["mysite", "out", "--template", "tpl"];
    let stderr = checked(&unprivileged(&place, "", &args).output().unwrap(), 1);
    assert!(stderr.contains("files or 512 MiB"), "{stderr}");
    // What is not too large is read, and that is told as it is.
    fs::remove_file(place.path("tpl/b")).unwrap();
    let stderr = checked(&unprivileged(&place, "", &args).output().unwrap(), 1);
    assert!(stderr.contains("Permission denied"), "{stderr}");
}

#[test]
fn a_parent_that_is_read_only_is_refused() {
    let place = Place::new();
    fs::create_dir_all(place.path("closed/site")).unwrap();
    for path in ["closed", "closed/site"] {
        set_mode(&place.path(path), 0o555);
    }
    let run = |args: &[&str]| checked(&unprivileged(&place, "closed", args).output().unwrap(), 1);
    let closed = place.path("closed").display().to_string();
    for (args, path) in [
        (&["mysite"][..], closed.clone()),
        (&["mysite", "a/b"], closed.clone()),
        (&["mysite", "site"], format!("{closed}/site")),
    ] {
        let stderr = run(args);
        assert!(stderr.starts_with("error: cannot "), "{stderr}");
        assert!(
            stderr.contains(&format!("`{path}`: Permission denied")),
            "{stderr}"
        );
        assert!(
            stderr.contains("hint: choose a directory that you may write to"),
            "{stderr}"
        );
    }
    assert_eq!(tree(&place.path("closed")), ["site"]);
    fs::set_permissions(place.path("closed"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Nothing here can fill a disk, but a limit on the size of files fails in the same place: in the
/// middle of writing, after some files are made.
#[test]
fn a_write_that_fails_midway_leaves_nothing() {
    let place = Place::new();
    place
        .file("tpl/a/small.txt", "x")
        .file("tpl/z/big.txt", vec![b'x'; 100_000]);
    place.file("site/a/own", "own");
    let before = place.tree();
    for (target, failed) in [
        ("new/deep", "new/deep/z/big.txt"),
        ("site", "site/z/big.txt"),
    ] {
        let script = "ulimit -f 20; exec \"$0\" \"$@\"";
        let args = ["mysite", target, "--template", "tpl"];
        let stderr = checked(&through_shell(&place, script, &args).output().unwrap(), 1);
        let expected = format!("error: cannot write `{}`: ", place.path(failed).display());
        assert!(stderr.starts_with(&expected), "{stderr}");
        assert_eq!(place.tree(), before);
    }
}

#[test]
fn a_template_that_does_not_parse_is_shown() {
    let place = Place::new();
    place
        .file("tpl/ok.py", "x")
        .file("tpl/project_name/bad.py-tpl", "one\ntwo\n  {% if %}\n");
    let stderr = place.fails(&["mysite", "--template", "./tpl"]);
    let path = place.path("tpl/project_name/bad.py-tpl");
    assert!(
        stderr.starts_with(&format!("error: {}:3:", path.display())),
        "{stderr}"
    );
    assert!(
        stderr.contains("\n 3 │   {% if %}\n   ·   ────────\n"),
        "{stderr}"
    );
    assert!(!place.path("mysite").exists());
}

#[test]
fn a_broken_manifest_is_shown() {
    let place = Place::new();
    place.file("tpl/scaffold.toml", "name = 'x'\nmesage = 'x'\n");
    let stderr = place.fails(&["mysite", "--template", "tpl"]);
    let path = place.path("tpl/scaffold.toml");
    assert!(
        stderr.starts_with(&format!("error: {}:2:1: ", path.display())),
        "{stderr}"
    );
    assert!(
        stderr.contains("mesage") && stderr.contains("`message`"),
        "{stderr}"
    );
    assert!(!place.path("mysite").exists());
}

#[test]
fn a_missing_template_gets_a_suggestion() {
    let place = Place::new();
    assert_eq!(
        place.fails(&["mysite", "--template", "djnago"]),
        "CommandError: couldn't handle project template djnago.\n\
         hint: did you mean `django`? there are the templates `django`, `flask`, `rust`, `wsgi`; or \
         give a directory, an archive, a URL or a repository\n"
    );
    let stderr = place.fails(&["mysite", "--template", "./django"]);
    assert!(stderr.starts_with("CommandError: couldn't handle project template ./django.\n"));
    let stderr = place.fails(&["mysite", "--template", ""]);
    assert!(
        stderr.contains("\nhint: there are the templates "),
        "{stderr}"
    );
    assert!(place.tree().is_empty());
}

#[test]
fn a_mistyped_variable_gets_a_suggestion() {
    let place = Place::new();
    place
        .file("tpl/scaffold.toml", "")
        .file("tpl/a.py", "x = '{{ projct_name }}'\n");
    let stderr = place.fails(&["mysite", "--template", "tpl"]);
    let path = place.path("tpl/a.py");
    let expected = format!("error: {}:1:9: variable `projct_name` is ", path.display());
    assert!(stderr.starts_with(&expected), "{stderr}");
    let hint = "\nhint: did you mean `project_name`?\n";
    assert!(stderr.ends_with(hint), "{stderr}");
}

#[test]
fn a_manifest_that_is_no_file_is_told() {
    let place = Place::new();
    fs::create_dir_all(place.path("tpl/scaffold.toml")).unwrap();
    let stderr = place.fails(&["mysite", "--template", "tpl"]);
    let path = place.path("tpl/scaffold.toml");
    let expected = format!("error: `{}` is a directory, ", path.display());
    assert!(stderr.starts_with(&expected), "{stderr}");
}

#[test]
fn a_directory_called_as_a_builtin_comes_before_it() {
    let place = Place::new();
    place.file("wsgi/own.py", "");
    for (name, template) in [("one", "wsgi"), ("two", "./wsgi")] {
        place.succeeds(&[name, "--template", template]);
        assert!(place.path(name).join("own.py").exists());
    }
}

#[test]
fn a_template_of_the_users_own_has_a_name() {
    let place = Place::new();
    place
        .file(".config/scaffold/templates/house/own.txt", "")
        .file("xdg/scaffold/templates/other/own.txt", "");
    place.succeeds(&["one", "--template", "house"]);
    assert!(place.path("one/own.txt").exists());
    let mut command = place.command(&["two", "--template", "other"]);
    command.env("XDG_CONFIG_HOME", place.path("xdg"));
    checked(&command.output().unwrap(), 0);
    assert!(place.path("two/own.txt").exists());
    let stderr = place.fails(&["three", "--template", "houes"]);
    assert!(stderr.contains("did you mean `house`?"), "{stderr}");
}

#[test]
fn a_link_out_of_the_template_is_refused() {
    let place = Place::new();
    place.file("tpl/a.py", "").file("secret", "");
    symlink("../secret", place.path("tpl/b.txt")).unwrap();
    let stderr = place.fails(&["mysite", "--template", "tpl"]);
    let expected = format!(
        "error: `{}` links to `{}`, which is outside the template\n",
        place.path("tpl/b.txt").display(),
        place.path("secret").display()
    );
    assert!(stderr.starts_with(&expected), "{stderr}");
    assert!(!place.path("mysite").exists());
}

#[test]
fn a_name_that_a_project_must_not_have_is_refused() {
    let place = Place::new();
    place.file("tpl/project_name/nul.txt", "");
    let stderr = place.fails(&["mysite", "--template", "tpl"]);
    assert!(
        stderr.contains("`mysite/nul.txt`: the name is reserved on Windows"),
        "{stderr}"
    );
    assert!(!place.path("mysite").exists());
}

/// How many files the template has whose writing is interrupted.
const MANY: usize = 3000;

/// How many files it has where that is done very often.
const FEWER: usize = 300;

/// How often it is interrupted, each time at another moment.
const KILLS: usize = 100;

fn big_template(place: &Place, files: usize) {
    let directory = place.path("tpl/d");
    fs::create_dir_all(&directory).unwrap();
    for number in 0..files {
        fs::write(
            directory.join(format!("{number:04}.py")),
            "# {{ project_name }}\n",
        )
        .unwrap();
    }
}

/// Starts the command, and kills it as soon as this many files have been made in a directory that
/// the closure finds. Returns whether it was killed, not done.
fn kill_after(place: &Place, args: &[&str], files: usize, made: impl Fn() -> usize) -> bool {
    let mut child = place.command(args).stderr(Stdio::null()).spawn().unwrap();
    while made() < files && is_running(&mut child) {}
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

fn is_running(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

fn count(directory: &Path) -> usize {
    fs::read_dir(directory).map_or(0, Iterator::count)
}

/// How many files the run has made whose staging directory is in this one.
fn staged(directory: &Path) -> usize {
    fs::read_dir(directory.join(".scaffold-staging"))
        .ok()
        .and_then(|mut it| it.next()?.ok())
        .map_or(0, |own| count(&own.path().join("d")))
}

#[test]
fn killed_at_any_moment_it_leaves_no_new_project_or_a_whole_one() {
    let place = Place::new();
    big_template(&place, FEWER);
    let args = ["mysite", "--template", "tpl"];
    let mut unfinished = 0;
    for kill in 0..KILLS {
        let _ = fs::remove_dir_all(place.path("mysite"));
        // What the run before has left is removed by this one.
        kill_after(&place, &args, kill * FEWER / KILLS, || {
            staged(&place.path(""))
        });
        if place.path("mysite").exists() {
            assert_eq!(tree(&place.path("mysite")).len(), FEWER + 1);
        } else {
            unfinished += 1;
        }
    }
    assert!(unfinished > 0, "every run was done before it was killed");
    // The next run removes what the last one left, whatever that is.
    let _ = fs::remove_dir_all(place.path("mysite"));
    fs::create_dir_all(place.path(".scaffold-staging/1-0/d")).unwrap();
    place.succeeds(&["other", "--template", "tpl"]);
    assert!(!place.path(".scaffold-staging").exists());
    assert_eq!(tree(&place.path("other")).len(), FEWER + 1);
    assert_eq!(place.read("other/d/0299.py"), "# other\n");
}

#[test]
fn killed_in_an_existing_directory_it_leaves_nothing_there_or_everything() {
    let place = Place::new();
    big_template(&place, FEWER);
    let args = ["mysite", "site", "--template", "tpl"];
    let directory = place.path("site/d");
    let mut unfinished = 0;
    for kill in 0..KILLS {
        let _ = fs::remove_dir_all(&directory);
        place.file("site/own", "own");
        kill_after(&place, &args, kill * FEWER / KILLS, || {
            staged(&place.path("site"))
        });
        assert_eq!(place.read("site/own"), "own");
        if directory.exists() {
            assert_eq!(count(&directory), FEWER);
        } else {
            unfinished += 1;
        }
    }
    assert!(unfinished > 0, "every run was done before it was killed");
    let _ = fs::remove_dir_all(&directory);
    place.succeeds(&args);
    assert_eq!(tree(&place.path("site")).len(), FEWER + 2);
}

/// The moves into an existing directory take less than a millisecond: no test meets that moment.
#[test]
fn killed_between_two_moves_it_is_told_of_by_the_next_run() {
    let place = Place::new();
    let journal = "# `scaffold` is making these files, and removes this one when they are \
                   made:\nmanage.py\nmysite\n# end\n";
    place
        .file("site/.scaffold-startproject", journal)
        .file("site/manage.py", "");
    let stderr = place.fails(&["mysite", "site"]);
    let path = |name: &str| place.path("site").join(name).display().to_string();
    let expected = format!(
        "error: an earlier run of `scaffold` in `{}` was killed before it was done, and left\n  \
         {}\nhint: remove these and `{}`, then run the command again\n",
        path("").trim_end_matches('/'),
        path("manage.py"),
        path(".scaffold-startproject")
    );
    assert_eq!(stderr, expected);
    // Doing as told helps.
    fs::remove_file(path("manage.py")).unwrap();
    place.succeeds(&["mysite", "site"]);
    assert!(!place.path("site/.scaffold-startproject").exists());
}

#[test]
fn a_file_of_the_users_is_not_taken_for_a_journal() {
    let place = Place::new();
    place.file("site/.scaffold-startproject", "mine");
    let stderr = place.fails(&["mysite", "site"]);
    assert!(
        stderr.contains(".scaffold-startproject already exists. "),
        "{stderr}"
    );
    assert_eq!(place.tree(), ["site", "site/.scaffold-startproject"]);
}

#[test]
fn two_runs_at_once_make_one_project() {
    let place = Place::new();
    big_template(&place, MANY);
    let spawn = || {
        place
            .command(&["mysite", "--template", "tpl", "-q"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let outputs = [spawn(), spawn()].map(|child| child.wait_with_output().unwrap());
    let won = outputs
        .iter()
        .filter(|output| output.status.success())
        .count();
    assert_eq!(won, 1, "{outputs:?}");
    assert_eq!(tree(&place.path("mysite")).len(), MANY + 1);
    assert!(!place.path(".scaffold-staging").exists());
}

#[test]
fn two_runs_at_once_into_one_directory_make_one_project() {
    let place = Place::new();
    big_template(&place, MANY);
    fs::create_dir(place.path("site")).unwrap();
    let spawn = |name: &str| {
        place
            .command(&[name, "site", "--template", "tpl", "-q"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let outputs = [spawn("one"), spawn("two")].map(|child| child.wait_with_output().unwrap());
    let won: Vec<_> = ["one", "two"]
        .iter()
        .zip(&outputs)
        .filter(|(_, output)| output.status.success())
        .collect();
    let [(name, _)] = won[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!(tree(&place.path("site")).len(), MANY + 1);
    for number in [0, MANY - 1] {
        let text = place.read(&format!("site/d/{number:04}.py"));
        assert_eq!(text, format!("# {name}\n"));
    }
}

/// Starts the command and sends it a signal as soon as the closure says that it is time. Returns
/// what it printed, unless it was done before.
fn interrupted(mut command: Command, signal: Signal, is_time: impl Fn() -> bool) -> Option<String> {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    while !is_time() && is_running(&mut child) {}
    let pid = Pid::from_child(&child);
    // It is not waited for yet, so the number is still its own.
    let _ = kill_process(pid, signal);
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return None;
    }
    Some(checked(&output, 130))
}

#[test]
fn interrupted_while_writing_it_leaves_nothing() {
    let place = Place::new();
    big_template(&place, MANY);
    fs::create_dir(place.path("site")).unwrap();
    let before = place.tree();
    let staging = place.path(".scaffold-staging");
    let directory = place.path("site/d");
    let mut told = 0;
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let new = place.command(&["mysite", "--template", "tpl"]);
        let overlay = place.command(&["mysite", "site", "--template", "tpl"]);
        let outputs = [
            interrupted(new, signal, || staging.exists()),
            interrupted(overlay, signal, || directory.exists()),
        ];
        for stderr in outputs.iter().flatten() {
            assert_eq!(stderr, "error: interrupted, and no project was made\n");
            told += 1;
        }
        if outputs[0].is_none() {
            fs::remove_dir_all(place.path("mysite")).unwrap();
        }
        if outputs[1].is_none() {
            fs::remove_dir_all(&directory).unwrap();
        }
        assert_eq!(place.tree(), before);
    }
    assert!(told > 0, "every run was done before it was interrupted");
}

#[test]
fn a_signal_that_is_ignored_from_the_start_interrupts_nothing() {
    let place = Place::new();
    big_template(&place, MANY);
    let script = "trap '' HUP; exec \"$0\" \"$@\"";
    let nohup = through_shell(&place, script, &["mysite", "--template", "tpl"]);
    let staging = place.path(".scaffold-staging");
    assert_eq!(interrupted(nohup, Signal::HUP, || staging.exists()), None);
    assert_eq!(tree(&place.path("mysite")).len(), MANY + 1);
}

/// Stands for `uv`: makes half an environment, starts a program of its own, and hangs.
const HANGING_UV: &str = "#!/bin/sh
[ \"$1\" = --version ] && exit
if [ \"$1 $HANGS_IN\" = 'venv pip' ]; then mkdir -p .venv/bin && >.venv/bin/python && exit; fi
mkdir -p .venv
sleep 600 &
echo $! >.venv/half
wait
";

#[test]
fn interrupted_while_installing_it_leaves_the_project_alone() {
    let place = Place::new();
    // A shell writes it: a file that this process has open for writing cannot be run, and a
    // program that another test starts just then has it open for a moment, too.
    let write = "mkdir bin && cat >bin/uv && chmod +x bin/uv";
    let mut shell = Command::new("sh");
    shell.args(["-c", write]).current_dir(place.path(""));
    let mut shell = shell.stdin(Stdio::piped()).spawn().unwrap();
    let mut script = shell.stdin.take().unwrap();
    script.write_all(HANGING_UV.as_bytes()).unwrap();
    drop(script);
    assert!(shell.wait().unwrap().success());
    let path = crate::support::without_formatters("/usr/bin:/bin".as_ref());
    let path = format!("{}:{}", place.path("bin").display(), path.display());
    for (name, hangs_in) in [("one", "venv"), ("two", "pip")] {
        let mut command = place.command(&[name, "--install", "-q"]);
        command.env("PATH", &path).env("HANGS_IN", hangs_in);
        let half = place.path(name).join(".venv/half");
        let pid = std::cell::Cell::new(None);
        let stderr = interrupted(command, Signal::INT, || {
            let text = fs::read_to_string(&half).unwrap_or_default();
            pid.set(text.strip_suffix('\n').map(|it| it.parse().unwrap()));
            pid.get().is_some()
        });
        let stderr = stderr.unwrap();
        let (command, retry) = ("uv venv .venv", "uv pip install ");
        let root = place.path(name);
        if hangs_in == "venv" {
            assert!(stderr.starts_with("error: interrupted `uv venv .venv`\n"));
        } else {
            assert!(stderr.starts_with("error: interrupted `uv pip install "));
        }
        let hint = format!(
            "\nhint: the project is complete; to go on, run `cd {} && {command} && {retry}",
            root.display()
        );
        assert!(stderr.contains(&hint), "{stderr}");
        assert!(root.join("manage.py").is_file());
        assert!(!root.join(".venv").exists());
        let pid: i32 = pid.get().unwrap();
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let left = test_kill_process(Pid::from_raw(pid).unwrap());
        assert!(left.is_err() || state.contains(") Z "), "{state}");
    }
}

/// Tera has no limits, and does not hear a signal either.
#[test]
fn a_native_template_that_renders_for_ever_can_be_interrupted() {
    let place = Place::new();
    let endless = "{% for a in range(end=99999) %}{% for b in range(end=99999) %}\
                   {% endfor %}{% endfor %}";
    place
        .file("tpl/scaffold.toml", "")
        .file("tpl/a.txt", endless);
    // While it renders it computes, and does nothing else: that can be seen from outside.
    let computes = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let ticks = stat.rsplit(' ').nth(38).map(str::parse::<u64>);
        ticks.is_some_and(|ticks| ticks.unwrap() > 10)
    };
    let mut child = place
        .command(&["mysite", "--template", "tpl"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !computes(child.id()) {
        assert!(is_running(&mut child));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let stderr = checked(&child.wait_with_output().unwrap(), 130);
    assert_eq!(stderr, "error: interrupted, and no project was made\n");
    assert_eq!(place.tree(), ["tpl", "tpl/a.txt", "tpl/scaffold.toml"]);
}

#[test]
fn a_native_template_that_takes_all_memory_is_stopped() {
    let place = Place::new();
    // Each round makes the text twice as long.
    let bomb = "{% set_global x = 'xxxxxxxxxxxxxxxx' %}{% for i in range(end=60) %}\
                {% set_global x = x ~ x %}{% endfor %}";
    place.file("tpl/scaffold.toml", "").file("tpl/a.txt", bomb);
    let output = place
        .command(&["mysite", "--template", "tpl", "--json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let hint = "nothing was written; look for loops in the template, or do not trust it";
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("error: the template takes too much memory to render\nhint: {hint}\n")
    );
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let target = place.path("mysite");
    assert_eq!(document["target"], target.to_str().unwrap());
    assert_eq!(
        document["error"],
        "the template takes too much memory to render"
    );
    assert_eq!(document["hint"], hint);
    assert_eq!(place.tree(), ["tpl", "tpl/a.txt", "tpl/scaffold.toml"]);
}

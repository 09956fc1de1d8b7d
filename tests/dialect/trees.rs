//! Whole templates: the real `django-admin` and the program make a project from the same template
//! with the same arguments, in the same place one after the other, and what they made must be the
//! same: names, octets, modes, links and empty directories.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, Mutex, PoisonError},
};

use assert_cmd::cargo::cargo_bin;
use regex::Regex;
use rstest::rstest;
use serde_json::json;
use tempfile::TempDir;

use super::oracle::Oracle;
use crate::support::{Packages, Venv, newest, signals};

/// Which of the two commands runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program {
    Django,
    Ours,
}

/// One Django for all tests. It ends with this process, which holds the other end of its input.
static DJANGO: LazyLock<Mutex<Oracle>> = LazyLock::new(|| Mutex::new(Oracle::new()));

/// A directory in which both commands run, and the environment that they find.
pub(super) struct Place {
    root: TempDir,
    venv: Venv,
}

impl Place {
    pub(super) fn new() -> Self {
        signals::heed();
        Self {
            root: tempfile::tempdir().unwrap(),
            venv: newest().venv(Packages::Django),
        }
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(path)
    }

    pub(super) fn file(&self, path: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn with_mode(&self, path: &str, contents: &str, mode: u32) -> &Self {
        self.file(path, contents);
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn directory(&self, path: &str) -> &Self {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    fn link(&self, path: &str, to: &str) -> &Self {
        symlink(to, self.path(path)).unwrap();
        self
    }

    /// Runs one of the commands under a file mode creation mask: its exit code and what it prints
    /// to standard error.
    pub(super) fn run(
        &self,
        program: Program,
        umask: &str,
        args: &[&str],
    ) -> (Option<i32>, String) {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let environment = BTreeMap::from([
            ("HOME", text(&self.path(""))),
            ("LANG", "C.UTF-8".to_owned()),
            ("NO_COLOR", "1".to_owned()),
            ("VIRTUAL_ENV", text(self.venv.dir())),
            ("PATH", text(&self.venv.dir().join("bin"))),
        ]);
        if matches!(program, Program::Django) {
            let request = json!({
                "admin": args, "directory": self.path(""), "umask": umask,
                "environment": environment,
            });
            // A poisoned one has failed in another test, and its next answer fails this one.
            let mut oracle = DJANGO.lock().unwrap_or_else(PoisonError::into_inner);
            return oracle.admin(&request);
        }
        let output = Command::new("/bin/sh")
            .args(["-c", "umask \"$0\" && exec \"$@\"", umask])
            .arg(cargo_bin!("scaffold"))
            .args(args)
            .current_dir(self.path(""))
            .env_clear()
            .envs(environment)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), stderr)
    }

    /// What a command makes as `directory`, which is removed again.
    #[track_caller]
    fn made(&self, program: Program, umask: &str, args: &[&str], directory: &str) -> Made {
        let (code, stderr) = self.run(program, umask, args);
        assert_eq!(code, Some(0), "{program:?} {args:?}: {stderr}");
        let made = made(&self.path(directory));
        fs::remove_dir_all(self.path(directory)).unwrap();
        made
    }

    /// Both make the same of the template `tpl`; returns what that is.
    #[track_caller]
    fn compare(&self, umask: &str, args: &[&str], directory: &str) -> Made {
        let django = self.made(Program::Django, umask, args, directory);
        let ours = self.made(Program::Ours, umask, args, directory);
        let paths = |made: &Made| made.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&ours), paths(&django), "{args:?}: names");
        for (path, expected) in &django {
            let path_shown = path.display();
            assert_eq!(
                &ours[path], expected,
                "{args:?} umask {umask}: {path_shown}"
            );
        }
        django
    }
}

/// What is at a path.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    kind: &'static str,
    mode: String,
    /// As text where it is one, so that a difference can be read.
    contents: Result<String, Vec<u8>>,
}

/// What a command made, by path.
type Made = BTreeMap<PathBuf, Entry>;

fn made(root: &Path) -> Made {
    // It is random, so its shape is compared.
    let secret = Regex::new(r"django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}").unwrap();
    // Django lets the owner write only where the owner cannot, and root always can.
    let root_writes = if rustix::process::getuid().is_root() {
        0o200
    } else {
        0
    };
    let entries = walkdir::WalkDir::new(root).into_iter().map(|entry| {
        let entry = entry.unwrap();
        let metadata = entry.path().symlink_metadata().unwrap();
        let (kind, octets) = if metadata.is_symlink() {
            let to = fs::read_link(entry.path()).unwrap();
            ("link", to.into_os_string().into_encoded_bytes())
        } else if metadata.is_dir() {
            ("directory", Vec::new())
        } else {
            ("file", fs::read(entry.path()).unwrap())
        };
        let contents = String::from_utf8(octets).map_err(std::string::FromUtf8Error::into_bytes);
        let entry_made = Entry {
            kind,
            mode: format!("{:o}", metadata.permissions().mode() & 0o7777 | root_writes),
            contents: contents.map(|text| secret.replace_all(&text, "[SECRET]").into_owned()),
        };
        let path = entry.path().strip_prefix(root).unwrap().to_owned();
        (path, entry_made)
    });
    entries.collect()
}

/// A project like those that content management systems start with: templates of templates.
fn cms(place: &Place) {
    let part = "{% templatetag openblock %} if page.x|y {% templatetag closeblock %}\
                {% templatetag openvariable %} page.x|upper {% templatetag closevariable %}\
                {% templatetag opencomment %} {{ project_name }} {% templatetag closecomment %}\n";
    let page = part.repeat(120);
    place
        .with_mode(
            "tpl/manage.py",
            "#!/usr/bin/env python\n# {{ project_name }}\n",
            0o755,
        )
        .file("tpl/project_name/__init__.py", "")
        .file(
            "tpl/project_name/settings/base.py",
            "SECRET_KEY = \"{{ secret_key }}\"\n# {{ docs_version }} {{ django_version }}\n\
             ROOT = '{{ project_directory }}'\nX = '{{ camel_case_project_name }}'\n",
        )
        .file("tpl/project_name/templates/base.html", &page)
        .file("tpl/project_name/templates/raw.txt", &page)
        .file("tpl/project_name/page.py", &page);
}

/// Front ends, whose own templates have the same braces.
fn frontend(place: &Place) {
    place
        .file(
            "tpl/frontend/App.vue",
            "{% verbatim %}<p v-if=\"a\">{{ a | b }}</p>\n{% endverbatim %}<!-- {{ project_name }} -->\n",
        )
        .file(
            "tpl/frontend/app.js",
            "{% verbatim app %}const a = {{b: `${c}`}};{% endverbatim app %} // {{ project_name }}\n",
        )
        .file("tpl/frontend/copied.ts", "{{ a ? b : c }}{% nosuch %}\n")
        .file(
            "tpl/frontend/project_name.component.html",
            "{% verbatim %}<li *ngFor=\"let x of xs\">{{ x?.y }}{% endverbatim %}",
        )
        .file("tpl/frontend/page.jsx", "<a style={{color: 'red'}} />");
}

/// What stands beside the code, named rather than by its extension.
fn project_files(place: &Place) {
    for name in [
        "Makefile",
        "Dockerfile",
        ".env",
        ".env.example",
        "README.md",
    ] {
        let text = format!("{name} of {{{{ project_name }}}}: $(X) ${{Y}} {{ a }}\n");
        place.file(&format!("tpl/{name}"), &text);
        place.file(&format!("tpl/deploy/{name}"), &text);
    }
    place
        .file("tpl/setup.cfg", "[{{ project_name }}]\n")
        .file("tpl/a.txt", "{{ project_name }}\n")
        .file("tpl/a.rst", "{{ project_name }}\n")
        .file("tpl/notes.tar.gz", "{{ project_name }}\n")
        .file("tpl/txt", "{{ project_name }}\n");
}

/// Octets that are no text, and texts with all line ends.
fn octets(place: &Place) {
    place
        .file("tpl/logo.png", b"\x89PNG\r\n\x1a\n\0\xff{{ x }}")
        .file("tpl/font.woff2", [0xff, 0xfe, 0, b'{', b'%', 0x80])
        .file("tpl/latin.html", b"caf\xe9 {{ project_name }}\r\n")
        .file("tpl/empty.py", "")
        .file("tpl/empty.txt", "")
        .file("tpl/crlf.py", "a\r\n{{ project_name }}\r\nb\r\n")
        .file("tpl/cr.py", "a\r{{ project_name }}\r\rb\r\r\n")
        .file("tpl/crlf.txt", "a\r\n{{ project_name }}\r")
        .file("tpl/bom.py", "\u{feff}# {{ project_name }}\r\n")
        .file("tpl/zero.py", "\0{{ project_name }}\0")
        .file("tpl/no_end.py", "{{ project_name }}");
}

/// Names in names, hidden things, and what is left out.
fn names(place: &Place) {
    place
        .file("tpl/project_name/project_name/x.py", "{{ project_name }}")
        .file("tpl/project_name_project_name.py", "1")
        .file(
            "tpl/a_project_name_b/my_project_name.py-tpl",
            "{{ project_name }}",
        )
        .file("tpl/dir.py-tpl/x.py-tpl.txt", "{{ project_name }}")
        .file("tpl/y.py-tpl", "{{ project_name|upper }}")
        .file("tpl/z.py-tpl.py-tpl", "{{ project_name|upper }}")
        .file("tpl/app_name/app_name.py", "{{ app_name }}")
        .file("tpl/.hidden/a.py", "{{ project_name }}")
        .file("tpl/.github/workflows/ci.yml", "${{ x }}")
        .file("tpl/.git/config", "x")
        .file("tpl/.gitignore", "*.pyc")
        .file("tpl/__pycache__/a.py", "x")
        .file("tpl/__pycache__/b.pyc", "x")
        .file("tpl/docs/a.md", "x")
        .file("tpl/sub/docs/a.md", "x")
        .file("tpl/sub/.deep/a.md", "x")
        .file("tpl/old.pyc", "x")
        .file("tpl/old.pyo", "x")
        .file("tpl/old.py.class", "x")
        .file("tpl/target.py", "{{ project_name }} linked")
        .directory("tpl/empty/project_name")
        .directory("tpl/.empty")
        .link("tpl/link.py", "target.py")
        .link("tpl/sub/link.txt", "../target.py")
        .link("tpl/linked_docs", "docs");
}

/// Modes of files.
fn modes(place: &Place) {
    for mode in [
        0o755, 0o600, 0o444, 0o640, 0o664, 0o777, 0o700, 0o555, 0o666,
    ] {
        place
            .with_mode(
                &format!("tpl/rendered_{mode:o}.py"),
                "{{ project_name }}",
                mode,
            )
            .with_mode(&format!("tpl/project_name/copied_{mode:o}"), "x", mode);
    }
    place.directory("tpl/private");
    fs::set_permissions(place.path("tpl/private"), fs::Permissions::from_mode(0o700)).unwrap();
}

/// An application.
fn app(place: &Place) {
    place
        .file(
            "tpl/apps.py-tpl",
            "class {{ camel_case_app_name }}Config:\n    name = '{{ app_name }}'\n",
        )
        .file("tpl/app_name/templates/app_name/list.html", "{{ object }}")
        .file(
            "tpl/tests/test_app_name.py",
            "# {{ app_name }} {{ app_directory }}\n",
        )
        .file(
            "tpl/project_name.py",
            "{{ project_name }}|{{ secret_key }}|\n",
        )
        .file("tpl/migrations/__init__.py", "");
}

/// Names beyond ASCII, composed and not.
fn unicode(place: &Place) {
    place
        .file("tpl/caf\u{e9}.py", "é {{ project_name }}")
        .file("tpl/cafe\u{301}.py", "e\u{301} {{ project_name }}")
        .file("tpl/网站_project_name/首页.html", "你好")
        .file("tpl/пример project_name.txt", "{{ x }}")
        .file("tpl/👩‍👧/a b'\"c.py", "{{ project_name }}");
}

#[rstest]
#[case::cms(cms, &[])]
#[case::cms_with_html(cms, &["-e", "html"])]
#[case::cms_with_all(cms, &["-e", "html,txt", "-n", "raw.txt"])]
#[case::frontend(frontend, &["-e=vue,js", "--extension", "html"])]
#[case::frontend_without(frontend, &[])]
#[case::named_files(project_files, &["-n", "Makefile,Dockerfile", "-n", ".env"])]
#[case::named_with_spaces(project_files, &["--name", "Makefile, Dockerfile , README.md"])]
#[case::name_with_equals(project_files, &["--name=.env.example", "-nsetup.cfg"])]
#[case::short_equals(project_files, &["-e=txt"])]
#[case::short_attached(project_files, &["-epy,txt"])]
#[case::abbreviated(project_files, &["--ext", "txt"])]
#[case::repeated(project_files, &["-e", "txt", "-e", "rst", "--extension=cfg"])]
#[case::spaces_after_commas(project_files, &["-e", "txt, rst , md"])]
#[case::with_dots(project_files, &["-e", ".txt,.tar.gz"])]
#[case::env_as_extension(project_files, &["-e", "env,example"])]
#[case::options_first(project_files, &["-n", "txt", "-e", "gz"])]
#[case::octets(octets, &[])]
#[case::octets_with_text(octets, &["-e", "txt"])]
#[case::names(names, &[])]
#[case::bare_exclude(names, &["-x"])]
#[case::exclude_one(names, &["-x", "docs"])]
#[case::exclude_attached(names, &["-xdocs"])]
#[case::exclude_equals(names, &["--exclude=docs", "--exclude=.hidden"])]
#[case::exclude_commas(names, &["-x", "docs,sub"])]
#[case::exclude_repeated(names, &["-x", "docs", "-x", "sub", "-x"])]
#[case::exclude_template_name(names, &["-x", "project_name"])]
#[case::exclude_empty(names, &["--exclude="])]
#[case::unicode(unicode, &[])]
fn projects_are_djangos(#[case] template: fn(&Place), #[case] options: &[&str]) {
    let place = Place::new();
    template(&place);
    let args = ["startproject", "--template", "tpl", "mysite"];
    let made = place.compare("022", &[&args, options].concat(), "mysite");
    assert!(made.len() > 4, "{made:?}");
}

#[rstest]
#[case("mysite")]
#[case("my_app2x_fooBAR")]
#[case("été")]
#[case("e\u{301}te\u{301}")]
#[case("网站")]
#[case("_x")]
#[case("ßx_ǆy")]
fn any_name_is_as_in_django(#[case] name: &str) {
    let place = Place::new();
    names(&place);
    unicode(&place);
    cms(&place);
    place.compare("022", &["startproject", name, "--template", "tpl"], name);
}

#[rstest]
fn modes_are_djangos(#[values("022", "077", "002", "027", "000")] umask: &str) {
    let place = Place::new();
    modes(&place);
    place.compare(
        umask,
        &["startproject", "mysite", "--template=tpl"],
        "mysite",
    );
}

#[rstest]
#[case("polls")]
#[case("my_app")]
#[case("été")]
fn apps_are_djangos(#[case] name: &str) {
    let place = Place::new();
    app(&place);
    let args = ["startapp", name, "--template", "tpl", "-e", "html,py"];
    let made = place.compare("022", &args, name);
    assert!(made.contains_key(Path::new("apps.py")));
}

#[rstest]
#[case("out/there")]
#[case("./out/../out/there/")]
#[case("~/out/there")]
fn a_directory_is_as_in_django(#[case] directory: &str) {
    let place = Place::new();
    cms(&place);
    let args = ["startproject", "mysite", directory, "--template", "./tpl/"];
    place.compare("022", &args, "out");
    place.directory("out/there");
    let args = ["startapp", "polls", directory, "--template", "~/tpl"];
    place.compare("022", &args, "out");
}

/// What `argparse` takes, in the forms and orders that people write in scripts and Makefiles.
#[rstest]
#[case("startproject --template=tpl --extension=py,txt,env --name=Makefile,.env out out")]
#[case("startproject --tem tpl -v 0 out")]
#[case("startproject --template nothing --template tpl out")]
#[case("startproject -x -e txt out --template tpl")]
#[case("startproject -e txt --template tpl -- out")]
#[case("startproject --template tpl -- out out")]
#[case("startproject out out -nMakefile -n=Dockerfile --temp=tpl")]
#[case("startproject out --template file://tpl -v0 --traceback --force-color")]
#[case("startapp out --template=tpl -etxt -v 1 -v 0")]
fn a_command_line_means_the_same(#[case] line: &str) {
    let place = Place::new();
    project_files(&place);
    let args: Vec<_> = line.split(' ').collect();
    let made = place.compare("022", &args, "out");
    assert!(made.contains_key(Path::new("Makefile")), "{made:?}");
}

#[test]
fn a_template_url_of_a_file_is_as_in_django() {
    let place = Place::new();
    cms(&place);
    let template = format!("file://{}", place.path("tpl").display());
    place.compare(
        "022",
        &["startproject", "mysite", "--template", &template],
        "mysite",
    );
}

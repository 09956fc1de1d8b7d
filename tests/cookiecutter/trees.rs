//! Whole templates: the real cookiecutter and the program make a project of the same template, and
//! what they made must be the same: names, octets and modes.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use assert_cmd::cargo::cargo_bin;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::oracle::Oracle;
use crate::support::{newest, signals};

/// A template, and where projects of it are made.
pub(super) struct Place {
    root: TempDir,
}

/// What is in a project: the kind, the mode and the contents, by path.
type Made = BTreeMap<PathBuf, (bool, u32, String)>;

impl Place {
    /// A template with this `cookiecutter.json`.
    pub(super) fn new(config: &Value) -> Self {
        signals::heed();
        let place = Self {
            root: tempfile::tempdir().unwrap(),
        };
        place.file("cookiecutter.json", config.to_string())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    /// Adds a file of the template.
    pub(super) fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path().join("template").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        self
    }

    /// Adds a file of the template that can be executed.
    pub(super) fn executable(self, path: &str, contents: &str) -> Self {
        let place = self.file(path, contents);
        let path = place.path().join("template").join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        place
    }

    fn directory(self, path: &str) -> Self {
        fs::create_dir_all(self.path().join("template").join(path)).unwrap();
        self
    }

    /// What the real one makes, or its complaint.
    fn theirs(&self, variables: &Value, hooks: bool) -> Result<Made, String> {
        let output = self.path().join("theirs");
        let _ = fs::remove_dir_all(&output);
        fs::create_dir(&output).unwrap();
        let mut oracle = Oracle::new(&self.path());
        oracle.project(&self.path().join("template"), &output, variables, hooks)?;
        let mut projects = fs::read_dir(&output).unwrap();
        let project = projects.next().unwrap().unwrap().path();
        assert!(projects.next().is_none(), "more than one project");
        Ok(made(&project))
    }

    /// What the program makes, or its complaint.
    fn ours(&self, variables: &Value, args: &[&str]) -> Result<Made, String> {
        let place = self.path().join("ours");
        let _ = fs::remove_dir_all(&place);
        fs::create_dir(&place).unwrap();
        let file = self.path().join("vars.json");
        let mut variables = variables.clone();
        // It follows from the name.
        variables.as_object_mut().unwrap().remove("project_name");
        fs::write(&file, variables.to_string()).unwrap();
        let output = Command::new(cargo_bin!("scaffold"))
            .args(["startproject", "my_site", "--no-format", "--template"])
            .arg(self.path().join("template"))
            .arg("--vars")
            .arg(file)
            .args(args)
            .current_dir(&place)
            .env_clear()
            .env("HOME", self.path())
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", newest().bin_dir().display()),
            )
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(made(&place.join("my_site")))
        } else {
            assert!(!place.join("my_site").exists(), "a part was made: {stderr}");
            Err(stderr)
        }
    }

    /// Both make the same; the answer is what that is.
    #[track_caller]
    fn compare(&self, variables: &Value) -> Made {
        self.compare_with(variables, false)
    }

    #[track_caller]
    fn compare_with(&self, variables: &Value, hooks: bool) -> Made {
        let mut variables = variables.clone();
        variables["project_name"] = "my_site".into();
        let theirs = self.theirs(&variables, hooks).unwrap();
        let args: &[&str] = if hooks { &["--trust"] } else { &[] };
        let ours = self.ours(&variables, args).unwrap();
        let paths = |made: &Made| made.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&ours), paths(&theirs), "names");
        for (path, expected) in &theirs {
            assert_eq!(&ours[path], expected, "{}", path.display());
        }
        theirs
    }
}

fn made(root: &Path) -> Made {
    let entries = walkdir::WalkDir::new(root).min_depth(1).into_iter();
    let entries = entries.map(|entry| {
        let entry = entry.unwrap();
        let metadata = entry.path().symlink_metadata().unwrap();
        let contents = if metadata.is_dir() {
            String::new()
        } else {
            let octets = fs::read(entry.path()).unwrap();
            octets.escape_ascii().to_string().replace("\\n", "\n")
        };
        let path = entry.path().strip_prefix(root).unwrap().to_owned();
        let mode = metadata.permissions().mode() & 0o777;
        (path, (metadata.is_dir(), mode, contents))
    });
    entries.collect()
}

/// A template that uses all there is.
fn house() -> Place {
    Place::new(&json!({
        "project_name": "My Site",
        "project_slug": "{{ cookiecutter.project_name|lower|replace(' ', '_') }}",
        "license": ["MIT", "BSD-3", "{{ cookiecutter.project_slug }}-own"],
        "use_docker": false,
        "author": null,
        "port": 8080,
        "ratio": 1.50,
        "_private": "not {{ rendered }}",
        "__computed": "{{ cookiecutter.project_slug|upper }}",
        "__list": ["{{ cookiecutter.license }}", "x"],
        "databases": {
            "default": {"engine": "{{ cookiecutter.license }}", "port": 5432},
            "other": {"engine": "sqlite", "flags": [1, true, null]}
        },
        "_copy_without_render": ["*.raw", "vendor", "docs/*.html"],
        "_extensions": ["jinja2.ext.do"],
        "__prompts__": {"license": {"__prompt__": "Which?", "MIT": "The MIT license"}}
    }))
    .file(
        "{{cookiecutter.project_slug}}/README.md",
        "# {{ cookiecutter.project_name }} {% now 'utc', '%Y' %}\n\n\
         {{ cookiecutter.license }} {{ cookiecutter.use_docker }} {{ cookiecutter.author }} \
         {{ cookiecutter.port }} {{ cookiecutter.ratio }} {{ cookiecutter._private }} \
         {{ cookiecutter.__computed }} {{ cookiecutter.__list }}\n\
         {{ cookiecutter.databases }}\n{{ cookiecutter.databases | jsonify }}\n\
         {{ _cookiecutter.license }} {{ _cookiecutter.project_slug }}\n\
         {{ cookiecutter.project_name | slugify }} {{ 'Ünï cödé' | slugify(separator='_') }}\n\n",
    )
    .file(
        "{{cookiecutter.project_slug}}/{{cookiecutter.project_slug}}/settings.py",
        "DATABASES = {\n{%- for name, about in cookiecutter.databases|dictsort %}\n    \
         '{{ name }}': '{{ about.engine }}',\n{%- endfor %}\n}\n\
         {% macro line(a, b='c') -%}\n{{ a }}-{{ b }}\n{%- endmacro %}\n\
         {{ line(1) }}\n{{ line(2, b=3) }}\n\
         {% if cookiecutter.use_docker is sameas true %}docker{% elif cookiecutter.license == \
         'MIT' %}mit{% else %}none{% endif %}\n\
         {% for n in range(3) if n is odd %}{{ loop.index }}{% endfor %}",
    )
    .file(
        "{{cookiecutter.project_slug}}/{% if cookiecutter.use_docker %}Dockerfile{% endif %}",
        "FROM python\n",
    )
    .file(
        "{{cookiecutter.project_slug}}/sub/{% if cookiecutter.use_docker %}x{% endif %}",
        "x",
    )
    .file("{{cookiecutter.project_slug}}/page.raw", "{{ raw }}\r\n")
    .file(
        "{{cookiecutter.project_slug}}/vendor/{{ x }}/{{ y }}.js",
        "{{ raw }}",
    )
    .file("{{cookiecutter.project_slug}}/docs/index.html", "{{ raw }}")
    .file(
        "{{cookiecutter.project_slug}}/docs/index.md",
        "{{ cookiecutter.port }}",
    )
    .file(
        "{{cookiecutter.project_slug}}/.github/ci.yml",
        "{% raw %}${{ x }}{% endraw %}\n",
    )
    .file(
        "{{cookiecutter.project_slug}}/.hidden",
        "{{ cookiecutter.license }}",
    )
    .file(
        "{{cookiecutter.project_slug}}/crlf.txt",
        "a\r\n{{ cookiecutter.license }}\r\nb",
    )
    .file(
        "{{cookiecutter.project_slug}}/mixed.txt",
        "a\r\nb\n{{ 1 }}\n",
    )
    .file("{{cookiecutter.project_slug}}/cr.txt", "a\rb{{ 1 }}\r\n")
    .file(
        "{{cookiecutter.project_slug}}/logo.png",
        "{{ not rendered }}",
    )
    .file("{{cookiecutter.project_slug}}/font.dat", b"wOFF{{ x }}")
    .file(
        "{{cookiecutter.project_slug}}/zeros",
        [b"{{ x }}".as_slice(), &[0; 100]].concat(),
    )
    .file(
        "{{cookiecutter.project_slug}}/bell.txt",
        [b"{{ x }}\x07".as_slice(), &[b'a'; 300]].concat(),
    )
    .file("{{cookiecutter.project_slug}}/é.txt", "é {{ '网' }}\n")
    .file("{{cookiecutter.project_slug}}/empty.txt", "")
    .file(
        "{{cookiecutter.project_slug}}/included.txt",
        "{% include 'docs/index.md' %}{% include 'part.txt' %}\n",
    )
    .file("templates/part.txt", "[{{ cookiecutter.project_slug }}]")
    .file("outside.txt", "{{ never }}")
    .executable(
        "{{cookiecutter.project_slug}}/manage.py",
        "#!/bin/sh\necho {{ cookiecutter.port }}\n",
    )
    .executable("{{cookiecutter.project_slug}}/bin/raw.raw", "{{ raw }}")
    .directory("{{cookiecutter.project_slug}}/nothing/{{cookiecutter.project_slug}}_in_it")
}

#[test]
fn all_there_is_comes_out_the_same() {
    let made = house().compare(&json!({}));
    // So that the comparison is of something.
    assert!(made.contains_key(Path::new("my_site/settings.py")));
    assert!(made.contains_key(Path::new("nothing/my_site_in_it")));
    assert!(!made.contains_key(Path::new("Dockerfile")));
}

#[test]
fn answers_come_out_the_same() {
    let made = house().compare(&json!({
        "license": "BSD-3", "use_docker": "yes", "author": "Me {x}", "port": "1",
        "databases": {"default": {"engine": "pg"}, "third": {"engine": "x"}},
    }));
    assert!(made.contains_key(Path::new("Dockerfile")));
}

#[rstest]
#[case(json!({"trim_blocks": true, "lstrip_blocks": true}))]
#[case(json!({"trim_blocks": true}))]
#[case(json!({"lstrip_blocks": true}))]
#[case(json!({"newline_sequence": "\r\n"}))]
#[case(json!({"block_start_string": "<%", "block_end_string": "%>"}))]
#[case(json!({"comment_start_string": "<#", "comment_end_string": "#>", "autoescape": true}))]
fn the_settings_of_jinja_are_kept(#[case] settings: Value) {
    let (open, close) = if settings.get("block_start_string").is_some() {
        ("<%", "%>")
    } else {
        ("{%", "%}")
    };
    let text = "a\n  [% if true %]  \n b\n  [% endif %]\n  [% now 'utc', '%Y' %]\n  {{ 1 }}\n\
                [%- for x in 'ab' -%]\n x \n[%- endfor %]\n<# c #>{# d #}{{ '<' }}\n"
        .replace("[%", open)
        .replace("%]", close);
    let config = json!({"project_name": "x", "_jinja2_env_vars": settings});
    Place::new(&config)
        .file("{{cookiecutter.project_name}}/a.txt", text)
        .compare(&json!({}));
}

#[test]
fn line_ends_can_be_said() {
    Place::new(&json!({"project_name": "x", "_new_lines": "\r\n"}))
        .file("{{cookiecutter.project_name}}/a.txt", "a\n{{ 1 }}\nb\n")
        .compare(&json!({}));
}

#[test]
fn hooks_come_out_the_same() {
    let made = Place::new(&json!({"project_name": "x", "keep": false}))
        .file("{{cookiecutter.project_name}}/a.txt", "a")
        .file("{{cookiecutter.project_name}}/b.txt", "b")
        .file(
            "hooks/pre_gen_project.py",
            "import os\nopen('first', 'w').write('{{ cookiecutter.project_name }}' + \
             str(len(os.listdir('.'))))\n",
        )
        .executable(
            "hooks/post_gen_project.sh",
            "#!/bin/sh\n{% if not cookiecutter.keep %}rm b.txt{% endif %}\n",
        )
        .file("hooks/post_gen_project.py~", "raise SystemExit(1)\n")
        .compare_with(&json!({}), true);
    assert!(made.contains_key(Path::new("first")) && !made.contains_key(Path::new("b.txt")));
}

/// Where the real one makes nothing, neither does the program.
#[rstest]
#[case("a.txt", "{{ cookiecutter.nothing }}", "a.txt:1:4: ")]
#[case("a.txt", "x\n{{ nothing }}", "a.txt:2:4: ")]
#[case("a.txt", "{% if %}", "a.txt:1:")]
#[case("{{ cookiecutter.nothing }}.txt", "", "undefined value")]
#[case("{{ '' }}/a.txt", "", "the path is empty")]
#[case("a.txt", "{% include 'nothing.txt' %}", "nothing.txt")]
#[case("a.txt", "{{ 1 / 0 }}", "a.txt:1:")]
fn mistakes_are_mistakes(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
    let place = Place::new(&json!({"project_name": "x"}))
        .file("{{cookiecutter.project_name}}/good.txt", "good")
        .file(&format!("{{{{cookiecutter.project_name}}}}/{path}"), text);
    let theirs = place.theirs(&json!({}), false);
    assert!(theirs.is_err(), "{theirs:?}");
    let ours = place.ours(&json!({}), &[]).unwrap_err();
    assert!(ours.contains(expected), "{ours}");
}

#[rstest]
#[case(json!({"license": "mti"}), "`license` (Which?) takes one of `MIT`, `BSD-3`, `my_site-own`, not `mti`")]
#[case(json!({"use_docker": "perhaps"}), "`use_docker` takes yes or no, not `perhaps`")]
fn wrong_answers_are_mistakes(#[case] variables: Value, #[case] expected: &str) {
    let place = house();
    assert!(place.theirs(&variables, false).is_err());
    let ours = place.ours(&variables, &[]).unwrap_err();
    assert!(ours.contains(expected), "{ours}");
}

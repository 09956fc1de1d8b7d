//! `[[files]]` of a manifest: what is done with single files and directories of the template.

mod outline;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tera::Delimiters;
use toml::Spanned;

use super::{glob, native::Engine};

/// A rule for the files that its patterns mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rule {
    /// Names or globs, of files or directories.
    path: OneOrMore,
    /// An expression: where it is false, they are left out.
    when: Option<Spanned<String>>,
    /// They are copied, not rendered.
    #[serde(default)]
    copy: bool,
    /// Everybody may execute them.
    #[serde(default)]
    executable: bool,
    /// Where such a file is there already, that one stays.
    #[serde(default)]
    skip_if_exists: bool,
    /// What a file is called in the project: a text of the template's language, relative to the
    /// directory that it is in.
    rename: Option<Spanned<String>>,
    /// What stands around the template's language in them.
    delimiters: Option<Spanned<RawDelimiters>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn patterns(&self) -> &[String] {
        match self {
            Self::One(pattern) => std::slice::from_ref(pattern),
            Self::More(patterns) => patterns,
        }
    }
}

/// Beginnings and ends; what is not given is as ever.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDelimiters {
    variable: Option<[String; 2]>,
    block: Option<[String; 2]>,
    comment: Option<[String; 2]>,
}

/// What is wrong with a rule, at an octet of the manifest.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) message: String,
}

impl Fault {
    fn at<T>(place: &Spanned<T>, message: String) -> Self {
        Self {
            offset: place.span().start,
            message,
        }
    }
}

/// The rules, with the variables' values.
#[derive(Debug, Default)]
pub(super) struct Treatments {
    rules: Vec<Treatment>,
}

#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of a rule that is given or not"
)]
struct Treatment {
    patterns: Vec<String>,
    is_left_out: bool,
    copies: bool,
    is_executable: bool,
    skips_if_exists: bool,
    name: Option<String>,
    /// The engine with other delimiters.
    engine: Option<Engine>,
}

impl Treatments {
    /// Evaluates the rules; what `exclude` means is left out in any case.
    pub(super) fn new(exclude: &[String], rules: &[Rule], engine: &Engine) -> Result<Self, Fault> {
        let excluded = Treatment {
            patterns: exclude.to_vec(),
            is_left_out: true,
            ..Treatment::default()
        };
        let treatments = rules.iter().map(|rule| Treatment::new(rule, engine));
        let treatments = std::iter::once(Ok(excluded)).chain(treatments);
        Ok(Self {
            rules: treatments.collect::<Result<_, _>>()?,
        })
    }

    /// Whether what is called so in the template is left out, with all that is in it.
    pub(super) fn leave_out(&self, path: &Path) -> bool {
        self.of(path).any(|rule| rule.is_left_out)
    }

    /// Whether the file is copied.
    pub(super) fn copy(&self, path: &Path) -> bool {
        self.of(path).any(|rule| rule.copies)
    }

    /// Whether the file is to be executable.
    pub(super) fn make_executable(&self, path: &Path) -> bool {
        self.of(path).any(|rule| rule.is_executable)
    }

    /// Whether a file that is there already stays.
    pub(super) fn skip_if_exists(&self, path: &Path) -> bool {
        self.of(path).any(|rule| rule.skips_if_exists)
    }

    /// What the file or directory is called instead; a later rule stands before an earlier one.
    pub(super) fn rename(&self, path: &Path) -> PathBuf {
        let renamed = |path: &Path| {
            let rules = self.rules.iter().rev();
            let mut names = rules
                .filter(|rule| rule.means(path))
                .filter_map(|rule| rule.name.as_deref());
            names.next().map(PathBuf::from)
        };
        let mut to = PathBuf::new();
        let mut from = PathBuf::new();
        for part in path {
            from.push(part);
            match renamed(&from) {
                Some(name) => to.push(name),
                None => to.push(part),
            }
        }
        to
    }

    /// The engine for a file with delimiters of its own.
    pub(super) fn engine<'a>(&'a self, path: &'a Path) -> Option<&'a Engine> {
        self.of(path).filter_map(|rule| rule.engine.as_ref()).last()
    }

    /// The rules that mean a path or a directory above it.
    fn of<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Treatment> {
        self.rules.iter().filter(move |rule| {
            let mut above = path.ancestors().take_while(|it| !it.as_os_str().is_empty());
            above.any(|it| rule.means(it))
        })
    }
}

impl Treatment {
    fn new(rule: &Rule, engine: &Engine) -> Result<Self, Fault> {
        let Rule {
            path,
            when,
            copy,
            executable,
            skip_if_exists,
            rename,
            delimiters,
        } = rule;
        let is_left_out = match when {
            None => false,
            Some(when) => !engine
                .is_true(when.get_ref())
                .map_err(|message| Fault::at(when, message))?,
        };
        let name = rename
            .as_ref()
            .filter(|_| !is_left_out)
            .map(|rename| {
                let name = engine.render_short(rename.get_ref());
                let name = name.map_err(|message| Fault::at(rename, message))?;
                if name.trim().is_empty() {
                    let message = "this comes to no name; `when` leaves files out".to_owned();
                    return Err(Fault::at(rename, message));
                }
                Ok(name)
            })
            .transpose()?;
        let engine = delimiters
            .as_ref()
            .map(|delimiters| {
                engine
                    .with_delimiters(all_delimiters(delimiters.get_ref()))
                    .map_err(|message| Fault::at(delimiters, message))
            })
            .transpose()?;
        Ok(Self {
            patterns: path.patterns().to_vec(),
            is_left_out,
            copies: *copy,
            is_executable: *executable,
            skips_if_exists: *skip_if_exists,
            name,
            engine,
        })
    }

    fn means(&self, path: &Path) -> bool {
        self.patterns
            .iter()
            .any(|pattern| glob::matches(pattern.trim_end_matches('/'), path))
    }
}

fn all_delimiters(raw: &RawDelimiters) -> Delimiters {
    let mut delimiters = Delimiters::default();
    if let Some([start, end]) = raw.variable.clone() {
        (delimiters.variable_start, delimiters.variable_end) = (start.into(), end.into());
    }
    if let Some([start, end]) = raw.block.clone() {
        (delimiters.block_start, delimiters.block_end) = (start.into(), end.into());
    }
    if let Some([start, end]) = raw.comment.clone() {
        (delimiters.comment_start, delimiters.comment_end) = (start.into(), end.into());
    }
    delimiters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::value::{Dict, Value};

    #[derive(Deserialize)]
    struct Manifest {
        files: Vec<Rule>,
    }

    fn treatments(text: &str) -> Result<Treatments, Fault> {
        let Manifest { files } = toml::from_str(text).unwrap();
        let variables: Dict = [
            ("docker".into(), Value::Bool(false)),
            ("name".into(), Value::text("shop")),
        ]
        .into();
        Treatments::new(
            &["*.orig".into(), "docs/".into()],
            &files,
            &Engine::new(&variables, &[]),
        )
    }

    const RULES: &str = "\
        [[files]]\npath = ['Dockerfile', 'deploy/']\nwhen = 'docker'\n\
        [[files]]\npath = 'dot-github'\nrename = '.github'\n\
        [[files]]\npath = 'app.py'\nrename = '{{ name }}.py'\nexecutable = true\n\
        [[files]]\npath = 'dot-github/**'\n\
        delimiters = { variable = ['[[', ']]'], block = ['[%', '%]'] }\n\
        [[files]]\npath = '*.png'\ncopy = true\n\
        [[files]]\npath = '.env'\nskip-if-exists = true\n";

    #[test]
    fn what_is_not_wanted_is_left_out_with_all_that_is_in_it() {
        let treatments = treatments(RULES).unwrap();
        let left_out = |path: &str| treatments.leave_out(Path::new(path));
        assert!(left_out("Dockerfile") && left_out("a/Dockerfile") && left_out("deploy/a/b"));
        assert!(!left_out("Dockerfile.txt") && !left_out("deployed"));
        assert!(left_out("a/b.orig") && left_out("docs/a.md") && !left_out("orig"));
    }

    #[test]
    fn names_are_given_in_their_directories() {
        let treatments = treatments(RULES).unwrap();
        let renamed = |path: &str| treatments.rename(Path::new(path)).display().to_string();
        assert_eq!(renamed("dot-github/app.py"), ".github/shop.py");
        assert_eq!(renamed("x/dot-github/a"), "x/.github/a");
        assert_eq!(renamed("b.py"), "b.py");
    }

    #[test]
    fn the_rest_is_said_of_files() {
        let treatments = treatments(RULES).unwrap();
        assert!(treatments.copy(Path::new("a/b.png")) && !treatments.copy(Path::new("a.py")));
        assert!(treatments.make_executable(Path::new("x/app.py")));
        assert!(treatments.skip_if_exists(Path::new("x/.env")));
        assert!(!treatments.skip_if_exists(Path::new("x/env")));
        let engine = treatments.engine(Path::new("dot-github/ci.yml")).unwrap();
        let text = "${{ secrets.x }} [[ name ]][% if docker %]x[% endif %]";
        assert_eq!(
            engine.render_short(text).as_deref(),
            Ok("${{ secrets.x }} shop")
        );
        assert!(treatments.engine(Path::new("ci.yml")).is_none());
    }

    #[test]
    fn faults_have_their_place() {
        for (rule, expected) in [
            ("when = 'dokcer'", "variable `dokcer` is not defined"),
            ("rename = '{{ nam }}'", "nam"),
            ("rename = \"{{ '' }}\"", "this comes to no name"),
            ("delimiters = { variable = ['[', ']'] }", "2 bytes long"),
        ] {
            let text = format!("[[files]]\npath = 'x'\n{rule}\n");
            let fault = treatments(&text).unwrap_err();
            assert!(fault.message.contains(expected), "{}", fault.message);
            assert!(fault.offset > "[[files]]\npath = 'x'\n".len());
        }
    }
}

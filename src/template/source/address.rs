//! What the user means by a template: a built-in one, one of their own, a directory, an archive,
//! something to download, or a Git repository.

use std::path::{Path, PathBuf};

use include_dir::Dir;

use super::{builtin, redact};
use crate::template::{error::Error, path::absolute, similar::similar, subject::Subject};

/// Where a template is.
#[derive(Debug, PartialEq)]
pub(super) enum Address {
    /// In this program.
    Builtin(&'static Dir<'static>),
    /// A directory.
    Directory(PathBuf),
    /// An archive.
    File(PathBuf),
    /// Something to download, by a scheme that Django knows: `http`, `https` or `ftp`.
    Url(String),
    /// A Git repository, in a form that `git fetch` takes.
    Git(String),
}

/// The hosts that have a short form, as cookiecutter and others have it.
const HOSTS: [(&str, &str); 3] = [
    ("gh:", "https://github.com/"),
    ("gl:", "https://gitlab.com/"),
    ("bb:", "https://bitbucket.org/"),
];

impl Address {
    /// Finds out what is meant. What is on the disk comes before what only looks like a name, as
    /// Django knows nothing but paths and addresses.
    pub(super) fn of(
        template: &str,
        subject: Subject,
        current_directory: &Path,
        own: Option<&Path>,
    ) -> Result<Self, Error> {
        if subject == Subject::Deployment
            && let Some(address) = Self::deployment(template, own)
        {
            return Ok(address);
        }
        let as_path = template.strip_prefix("file://").unwrap_or(template);
        let path = absolute(Path::new(as_path), current_directory);
        if !as_path.is_empty() && path.is_dir() {
            return Ok(match bare(&path) {
                Some(repository) => Self::Git(repository),
                None => Self::Directory(path),
            });
        }
        if let Some(repository) = repository(template) {
            return Ok(Self::Git(repository));
        }
        if is_url(template) {
            return Ok(Self::Url(template.to_owned()));
        }
        if !as_path.is_empty() && path.exists() {
            return Ok(Self::File(path));
        }
        if is_name(template) {
            if let Some(builtin) = builtin::find(subject, template) {
                return Ok(Self::Builtin(builtin));
            }
            let own = own.map(|directory| directory.join(template));
            if let Some(path) = own.filter(|path| path.is_dir()) {
                return Ok(Self::Directory(path));
            }
        }
        if let Some(repository) = owner_and_repository(template) {
            return Ok(Self::Git(format!("https://github.com/{repository}.git")));
        }
        Err(Error::UnknownTemplate {
            subject,
            template: redact::typed(template),
            hint: hint(template, subject, own),
        })
    }

    /// A template for deployments by its name, `deploy/gunicorn`. Projects have directories that are
    /// called so, for what is made from them, and these are not meant. One of the user's own takes
    /// the place of the built-in one.
    fn deployment(template: &str, own: Option<&Path>) -> Option<Self> {
        let name = Subject::deployment(template)?;
        let own = own.map(|directory| directory.join(template));
        if let Some(path) = own.filter(|path| path.is_dir()) {
            return Some(Self::Directory(path));
        }
        builtin::find(Subject::Deployment, name).map(Self::Builtin)
    }

    /// The same, where a branch, a tag or a commit of it is wanted: a directory that is a
    /// repository has those.
    pub(super) fn with_reference(self, reference: Option<&str>) -> Self {
        match self {
            Self::Directory(path) if reference.is_some() && path.join(".git").exists() => {
                match path.to_str() {
                    Some(repository) => Self::Git(repository.to_owned()),
                    None => Self::Directory(path),
                }
            }
            other => other,
        }
    }
}

/// The directory, if it is a repository without a working tree, and so cannot be a template itself.
fn bare(path: &Path) -> Option<String> {
    let is_bare = path.join("HEAD").is_file()
        && ["objects", "refs"]
            .iter()
            .all(|name| path.join(name).is_dir());
    path.to_str().filter(|_| is_bare).map(str::to_owned)
}

/// The repository that is meant, if the text can mean nothing else.
fn repository(template: &str) -> Option<String> {
    for (short, host) in HOSTS {
        if let Some(repository) = template.strip_prefix(short).and_then(owner_and_repository) {
            return Some(format!("{host}{repository}.git"));
        }
    }
    let has_scheme = |schemes: &[&str]| {
        template
            .split_once("://")
            .is_some_and(|(scheme, _)| schemes.contains(&&*scheme.to_ascii_lowercase()))
    };
    let is_repository = has_scheme(&["ssh", "git", "git+ssh"])
        || has_scheme(&["http", "https"]) && has_git_suffix(template.trim_end_matches('/'))
        || is_scp_like(template);
    is_repository.then(|| template.to_owned())
}

/// Whether an address ends as those of repositories do.
fn has_git_suffix(address: &str) -> bool {
    Path::new(address)
        .extension()
        .is_some_and(|extension| extension == "git")
}

/// `git@host:path`, as hosts show it to those who clone.
fn is_scp_like(template: &str) -> bool {
    let Some((user, rest)) = template.split_once('@') else {
        return false;
    };
    let is_word = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && text
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.'))
    };
    rest.split_once(':')
        .is_some_and(|(host, path)| is_word(user) && is_word(host) && !path.is_empty())
}

/// `owner/repository`, with or without `.git`, which is taken off. GitLab has groups of groups.
fn owner_and_repository(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-', '~'])
            && part
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.'))
    };
    (text.contains('/') && text.split('/').all(is_part)).then_some(text)
}

/// Django's `is_url`.
fn is_url(template: &str) -> bool {
    template.split_once(':').is_some_and(|(scheme, _)| {
        ["http", "https", "ftp"].contains(&&*scheme.to_ascii_lowercase())
    })
}

/// Whether the text is no path.
fn is_name(template: &str) -> bool {
    !template.contains('/') && !template.starts_with(['.', '~'])
}

fn hint(template: &str, subject: Subject, own: Option<&Path>) -> String {
    let own = match subject {
        Subject::Project | Subject::App => own.map(names).unwrap_or_default(),
        Subject::Deployment => {
            let own = own
                .map(|it| names(&it.join(subject.word())))
                .unwrap_or_default();
            own.iter().map(|name| subject.template_name(name)).collect()
        }
    };
    let names: Vec<String> = builtin::names(subject)
        .map(|name| subject.template_name(name))
        .chain(own)
        .collect();
    let meant = (is_name(template) || Subject::deployment(template).is_some())
        .then(|| similar(&template.to_lowercase(), names.iter().map(String::as_str)))
        .flatten()
        .map(|name| format!("did you mean `{name}`? "))
        .unwrap_or_default();
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "{meant}there are the templates {}; or give a directory, an archive, a URL or a repository",
        names.join(", ")
    )
}

/// The names of the directories in a directory.
fn names(directory: &Path) -> Vec<String> {
    let Ok(found) = directory.read_dir() else {
        return Vec::new();
    };
    let mut names: Vec<String> = found
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn of(template: &str) -> Result<Address, Error> {
        Address::of(template, Subject::Project, Path::new("/"), None)
    }

    fn hint(template: &str) -> String {
        let error = of(template).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "couldn't handle project template {}.",
                redact::typed(template)
            )
        );
        error.hint().unwrap()
    }

    #[test]
    fn a_bare_name_is_a_builtin_unless_there_is_such_a_directory() {
        assert!(matches!(of("django"), Ok(Address::Builtin(_))));
        let here = tempfile::tempdir().unwrap();
        let directory = here.path().join("django");
        std::fs::create_dir(&directory).unwrap();
        assert_eq!(
            Address::of("django", Subject::Project, here.path(), None).unwrap(),
            Address::Directory(directory)
        );
    }

    #[test]
    fn a_template_of_the_users_own_has_a_name() {
        let own = tempfile::tempdir().unwrap();
        let directory = own.path().join("mine");
        std::fs::create_dir(&directory).unwrap();
        let of = |name| Address::of(name, Subject::App, Path::new("/"), Some(own.path()));
        assert_eq!(of("mine").unwrap(), Address::Directory(directory));
        let hint = of("mien").unwrap_err().hint().unwrap();
        assert!(hint.starts_with("did you mean `mine`? "), "{hint}");
    }

    #[rstest]
    #[case("gh:owner/repo", "https://github.com/owner/repo.git")]
    #[case("gh:owner/repo.git", "https://github.com/owner/repo.git")]
    #[case("gl:group/sub/repo", "https://gitlab.com/group/sub/repo.git")]
    #[case("bb:owner/repo/", "https://bitbucket.org/owner/repo.git")]
    #[case("owner/my-repo.x", "https://github.com/owner/my-repo.x.git")]
    #[case("https://example.org/x/y.git", "https://example.org/x/y.git")]
    #[case("HTTPS://example.org/y.git/", "HTTPS://example.org/y.git/")]
    #[case("git@example.org:x/y.git", "git@example.org:x/y.git")]
    #[case("ssh://git@example.org/x/y", "ssh://git@example.org/x/y")]
    fn repositories(#[case] template: &str, #[case] expected: &str) {
        assert_eq!(of(template).unwrap(), Address::Git(expected.to_owned()));
    }

    #[rstest]
    #[case("https://example.org/x.zip")]
    #[case("http://example.org/")]
    #[case("FTP://example.org/x.zip")]
    #[case("http:x")]
    fn urls(#[case] template: &str) {
        assert_eq!(of(template).unwrap(), Address::Url(template.to_owned()));
    }

    /// `git` takes some of these for options or for commands to run.
    #[rstest]
    #[case("--upload-pack=touch x")]
    #[case("-oProxyCommand=x@host:path")]
    #[case("git@-oProxyCommand=x:y")]
    #[case("ext::sh -c touch x")]
    #[case("gh:-x/y")]
    #[case("gh:../y")]
    #[case("../owner/repo")]
    #[case("./x")]
    #[case("~/django/none")]
    #[case("file://django")]
    #[case("fd::1")]
    #[case("")]
    fn what_is_nothing(#[case] template: &str) {
        assert!(!hint(template).contains("did you mean"));
    }

    #[rstest]
    #[case("htps://me:SECRET@host/x.zip")]
    #[case("git+https://me:SECRET@host/x")]
    #[case("https//me:SECRET@host/x.zip")]
    #[case("me:SECRET@host/x.zip")]
    #[case("gh:SECRET@owner/repository")]
    #[case("SECRET@github.com/owner/repository")]
    #[case("s3://bucket/x.zip?signature=SECRET")]
    fn a_mistyped_address_shows_no_password(#[case] template: &str) {
        let error = of(template).unwrap_err().to_string();
        assert!(!error.contains("SECRET"), "{error}");
    }

    #[test]
    fn a_mistyped_name_gets_a_suggestion() {
        for (typed, meant) in [("djnago", "django"), ("Django", "django"), ("wsig", "wsgi")] {
            let hint = hint(typed);
            assert!(
                hint.starts_with(&format!("did you mean `{meant}`? ")),
                "{hint}"
            );
            assert!(
                hint.contains("the templates `django`, `flask`, `rust`, `wsgi`"),
                "{hint}"
            );
        }
        assert!(!hint("zzzz").contains("did you mean"));
    }
}

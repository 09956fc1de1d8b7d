//! Filters that write a text as the configuration files of servers have it: quoted where it must be,
//! so that a path with a space or a percent sign means that path there.

use tera::{Error, Kwargs, State, Tera, TeraResult};

/// A filter: what it is called, and what it does; the error says what is wrong with the text.
type Filter = (&'static str, fn(&str) -> Result<String, &'static str>);

/// All of them.
const FILTERS: [Filter; 7] = [
    ("python_string", python_string),
    ("shell_word", shell_word),
    ("systemd_word", systemd_word),
    ("systemd_path", systemd_path),
    ("nginx_word", nginx_word),
    ("apache_word", apache_word),
    ("uwsgi_value", uwsgi_value),
];

/// Gives the engine the filters.
pub(super) fn register(tera: &mut Tera) {
    for (name, quote) in FILTERS {
        tera.register_filter(
            name,
            move |text: &str, _: Kwargs, _: &State<'_>| -> TeraResult<String> {
                quote(text).map_err(|fault| Error::message(format!("`{name}`: {text:?} {fault}")))
            },
        );
    }
}

/// Fails where a text is more than one line: in most configuration files nothing is.
fn one_line(text: &str) -> Result<&str, &'static str> {
    if text.contains(['\n', '\r', '\0']) {
        return Err("has a line end in it, and cannot be written there");
    }
    Ok(text)
}

/// Whether a text means itself without quotes, wherever words are.
fn is_plain(text: &str) -> bool {
    let is_plain = |it: char| it.is_alphanumeric() || "/._-+@:,=".contains(it);
    !text.is_empty() && text.chars().all(is_plain)
}

/// The text in quotes, unless it is plain, with a backslash before each of these characters.
fn quoted(text: &str, escaped: &[char]) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for character in text.chars() {
        if escaped.contains(&character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// A literal of Python, which JSON's is too.
fn python_string(text: &str) -> Result<String, &'static str> {
    serde_json::to_string(text).map_err(|_| "is no text")
}

/// A word of a POSIX shell.
fn shell_word(text: &str) -> Result<String, &'static str> {
    Ok(quoted(one_line(text)?, &['\\', '"', '$', '`']))
}

/// A word of a command in a unit of systemd, which takes specifiers and variables out of it
/// (systemd.service(5), "Command lines").
fn systemd_word(text: &str) -> Result<String, &'static str> {
    let doubled = one_line(text)?.replace('%', "%%").replace('$', "$$");
    Ok(quoted(&doubled, &['\\', '"']))
}

/// A path that is all of a line in a unit of systemd: there are no quotes, but specifiers.
fn systemd_path(text: &str) -> Result<String, &'static str> {
    Ok(one_line(text)?.replace('%', "%%"))
}

/// A parameter of a directive of nginx, which knows no way to write a dollar sign.
fn nginx_word(text: &str) -> Result<String, &'static str> {
    if text.contains('$') {
        return Err("has a `$`, which nginx takes for a variable");
    }
    Ok(quoted(one_line(text)?, &['\\', '"']))
}

/// An argument of a directive of Apache.
fn apache_word(text: &str) -> Result<String, &'static str> {
    if text.contains("${") {
        return Err("has a `${`, which Apache takes for a variable");
    }
    Ok(quoted(one_line(text)?, &['\\', '"']))
}

/// The value of an option in a file for uWSGI: there are no quotes, but variables.
fn uwsgi_value(text: &str) -> Result<String, &'static str> {
    if ["$(", "@("].iter().any(|it| text.contains(it)) {
        return Err("has a `$(` or `@(`, which uWSGI takes for a variable");
    }
    if text.trim() != text {
        return Err("begins or ends with a space, which uWSGI leaves out");
    }
    Ok(one_line(text)?.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("python_string", "/srv/a \"b\"/é", r#""/srv/a \"b\"/é""#)]
    #[case("python_string", "a\nb\\", r#""a\nb\\""#)]
    #[case("shell_word", "/srv/site/.venv", "/srv/site/.venv")]
    #[case("shell_word", "a $b`c", r#""a \$b\`c""#)]
    #[case("shell_word", "", r#""""#)]
    #[case("systemd_word", "/srv/my-site@1", "/srv/my-site@1")]
    #[case("systemd_word", "/srv/50% $x", r#""/srv/50%% $$x""#)]
    #[case("systemd_word", r#"a "b" \c"#, r#""a \"b\" \\c""#)]
    #[case("systemd_path", "/srv/50% off", "/srv/50%% off")]
    #[case("nginx_word", "/srv/my site;", r#""/srv/my site;""#)]
    #[case("nginx_word", "/srv/été", "/srv/été")]
    #[case("apache_word", r#"/srv/a "b""#, r#""/srv/a \"b\"""#)]
    #[case("uwsgi_value", "/srv/50% off", "/srv/50%% off")]
    fn texts(#[case] filter: &str, #[case] text: &str, #[case] expected: &str) {
        let (_, quote) = FILTERS.iter().find(|(name, _)| *name == filter).unwrap();
        assert_eq!(quote(text).unwrap(), expected);
    }

    #[rstest]
    #[case("nginx_word", "/srv/$x")]
    #[case("apache_word", "/srv/${x}")]
    #[case("uwsgi_value", "/srv/$(x)")]
    #[case("uwsgi_value", " x")]
    #[case("systemd_path", "/srv/a\nUser=root")]
    #[case("systemd_word", "a\r")]
    fn what_cannot_be_written(#[case] filter: &str, #[case] text: &str) {
        let (_, quote) = FILTERS.iter().find(|(name, _)| *name == filter).unwrap();
        assert!(quote(text).is_err());
    }
}

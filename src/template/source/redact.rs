//! Addresses as they may be shown: without credentials.

use crate::template::shown::printable;

/// A URL without its user, password and query, which may hold tokens, for messages. A query is
/// shown as `?…`.
pub(super) fn redacted(url: &str) -> String {
    let url = printable(url);
    let (url, query) = match url.find(['?', '#']) {
        Some(at) => (
            url.get(..at).unwrap_or_default(),
            if url.get(at..).is_some_and(|rest| rest.starts_with('?')) {
                "?…"
            } else {
                ""
            },
        ),
        None => (&*url, ""),
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return format!("{}{query}", without_password(url));
    };
    // A backslash ends the host for browsers and for the `url` crate.
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |it| it.1);
    if is_no_host(host) {
        return format!("{scheme}://…");
    }
    format!("{scheme}://{host}{path}{query}")
}

/// A template's address as it may be kept in a project, which is published; a path as it is.
#[must_use]
pub fn without_credentials(template: &str) -> String {
    if template.contains(':') {
        typed(template)
    } else {
        template.to_owned()
    }
}

/// An address as a project keeps it, to get the template again: without passwords and queries. Who
/// logs in with SSH stays, as that is part of how the repository is reached.
pub(super) fn kept(template: &str) -> String {
    let Some((scheme, rest)) = template.split_once("://") else {
        return typed(template);
    };
    if !scheme.to_ascii_lowercase().ends_with("ssh") {
        let address = redacted(template);
        return address.trim_end_matches("?…").to_owned();
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |it| it.0);
            format!("{user}@{host}")
        }
        None => authority.to_owned(),
    };
    printable(&format!("{scheme}://{authority}/{path}"))
}

/// What the user typed for a template, whatever it is: without what would be credentials if it
/// were an address. A path that can be nothing else is as it is.
pub(super) fn typed(template: &str) -> String {
    if template.starts_with(['.', '/', '~']) || template.starts_with("file://") {
        return template.to_owned();
    }
    match template.rsplit_once('@') {
        _ if template.contains("://") => redacted(template),
        Some(("git", _)) | None => template.to_owned(),
        Some((_, rest)) => format!("…@{rest}"),
    }
}

/// Whether this is no host with or without a port: it may be a user and the beginning of a password
/// in which something was not encoded.
fn is_no_host(host: &str) -> bool {
    host.is_empty()
        || !host.ends_with(']')
            && host
                .rsplit_once(':')
                .is_some_and(|(_, port)| port.parse::<u16>().is_err())
}

/// `user@host:path` as it is; `user:password@host` and the like without what stands before the
/// `@`.
fn without_password(address: &str) -> &str {
    match address.rsplit_once('@') {
        Some((user, host)) if user.contains([':', '/']) => host,
        _ => address,
    }
}

/// Text of another program in which URLs may stand: each without its user and password.
pub(super) fn redacted_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after
            .find(|it: char| it.is_whitespace() || matches!(it, '/' | '\'' | '"' | '`'))
            .unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        rest = match authority.rfind('@') {
            Some(at) => after.get(at + 1..).unwrap_or_default(),
            None => after,
        };
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://example.org/x.zip", "https://example.org/x.zip")]
    #[case("https://user:secret@example.org/x.zip", "https://example.org/x.zip")]
    #[case("https://secret@example.org:8443/x", "https://example.org:8443/x")]
    #[case("https://user:se@cret@example.org/x", "https://example.org/x")]
    #[case("https://user:se/cret@example.org/x", "https://…")]
    #[case("https://user:se?cret@example.org/x", "https://…")]
    #[case("https://user:secret@example.org", "https://example.org")]
    #[case("https://example.org/a@1.zip", "https://example.org/a@1.zip")]
    #[case("https://example.org:80/a@1.zip", "https://example.org:80/a@1.zip")]
    #[case("https://[::1]/a@1.zip", "https://[::1]/a@1.zip")]
    #[case("https://example.org/x?token=secret", "https://example.org/x?…")]
    #[case("https://example.org/x#secret", "https://example.org/x")]
    #[case("https://user:secret@e.org/x?a=b@c", "https://e.org/x?…")]
    #[case("git@example.org:x/y.git", "git@example.org:x/y.git")]
    #[case("http:user:secret@example.org", "example.org")]
    #[case(
        "https://example.org/\u{1b}[2J\r\n",
        r"https://example.org/\u{1b}[2J\r\n"
    )]
    fn urls(#[case] url: &str, #[case] shown: &str) {
        assert_eq!(redacted(url), shown);
    }

    #[rstest]
    #[case("./a@b", "./a@b")]
    #[case("/a:b@c", "/a:b@c")]
    #[case("~/a@b", "~/a@b")]
    #[case("django", "django")]
    #[case("what?", "what?")]
    #[case("file:///a/b", "file:///a/b")]
    #[case("git@host:path", "git@host:path")]
    #[case("me:secret@host/x", "…@host/x")]
    #[case("secret@host/x", "…@host/x")]
    #[case("htps://me:secret@host/x?token=secret", "htps://host/x?…")]
    #[case("https://me:secret@host/x", "https://host/x")]
    fn what_was_typed(#[case] template: &str, #[case] shown: &str) {
        assert_eq!(typed(template), shown);
        let is_path = !template.contains(':');
        let kept = if is_path { template } else { shown };
        assert_eq!(without_credentials(template), kept);
    }

    #[rstest]
    #[case("https://me:secret@host/x.zip?token=secret", "https://host/x.zip")]
    #[case("ssh://git:secret@host/x.git", "ssh://git@host/x.git")]
    #[case("git+ssh://host/x", "git+ssh://host/x")]
    #[case("git@host:x/y", "git@host:x/y")]
    #[case("gh:owner/repo", "gh:owner/repo")]
    fn what_is_kept_can_be_used_again(#[case] template: &str, #[case] expected: &str) {
        assert_eq!(kept(template), expected);
    }

    #[rstest]
    #[case(
        "fatal: unable to access 'https://u:secret@host/x.git/': no",
        "fatal: unable to access 'https://host/x.git/': no"
    )]
    #[case("https://secret@a https://u:secret@b.", "https://a https://b.")]
    #[case("a@b ://", "a@b ://")]
    #[case("", "")]
    fn texts(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(redacted_text(text), shown);
    }

    proptest! {
        #[test]
        fn no_password_is_shown(
            user in "[a-z]{0,5}",
            password in "[@:%&=!*+]{0,3}SECRET[@:%&=!*+]{0,3}|[#?/:\\\\%&=!*+]{0,3}SECRET",
            host in "[a-z]{1,9}(:[0-9]{1,4})?", path in "(/[a-z@.]{0,9}){0,3}",
        ) {
            let url = format!("https://{user}:{password}@{host}{path}?token=SECRET");
            let shown = redacted(&url);
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
            let is_read_otherwise = password.contains(['?', '#', '/', '\\']);
            let start = format!("https://{host}");
            prop_assert!(is_read_otherwise || shown.starts_with(&start), "{}", shown);
        }

        #[test]
        fn nothing_that_is_shown_is_obeyed(text in "\\PC*|.*") {
            let shown = redacted(&text);
            prop_assert!(!shown.chars().any(char::is_control), "{:?}", shown);
        }

        #[test]
        fn no_text_shows_a_password(before in "[^:/@]{0,9}", password in "[^\\s/'\"`]{0,9}SECRET") {
            let shown = redacted_text(&format!("{before}https://u:{password}@host/ {before}"));
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
        }
    }
}

//! What a download is called, by Django's rules and then by what is in it.
//!
//! The name decides which kind of archive it is. It never becomes a path: of what a server says,
//! only the last part is taken.

use percent_encoding::percent_decode_str;

/// The endings by which archives are known, Django's.
const ARCHIVES: [&str; 13] = [
    ".tar",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tz2",
    ".tar.gz",
    ".tgz",
    ".taz",
    ".tar.lzma",
    ".tlz",
    ".tar.xz",
    ".txz",
    ".zip",
];

/// The endings for what a server says of the contents. Python's `mimetypes`, which Django asks,
/// knows the first of each line only, and calls a compressed archive `.gz` or `.xz`, which Django
/// then cannot read.
const TYPES: [(&str, &str); 12] = [
    ("application/zip", ".zip"),
    ("application/x-zip", ".zip"),
    ("application/x-zip-compressed", ".zip"),
    ("application/x-tar", ".tar"),
    ("application/x-gtar", ".tar"),
    ("application/gzip", ".tar.gz"),
    ("application/x-gzip", ".tar.gz"),
    ("application/x-compressed-tar", ".tar.gz"),
    ("application/x-tgz", ".tar.gz"),
    ("application/x-bzip2", ".tar.bz2"),
    ("application/x-xz", ".tar.xz"),
    ("application/x-lzma", ".tar.lzma"),
];

/// What a server said about the download, as it said it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Headers<'a> {
    pub(super) disposition: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
}

/// The last part of an address, without slashes at its end and without query.
pub(super) fn of_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let rest = url.split_once("://").map_or(url, |it| it.1);
    let path = rest.split_once('/').map_or("", |it| it.1);
    last_part(&percent_decode_str(path.trim_end_matches('/')).decode_utf8_lossy())
}

/// The name of the archive: what the server calls it, or else the address, with an ending by the
/// type where it has none, or by the first octets where it is none of an archive.
pub(super) fn of_archive(url: &str, headers: Headers<'_>, start: &[u8]) -> String {
    let mut name = headers
        .disposition
        .and_then(of_disposition)
        .unwrap_or_else(|| of_url(url));
    if name.is_empty() {
        "template".clone_into(&mut name);
    }
    if !has_ending(&name)
        && let Some(ending) = headers.content_type.and_then(of_type)
    {
        name.push_str(ending);
    }
    if !is_archive(&name)
        && let Some(ending) = of_contents(start)
    {
        name.push_str(ending);
    }
    name
}

/// Whether the name ends as one of an archive does.
fn is_archive(name: &str) -> bool {
    let name = name.to_lowercase();
    ARCHIVES.iter().any(|ending| name.ends_with(ending))
}

/// Whether a name has an ending: leading dots begin none.
fn has_ending(name: &str) -> bool {
    name.trim_start_matches('.').contains('.')
}

/// The ending for a media type.
fn of_type(content_type: &str) -> Option<&'static str> {
    let media_type = content_type.split(';').next()?.trim();
    let (_, ending) = TYPES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(media_type))?;
    Some(ending)
}

/// The ending for what the first octets show.
pub(super) fn of_contents(start: &[u8]) -> Option<&'static str> {
    match start {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(".zip"),
        [0x1f, 0x8b, 8, ..] => Some(".tar.gz"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(".tar.bz2"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(".tar.xz"),
        _ if start.get(257..262) == Some(b"ustar") => Some(".tar"),
        _ => None,
    }
}

/// The file name in a `Content-Disposition`. `filename*` stands before `filename` (RFC 6266).
fn of_disposition(value: &str) -> Option<String> {
    let (mut plain, mut extended) = (None, None);
    for (name, value) in parameters(value) {
        match &*name.to_ascii_lowercase() {
            "filename" if plain.is_none() => plain = Some(value),
            "filename*" if extended.is_none() => extended = decode_extended(&value),
            _ => {}
        }
    }
    extended
        .into_iter()
        .chain(plain)
        .map(|name| last_part(&name))
        .find(|name| !name.is_empty())
}

/// The last part of what may be a path of any system, without what is no text; nothing where that
/// is no name.
fn last_part(name: &str) -> String {
    let part = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let part: String = part.chars().filter(|it| !it.is_control()).collect();
    match part.trim() {
        "." | ".." => String::new(),
        part => part.to_owned(),
    }
}

/// The parameters after the first `;`, with quotes and escapes taken off.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = value.split_once(';').map_or("", |it| it.1);
    while !rest.is_empty() {
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(after) = after.strip_prefix('=') else {
            rest = after.strip_prefix(';').unwrap_or_default();
            continue;
        };
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)
        } else {
            let (value, after) = after.split_once(';').unwrap_or((after, ""));
            (value.trim().to_owned(), after)
        };
        parameters.push((name.trim().to_owned(), value));
        rest = after;
    }
    parameters
}

/// The text up to the closing quote, and what follows the next `;`.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            _ => value.push(character),
        }
    }
    let after = characters.as_str();
    (value, after.split_once(';').map_or("", |it| it.1))
}

/// `UTF-8'en'na%C3%AFve.zip`, RFC 8187; nothing where it is not as that has it.
fn decode_extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let octets = percent_decode_str(text);
    match &*charset.to_ascii_lowercase() {
        "utf-8" => octets.decode_utf8().ok().map(Into::into),
        "iso-8859-1" => Some(octets.map(char::from).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://example.org/a/x.zip", "x.zip")]
    #[case("https://example.org/a/x.tar.gz//", "x.tar.gz")]
    #[case("https://example.org/a/x.zip?b=/y.tar#z", "x.zip")]
    #[case("https://example.org/a/x%2Ezip", "x.zip")]
    #[case("https://example.org/a/..%2f..%2fx.zip", "x.zip")]
    #[case("https://example.org/", "")]
    #[case("https://example.zip", "")]
    #[case("https://example.org/..", "")]
    fn names_of_urls(#[case] url: &str, #[case] name: &str) {
        assert_eq!(of_url(url), name);
    }

    #[rstest]
    #[case("attachment", None)]
    #[case("attachment; filename=x.zip", Some("x.zip"))]
    #[case("attachment; filename=\"x y.zip\"", Some("x y.zip"))]
    #[case("attachment; FileName = \"a;b\\\"c.zip\" ; size=3", Some("a;b\"c.zip"))]
    #[case("attachment; filename=", None)]
    #[case("attachment; filename=\"x.zip", Some("x.zip"))]
    #[case(
        "attachment; filename=a.zip; filename*=UTF-8''na%C3%AFve.zip",
        Some("naïve.zip")
    )]
    #[case("attachment; filename*=UTF-8''%ff.zip; filename=b.zip", Some("b.zip"))]
    #[case("attachment; filename*=iso-8859-1'en'%A3.zip", Some("£.zip"))]
    #[case("attachment; filename*=evil''x.zip", None)]
    #[case("attachment; filename=../../x.zip", Some("x.zip"))]
    #[case("attachment; filename=/etc/cron.d/x.zip", Some("x.zip"))]
    #[case("attachment; filename=\"C:\\\\dir\\\\x.zip\"", Some("x.zip"))]
    #[case("attachment; filename*=UTF-8''%2e%2e%2fx%00.zip", Some("x.zip"))]
    #[case("attachment; filename=..", None)]
    #[case("inline; a; ;b=1;filename=x.tgz", Some("x.tgz"))]
    #[case("", None)]
    fn names_of_dispositions(#[case] value: &str, #[case] name: Option<&str>) {
        assert_eq!(of_disposition(value).as_deref(), name);
    }

    #[rstest]
    #[case("application/zip", "x.zip")]
    #[case("Application/ZIP; charset=x", "x.zip")]
    #[case("application/gzip", "x.tar.gz")]
    #[case("application/x-tar", "x.tar")]
    #[case("application/octet-stream", "x")]
    #[case("text/html", "x")]
    fn endings_by_type(#[case] content_type: &str, #[case] name: &str) {
        let headers = Headers {
            content_type: Some(content_type),
            ..Headers::default()
        };
        assert_eq!(of_archive("http://h/x", headers, b""), name);
        let other = of_archive("http://h/x.tar.xz", headers, b"");
        assert_eq!(other, "x.tar.xz", "a name with an ending keeps it");
    }

    #[rstest]
    #[case(b"PK\x03\x04..", "v1.2.zip")]
    #[case(b"PK\x05\x06..", "v1.2.zip")]
    #[case(b"\x1f\x8b\x08..", "v1.2.tar.gz")]
    #[case(b"BZh9..", "v1.2.tar.bz2")]
    #[case(b"\xfd7zXZ\0..", "v1.2.tar.xz")]
    #[case(b"<html>", "v1.2")]
    #[case(b"", "v1.2")]
    fn endings_by_contents(#[case] start: &[u8], #[case] name: &str) {
        assert_eq!(of_archive("http://h/v1.2", Headers::default(), start), name);
    }

    #[test]
    fn a_download_always_has_a_name() {
        assert_eq!(of_archive("http://h", Headers::default(), b""), "template");
        let mut tar = vec![0; 257];
        tar.extend(b"ustar\0");
        assert_eq!(
            of_archive("http://h", Headers::default(), &tar),
            "template.tar"
        );
    }

    proptest! {
        #[test]
        fn a_name_is_never_a_path(
            disposition in ".*|attachment; *filename\\*?=\"?.*", url in "http://[^/]*/.*",
            content_type in ".*", start: Vec<u8>,
        ) {
            let headers = Headers {
                disposition: Some(&disposition),
                content_type: Some(&content_type),
            };
            let name = of_archive(&url, headers, &start);
            prop_assert!(!name.is_empty() && name != "." && name != "..");
            prop_assert!(!name.contains(['/', '\\', '\0']));
        }
    }
}

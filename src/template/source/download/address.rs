//! Addresses of downloads: what is asked of which server with which credentials, and where a
//! redirect may lead.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;
use url::Url;

use super::error::Fault;

/// Something that can be requested.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// Where it is, without credentials.
    pub(super) url: Url,
    /// The value of `Authorization`.
    pub(super) authorization: Option<String>,
}

impl Target {
    /// Takes an address apart.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::of(
            Url::parse(text).map_err(Fault::Address)?,
            |scheme| match scheme {
                "ftp" => Fault::Ftp,
                _ => Fault::Request,
            },
        )
    }

    /// Where a redirect leads. Credentials stay with the server that they are for. A redirect away
    /// from `https` is followed only where a checksum will tell whether what came is what was meant.
    pub(super) fn redirected(
        &self,
        location: &str,
        code: u16,
        has_checksum: bool,
    ) -> Result<Self, Fault> {
        let url = self
            .url
            .join(location)
            .map_err(|_| Fault::RedirectNowhere { code })?;
        let mut target = Self::of(url, |scheme| Fault::RedirectScheme {
            scheme: scheme.to_owned(),
        })?;
        if self.url.scheme() == "https" && target.url.scheme() == "http" && !has_checksum {
            return Err(Fault::Downgrade);
        }
        if target.authorization.is_none() && target.url.origin() == self.url.origin() {
            target.authorization.clone_from(&self.authorization);
        }
        Ok(target)
    }

    fn of(mut url: Url, refusal: impl Fn(&str) -> Fault) -> Result<Self, Fault> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refusal(url.scheme()));
        }
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        let authorization = has_credentials.then(|| {
            let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
            credentials.push(b':');
            credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
            format!("Basic {}", BASE64_STANDARD.encode(credentials))
        });
        url.set_fragment(None);
        let removed = url.set_username("").and_then(|()| url.set_password(None));
        match removed {
            Ok(()) => Ok(Self { url, authorization }),
            Err(()) => Err(Fault::Request),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn target(url: &str) -> Target {
        Target::parse(url).unwrap()
    }

    #[rstest]
    #[case("http://h/x", "http://h/x", None)]
    #[case("HTTP:h/x y#z", "http://h/x%20y", None)]
    #[case(
        "https://aladdin:open%20sesame@h/",
        "https://h/",
        Some("aladdin:open sesame")
    )]
    #[case("https://token@h/", "https://h/", Some("token:"))]
    #[case("https://:p@h/", "https://h/", Some(":p"))]
    fn credentials_become_a_header(
        #[case] text: &str,
        #[case] url: &str,
        #[case] credentials: Option<&str>,
    ) {
        let target = target(text);
        assert_eq!(target.url.as_str(), url);
        let expected = credentials.map(|it| format!("Basic {}", BASE64_STANDARD.encode(it)));
        assert_eq!(target.authorization, expected);
    }

    #[test]
    fn what_cannot_be_requested() {
        assert!(matches!(Target::parse("ftp://h/x"), Err(Fault::Ftp)));
        assert!(matches!(Target::parse("http://"), Err(Fault::Address(_))));
        assert!(matches!(
            Target::parse("http://u:p/w@h/"),
            Err(Fault::Address(_))
        ));
        assert!(matches!(
            Target::parse("file:///etc/passwd"),
            Err(Fault::Request)
        ));
    }

    #[rstest]
    #[case("http://h/a/b", "../c", "http://h/c")]
    #[case("http://h/a", "//i/c", "http://i/c")]
    #[case("http://h/a", "https://h/c", "https://h/c")]
    fn redirects(#[case] from: &str, #[case] location: &str, #[case] to: &str) {
        let to = target(to);
        assert_eq!(target(from).redirected(location, 302, false).unwrap(), to);
    }

    #[rstest]
    #[case("/c", true)]
    #[case("https://h:443/c", true)]
    #[case("https://h:444/c", false)]
    #[case("https://sub.h/c", false)]
    #[case("http://h/c", false)]
    fn credentials_stay_with_their_server(#[case] location: &str, #[case] kept: bool) {
        let to = target("https://u:p@h/a")
            .redirected(location, 302, true)
            .unwrap();
        assert_eq!(to.authorization.is_some(), kept);
    }

    #[test]
    fn redirects_that_are_not_followed() {
        let from = target("https://h/a");
        let to = |location| {
            from.redirected(location, 302, false)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            to("file:///etc/passwd"),
            "the server redirects to a `file:` address"
        );
        assert_eq!(to("ftp://h/x"), "the server redirects to a `ftp:` address");
        assert_eq!(to("data:,x"), "the server redirects to a `data:` address");
        assert_eq!(
            to("http://h/x"),
            "the server redirects from `https:` to `http:`"
        );
        assert_eq!(
            to("http://"),
            "the server redirects to nowhere (HTTP status 302)"
        );
    }
}

//! What a page's Content-Security-Policy says of our script (W3C Content Security Policy Level 3).
//! Pure.

/// How a page may have our script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// As any script of its own origin.
    Plain,
    /// With this nonce.
    Nonce(String),
    /// Not at all.
    Refused,
}

/// Says whether a page with these policies, one for each header line, may load a script from its
/// own host and hear from it. A policy that names the host instead of `'self'` is taken for one
/// that does not allow it.
pub(super) fn permission<'p>(policies: impl IntoIterator<Item = &'p [u8]>) -> Permission {
    let mut nonce: Option<&str> = None;
    for line in policies {
        let Ok(line) = str::from_utf8(line) else {
            return Permission::Refused;
        };
        for policy in line.split(',') {
            if !allows_more(policy) {
                return Permission::Refused;
            }
            match script(policy) {
                Script::Allowed => {}
                Script::WithNonce(own) if nonce.is_none_or(|other| other == own) => {
                    nonce = Some(own);
                }
                Script::WithNonce(_) | Script::Refused => return Permission::Refused,
            }
        }
    }
    nonce.map_or(Permission::Plain, |nonce| {
        Permission::Nonce(nonce.to_owned())
    })
}

/// What one policy says of our script.
enum Script<'p> {
    Allowed,
    WithNonce(&'p str),
    Refused,
}

fn script(policy: &str) -> Script<'_> {
    let sources = ["script-src-elem", "script-src", "default-src"]
        .into_iter()
        .find_map(|name| directive(policy, name));
    let Some(sources) = sources else {
        return Script::Allowed;
    };
    let is_strict = sources
        .split_ascii_whitespace()
        .any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"));
    // Then only what the page vouches for counts.
    if !is_strict && names_self(sources) {
        return Script::Allowed;
    }
    let nonce = sources.split_ascii_whitespace().find_map(|source| {
        let nonce = source.strip_prefix("'nonce-")?.strip_suffix('\'')?;
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"+/=-_".contains(&octet);
        (!nonce.is_empty() && nonce.bytes().all(is_plain)).then_some(nonce)
    });
    nonce.map_or(Script::Refused, Script::WithNonce)
}

/// Whether one policy lets scripts run in this page at all, and ask its own host.
fn allows_more(policy: &str) -> bool {
    let is_open = directive(policy, "sandbox").is_none_or(|allowed| {
        let allows = |flag: &str| {
            allowed
                .split_ascii_whitespace()
                .any(|other| other.eq_ignore_ascii_case(flag))
        };
        allows("allow-scripts") && allows("allow-same-origin")
    });
    let asks = ["connect-src", "default-src"]
        .into_iter()
        .find_map(|name| directive(policy, name));
    is_open && asks.is_none_or(names_self)
}

/// The value of a directive, of which the first counts.
fn directive<'p>(policy: &'p str, name: &str) -> Option<&'p str> {
    policy.split(';').find_map(|directive| {
        let directive = directive.trim_ascii();
        let end = directive
            .find(|character: char| character.is_ascii_whitespace())
            .unwrap_or(directive.len());
        let (own, value) = directive.split_at(end);
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Whether the page's own host is one of these sources.
fn names_self(sources: &str) -> bool {
    sources.split_ascii_whitespace().any(|source| {
        ["'self'", "*", "http:"]
            .iter()
            .any(|own| source.eq_ignore_ascii_case(own))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn ask(policies: &[&str]) -> Permission {
        let policies = policies.iter().map(|policy| policy.as_bytes());
        permission(policies)
    }

    #[rstest]
    #[case(&[])]
    #[case(&[""])]
    #[case(&["img-src 'none'; style-src 'none'"])]
    #[case(&["default-src 'self'"])]
    #[case(&["default-src 'none'; script-src 'self'; connect-src 'self'"])]
    #[case(&["Default-Src 'none';SCRIPT-SRC 'SELF' ;\tconnect-src\t*"])]
    #[case(&["default-src http:"])]
    #[case(&["script-src 'none'; script-src-elem 'self'"])]
    #[case(&["sandbox allow-scripts allow-same-origin"])]
    fn pages_that_may_have_it(#[case] policies: &[&str]) {
        assert_eq!(ask(policies), Permission::Plain);
    }

    #[rstest]
    #[case(&["default-src 'none'"])]
    #[case(&["script-src"])]
    #[case(&["script-src 'none'"])]
    #[case(&["script-src https://cdn.example 'unsafe-inline'"])]
    #[case(&["script-src 'self' 'strict-dynamic'"])]
    #[case(&["script-src 'self'; connect-src 'none'"])]
    #[case(&["script-src 'self'", "default-src 'none'"])]
    #[case(&["script-src 'self', default-src 'none'"])]
    #[case(&["script-src 'none'; script-src 'self'"])]
    #[case(&["script-src 'nonce-a'", "script-src 'nonce-b'"])]
    #[case(&["script-src 'nonce-\"><b>'"])]
    #[case(&["script-src 'nonce-'"])]
    #[case(&["sandbox"])]
    #[case(&["sandbox allow-scripts"])]
    #[case(&["script-src http://localhost:8001"])]
    fn pages_that_must_not(#[case] policies: &[&str]) {
        assert_eq!(ask(policies), Permission::Refused);
    }

    #[rstest]
    #[case(&["script-src 'nonce-aB1+/=' 'strict-dynamic'"])]
    #[case(&["default-src 'self'", "script-src 'nonce-aB1+/='"])]
    #[case(&["script-src 'nonce-aB1+/='", "script-src 'nonce-aB1+/='; img-src x"])]
    fn pages_that_may_have_it_with_their_nonce(#[case] policies: &[&str]) {
        assert_eq!(ask(policies), Permission::Nonce("aB1+/=".into()));
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(policy in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = permission([policy.as_slice()]);
        }
    }
}

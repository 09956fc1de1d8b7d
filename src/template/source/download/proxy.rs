//! Which proxy a request goes through, by the variables and rules of Python's `urllib`.
//!
//! Every proxy is asked to connect, also to what is not encrypted, where `urllib` would ask it for
//! the whole address: the client library cannot.

use url::Url;

/// The proxy for an address, as the environment has it. `variable` looks a variable up.
pub(super) fn of(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let either = |name: &str| {
        let named = |name: &str| variable(name).filter(|value| !value.is_empty());
        named(name).or_else(|| named(&name.to_uppercase()))
    };
    let is_bypassed = either("no_proxy").is_some_and(|list| is_in(&list, url));
    if is_bypassed {
        return None;
    }
    let name = format!("{}_proxy", url.scheme());
    // In a CGI program `HTTP_PROXY` is a header of the client's.
    let named = if name == "http_proxy" && variable("REQUEST_METHOD").is_some() {
        variable(&name).filter(|value| !value.is_empty())
    } else {
        either(&name)
    };
    // `urllib` does not know this one, but curl and git do.
    named.or_else(|| either("all_proxy"))
}

/// Whether the list names the address's host, with or without its port, or a domain above it.
fn is_in(list: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let with_port = match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    list.split(',').map(str::trim).any(|entry| {
        let entry = entry.trim_start_matches('.').to_ascii_lowercase();
        let is_above = |name: &str| {
            name.strip_suffix(&*entry)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        entry == "*" || !entry.is_empty() && (is_above(host) || is_above(&with_port))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn of(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        super::of(&Url::parse(url).unwrap(), |name| {
            variables
                .iter()
                .find(|it| it.0 == name)
                .map(|it| it.1.to_owned())
        })
    }

    #[rstest]
    #[case("http://h/", &[("http_proxy", "a"), ("HTTP_PROXY", "b"), ("https_proxy", "c")], Some("a"))]
    #[case("https://h/", &[("http_proxy", "a"), ("HTTPS_PROXY", "c")], Some("c"))]
    #[case("https://h/", &[("http_proxy", "a")], None)]
    #[case("https://h/", &[("https_proxy", ""), ("all_proxy", "d")], Some("d"))]
    #[case("http://h/", &[("HTTP_PROXY", "b"), ("REQUEST_METHOD", "GET")], None)]
    #[case("http://h/", &[("http_proxy", "a"), ("REQUEST_METHOD", "GET")], Some("a"))]
    fn proxies(#[case] url: &str, #[case] variables: &[(&str, &str)], #[case] proxy: Option<&str>) {
        assert_eq!(of(url, variables).as_deref(), proxy);
    }

    #[rstest]
    #[case("http://example.org/", "*", true)]
    #[case("http://example.org/", "x, example.org", true)]
    #[case("http://EXAMPLE.org/", ".Example.ORG", true)]
    #[case("http://a.example.org/", "example.org", true)]
    #[case("http://anexample.org/", "example.org", false)]
    #[case("http://example.org:81/", "example.org:81", true)]
    #[case("http://example.org/", "example.org:80", true)]
    #[case("http://example.org/", "example.org:81", false)]
    #[case("http://127.0.0.1:81/", "127.0.0.1", true)]
    #[case("http://example.org/", " , ", false)]
    fn hosts_without_proxy(#[case] url: &str, #[case] list: &str, #[case] bypassed: bool) {
        let proxy = of(url, &[("http_proxy", "a"), ("NO_PROXY", list)]);
        assert_eq!(proxy.is_none(), bypassed);
    }
}

//! Somebody with cookies who fills in forms.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::support::{Response, client::exchange};

/// A visitor of one site.
#[derive(Debug)]
pub(super) struct Visitor {
    /// `http://HOST:PORT`
    origin: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// Somebody who was never there. `url` is any of the site's.
    pub(super) fn new(url: &str) -> Self {
        let host = url.strip_prefix("http://").unwrap();
        let host = host.split('/').next().unwrap();
        Self {
            origin: format!("http://{host}"),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page.
    #[track_caller]
    pub(super) fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, "", b"")
    }

    /// Sends a form with the token against forgery that the site gave, as its page would.
    #[track_caller]
    pub(super) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Response {
        let token = self.cookies.get("csrftoken").cloned().unwrap_or_default();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrfmiddlewaretoken", &token);
        body.extend_pairs(form);
        self.submit(path, &body.finish())
    }

    /// Sends an encoded form as it is.
    #[track_caller]
    pub(super) fn submit(&mut self, path: &str, body: &str) -> Response {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send("POST", path, kind, body.as_bytes())
    }

    /// Sends a request with further fields, each with its line end.
    #[track_caller]
    pub(super) fn send(&mut self, method: &str, path: &str, fields: &str, body: &[u8]) -> Response {
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut fields = format!(
            "Cookie: {}\r\nReferer: {}/\r\n{fields}",
            cookies.join("; "),
            self.origin
        );
        if method == "POST" {
            write!(fields, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        let response = exchange(method, &format!("{}{path}", self.origin), &fields, body);
        for cookie in response.header_all("Set-Cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

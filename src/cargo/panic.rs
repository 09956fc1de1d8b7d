//! How an application panicked. Pure.

use std::path::Path;

use super::{Package, backtrace};

/// How the standard library begins.
const AT: &str = "panicked at ";

/// A panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// What it said.
    pub message: String,
    /// File, line and column, from the package's directory on; empty where that is not known.
    pub place: String,
    /// The functions that led there, without those of every panic and of the program around the
    /// project; may be empty.
    pub backtrace: String,
}

impl Panic {
    /// Reads what the standard library wrote: `panicked at src/wsgi.rs:1:2:`, the message on the
    /// next line, and the backtrace.
    #[must_use]
    pub fn read(text: &str, package: &Package) -> Self {
        let (said, backtrace) = backtrace::split(text);
        let parts = said
            .strip_prefix(AT)
            .and_then(|said| said.split_once(":\n"))
            .filter(|(place, _)| !place.contains('\n'));
        let (place, message) = parts.unwrap_or(("", &said));
        let place = Path::new(place);
        let place = place.strip_prefix(&package.directory).unwrap_or(place);
        Self {
            message: message.to_owned(),
            place: place.display().to_string(),
            backtrace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_from_the_package_on() {
        let package = Package {
            name: String::new(),
            crate_name: String::new(),
            directory: "/w/site".into(),
            library: "/w/site/src/lib.rs".into(),
            workspace: "/w".into(),
            target: "/w/target".into(),
        };
        let read = |text: &str| {
            let Panic { message, place, .. } = Panic::read(text, &package);
            format!("{message} | {place}")
        };
        assert_eq!(
            read("panicked at /w/site/src/wsgi.rs:1:2:\noh: no\n   0: x"),
            "oh: no | src/wsgi.rs:1:2"
        );
        assert_eq!(read("panicked at /o/x.rs:1:2:\noh"), "oh | /o/x.rs:1:2");
        assert_eq!(read("oh"), "oh | ");
    }
}

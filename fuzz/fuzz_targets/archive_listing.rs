//! Octets that claim to be an archive: the listing ends, within its bounds, without a panic, and
//! has no path in it that leads elsewhere; and a complaint does nothing to a terminal.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use scaffold::template::archive_listing;

fuzz_target!(|octets: &[u8]| {
    for name in ["a.tar", "a.zip"] {
        match archive_listing(Path::new(name), octets) {
            Ok(paths) => {
                for path in paths {
                    assert!(path.components().count() > 0);
                    assert!(path.components().all(|it| matches!(it, Component::Normal(_))));
                }
            }
            Err(error) => {
                let text = error.to_string();
                assert!(!text.chars().any(char::is_control), "{text:?}");
            }
        }
    }
});

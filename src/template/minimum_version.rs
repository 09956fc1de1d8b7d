//! `minimum-version` of a manifest: how new this program has to be for the template.
//!
//! It is looked at before all else in the manifest: what a newer version understands, this one
//! takes for a mistake.

use semver::Version;
use serde::Deserialize;
use toml::Spanned;

/// The key, for a look at the text before it is parsed.
const KEY: &str = "minimum-version";

/// How many numbers a version has; in a manifest the last ones may be left out.
const NUMBERS: usize = 3;

/// The template needs a newer version of this program.
#[derive(Debug, thiserror::Error)]
#[error("the template needs scaffold {needed} or newer, and this is {here}")]
pub struct VersionError {
    needed: Version,
    here: Version,
}

impl VersionError {
    /// What the user can do next.
    pub(super) fn hint(&self) -> String {
        format!(
            "install scaffold {} or newer, or take an older version of the template",
            self.needed
        )
    }
}

/// Why a manifest is not read any further.
#[derive(Debug)]
pub(super) enum Fault {
    /// This program is too old.
    TooOld(VersionError),
    /// That is no version: what is wrong, and the octets of the manifest where it stands.
    NoVersion {
        offset: usize,
        width: usize,
        message: String,
    },
}

/// The one key of a manifest that is looked at here.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    minimum_version: Option<Spanned<String>>,
}

/// Fails where the manifest needs a newer version than `here`.
pub(super) fn check(manifest: &str, here: &str) -> Result<(), Fault> {
    if !manifest.contains(KEY) {
        return Ok(());
    }
    // What does not parse is an error of the whole manifest, and found there.
    let Ok(Manifest {
        minimum_version: Some(minimum),
    }) = toml::from_str(manifest)
    else {
        return Ok(());
    };
    let needed = version(minimum.get_ref()).map_err(|error| Fault::NoVersion {
        offset: minimum.span().start,
        width: minimum.span().len(),
        message: format!("this is no version, such as `0.2` or `1.0.3`: {error}"),
    })?;
    match version(here) {
        Ok(here) if here < needed => Err(Fault::TooOld(VersionError { needed, here })),
        _ => Ok(()),
    }
}

/// A version of which the last numbers may be left out.
fn version(text: &str) -> Result<Version, semver::Error> {
    let missing = NUMBERS.saturating_sub(text.split('.').count());
    Version::parse(&format!("{text}{}", ".0".repeat(missing)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0.2", "0.2.0", true)]
    #[case("0.2", "0.10.1", true)]
    #[case("0.2.1", "0.2.0", false)]
    #[case("1", "0.9.9", false)]
    #[case("1", "1.0.0", true)]
    #[case("1.0.0", "1.0.0-beta.1", false)]
    fn a_newer_version_is_enough(#[case] needed: &str, #[case] here: &str, #[case] is_new: bool) {
        let manifest = format!("unknown = 1\nminimum-version = '{needed}'\n");
        assert_eq!(check(&manifest, here).is_ok(), is_new);
    }

    #[test]
    fn what_is_no_version_has_its_place() {
        for text in ["", "new", "0.2.x", "1.2.3.4", ">=1"] {
            let manifest = format!("minimum-version = '{text}'\n");
            let fault = check(&manifest, "0.1.0").unwrap_err();
            let Fault::NoVersion { offset, .. } = fault else {
                panic!("{text} {fault:?}")
            };
            assert!(manifest[offset..].starts_with('\''), "{text} {offset}");
        }
    }

    #[test]
    fn other_manifests_are_left_to_others() {
        for manifest in [
            "",
            "minimum-version = 2",
            "minimum-version =",
            "# minimum-version",
        ] {
            assert!(check(manifest, "0.1.0").is_ok(), "{manifest}");
        }
    }
}

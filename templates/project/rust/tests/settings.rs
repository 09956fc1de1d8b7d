//! The settings, with what the environment may say.

use {{ library }}::settings::{Error, Settings};

/// The settings with these variables.
fn settings(variables: &[(&str, &str)]) -> Result<Settings, Error> {
    Settings::read(|name| {
        let mut variables = variables.iter();
        let (_, value) = variables.find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    })
}

fn error(variables: &[(&str, &str)]) -> String {
    settings(variables).unwrap_err().to_string()
}

#[test]
fn development_needs_no_variables() {
    let found = settings(&[("DEBUG", "1")]).unwrap();
    assert!(found.debug);
    assert!(found.address.ip().is_loopback());
    assert!(found.static_root.is_dir());
}

#[test]
fn production_needs_a_key_of_its_own() {
    let development = settings(&[("DEBUG", "1")]).unwrap().secret_key;
    for key in ["", development.expose()] {
        assert!(error(&[("DEBUG", "0"), ("SECRET_KEY", key)]).contains("SECRET_KEY"));
    }
    let found = settings(&[("DEBUG", "0"), ("SECRET_KEY", "long and random")]).unwrap();
    assert!(!found.debug);
    assert_eq!(found.secret_key.expose(), "long and random");
}

#[test]
fn a_key_is_not_shown() {
    let found = settings(&[("DEBUG", "1"), ("SECRET_KEY", "long and random")]).unwrap();
    assert!(!format!("{found:?}").contains("random"));
}

#[test]
fn what_cannot_be_understood_is_an_error() {
    assert!(error(&[("DEBUG", "perhaps")]).contains("DEBUG"));
    assert!(error(&[("DEBUG", "1"), ("ADDRESS", "here")]).contains("ADDRESS"));
}

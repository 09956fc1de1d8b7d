//! Placeholder: only checks that the name is an identifier.

use std::path::Path;

use super::Error;

/// Refuses a name that is no identifier.
pub fn validate_project_name(name: &str, _directory: &Path) -> Result<(), Error> {
    let mut characters = name.chars();
    let starts = characters
        .next()
        .is_some_and(|it| it == '_' || unicode_ident::is_xid_start(it));
    if starts && characters.all(unicode_ident::is_xid_continue) {
        Ok(())
    } else {
        Err(Error::NotAnIdentifier {
            name: name.to_owned(),
        })
    }
}

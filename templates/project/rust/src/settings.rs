//! Settings of {{ project_name }}.
//!
//! Without any variable in the environment they are for development. In production the environment
//! says more; README.md lists it.

use std::{env, fmt, net::SocketAddr, path::PathBuf, sync::LazyLock};

/// What `scaffold runserver` calls: the function of this path.
pub const WSGI_APPLICATION: &str = "{{ library }}::wsgi::application";

/// The secret key for development, which is in version control.
const DEVELOPMENT_KEY: &str = "{{ secret_key | replace(from='django-', to='') }}";

/// The settings, with what the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the server of main.rs listens.
    pub address: SocketAddr,
    /// Whether this is a machine for development. Release builds say no by themselves, so that it
    /// is never on because a variable was forgotten.
    pub debug: bool,
    /// For whatever must not be forged, such as signed cookies.
    pub secret_key: SecretKey,
    /// The directory with CSS, JavaScript and images.
    pub static_root: PathBuf,
}

impl Settings {
    /// The settings of this process, read once.
    ///
    /// # Panics
    ///
    /// Where [`Settings::load`] has an error.
    #[must_use]
    pub fn get() -> &'static Self {
        match Self::load() {
            Ok(settings) => settings,
            Err(error) => panic!("{error}"),
        }
    }

    /// The settings of this process, read once.
    ///
    /// # Errors
    ///
    /// Where the environment does not say what they need.
    pub fn load() -> Result<&'static Self, &'static Error> {
        static SETTINGS: LazyLock<Result<Settings, Error>> =
            LazyLock::new(|| Settings::read(|name| env::var(name).ok()));
        SETTINGS.as_ref()
    }

    /// Reads the settings from variables.
    ///
    /// # Errors
    ///
    /// Where a variable cannot be understood, or one is missing that production needs.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let debug = match variable("DEBUG").map(|value| value.trim().to_lowercase()) {
            None => cfg!(debug_assertions),
            Some(value) => match value.as_str() {
                "1" | "true" | "yes" | "on" => true,
                "0" | "false" | "no" | "off" => false,
                _ => return Err(Error("DEBUG in the environment must be 1 or 0")),
            },
        };
        let address = variable("ADDRESS").unwrap_or_else(|| "127.0.0.1:8000".to_owned());
        let Ok(address) = address.parse() else {
            return Err(Error(
                "ADDRESS in the environment must be like 127.0.0.1:8000",
            ));
        };
        let secret_key = match variable("SECRET_KEY") {
            Some(key) if debug || key != DEVELOPMENT_KEY => key,
            None if debug => DEVELOPMENT_KEY.to_owned(),
            _ => {
                return Err(Error(
                    "set SECRET_KEY in the environment to a long random text that is nowhere \
                     else, or DEBUG to 1 on a machine for development",
                ));
            }
        };
        let static_root = variable("STATIC_ROOT").map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/static")),
            PathBuf::from,
        );
        Ok(Self {
            address,
            debug,
            secret_key: SecretKey(secret_key),
            static_root,
        })
    }
}

/// A text that does not come into the log with whatever holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(…)")
    }
}

/// What is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(&'static str);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Error {}

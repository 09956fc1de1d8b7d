//! Why a project cannot be deployed, before there is anything to write.

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeployError {
    /// There is no template for such a server.
    #[error("there is no target `{0}`")]
    UnknownTarget(String, String),
    /// The name of a directory cannot be that.
    #[error("`{0}` cannot be the name of a target")]
    BadTarget(String),
    /// The project is none of Python.
    #[error(
        "this is a project in Rust, and the targets are servers for WSGI applications in Python"
    )]
    Rust,
    /// The application cannot be loaded, so nothing is known that a server has to know.
    #[error("the project cannot be loaded: {what}{}", in_parentheses(place))]
    NotLoaded {
        /// Why not.
        what: String,
        /// Where; may be empty.
        place: String,
        /// What to do.
        hint: String,
    },
    /// No module has the application, so that no other server can import it.
    #[error("the application `{0}` is in no module, and another server could not import it")]
    NoModule(String),
}

fn in_parentheses(place: &str) -> String {
    match place {
        "" => String::new(),
        place => format!(" ({place})"),
    }
}

impl DeployError {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::UnknownTarget(_, hint) | Self::NotLoaded { hint, .. } => hint.clone(),
            Self::BadTarget(_) => "`scaffold deploy --list` shows all".to_owned(),
            Self::Rust => "`cargo build --release` makes the program that serves it; a unit of \
                           systemd that starts it, and a proxy in front, are all it needs"
                .to_owned(),
            Self::NoModule(_) => {
                "assign it to a name in a module, as in `application = …`".to_owned()
            }
        }
    }
}

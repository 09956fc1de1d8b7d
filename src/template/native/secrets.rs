//! What of an engine's variables nobody else may know.

use super::Engine;
use crate::template::secrets::Secrets;

impl Engine {
    /// Notes that the value of a variable is secret.
    pub(in crate::template) fn hide(&self, name: &str) {
        if let Some(value) = self.value(name) {
            let rendered = self.render_short(&format!("{{{{ {name} }}}}"));
            let rendered = rendered.unwrap_or_default();
            let mut secrets = self.incidentals.secrets();
            secrets.add_value(name, value, rendered);
        }
    }

    /// The secrets that are known so far.
    pub(in crate::template) fn secrets(&self) -> Secrets {
        self.incidentals.secrets().clone()
    }
}

//! What Django's own checks say of the project, and its look at unapplied migrations.

use anstream::adapter::strip_str;
use serde::Serialize;

use super::problem::Problem;
use crate::wire::message;

/// The first line that Django's command prints; here it says nothing new.
const BEGINNING: &str = "Performing system checks...";

/// What the checks came to.
#[derive(Debug, Serialize)]
pub(super) struct SystemChecks {
    /// Whether Django's own server would serve the project.
    pub(super) passed: bool,
    /// What Django prints.
    pub(super) text: String,
}

impl SystemChecks {
    /// What a worker says in `CHECKED`, and the problem that it is, if it is one.
    pub(super) fn of(found: &message::Report) -> (Self, Option<Problem>) {
        let printed = found
            .pairs()
            .filter(|(name, _)| matches!(*name, "stdout" | "stderr" | "terminal"))
            .map(|(_, text)| text);
        let text = strip_str(&printed.collect::<String>()).to_string();
        let text = text.trim().trim_start_matches(BEGINNING).trim().to_owned();
        let traceback = found.get("traceback");
        let problem = match found.get("message") {
            "" => None,
            message => Some(Problem {
                kind: "checks".to_owned(),
                what: message.to_owned(),
                place: "Django's system checks".to_owned(),
                hint: if traceback.is_empty() {
                    "mend what is named above; `scaffold runserver --skip-checks` serves it \
                     nevertheless"
                        .to_owned()
                } else {
                    String::new()
                },
                traceback: traceback.to_owned(),
            }),
        };
        let passed = problem.is_none();
        (Self { passed, text }, problem)
    }

    /// The line that counts what was found, where there is one.
    pub(super) fn count(&self) -> Option<&str> {
        let mut lines = self.text.lines();
        lines.find(|line| line.starts_with("System check identified") && line.ends_with('.'))
    }

    /// Everything beside the count.
    pub(super) fn details(&self) -> String {
        let count = self.count().unwrap_or_default();
        self.text.replacen(count, "", 1).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(text: &str) -> SystemChecks {
        SystemChecks {
            passed: true,
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_count_is_told_apart_from_what_was_found() {
        let quiet = checks("System check identified no issues (0 silenced).");
        let count = "System check identified no issues (0 silenced).";
        assert_eq!((quiet.count(), &*quiet.details()), (Some(count), ""));
        let warned = checks(
            "System check identified some issues:\n\nWARNINGS:\n?: (x.W1) No.\n\n\
             System check identified 1 issue (0 silenced).",
        );
        let count = "System check identified 1 issue (0 silenced).";
        assert_eq!(warned.count(), Some(count));
        let found = "System check identified some issues:\n\nWARNINGS:\n?: (x.W1) No.";
        assert_eq!(warned.details(), found);
        assert_eq!(checks("").count(), None);
    }
}

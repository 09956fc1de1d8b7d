//! What was found out: filled as the check goes on, and JSON for programs.
//!
//! The keys of the JSON are part of the program's interface; `docs/check.md` lists them.

use serde::Serialize;

use super::{problem::Problem, system_checks::SystemChecks};
use crate::{
    command::words::json,
    project::{Interpreter, Marker, Origin, Root},
    wire::message,
};

/// Everything that was found out. What it did not come to is `None`.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) project: Option<Project>,
    pub(super) interpreter: Option<Program>,
    pub(super) settings: Option<Named>,
    pub(super) application: Option<Named>,
    pub(super) framework: Option<Framework>,
    pub(super) django: Option<Django>,
    pub(super) response: Option<Response>,
    pub(super) checks: Option<SystemChecks>,
    pub(super) warnings: Vec<Warning>,
    pub(super) problems: Vec<Problem>,
    /// The worker has loaded the application, and tried it.
    is_tried: bool,
}

/// The project's root, and what shows that it is one.
#[derive(Debug, Serialize)]
pub(super) struct Project {
    pub(super) root: String,
    pub(super) rule: &'static str,
}

/// The interpreter. What only it knows of itself is empty until it has said so.
#[derive(Debug, Serialize)]
pub(super) struct Program {
    pub(super) path: String,
    pub(super) implementation: String,
    pub(super) version: String,
    pub(super) rule: &'static str,
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// What was found by one of several rules.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) rule: String,
}

/// A framework; the version is empty where it is not known.
#[derive(Debug, Serialize)]
pub(super) struct Framework {
    pub(super) name: String,
    pub(super) version: String,
}

/// What Django's settings say of serving.
#[derive(Debug, Serialize)]
pub(super) struct Django {
    pub(super) debug: bool,
    pub(super) allowed_hosts: Vec<String>,
}

/// The answer to `GET /`.
#[derive(Debug, Serialize)]
pub(super) struct Response {
    pub(super) status: String,
    /// In octets.
    pub(super) size: u64,
    /// How the body ended.
    pub(super) end: End,
}

/// How the body of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum End {
    /// All of it has come.
    Whole,
    /// There was more than was read.
    Cut,
    /// Something went wrong.
    Broken,
}

/// What PEP 3333 advises against, or would be otherwise under the framework's own server.
#[derive(Debug, Default, Serialize)]
pub(super) struct Warning {
    pub(super) what: String,
    /// May be empty.
    #[serde(rename = "where")]
    pub(super) place: String,
    /// May be empty.
    pub(super) hint: String,
}

/// What goes out as JSON.
#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    ok: bool,
    project: &'a Option<Project>,
    interpreter: &'a Option<Program>,
    settings: &'a Option<Named>,
    application: &'a Option<Named>,
    framework: &'a Option<Framework>,
    django: &'a Option<Django>,
    valid: Option<bool>,
    response: &'a Option<Response>,
    checks: &'a Option<SystemChecks>,
    warnings: &'a [Warning],
    problems: &'a [Problem],
}

impl Report {
    /// Whether nothing is wrong.
    pub(super) fn is_ok(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether the application has kept to PEP 3333; `None` where it was not tried, or the request
    /// did not come to its end.
    pub(super) fn is_valid(&self) -> Option<bool> {
        let has = |kind: &str| self.problems.iter().any(|it| it.kind == kind);
        if has("violation") {
            return Some(false);
        }
        let response = self.response.as_ref().filter(|_| self.is_tried);
        response.filter(|it| it.end != End::Broken).map(|_| true)
    }

    /// Whether somebody does not pass `close()` on, which the validator does not see.
    pub(super) fn drops_close(&self) -> bool {
        self.problems.iter().any(|it| it.kind == "close")
    }

    pub(super) fn note_root(&mut self, root: &Root) {
        self.project = Some(Project {
            root: root.directory.to_string_lossy().into_owned(),
            rule: match root.marker {
                Some(Marker::ManagePy) => "manage.py",
                Some(Marker::Configuration) => "pyproject.toml",
                Some(Marker::Settings) => "settings",
                Some(Marker::Cargo) => "Cargo.toml",
                None => "directory",
            },
        });
    }

    pub(super) fn note_interpreter(&mut self, interpreter: &Interpreter) {
        let Interpreter { path, origin } = interpreter;
        self.interpreter = Some(Program {
            path: path.to_string_lossy().into_owned(),
            implementation: String::new(),
            version: String::new(),
            rule: match origin {
                Origin::Argument => "--python",
                Origin::Site => "scaffold.sites.toml",
                Origin::Configuration => "pyproject.toml",
                Origin::VirtualEnv(_) => "VIRTUAL_ENV",
                Origin::ProjectEnv(_) => "venv",
                Origin::Conda(_) => "CONDA_PREFIX",
                Origin::Path => "PATH",
            },
            origin: origin.clone(),
        });
    }

    /// Takes over what a worker says in `READY`.
    pub(super) fn note_ready(&mut self, found: &message::Report) {
        self.is_tried = true;
        self.note_choice(found);
        if let Some((name, version)) = halves(found.get("framework")) {
            self.framework = Some(Framework { name, version });
        }
        self.django = match found.get("debug") {
            "" => None,
            debug => Some(Django {
                debug: debug == "True",
                allowed_hosts: found.all("allowed_host").map(str::to_owned).collect(),
            }),
        };
        self.response = match found.get("response_status") {
            "" => None,
            status => Some(Response {
                status: status.to_owned(),
                size: found.get("response_size").parse().unwrap_or_default(),
                end: match found.get("response_end") {
                    "whole" => End::Whole,
                    "cut" => End::Cut,
                    _ => End::Broken,
                },
            }),
        };
        self.note_findings(found);
    }

    /// Takes over what a worker says in `FAILED`.
    pub(super) fn note_failed(&mut self, found: &message::Report) {
        self.note_choice(found);
        let text = |name| found.get(name).to_owned();
        self.problems.push(Problem {
            kind: text("kind"),
            what: text("message"),
            place: match found.get("where") {
                "" => text("executable"),
                place => place.to_owned(),
            },
            hint: text("hint"),
            traceback: text("traceback"),
        });
        self.complete_hints();
    }

    /// Takes over what a worker says in `CHECKED`.
    pub(super) fn note_checked(&mut self, found: &message::Report) {
        let (checks, problem) = SystemChecks::of(found);
        self.checks = Some(checks);
        self.problems.extend(problem);
        self.complete_hints();
    }

    /// What both say: the interpreter, settings and application.
    fn note_choice(&mut self, found: &message::Report) {
        if let (Some(program), Some((implementation, version))) =
            (&mut self.interpreter, halves(found.get("python")))
        {
            program.implementation = implementation;
            program.version = version;
            // The program that was started may be a shim.
            if !found.get("executable").is_empty() {
                found.get("executable").clone_into(&mut program.path);
            }
        }
        let named = |name, rule| match found.get(name) {
            "" => None,
            value => Some(Named {
                name: value.to_owned(),
                rule: found.get(rule).to_owned(),
            }),
        };
        self.settings = named("settings", "settings_rule");
        self.application = named("application", "application_rule");
    }

    /// Warnings and problems: each begins with what it is, and its other values follow.
    fn note_findings(&mut self, found: &message::Report) {
        for (name, value) in found.pairs() {
            let value = value.to_owned();
            match name {
                "warning" | "remark" => self.warnings.push(Warning {
                    what: value,
                    ..Warning::default()
                }),
                "problem" => self.problems.push(Problem {
                    what: value,
                    ..Problem::default()
                }),
                "warning_where" => {
                    if let Some(warning) = self.warnings.last_mut() {
                        warning.place = value;
                    }
                }
                "remark_hint" => {
                    if let Some(warning) = self.warnings.last_mut() {
                        warning.hint = value;
                    }
                }
                _ => {
                    if let Some(problem) = self.problems.last_mut() {
                        problem.add(name, value);
                    }
                }
            }
        }
        self.complete_hints();
    }

    /// Where the worker advises nothing, says what always helps.
    fn complete_hints(&mut self) {
        for problem in self.problems.iter_mut().filter(|it| it.hint.is_empty()) {
            problem.hint = if problem.traceback.is_empty() {
                "correct what the place names".to_owned()
            } else {
                "`scaffold check -v 2` shows the traceback".to_owned()
            };
        }
    }

    /// Everything as one JSON document. Paths that are not UTF-8 have U+FFFD where they are not.
    pub(super) fn json(&self) -> String {
        let document = Document {
            command: "check",
            ok: self.is_ok(),
            project: &self.project,
            interpreter: &self.interpreter,
            settings: &self.settings,
            application: &self.application,
            framework: &self.framework,
            django: &self.django,
            valid: self.is_valid(),
            response: &self.response,
            checks: &self.checks,
            warnings: &self.warnings,
            problems: &self.problems,
        };
        json(&document)
    }
}

/// The name before the space, and the version after it; `None` for nothing.
fn halves(text: &str) -> Option<(String, String)> {
    let (name, version) = text.split_once(' ').unwrap_or((text, ""));
    (!name.is_empty()).then(|| (name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn a_name_has_a_version_or_none() {
        let halves = |text| halves(text).map(|(name, version)| format!("{name}|{version}"));
        assert_eq!(halves("CPython 3.13.0").as_deref(), Some("CPython|3.13.0"));
        assert_eq!(halves("Bottle").as_deref(), Some("Bottle|"));
        assert_eq!(halves(""), None);
    }
}

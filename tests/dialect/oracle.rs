//! The real Django, in a process that answers as long as it is asked.

use std::{
    fmt,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Map, Value, json};

use crate::support::{Packages, newest, signals};

/// The process. It ends when this is dropped.
pub(super) struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What Django makes of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Output(String),
    Refusal(Refusal),
}

/// An exception of Django's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The name of its class.
    pub(super) kind: String,
    pub(super) message: String,
    /// The line of the template where it came up, if Django knows.
    pub(super) line: Option<u64>,
}

impl Refusal {
    /// Whether the template is not as Django's language wants it, rather than asking for something
    /// that Python cannot do.
    pub(super) fn is_syntax_error(&self) -> bool {
        self.kind == "TemplateSyntaxError"
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(text) => write!(f, "renders {text:?}"),
            Self::Refusal(Refusal {
                kind,
                message,
                line,
            }) => {
                write!(f, "{kind} on line {line:?}: {message:?}")
            }
        }
    }
}

impl Oracle {
    /// A new process of the newest interpreter with its newest Django.
    pub(super) fn new() -> Self {
        signals::heed();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialect/oracle.py");
        let mut child = Command::new(newest().venv(Packages::Django).as_ref())
            // Nothing of the caller's environment changes what Django says.
            .args(["-I", "-B", "-X", "utf8"])
            .arg(script)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            requests: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// What Django makes of a template.
    pub(super) fn ask(&mut self, text: &str, variables: &Map<String, Value>) -> Answer {
        let answer = self.request(&json!({"template": text, "variables": variables}));
        let Some(error) = answer.get("error") else {
            return Answer::Output(text_of(&answer, "output"));
        };
        Answer::Refusal(Refusal {
            kind: text_of(error, "type"),
            message: text_of(error, "message"),
            line: error["line"].as_u64(),
        })
    }

    /// What `startproject` writes for a file with this text, with a directory to work in.
    pub(super) fn startproject(
        &mut self,
        directory: &Path,
        text: &str,
        variables: &Map<String, Value>,
    ) -> String {
        let answer = self.request(&json!({
            "startproject": directory, "template": text, "variables": variables,
        }));
        text_of(&answer, "output")
    }

    /// What `django-admin` does: its exit code and what it prints to standard error.
    pub(super) fn admin(&mut self, request: &Value) -> (Option<i32>, String) {
        let answer = self.request(request);
        let code = answer["code"]
            .as_i64()
            .and_then(|code| i32::try_from(code).ok());
        (code, text_of(&answer, "stderr"))
    }

    /// The names of Django's tags and of its filters.
    pub(super) fn builtins(&mut self) -> (Vec<String>, Vec<String>) {
        let answer = self.request(&json!({"builtins": true}));
        let names = |kind: &str| serde_json::from_value(answer[kind].clone()).unwrap();
        (names("tags"), names("filters"))
    }

    fn request(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().unwrap();
        writeln!(requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer)
            .unwrap_or_else(|error| panic!("{error} in the answer {answer:?} to {request}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input ends the process.
        drop(self.requests.take());
        let _ended = self.child.wait();
    }
}

#[track_caller]
fn text_of(answer: &Value, name: &str) -> String {
    let text = answer.get(name).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {name} in {answer}"))
        .to_owned()
}

#[test]
fn requests_do_not_change_each_other() {
    let mut oracle = Oracle::new();
    let mut ask = |text: &str, variables: Value| {
        let answer = oracle.ask(text, variables.as_object().unwrap());
        answer.to_string()
    };
    let defining =
        "{% cycle 'a' 'b' as c %}{% now 'y' as x %}{% partialdef p inline %}{% endpartialdef %}";
    assert_eq!(ask(defining, json!({"y": 1})), "renders \"a\"");
    assert_eq!(ask("{{ c }}{{ x }}{{ y }}", json!({})), "renders \"\"");
    assert!(ask("{% cycle c %}", json!({})).contains("No named cycles"));
    assert!(ask("{% partial p %}", json!({})).contains("is not defined"));
    assert_eq!(ask("a\r\nb\rc", json!({})), "renders \"a\\nb\\nc\"");
}

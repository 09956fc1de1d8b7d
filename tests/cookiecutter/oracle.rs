//! The real cookiecutter, in a process that answers as long as it is asked.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::{newest, signals};

/// What is compared with, and what it depends on as far as that decides what comes out.
const REQUIREMENTS: [&str; 6] = [
    "cookiecutter==2.7.1",
    "Jinja2==3.1.6",
    "binaryornot==0.6.0",
    "python-slugify==9.2.0",
    "text-unidecode==1.3",
    "arrow==1.4.0",
];

/// The process. It ends when this is dropped.
pub(super) struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// A new process, which has its home in a directory.
    pub(super) fn new(home: &Path) -> Self {
        signals::heed();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cookiecutter/oracle.py");
        let venv = newest().venv_with("cookiecutter", &REQUIREMENTS);
        let mut child = Command::new(venv.as_ref())
            .args(["-I", "-B", "-X", "utf8"])
            .arg(script)
            .env_clear()
            .env("HOME", home)
            .env("PATH", "/usr/bin:/bin")
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

    /// What each text becomes with the variables; nothing for one that is refused.
    pub(super) fn rendered(&mut self, texts: &[String], variables: &Value) -> Vec<Option<String>> {
        let answer = self.request(&json!({"texts": texts, "variables": variables}));
        serde_json::from_value(answer).unwrap()
    }

    /// Makes a project, or says why not.
    pub(super) fn project(
        &mut self,
        template: &Path,
        output: &Path,
        variables: &Value,
        hooks: bool,
    ) -> Result<(), String> {
        let config = output.join("none.yaml");
        std::fs::write(&config, "{}").unwrap();
        let answer = self.request(&json!({
            "template": template, "output": output, "variables": variables,
            "config": config, "hooks": hooks,
        }));
        std::fs::remove_file(config).unwrap();
        match answer {
            Value::Null => Ok(()),
            error => Err(error.as_str().unwrap().to_owned()),
        }
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

//! Debian's Chromium without a window, driven by its own protocol (the Chrome `DevTools` one)
//! over two pipes: that needs no crate, no driver and no port.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fs::File,
    io::{BufRead as _, BufReader, PipeReader, PipeWriter, Write as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use command_fds::{CommandFdExt as _, FdMapping};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything in the browser may take to show. A cold start on a busy machine takes seconds.
const DEADLINE: Duration = Duration::from_mins(1);

/// One browser with one page in view.
pub(crate) struct Browser {
    child: Child,
    commands: PipeWriter,
    messages: mpsc::Receiver<Value>,
    /// Events that came while something else was waited for.
    events: RefCell<VecDeque<Value>>,
    next: Cell<u64>,
    session: String,
    /// Its profile, removed at the end.
    _home: TempDir,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// Where there is no `chromium` (`apt-get install chromium`).
    #[track_caller]
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (their_commands, commands) = std::io::pipe().unwrap();
        let (replies, their_replies) = std::io::pipe().unwrap();
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--disable-gpu", "--no-first-run"])
            // The tests may run as root, where Chromium's own sandbox does not.
            .args(["--no-sandbox", "--disable-dev-shm-usage"])
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", home.path().display()))
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(home.path().join("log")).unwrap());
        // It reads from 3 and writes to 4.
        command
            .fd_mappings(vec![
                FdMapping {
                    parent_fd: their_commands.into(),
                    child_fd: 3,
                },
                FdMapping {
                    parent_fd: their_replies.into(),
                    child_fd: 4,
                },
            ])
            .unwrap();
        let child = command
            .spawn()
            .expect("`chromium` starts (Debian's package `chromium`)");
        // Ours of its ends close with the command, so that reading ends with the browser.
        drop(command);
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || read(replies, &sender));
        let mut browser = Self {
            child,
            commands,
            messages,
            events: RefCell::default(),
            next: Cell::new(1),
            session: String::new(),
            _home: home,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach);
        attached["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut browser.session);
        browser.call("Page.enable", &json!({}));
        browser
    }

    /// Opens an address and waits until its page is loaded.
    #[track_caller]
    pub(crate) fn open(&self, url: &str) {
        let reply = self.call("Page.navigate", &json!({ "url": url }));
        assert!(reply["errorText"].is_null(), "{reply}");
        self.wait_for_load();
    }

    /// Waits until a page is loaded that no earlier call has waited for.
    #[track_caller]
    pub(crate) fn wait_for_load(&self) {
        loop {
            let waiting = self.events.borrow_mut().pop_front();
            let event = waiting.unwrap_or_else(|| self.receive("a loaded page"));
            if event["method"] == "Page.loadEventFired" {
                return;
            }
        }
    }

    /// Whether a page was loaded that no call has waited for.
    pub(crate) fn has_loaded(&self) -> bool {
        self.evaluate("0");
        let events = self.events.borrow();
        events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
    }

    /// The value of an expression of JavaScript in the page; of a promise, what it comes to.
    ///
    /// # Panics
    ///
    /// Where the expression throws, or the page goes away meanwhile.
    #[track_caller]
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let reply = self.call(
            "Runtime.evaluate",
            &json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        );
        assert!(
            reply["exceptionDetails"].is_null(),
            "{expression}: {reply:#}"
        );
        reply["result"]["value"].clone()
    }

    /// The text of the page as it is seen.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        let text = self.evaluate("document.body.innerText");
        text.as_str().unwrap().to_owned()
    }

    /// Waits until an expression is true in the page that is there.
    #[track_caller]
    pub(crate) fn wait_until(&self, condition: &str) {
        self.evaluate(&format!(
            "new Promise((done) => {{
               const look = () => ({condition}) ? done() : requestAnimationFrame(look);
               look();
             }})"
        ));
    }

    #[track_caller]
    fn call(&self, method: &str, parameters: &Value) -> Value {
        let id = self.next.get();
        self.next.set(id + 1);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut octets = message.to_string().into_bytes();
        octets.push(0);
        (&self.commands)
            .write_all(&octets)
            .expect("the browser reads");
        loop {
            let mut message = self.receive(method);
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message:#}");
                return message["result"].take();
            }
            self.events.borrow_mut().push_back(message);
        }
    }

    #[track_caller]
    fn receive(&self, what: &str) -> Value {
        let message = self.messages.recv_timeout(DEADLINE);
        message.unwrap_or_else(|error| panic!("the browser gives no answer to {what}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its other processes end when it does.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads messages, each of which ends with a zero octet.
fn read(replies: PipeReader, messages: &mpsc::Sender<Value>) {
    let mut replies = BufReader::new(replies);
    let mut octets = Vec::new();
    while let Ok(1..) = replies.read_until(0, &mut octets) {
        let message = octets.strip_suffix(b"\0").unwrap_or(&octets);
        if let Ok(message) = serde_json::from_slice(message)
            && messages.send(message).is_err()
        {
            return;
        }
        octets.clear();
    }
}

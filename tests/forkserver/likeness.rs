//! A forked worker is as a new process is.

use std::collections::BTreeMap;

use scaffold::worker::Starter;

use super::{Site, load_forked, load_started, pythons, warm_up};

/// An application that answers with what can be seen of its process, a line each.
const LOOK: &str = r#"
import json, os, random, signal, sys, threading

def descriptors():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink("/proc/self/fd/" + name).split(":")[0])
        except OSError:
            pass
    return sorted(found)

def status(name):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return line.split(":")[1].strip()

def application(environ, start_response):
    start_response("200 OK", [])
    handlers = {}
    for number in range(1, signal.NSIG):
        try:
            handlers[number] = getattr(signal.getsignal(number), "__name__", signal.getsignal(number))
        except ValueError:
            pass
    seen = {
        "descriptors": descriptors(),
        "handlers": str(handlers),
        "caught": status("SigCgt"),
        "ignored": status("SigIgn"),
        "blocked": status("SigBlk"),
        "wakeup": signal.set_wakeup_fd(-1),
        # Stand-ins come where a request takes longer than others, as on a busy machine.
        "threads": sorted(
            thread.name for thread in threading.enumerate() if not thread.name.startswith("stand-in")
        ),
        "main": threading.current_thread() is threading.main_thread(),
        "native": threading.get_native_id() == os.getpid(),
        "environment": {k: v for k, v in os.environ.items() if k != "_"},
        "argv": sys.argv,
        "path": sys.path,
        "finders": [str(finder).split(" object at ")[0] for finder in sys.meta_path],
        "directory": os.getcwd(),
        "collects": __import__("gc").isenabled(),
        "thresholds": __import__("gc").get_threshold(),
        "nice": os.nice(0),
        "umask": status("Umask"),
        "group": os.getpgrp(),
        "session": os.getsid(0),
        "streams": [os.readlink("/proc/self/fd/%d" % fd) for fd in range(3)],
        "encodings": [stream.encoding for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "terminals": [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "through": sys.stdout.write_through,
        "main module": sys.modules["__main__"].__file__,
        "filters": str(__import__("warnings").filters),
        "recursion": sys.getrecursionlimit(),
        "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__],
        "limits": __import__("resource").getrlimit(__import__("resource").RLIMIT_NOFILE),
    }
    return [json.dumps(seen, indent=0).encode()]
"#;

#[test]
fn nothing_tells_a_forked_worker_from_a_new_one() {
    for python in pythons() {
        let mut site = Site::new(python)
            .file("app.py", LOOK)
            .env("DJANGO_SETTINGS_MODULE", "mine")
            .env("PYTHONPATH", "here:there");
        site.config.configure.pythonpath = vec!["/first".to_owned()];
        site.config.configure.open_files = 512;
        let (forked, started) = site.run(async |site, starter| {
            warm_up(starter).await;
            let forked = load_forked(starter).await.answer().await;
            let never = Starter::new(site.config.clone(), false);
            (forked, load_started(&never).await.0.answer().await)
        });
        let parse = |text: &str| -> BTreeMap<String, serde_json::Value> {
            serde_json::from_str(text).unwrap()
        };
        let (forked, started) = (parse(&forked), parse(&started));
        assert!(forked.len() > 20, "{forked:?}");
        for (name, value) in &started {
            assert_eq!(&forked[name], value, "{python}: {name}");
        }
    }
}

#[test]
fn imports_are_silent_in_the_parent_and_streams_are_back_in_the_worker() {
    let loud = "import os, sys\nprint('out of the library')\nsys.stderr.write('err\\n')\n\
                os.write(2, b'raw\\n')\nSTREAM = sys.stdout\n";
    let (site, _venv) = Site::with_packages(crate::support::newest(), &[("loud.py", loud)]);
    let site = site.answering(
        "import os, sys, loud\n",
        "loud.STREAM is sys.stdout, os.fstat(1) == os.stat('/proc/self/fd/1')",
    );
    site.run(async |_, starter| {
        warm_up(starter).await;
        assert_eq!(load_forked(starter).await.answer().await, "(True, True)");
    });
}

//! How forked workers and their parents end, and what happens where an application does not load.

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use scaffold::{wire::Status, worker::Origin};

use super::{Site, load, load_forked, load_started, warm_up};
use crate::support::newest;

fn pid(worker: &scaffold::worker::Worker) -> Pid {
    Pid::from_raw(worker.pid().unwrap().cast_signed()).unwrap()
}

/// The process that started another one.
fn parent(pid: Pid) -> Pid {
    let path = format!("/proc/{pid}/stat", pid = pid.as_raw_pid());
    let stat = std::fs::read_to_string(path).unwrap();
    let mut fields = stat.rsplit_once(") ").unwrap().1.split(' ');
    Pid::from_raw(fields.nth(1).unwrap().parse().unwrap()).unwrap()
}

const ENDING: &str = r#"
import atexit, os, signal

def application(environ, start_response):
    start_response("200 OK", [])
    path = environ["PATH_INFO"]
    if path == "/exit":
        os._exit(7)
    if path == "/kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if path == "/stay":
        atexit.register(lambda: open("ran", "w").close())
    return [b"here"]
"#;

#[test]
fn the_true_status_of_a_forked_worker_is_told() {
    Site::new(newest())
        .file("app.py", ENDING)
        .run(async |_, starter| {
            warm_up(starter).await;
            for (path, told) in [
                ("/exit", "exited with code 7"),
                ("/kill", "was killed by SIGKILL"),
            ] {
                let mut served = load_forked(starter).await;
                let pid = pid(&served.worker);
                let client = served.worker.client().clone();
                let ended = served.worker.ended();
                let ((), exit) = tokio::join!(request(&client, path), ended);
                assert_eq!(exit.to_string(), told);
                assert!(test_kill_process(pid).is_err(), "it was waited for");
                assert_eq!(served.worker.pid(), None);
            }
        });
}

/// Sends a request that gets no answer.
async fn request(client: &scaffold::wire::Client, path: &str) {
    let mut environ = scaffold::wire::message::Environ::new();
    environ.set("REQUEST_METHOD", b"GET");
    environ.set("PATH_INFO", path.as_bytes());
    let mut exchange = client.submit(&environ, Some(b"")).unwrap();
    let event = std::future::poll_fn(|context| exchange.poll_event(context)).await;
    assert!(matches!(event, scaffold::wire::Event::Lost(_)), "{event:?}");
}

#[test]
fn a_forked_worker_is_stopped_in_order_and_its_exit_handlers_run() {
    Site::new(newest())
        .file("app.py", ENDING)
        .run(async |site, starter| {
            warm_up(starter).await;
            let served = load_forked(starter).await;
            let pid = pid(&served.worker);
            assert_eq!(served.get("/stay").await, "here");
            served.worker.stop().await;
            assert!(test_kill_process(pid).is_err());
            assert!(site.config.root.join("ran").exists());
        });
}

#[test]
fn a_forked_worker_that_does_not_give_way_is_killed() {
    // The interpreter lock is kept by C code: no thread sees the connections close.
    let app = "import ctypes\n\
               def application(environ, start_response):\n    \
                   start_response('200 OK', [])\n    \
                   if environ['PATH_INFO'] == '/hang':\n        \
                       open('hanging', 'w').close()\n        \
                       ctypes.PyDLL(None).sleep(1000)\n    \
                   return [b'here']\n";
    Site::new(newest())
        .file("app.py", app)
        .run(async |site, starter| {
            warm_up(starter).await;
            let served = load_forked(starter).await;
            let pid = pid(&served.worker);
            let client = served.worker.client().clone();
            let hang = async { request(&client, "/hang").await };
            let stop = async {
                while !site.config.root.join("hanging").exists() {
                    tokio::task::yield_now().await;
                }
                served.worker.stop().await;
            };
            tokio::join!(hang, stop);
            assert!(test_kill_process(pid).is_err());
        });
}

#[test]
fn workers_end_with_their_parent_and_the_next_ones_get_another() {
    Site::new(newest())
        .file("app.py", ENDING)
        .run(async |_, starter| {
            warm_up(starter).await;
            let mut served = load_forked(starter).await;
            let first = parent(pid(&served.worker));
            kill_process(first, Signal::KILL).unwrap();
            assert_eq!(served.worker.ended().await.to_string(), "is gone");

            let (served, reason) = load_started(starter).await;
            assert_eq!(reason, "the forkserver is gone");
            starter.warm().await;
            served.worker.stop().await;
            let served = load_forked(starter).await;
            assert_ne!(parent(pid(&served.worker)), first);
            served.worker.stop().await;
        });
}

#[test]
fn a_parent_lives_as_long_as_its_workers_and_no_longer() {
    Site::new(newest())
        .file("app.py", ENDING)
        .run(async |site, starter| {
            warm_up(starter).await;
            let served = load_forked(starter).await;
            let first = parent(pid(&served.worker));
            let mut config = site.config.clone();
            config.configure.argv.push("9000".to_owned());
            starter.set_config(config);
            let (other, _) = load_started(starter).await;
            assert!(test_kill_process(first).is_ok());
            assert_eq!(served.get("/").await, "here");
            served.worker.stop().await;
            // It is a child of this process, so its number is not free before it was waited for.
            while test_kill_process(first).is_ok() {
                tokio::task::yield_now().await;
            }
            other.worker.stop().await;
        });
}

#[test]
fn after_three_losses_nothing_is_forked_any_more() {
    Site::new(newest())
        .file("app.py", ENDING)
        .run(async |_, starter| {
            warm_up(starter).await;
            for _ in 0..3 {
                let served = load_forked_unready(starter).await;
                kill_process(parent(pid(&served)), Signal::KILL).unwrap();
                served.stop().await;
                let (served, reason) = load_started(starter).await;
                assert_eq!(reason, "the forkserver is gone");
                starter.warm().await;
                served.worker.stop().await;
            }
            assert!(starter.warm().await.is_none());
            let (served, reason) = load_started(starter).await;
            assert_eq!(reason, "");
            served.worker.stop().await;
        });
}

/// A forked worker of which nobody is told that it has become ready.
async fn load_forked_unready(starter: &scaffold::worker::Starter) -> scaffold::worker::Worker {
    let worker = starter.start().await.unwrap();
    assert_eq!(worker.origin(), &Origin::Forked);
    worker
}

#[test]
fn a_failure_is_doubted_unless_it_is_a_misspelt_file() {
    let (site, _venv) = Site::with_packages(newest(), &[("library.py", "")]);
    let site = site
        .answering("import library, part\n", "part.VALUE")
        .file("part.py", "VALUE = 1\n");
    site.run(async |site, starter| {
        warm_up(starter).await;

        site.sandbox.write("part.py", "VALUE =\n");
        let (worker, report, files) = fail(starter).await;
        assert!(report.get("message").starts_with("SyntaxError"));
        assert!(!worker.is_doubtful(Some(&report)));
        assert!(
            files.contains(&site.config.root.join("part.py")),
            "{files:?}"
        );
        assert!(
            files.contains(&site.config.root.join("app.py")),
            "{files:?}"
        );
        worker.stop().await;

        site.sandbox.write("part.py", "VALUE = missing\n");
        let (worker, report, files) = fail(starter).await;
        assert!(report.get("message").starts_with("NameError"));
        assert!(worker.is_doubtful(Some(&report)));
        assert!(
            files.contains(&site.config.root.join("part.py")),
            "{files:?}"
        );
        let mut worker = starter.start_again(worker).await.unwrap();
        assert!(matches!(worker.origin(), Origin::Started(Some(_))));
        let report = loop {
            match worker.status().await {
                Some(Status::Failed(report)) => break report,
                Some(Status::Loaded(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        assert!(!worker.is_doubtful(Some(&report)), "it is a new process");
        worker.stop().await;

        // The parent was not to blame.
        site.sandbox.write("part.py", "VALUE = 2\n");
        assert_eq!(load_forked(starter).await.answer().await, "2");
    });
}

#[test]
fn a_parent_that_is_to_blame_is_not_kept() {
    let library = "import sys\nIS_FORKED = 'app' not in sys.modules\n";
    let (site, _venv) = Site::with_packages(newest(), &[("library.py", library)]);
    let app = "import library\nassert not library.IS_FORKED\n";
    let site = site.answering(app, "'loaded'");
    site.run(async |_, starter| {
        let first = load(starter).await;
        starter.warm().await;
        first.worker.stop().await;

        let (worker, report, _) = fail(starter).await;
        assert!(worker.is_doubtful(Some(&report)));
        let mut worker = starter.start_again(worker).await.unwrap();
        let Some(Status::Ready(report)) = worker.status().await else {
            panic!("a new process loads it");
        };
        starter.ready(&worker, &report);
        worker.stop().await;
        let (served, reason) = load_started(starter).await;
        assert_eq!(reason, "");
        served.worker.stop().await;
    });
}

/// Starts a forked worker that fails to load; gives its report and the files it mentioned.
async fn fail(
    starter: &scaffold::worker::Starter,
) -> (
    scaffold::worker::Worker,
    scaffold::wire::message::Report,
    Vec<std::path::PathBuf>,
) {
    let mut worker = load_forked_unready(starter).await;
    let mut files = Vec::new();
    loop {
        match worker.status().await {
            Some(Status::Loaded(loaded)) => files.extend(loaded.files),
            Some(Status::Failed(report)) => return (worker, report, files),
            other => panic!("{other:?}"),
        }
    }
}

//! A project with two databases, one of them a real `PostgreSQL`, while it is edited under load:
//! connections belong to one process. Only with the feature `system-tests`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::Value;

use super::{Runserver, site_with};
use crate::support::{Python, Serve, Server, Venv, newest, postgres::Postgres, python};

/// How often the project is edited.
const EDITS: usize = 6;

/// How many clients ask meanwhile, each as fast as it is answered.
const CLIENTS: usize = 4;

/// What would come of a connection that two processes use.
const TROUBLE: &[&str] = &[
    "OperationalError",
    "InterfaceError",
    "InternalError",
    "SSL ",
    "protocol",
    "invalid message",
    "unexpected message",
    "unexpected EOF",
    "Traceback",
];

/// Django with `PostgreSQL`'s driver.
fn venv(python: &Python) -> Venv {
    let django = match python.version().1 {
        8 => "Django==4.2.30",
        _ => "Django==6.1.3",
    };
    python.venv_with("psycopg", &[django, "psycopg[binary]==3.2.13"])
}

fn venvs() -> Vec<Venv> {
    let oldest = python::minor(8);
    oldest.into_iter().chain([newest()]).map(venv).collect()
}

/// The project with its databases, not yet served.
fn serve(postgres: &Postgres, venv: &Venv) -> Serve {
    let variables = [
        ("DJANGO_SETTINGS_MODULE", "config.two"),
        ("POSTGRES", postgres.host().to_str().unwrap()),
    ];
    Serve::within(site_with(venv, &variables, &["default", "postgres"]))
}

fn ask(server: &Server) -> Value {
    let response = server.get("/backend/");
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_slice(&response.body).unwrap()
}

fn number(answer: &Value, name: &str) -> i64 {
    answer[name].as_i64().unwrap()
}

/// Whether the worker that answered was forked: the front started no process for it.
fn is_forked(server: &Server, answer: &Value) -> bool {
    number(answer, "parent") != i64::from(server.pid().as_raw_nonzero().get())
}

/// Asks and edits at the same time; gives all answers.
fn edit_under_load(server: &Server) -> Vec<Value> {
    let mut early = Vec::new();
    early.push(ask(server));
    server.wait_for_forkserver();
    for edit in 0.. {
        let text = format!("TEXT = 'early {edit}'\n");
        server.sandbox().write("probe/edited.py", text);
        early.push(ask(server));
        while early[early.len() - 1]["text"] != format!("early {edit}") {
            early.push(ask(server));
        }
        if is_forked(server, &early[early.len() - 1]) {
            break;
        }
        assert!(edit < 100, "no worker is forked:\n{}", server.output());
    }
    let answers = Mutex::new(early);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let answer = ask(server);
                    answers.lock().unwrap().push(answer);
                }
            });
        }
        // Also where it fails, lest the clients ask for ever.
        let edits = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for edit in 1..=EDITS {
                let text = edit.to_string();
                let code = format!("TEXT = '{text}'\n");
                server.sandbox().write("probe/edited.py", code);
                // The first answer after a save is the new code's.
                while ask(server)["text"] != text.as_str() {}
            }
        }));
        over.store(true, Ordering::Relaxed);
        edits.unwrap();
    });
    answers.into_inner().unwrap()
}

/// No connection was ever two processes', and none is left of those that are gone.
#[track_caller]
fn assert_nothing_is_shared(postgres: &Postgres, server: &Server, answers: &[Value]) {
    let mut workers = BTreeSet::new();
    let mut owners = BTreeMap::<i64, BTreeSet<i64>>::new();
    let mut forked = 0;
    for answer in answers {
        assert_eq!(answer["databases"].to_string(), r#"["postgres","default"]"#);
        let worker = number(answer, "worker");
        owners
            .entry(number(answer, "backend"))
            .or_default()
            .insert(worker);
        let early = number(answer, "early");
        if early != 0 {
            owners.entry(early).or_default().insert(worker);
        }
        if workers.insert(worker) {
            forked += usize::from(is_forked(server, answer));
        }
    }
    assert!(workers.len() > EDITS / 2, "{workers:?}");
    assert!(forked > EDITS / 2, "{forked} of {workers:?}");
    for (backend, workers) in &owners {
        assert_eq!(workers.len(), 1, "{backend} served {workers:?}");
    }
    let alive: BTreeSet<i64> = server
        .worker_pids()
        .iter()
        .map(|pid| pid.as_raw_nonzero().get().into())
        .collect();
    postgres.wait_for_backends(|backends| {
        let owners = backends.iter().filter_map(|backend| owners.get(backend));
        owners.flatten().all(|worker| alive.contains(worker))
    });
    for text in [postgres.log(), server.output()] {
        for trouble in TROUBLE {
            assert!(!text.contains(trouble), "{trouble}:\n{text}");
        }
    }
}

#[test]
fn no_connection_is_shared_by_generations() {
    for venv in venvs() {
        let postgres = Postgres::start();
        for age in ["0", "60"] {
            let serve = serve(&postgres, &venv).env("CONN_MAX_AGE", age);
            let server = Runserver::Scaffold.start(serve, &venv);
            let answers = edit_under_load(&server);
            assert_nothing_is_shared(&postgres, &server, &answers);
            if age == "0" {
                postgres.wait_for_backends(<[i64]>::is_empty);
            }
            drop(server);
            postgres.wait_for_backends(<[i64]>::is_empty);
        }
    }
}

#[test]
fn a_connection_opened_while_the_project_is_loaded_is_its_workers_own() {
    let venv = venv(newest());
    let postgres = Postgres::start();
    let serve = serve(&postgres, &venv)
        .env("CONN_MAX_AGE", "60")
        .env("CONNECT_EARLY", "1");
    let server = Runserver::Scaffold.start(serve, &venv);
    let answers = edit_under_load(&server);
    let early: BTreeSet<i64> = answers.iter().map(|it| number(it, "early")).collect();
    let workers: BTreeSet<i64> = answers.iter().map(|it| number(it, "worker")).collect();
    assert_eq!(early.len(), workers.len());
    assert_nothing_is_shared(&postgres, &server, &answers);
}

/// The pool has threads of its own, in each worker.
#[test]
fn a_pool_belongs_to_one_worker() {
    let requirements = ["Django==6.1.3", "psycopg[binary,pool]==3.2.13"];
    let venv = newest().venv_with("psycopg", &requirements);
    let postgres = Postgres::start();
    let server = Runserver::Scaffold.start(serve(&postgres, &venv).env("POOL", "1"), &venv);
    let answers = edit_under_load(&server);
    assert_nothing_is_shared(&postgres, &server, &answers);
    drop(server);
    postgres.wait_for_backends(<[i64]>::is_empty);
}

/// A connection that `PostgreSQL` has closed, kept for long, with and without a look at its health.
#[test]
fn a_kept_connection_that_broke_is_noticed_where_that_is_asked_for() {
    for venv in venvs() {
        let postgres = Postgres::start();
        for checked in [true, false] {
            let mut serve = serve(&postgres, &venv).env("CONN_MAX_AGE", "600");
            if checked {
                serve = serve.env("CONN_HEALTH_CHECKS", "1");
            }
            let server = Runserver::Scaffold.start(serve.arg("--nothreading"), &venv);
            let before = ask(&server);
            assert_eq!(before["backend"], ask(&server)["backend"], "kept");
            let backend = number(&before, "backend");
            postgres.query(&format!("select pg_terminate_backend({backend})"));
            postgres.wait_for_backends(|backends| !backends.contains(&backend));
            let after = server.get("/backend/");
            assert_eq!(after.status, if checked { 200 } else { 500 });
            // Django has closed what did not work.
            assert_ne!(ask(&server)["backend"], before["backend"]);
        }
    }
}

/// A worker that is killed leaves nothing open, and the next one connects anew.
#[test]
fn a_worker_that_is_killed_leaves_no_connection() {
    let venv = venv(newest());
    let postgres = Postgres::start();
    let serve = serve(&postgres, &venv).env("CONN_MAX_AGE", "600");
    let server = Runserver::Scaffold.start(serve, &venv);
    let before = ask(&server);
    for worker in server.worker_pids() {
        rustix::process::kill_process(worker, rustix::process::Signal::KILL).unwrap();
    }
    postgres.wait_for_backends(|backends| !backends.contains(&number(&before, "backend")));
    server.wait_for_output("killed");
    assert_ne!(ask(&server)["backend"], before["backend"]);
}

//! Gunicorn by the generated units and configuration.

use std::{os::unix::net::UnixListener, path::PathBuf};

use rustix::process::Signal;

use super::{
    service,
    site::{Site, VARIABLE, get},
    unit::Unit,
};
use crate::support::{Client, Daemon, Packages, newest};

/// A site that Gunicorn serves at a socket.
pub(super) struct Served {
    pub(super) site: Site,
    pub(super) socket: PathBuf,
    pub(super) gunicorn: Daemon,
}

/// Writes what it needs, and starts it by its units.
#[track_caller]
pub(super) fn serve() -> Served {
    let venv = newest().venv(Packages::DjangoWithGunicorn);
    let site = Site::new(venv.dir());
    let socket = site.path("g.sock");
    let environment = site.path("deploy/gunicorn/mysite.env");
    let variables = [("socket", &*socket), ("environment_file", &environment)];
    let site = site.deploy("gunicorn", &variables);
    let variables = format!("{VARIABLE}WEB_CONCURRENCY=2\n");
    site.append("deploy/gunicorn/mysite.env", &variables);
    let directory = site.dir().join("deploy/gunicorn");
    let service = Unit::read(&directory.join("mysite.service"));
    let listening = Unit::read(&directory.join("mysite.socket"));
    let socket = listening.path("ListenStream");
    let gunicorn = service::start_with(&site, &service, UnixListener::bind(&socket).unwrap());
    gunicorn.wait_for_output("Booting worker");
    Served {
        site,
        socket,
        gunicorn,
    }
}

#[test]
fn it_serves_by_its_units() {
    let Served {
        site,
        socket,
        mut gunicorn,
    } = serve();
    let headers = "Host: site.example\r\nX-Forwarded-Proto: https";
    let forged = format!("{headers}\r\nSCRIPT_NAME: /forged\r\nPATH_INFO: /broken");
    let of_forged = get(Client::connect_unix(&socket), "/", &forged);
    let get = |target: &str| get(Client::connect_unix(&socket), target, headers);
    site.check("https://site.example/", get);
    assert_eq!(get("/").text().lines().nth(2), Some("secure"));
    assert_eq!(of_forged.text(), get("/").text());

    // ExecReload: those of before answer what they have, and none is refused.
    let waiting = site.wait(Client::connect_unix(&socket));
    gunicorn.signal(Signal::HUP);
    gunicorn.wait_for_output("Hang up: Master");
    waiting.end();
    assert_eq!(get("/").status, 200);
    // Until they are gone, the master hears nothing else.
    gunicorn.wait_for_output("Worker exiting");
    gunicorn.wait_for_output("Worker exiting");

    let waiting = site.wait(Client::connect_unix(&socket));
    gunicorn.signal(Signal::TERM);
    gunicorn.wait_for_output("Handling signal: term");
    waiting.end();
    assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
    let log = gunicorn.output();
    assert!(log.contains("\"GET /broken HTTP/1.1\" 500"), "{log}");
}

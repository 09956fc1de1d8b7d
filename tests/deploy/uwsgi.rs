//! uWSGI by the generated unit and both configurations. It is uWSGI as a module of Python, which
//! needs no compiler.

use std::process::Command;

use rustix::process::Signal;

use super::{
    service,
    site::{Site, VARIABLE, get},
    unit::Unit,
};
use crate::support::{Client, Daemon, Packages, free_port, newest};

/// What each process says that has loaded the project.
pub(super) const LOADED: &str = "WSGI app 0 (mountpoint='') ready";

/// A site for it.
#[track_caller]
pub(super) fn site() -> Site {
    Site::new(newest().venv(Packages::DjangoWithUwsgi).dir())
}

/// Writes what it needs behind a web server, and starts it by its unit.
#[track_caller]
pub(super) fn serve(site: Site, before: &[String]) -> (Site, Daemon) {
    let environment = site.path("deploy/uwsgi/mysite.env");
    let socket = site.path("u.sock");
    let variables = [
        ("socket", &*socket),
        ("environment_file", &environment),
        ("processes", "2"),
    ];
    let site = site.deploy("uwsgi", &variables);
    site.append("deploy/uwsgi/mysite.env", VARIABLE);
    let unit = Unit::read(&site.dir().join("deploy/uwsgi/mysite.service"));
    let uwsgi = service::start(&site, &unit, before);
    for _ in 0..2 {
        uwsgi.wait_for_output(LOADED);
    }
    (site, uwsgi)
}

#[test]
fn it_serves_behind_a_web_server_by_its_unit() {
    let (site, mut uwsgi) = serve(site(), &[]);
    let socket = site.dir().join("u.sock");
    let headers = "Host: site.example\r\nX-Forwarded-Proto: https";
    let get = |target: &str| get(Client::connect_unix(&socket), target, headers);
    site.check("https://site.example/", get);
    assert_eq!(get("/").text().lines().nth(2), Some("secure"));

    // ExecReload: one process after the other has the new code, and what is under way is answered.
    assert_eq!(get("/new").status, 404);
    site.append("mysite/urls.py", "urlpatterns.append(path('new', home))\n");
    let waiting = site.wait(Client::connect_unix(&socket));
    uwsgi.signal(Signal::HUP);
    uwsgi.wait_for_output("chain reload starting");
    waiting.end();
    uwsgi.wait_for_output(LOADED);
    assert_eq!(get("/").status, 200);
    uwsgi.wait_for_output(LOADED);
    uwsgi.wait_for_output("chain reloading complete");
    for _ in 0..4 {
        assert_eq!(get("/new").status, 200);
    }

    let waiting = site.wait(Client::connect_unix(&socket));
    uwsgi.signal(Signal::TERM);
    uwsgi.wait_for_output("graceful shutdown triggered");
    waiting.end();
    assert!(uwsgi.wait_exit().success(), "{}", uwsgi.output());
    assert!(!socket.exists(), "it removes its socket");
}

/// With the framework's own application besides, which no module has a name for.
#[test]
fn it_serves_alone_with_static_files() {
    let site = site();
    let port = free_port();
    site.append("mysite/production.py", "WSGI_APPLICATION = None\n");
    let site = site.deploy("uwsgi", &[("port", &port.to_string()), ("processes", "1")]);
    let venv = newest().venv(Packages::DjangoWithUwsgi);
    let mut command = Command::new(venv.dir().join("bin/uwsgi"));
    command.args(["--ini", &site.path("deploy/uwsgi/standalone.ini")]);
    command
        .env_clear()
        .envs(site.environment())
        .env("FROM_THE_FILE", "yes");
    let mut uwsgi = Daemon::start(command);
    uwsgi.wait_for_output("spawned uWSGI http");
    let connect = || Client::connect(("127.0.0.1", port));
    let get = |target: &str| get(connect(), target, "Host: site.example");
    site.check("http://site.example/", get);
    let file = get("/static/site.css");
    assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
    uwsgi.signal(Signal::TERM);
    assert!(uwsgi.wait_exit().success(), "{}", uwsgi.output());
    // It knew the file by itself, without the application.
    let log = uwsgi.output();
    let is_its_own =
        |line: &str| line.contains("GET /static/site.css") && line.contains("|app: -1|");
    assert!(log.lines().any(is_its_own), "{log}");
}

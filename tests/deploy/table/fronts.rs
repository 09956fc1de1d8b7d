//! Apache and nginx, with what `scaffold deploy` writes for them. Two things in it are changed: larger
//! requests are taken, and the line is left out that names the settings module outright, since
//! otherwise neither the environment nor `wsgi.py` has a word in it.

use std::{fs, path::Path};

use rustix::process::Signal;

use super::{
    project,
    servers::{Address, Program, Running},
};
use crate::{
    deploy::{nginx, service, site::Site, unit::Unit},
    support::{Packages, Python, apache::Place, free_port, newest},
};

/// Changes one of the site's files.
#[track_caller]
fn edit(site: &Site, path: &str, change: impl Fn(&str) -> String) {
    let path = site.dir().join(path);
    let before = fs::read_to_string(&path).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "{}", path.display());
    fs::write(path, after).unwrap();
}

/// Lets the environment say which settings there are.
#[track_caller]
fn leave_settings_to_environment(site: &Site, module: &str) {
    let is_it = |line: &&str| line.starts_with("os.environ[\"DJANGO_SETTINGS_MODULE\"] = ");
    edit(site, module, |text| {
        let lines = text.lines().filter(|line| !is_it(line));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    });
}

/// The line of an environment file.
fn variable(settings: Option<&str>) -> String {
    settings.map_or_else(String::new, |module| {
        format!("DJANGO_SETTINGS_MODULE={module}\n")
    })
}

#[track_caller]
pub(super) fn apache(settings: Option<&'static str>) -> Running {
    let place = Place::new();
    let debians = Python::debians().venv(Packages::Django);
    let site = project::make(&place.environment(&debians));
    site.open_to_all();
    let own = [
        ("host", "localhost"),
        ("environment_file", &*site.path("deploy/apache/mysite.env")),
    ];
    let site = site.deploy("apache", &[&own[..], &place.variables()].concat());
    leave_settings_to_environment(&site, "deploy/apache/mysite.wsgi");
    site.append("deploy/apache/mysite.env", &variable(settings));
    let limit = "LimitRequestBody ";
    edit(&site, "deploy/apache/mysite.conf", |text| {
        text.replace(&format!("{limit}10485760"), &format!("{limit}209715200"))
    });
    let include = format!("Include \"{}\"\n", site.path("deploy/apache/mysite.conf"));
    let program = Program {
        daemon: place.start(&include),
        signal: Signal::WINCH,
        answer: Some("caught SIGWINCH, shutting down gracefully"),
    };
    Running {
        programs: vec![program],
        address: Address::Tcp(([127, 0, 0, 1], place.port).into()),
        site,
        _directory: Some(place.directory),
    }
}

#[track_caller]
pub(super) fn nginx(settings: Option<&'static str>) -> Running {
    let venv = newest().venv(Packages::DjangoWithUwsgi);
    let site = project::make(venv.dir());
    site.open_to_all();
    let port = free_port();
    let variables = [
        ("socket", &*site.path("f.sock")),
        ("environment_file", &*site.path("deploy/fastcgi/mysite.env")),
        ("address", "127.0.0.1:"),
        ("port", &*port.to_string()),
        ("host", "localhost"),
        ("largest_upload", "200m"),
    ];
    let site = site.deploy("fastcgi", &variables);
    leave_settings_to_environment(&site, "deploy/fastcgi/application.py");
    site.append("deploy/fastcgi/mysite.env", &variable(settings));
    let unit = Unit::read(Path::new(&site.path("deploy/fastcgi/mysite.service")));
    let uwsgi = service::start(&site, &unit, &nginx::in_nobodys_group());
    uwsgi.wait_for_output("spawned uWSGI worker 4");
    let front = Program {
        daemon: nginx::start(&site, "fastcgi"),
        signal: Signal::QUIT,
        answer: Some("gracefully shutting down"),
    };
    let behind = Program {
        daemon: uwsgi,
        signal: Signal::TERM,
        answer: Some("graceful shutdown triggered"),
    };
    Running {
        programs: vec![front, behind],
        address: Address::Tcp(([127, 0, 0, 1], port).into()),
        site,
        _directory: None,
    }
}

//! What each server does with the same project: one table, which is kept in `docs/deploy.md`.
//!
//! Each test starts one server, fills its row and compares it with the page. Where that is meant to
//! change, `UPDATE_TABLE=1 cargo test --features system-tests deploy::table` writes it anew.

mod behaviours;
#[cfg(feature = "system-tests")]
mod fronts;
mod page;
mod project;
mod servers;

use rstest::rstest;
use servers::{Kind, Running};

/// The columns.
const BEHAVIOURS: [&str; 11] = [
    "page",
    "static file",
    "settings of the environment",
    "settings of `wsgi.py`",
    "wrapper",
    "`close()`",
    "streaming",
    "100 MiB upload",
    "404",
    "500",
    "graceful stop",
];

/// The rows.
const SERVERS: [&str; 7] = [
    "`scaffold runserver`",
    "Gunicorn",
    "uWSGI",
    "waitress",
    "Granian",
    "Apache, mod_wsgi daemon",
    "nginx, FastCGI",
];

/// What one server does, in the order of the columns.
type Row = [bool; BEHAVIOURS.len()];

/// Fills a row. `start` makes a project and serves it with these settings in the environment, or
/// with none.
fn fill(start: impl Fn(Option<&'static str>) -> Running) -> Row {
    let server = start(None);
    let by_default = behaviours::settings(&server) == project::DEFAULT;
    let static_file = behaviours::static_file(&server);
    drop(server);
    let server = start(Some(project::PRODUCTION));
    let of_the_environment = behaviours::settings(&server) == project::PRODUCTION;
    [
        behaviours::page(&server),
        static_file,
        of_the_environment,
        by_default,
        behaviours::wrapper(&server),
        behaviours::close(&server),
        behaviours::streaming(&server),
        behaviours::upload(&server),
        behaviours::status(&server, "/nothing") == 404,
        behaviours::status(&server, "/broken") == 500,
        behaviours::graceful_stop(server),
    ]
}

#[rstest]
#[case(SERVERS[0], Kind::Runserver)]
#[case(SERVERS[1], Kind::Gunicorn)]
#[case(SERVERS[2], Kind::Uwsgi)]
#[case(SERVERS[3], Kind::Waitress)]
#[case(SERVERS[4], Kind::Granian)]
fn a_server_does_what_the_table_says(#[case] name: &str, #[case] kind: Kind) {
    page::compare(name, fill(|settings| kind.start(settings)));
}

#[cfg(feature = "system-tests")]
#[rstest]
#[case(SERVERS[5], fronts::apache)]
#[case(SERVERS[6], fronts::nginx)]
fn a_server_in_front_does_what_the_table_says(
    #[case] name: &str,
    #[case] start: fn(Option<&'static str>) -> Running,
) {
    page::compare(name, fill(start));
}

#[test]
fn the_table_has_these_servers_and_behaviours() {
    page::check_names();
}

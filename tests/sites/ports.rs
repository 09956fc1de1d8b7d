//! Sites at ports of their own.

use super::{ask, get, sites};
use crate::support::Client;

#[test]
fn a_site_may_have_a_port_of_its_own() {
    let server = sites(&[("a", "port = 0"), ("b", "")]).start();
    server.wait_for_output("a | Starting WSGI development server at http://127.0.0.1:");
    let output = server.output();
    let (_, rest) = output
        .split_once("a | Starting WSGI development server at ")
        .unwrap();
    let url = rest.lines().next().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    assert_ne!(address, server.addr().to_string());

    // There it answers to each name of this machine, as a single site does.
    let mut own = Client::connect(address);
    for host in [address, "localhost", "b.localhost"] {
        assert_eq!(ask(&mut own, host, "/").text(), "a first /");
    }
    assert_eq!(ask(&mut own, "evil.test", "/").status, 403);

    // And it is not where the others are.
    assert_eq!(get(&server, "b.localhost", "/").text(), "b first /");
    assert_eq!(get(&server, "a.localhost", "/x").status, 404);
    let listed = get(&server, "localhost", "/").text().to_owned();
    assert!(listed.contains(&format!("a  {url}  ready")), "{listed}");
}

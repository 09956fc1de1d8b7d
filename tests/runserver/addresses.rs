//! What the server listens on: Django's texts for addresses, several of them, and ports that are
//! taken.

use std::{
    collections::BTreeSet,
    net::{Ipv6Addr, SocketAddr, TcpListener},
};

use rstest::rstest;
use scaffold::serve::address::{Address, AddressError};
use serde_json::{Value, json};

use super::{APP, app_server};
use crate::support::{Client, Server, Test, ask_django, get};

const ORACLE: &str = include_str!("addresses.py");

/// What stands before a port, right and wrong.
const HOSTS: [&str; 40] = [
    "0",
    "00",
    "1",
    "127.1",
    "1.2.3",
    "127.0.0.1",
    "999.999.999.999",
    "1234.1.1.1",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "٣.1.2.3",
    "١٢٧.٠.٠.١",
    "٣.1.2",
    "localhost",
    "beef",
    "BEEF",
    "my-host",
    "-",
    "-.-",
    "a_b",
    "a.b.c",
    "a..b",
    "a.",
    ".a",
    "é",
    "xn--caf-dma",
    "a b",
    "*",
    "[::1]",
    "[::]",
    "[0::1]",
    "[:::]",
    "[]",
    "[g]",
    "[::ffff:1.2.3.4]",
    "[fe80::1%eth0]",
    "::1",
    "[::1",
];

/// What stands in the place of a port, right and wrong.
const PORTS: [&str; 16] = [
    "",
    "0",
    "1",
    "8000",
    "0008000",
    "65535",
    "65536",
    "99999",
    "99999999999999999999999",
    "٨٠٠٠",
    "٨0²",
    "𝟙𝟚",
    "+1",
    "-1",
    " 1",
    "8000\n",
];

/// Texts of all kinds: each host with each port, and any characters that addresses are made of.
fn corpus() -> BTreeSet<String> {
    let mut texts =
        BTreeSet::from(["\n", "8000\n\n", " 8000", "8000 ", "a", ":", "a:"].map(String::from));
    for port in PORTS {
        texts.insert(port.to_owned());
        texts.insert(format!(":{port}"));
        texts.extend(HOSTS.map(|host| format!("{host}:{port}")));
    }
    texts.extend(HOSTS.map(str::to_owned));
    let mut random = fastrand::Rng::with_seed(7);
    let alphabet: Vec<char> = "0123456789abfgzAFZ..::[]-_ \n٣²é".chars().collect();
    for length in 1..12 {
        for _ in 0..100 {
            let characters = (0..length).map(|_| random.choice(&alphabet).unwrap());
            texts.insert(characters.collect());
        }
    }
    texts
}

/// What ours makes of a text, in the form of Django's answers.
fn ours(text: &str, ipv6: bool) -> Value {
    match Address::parse(text, ipv6) {
        Ok(address) => json!([
            address.host,
            address.port,
            address.is_ipv6,
            address.is_bracketed
        ]),
        Err(error) => json!(error.to_string()),
    }
}

#[test]
fn texts_are_taken_as_django_takes_them() {
    let cases: Vec<_> = corpus()
        .into_iter()
        .flat_map(|text| [(text.clone(), false), (text, true)])
        .collect();
    let answers: Vec<Value> = ask_django(ORACLE, &cases);
    assert_eq!(answers.len(), cases.len());
    let (mut taken, mut refused) = (0, 0);
    for ((text, ipv6), mut django) in cases.into_iter().zip(answers) {
        if django[0] == "0" {
            // So it is shown, and bound.
            django[0] = json!("0.0.0.0");
        }
        if django[1].as_f64().is_some_and(|port| port > 65535.0) {
            // Django ends with a traceback when it binds.
            let error = Address::parse(&text, ipv6).unwrap_err();
            assert!(matches!(error, AddressError::PortTooLarge(_)), "{text:?}");
            continue;
        }
        let counted = if django.is_array() {
            &mut taken
        } else {
            &mut refused
        };
        *counted += 1;
        assert_eq!(ours(&text, ipv6), django, "{text:?} {ipv6}");
    }
    assert!(taken > 300 && refused > 1000, "{taken} {refused}");
}

#[rstest]
#[case(&["-6", "127.0.0.1:8000"], "CommandError: \"127.0.0.1\" is not a valid IPv6 address.")]
#[case(&["8000", "nonsense"], "CommandError: \"nonsense\" is not a valid port number or address:port pair.")]
#[case(&["a_b:8000"], "CommandError: \"a_b:8000\" is not a valid port number or address:port pair.")]
#[case(&["99999"], "hint: ports go from 0 to 65535")]
#[case(&["[:::]:8000"], "CommandError: \":::\" is not a valid IPv6 address.")]
#[case(&["no-such-name.invalid:8000"], "error: cannot find the address of `no-such-name.invalid`: ")]
#[case(&["192.0.2.1:8000"], "Error: That IP address can't be assigned to.")]
fn what_cannot_be_listened_on_is_told(#[case] args: &[&str], #[case] message: &str) {
    Test::new()
        .file("app.py", APP)
        .args(["runserver", "--app", "app:application"])
        .args(args.iter().copied())
        .stderr_contains(message)
        .status(1)
        .run();
}

#[test]
fn who_has_the_port_is_named() {
    let server = app_server().start();
    let port = server.addr().port().to_string();
    let test = Test::new().file("app.py", APP);
    let message = format!(
        "Error: That port is already in use.\nhint: `scaffold runserver 0 --app app:application` \
         \\(process {}\\) has it: stop that, .*--port-fallback.*\n",
        server.pid()
    );
    test.args(["runserver", &port, "--app", "app:application"])
        .stderr_matches(message)
        .status(1)
        .run();
}

#[test]
fn the_next_port_is_taken_where_that_is_wanted() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let server = app_server()
        .address(port.to_string())
        .arg("--port-fallback")
        .start();
    let own = server.addr().port();
    assert!(own > port, "{own}");
    server.wait_for_output(&format!("warning: port {port} is in use; taking {own}\n"));
    server.wait_for_output(&format!(
        "(process {}) has the other one\n",
        std::process::id()
    ));
    assert_eq!(server.get("/").status, 200);
}

/// The addresses that the server has announced.
fn announced(server: &Server) -> Vec<String> {
    let output = server.output();
    let urls = output
        .lines()
        .filter_map(|line| line.strip_prefix("Starting WSGI development server at http://"));
    urls.map(|url| url.trim_end_matches('/').to_owned())
        .collect()
}

/// `SERVER_NAME` and `SERVER_PORT` of a request to this address.
fn server_variables(address: SocketAddr) -> (String, String) {
    let mut client = Client::connect(address);
    let environ: Value = serde_json::from_slice(&client.get("/environ").body).unwrap();
    let value = |name: &str| {
        environ[name]
            .as_str()
            .unwrap()
            .trim_matches('\'')
            .to_owned()
    };
    (value("SERVER_NAME"), value("SERVER_PORT"))
}

#[test]
fn several_addresses_are_listened_on_and_each_has_its_name() {
    let server = app_server()
        .address("0")
        .args(["127.0.0.2:0", "[::1]:0"])
        .start();
    server.wait_for_output("Quit the server");
    let urls = announced(&server);
    let names = ["127.0.0.1", "127.0.0.2", "[::1]"];
    assert_eq!(urls.len(), names.len(), "{urls:?}");
    for (url, name) in urls.iter().zip(names) {
        let address: SocketAddr = url.parse().unwrap();
        let port = address.port().to_string();
        assert_eq!(url, &format!("{name}:{port}"));
        assert_eq!(server_variables(address), (name.to_owned(), port));
    }
}

/// Browsers try one address of a name after another.
#[test]
fn a_name_is_listened_on_at_all_its_addresses() {
    let server = app_server().address("localhost:0").start();
    let port = server.addr().port();
    assert_eq!(announced(&server)[0], format!("localhost:{port}"));
    for address in [[127, 0, 0, 1].into(), Ipv6Addr::LOCALHOST.into()] {
        let variables = server_variables(SocketAddr::new(address, port));
        assert_eq!(variables, ("localhost".to_owned(), port.to_string()));
    }
    assert!(!server.output().contains("other machines"));
}

#[test]
fn all_addresses_of_ipv6_are_those_of_ipv4_too() {
    let server = app_server().address("[::]:0").start();
    let port = server.addr().port();
    let mut client = Client::connect(("127.0.0.1", port));
    let environ: Value = serde_json::from_slice(&client.get("/environ").body).unwrap();
    assert_eq!(environ["SERVER_NAME"], "'[::]'");
    assert_eq!(environ["REMOTE_ADDR"], "'127.0.0.1'");
    server.wait_for_output("warning: other machines can reach this server");
}

#[rstest]
#[case("-6", "[::1]")]
#[case("--ipv6", "[::1]")]
fn ipv6_is_one_option_away(#[case] option: &str, #[case] host: &str) {
    let server = app_server().arg(option).start();
    assert_eq!(
        announced(&server),
        [format!("{host}:{}", server.addr().port())]
    );
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn zero_is_the_short_form_for_all_addresses() {
    let server = app_server().address("0:0").start();
    let port = server.addr().port();
    assert_eq!(announced(&server), [format!("0.0.0.0:{port}")]);
    assert_eq!(get(&format!("http://127.0.0.1:{port}/")).status, 200);
}

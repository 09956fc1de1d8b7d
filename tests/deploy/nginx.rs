//! nginx in front of both servers, as an unprivileged user.

use std::{fs, path::Path, process::Command};

use rustix::process::Signal;

use super::{
    gunicorn::{self, Served},
    service,
    site::{Site, VARIABLE, free_port, get},
    unit::Unit,
    uwsgi,
};
use crate::support::{
    Client, Daemon, Response, newest,
    unprivileged::{as_nobody, give_to_nobody, nobody},
};

/// Where Debian's package has it.
const PROGRAM: &str = "/usr/sbin/nginx";

/// What Debian's own configuration has around a site, in a directory of the test's.
pub(super) fn start(site: &Site, target: &str) -> Daemon {
    assert!(
        Path::new(PROGRAM).is_file(),
        "`{PROGRAM}` (Debian's package `nginx-light`)"
    );
    let directory = site.dir().join("nginx");
    let _ = fs::create_dir(&directory);
    give_to_nobody(&directory);
    let place = site.path("nginx");
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path \"{place}/{name}\";\n"))
        .concat();
    let configuration = format!(
        "daemon off;\nerror_log stderr notice;\npid \"{place}/pid\";\nevents {{}}\nhttp {{\n\
         include /etc/nginx/mime.types;\naccess_log \"{place}/access.log\";\n{temporary}\
         include \"{}\";\n}}\n",
        site.path(&format!("deploy/{target}/mysite.conf"))
    );
    let file = directory.join("nginx.conf");
    fs::write(&file, configuration).unwrap();
    let mut command = as_nobody(Path::new(PROGRAM));
    command
        .arg("-p")
        .arg(&directory)
        .arg("-c")
        .arg(&file)
        .args(["-e", "stderr"]);
    let nginx = Daemon::start(command);
    nginx.wait_for_output("start worker process ");
    nginx
}

/// One request, as a visitor sends it who would like to be another.
fn visit(port: u16, target: &str) -> Response {
    let headers = "Host: site.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\n\
                   X-Forwarded-For: 192.0.2.1";
    get(Client::connect(("127.0.0.1", port)), target, headers)
}

/// What nginx adds to a site: who and how the visitor is, files, and a limit.
#[track_caller]
fn check(site: &Site, port: u16) {
    let url = format!("http://site.example:{port}/");
    site.check(&url, |target| visit(port, target));
    let page = visit(port, "/");
    let lines: Vec<_> = page.text().lines().collect();
    assert_eq!(lines[2..4], ["plain", "127.0.0.1"]);
    let file = visit(port, "/static/site.css");
    assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
    assert_eq!(file.header("Content-Type"), Some("text/css"));
    assert_eq!(file.header("Cache-Control"), Some("max-age=3600"));
    assert_eq!(visit(port, "/static/nothing.css").status, 404);
    assert_eq!(file.header("Server"), Some("nginx"));
    assert_ne!(visit(port, "/static/../mysite/settings.py").status, 200);
    assert_ne!(visit(port, "/static../mysite/settings.py").status, 200);
    let mut client = Client::connect(("127.0.0.1", port));
    client.send("POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 11000000\r\n\r\n");
    assert_eq!(client.head().status, 413);
}

#[test]
fn it_serves_in_front_of_gunicorn_also_by_https() {
    let Served {
        site,
        socket,
        gunicorn,
    } = gunicorn::serve();
    site.open_to_all();
    // As `SocketUser` in the unit has it.
    give_to_nobody(&socket);
    let (port, secure) = (free_port().to_string(), free_port());
    let socket = socket.to_str().unwrap();
    let host = ("host", "site.example");
    let at = [
        ("socket", socket),
        ("address", "127.0.0.1:"),
        ("port", &port),
        host,
    ];
    let site = site.deploy("nginx", &at);
    let port = port.parse().unwrap();
    let mut nginx = start(&site, "nginx");
    check(&site, port);
    let waiting = site.wait(Client::connect(("127.0.0.1", port)));
    nginx.signal(Signal::QUIT);
    nginx.wait_for_output("gracefully shutting down");
    waiting.end();
    assert!(nginx.wait_exit().success(), "{}", nginx.output());

    let (certificate, key) = certificate(&site);
    fs::remove_file(site.dir().join("deploy/nginx/mysite.conf")).unwrap();
    let (port, secure_port) = (port.to_string(), secure.to_string());
    let with_certificate = [
        ("socket", socket),
        ("address", "127.0.0.1:"),
        ("port", &port),
        ("https_port", &secure_port),
        ("certificate", &certificate),
        ("certificate_key", &key),
        host,
    ];
    let site = site.deploy("nginx", &with_certificate);
    let mut nginx = start(&site, "nginx");
    let moved = visit(port.parse().unwrap(), "/x?y=z");
    assert_eq!(moved.status, 301);
    let url = format!("https://site.example:{secure}/");
    assert_eq!(moved.header("Location"), Some(&*format!("{url}x?y=z")));
    let page = get_by_https(secure);
    assert!(
        page.contains(&format!("{url}\nsecure\n127.0.0.1")),
        "{page}"
    );
    nginx.signal(Signal::QUIT);
    assert!(nginx.wait_exit().success(), "{}", nginx.output());
    drop(gunicorn);
}

#[test]
fn it_serves_in_front_of_uwsgi() {
    let site = uwsgi::site();
    site.open_to_all();
    let (site, uwsgi) = uwsgi::serve(site, &in_nobodys_group());
    let (port, socket) = (free_port(), site.path("u.sock"));
    let variables = [
        ("server", "uwsgi"),
        ("socket", &*socket),
        ("address", "127.0.0.1:"),
        ("port", &port.to_string()),
        ("host", "site.example"),
    ];
    let site = site.deploy("nginx", &variables);
    let mut nginx = start(&site, "nginx");
    check(&site, port);
    nginx.signal(Signal::QUIT);
    assert!(nginx.wait_exit().success(), "{}", nginx.output());
    drop(uwsgi);
}

#[test]
fn it_speaks_fastcgi_to_uwsgi() {
    let site = uwsgi::site();
    site.open_to_all();
    let (port, socket) = (free_port(), site.path("f.sock"));
    let environment = site.path("deploy/fastcgi/mysite.env");
    let variables = [
        ("socket", &*socket),
        ("environment_file", &environment),
        ("processes", "2"),
        ("address", "127.0.0.1:"),
        ("port", &port.to_string()),
        ("host", "site.example"),
    ];
    let site = site.deploy("fastcgi", &variables);
    site.append("deploy/fastcgi/mysite.env", VARIABLE);
    let unit = Unit::read(&site.dir().join("deploy/fastcgi/mysite.service"));
    let mut uwsgi = service::start(&site, &unit, &in_nobodys_group());
    for _ in 0..2 {
        uwsgi.wait_for_output(uwsgi::LOADED);
    }
    let mut nginx = start(&site, "fastcgi");
    let url = format!("http://site.example:{port}/");
    site.check(&url, |target| visit(port, target));
    let page = visit(port, "/");
    let lines: Vec<_> = page.text().lines().collect();
    assert_eq!(lines[2], "plain");
    assert_ne!(lines[3], "192.0.2.1");
    let file = visit(port, "/static/site.css");
    assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
    let waiting = site.wait(Client::connect(("127.0.0.1", port)));
    nginx.signal(Signal::QUIT);
    nginx.wait_for_output("gracefully shutting down");
    waiting.end();
    assert!(nginx.wait_exit().success(), "{}", nginx.output());
    uwsgi.signal(Signal::TERM);
    assert!(uwsgi.wait_exit().success(), "{}", uwsgi.output());
}

/// `FORCE_SCRIPT_NAME`: the site has a path of a host, and the project sees the rest.
#[test]
fn a_site_may_be_below_a_path() {
    let site = uwsgi::site();
    site.open_to_all();
    let below = "FORCE_SCRIPT_NAME = '/my.shop'\nSTATIC_URL = 'static/'\n";
    site.append("mysite/production.py", below);
    let (site, uwsgi) = uwsgi::serve(site, &in_nobodys_group());
    let port = free_port();
    let socket = site.path("u.sock");
    let look = || {
        let page = visit(port, "/my.shop/");
        let url = format!("http://site.example:{port}/my.shop/");
        assert_eq!(page.text().lines().nth(1), Some(&*url), "{}", page.text());
        let file = visit(port, "/my.shop/static/site.css");
        assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
        assert_eq!(visit(port, "/my.shop/files/site.css").status, 200);
        assert_eq!(visit(port, "/my.shop/nothing").status, 404);
        assert_eq!(visit(port, "/myxshop/files/site.css").status, 404);
    };
    let number = port.to_string();
    let at = [
        ("address", "127.0.0.1:"),
        ("port", &*number),
        ("host", "site.example"),
    ];
    let proxied = [&[("server", "uwsgi"), ("socket", &*socket)], &at[..]].concat();
    let site = site.deploy("nginx", &proxied);
    let mut nginx = start(&site, "nginx");
    look();
    nginx.signal(Signal::QUIT);
    assert!(nginx.wait_exit().success(), "{}", nginx.output());
    drop(uwsgi);

    let socket = site.path("f.sock");
    let environment = site.path("deploy/fastcgi/mysite.env");
    let own = [
        ("socket", &*socket),
        ("environment_file", &*environment),
        ("processes", "2"),
    ];
    let site = site.deploy("fastcgi", &[&own[..], &at].concat());
    let unit = Unit::read(&site.dir().join("deploy/fastcgi/mysite.service"));
    let uwsgi = service::start(&site, &unit, &in_nobodys_group());
    uwsgi.wait_for_output("spawned uWSGI worker 2");
    let mut nginx = start(&site, "fastcgi");
    look();
    nginx.signal(Signal::QUIT);
    assert!(nginx.wait_exit().success(), "{}", nginx.output());
    drop(uwsgi);
}

/// What starts a program in the group that nginx is in, as `Group` in the unit has it.
pub(super) fn in_nobodys_group() -> Vec<String> {
    if !rustix::process::geteuid().is_root() {
        return Vec::new();
    }
    let group = format!("--regid={}", nobody().1);
    ["setpriv", "--clear-groups", &group]
        .map(str::to_owned)
        .to_vec()
}

/// A certificate that nobody has signed, and its key.
fn certificate(site: &Site) -> (String, String) {
    let (certificate, key) = (site.path("nginx/site.pem"), site.path("nginx/site.key"));
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]);
    command.args(["-nodes", "-days", "2", "-subj", "/CN=site.example"]);
    command.args(["-keyout", &key, "-out", &certificate]);
    let output = command
        .output()
        .expect("`openssl` (Debian's package `openssl`)");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    give_to_nobody(Path::new(&key));
    (certificate, key)
}

/// The page, as Python's client gets it.
fn get_by_https(port: u16) -> String {
    let program = format!(
        "import ssl, urllib.request as u; \
         r = u.Request('https://127.0.0.1:{port}/', headers={{'Host': 'site.example'}}); \
         print(u.urlopen(r, context=ssl._create_unverified_context()).read().decode())"
    );
    let output = Command::new(newest().as_ref())
        .args(["-I", "-c", &program])
        .output();
    let output = output.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

//! Apache with `mod_wsgi`: sites with settings of their own, and users of Django.

use std::{fs, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use rustix::process::Signal;

use super::site::{Site, VARIABLE, get};
use crate::support::{Client, Packages, Python, Response, Sandbox, Test, Venv, apache::Place};

/// Django for the Python that `mod_wsgi` was made for.
fn debians() -> Venv {
    Python::debians().venv(Packages::Django)
}

/// What somebody has uploaded who would like the server to run it.
const UPLOAD: &str = "raise SystemExit\n";

fn visit(port: u16, host: &str, target: &str) -> Response {
    let headers = format!("Host: {host}");
    get(Client::connect(("127.0.0.1", port)), target, &headers)
}

#[test]
fn two_sites_at_once_have_each_its_own_settings() {
    let place = Place::new();
    let environment = place.environment(&debians());
    let port = place.port;
    let make = |service: &str, settings| {
        let site = Site::with_settings(&environment, settings);
        site.open_to_all();
        let file = format!("deploy/apache/{service}.env");
        let own = [
            ("service", service),
            ("host", &*format!("{service}.example")),
            ("environment_file", &*site.path(&file)),
            ("proxy", "192.0.2.1"),
        ];
        let uploads = "MEDIA_URL = 'uploads/'\nMEDIA_ROOT = BASE_DIR / 'uploads'\n";
        site.append(&format!("{}.py", settings.replace('.', "/")), uploads);
        fs::create_dir(site.dir().join("uploads")).unwrap();
        fs::write(site.dir().join("uploads/a.php"), UPLOAD).unwrap();
        let site = site.deploy("apache", &[&own[..], &place.variables()].concat());
        // In quotes, as systemd would read it, too.
        site.append(&file, &VARIABLE.replace("yes", "\"yes\""));
        site
    };
    let sites = [
        make("one", "mysite.production"),
        make("two", "mysite.elsewhere"),
    ];
    let include = |site: &Site, service: &str| {
        format!(
            "Include \"{}\"\n",
            site.path(&format!("deploy/apache/{service}.conf"))
        )
    };
    // As where PHP runs what has such a name, wherever it is.
    let php = "<FilesMatch \"\\.php$\">\nSetHandler wsgi-script\nOptions +ExecCGI\n</FilesMatch>\n";
    let sites_of_both = include(&sites[0], "one") + &include(&sites[1], "two");
    let mut apache = place.start(&format!("{php}{sites_of_both}"));
    for _ in 0..2 {
        for (site, service) in sites.iter().zip(["one", "two"]) {
            let host = format!("{service}.example");
            site.check(&format!("http://{host}/"), |target| {
                visit(port, &host, target)
            });
            let file = visit(port, &host, "/static/site.css");
            assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
            assert_eq!(file.header("Content-Type"), Some("text/css"));
            let upload = visit(port, &host, "/uploads/a.php");
            assert_eq!((upload.status, upload.text()), (200, UPLOAD));
            assert_eq!(upload.header("X-Content-Type-Options"), Some("nosniff"));
            let forged = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7";
            let headers = format!("Host: {host}\r\n{forged}");
            let page = get(Client::connect(("127.0.0.1", port)), "/", &headers);
            let lines: Vec<_> = page.text().lines().collect();
            assert_eq!(lines[2..4], ["plain", "-"]);
            assert_ne!(
                visit(port, &host, "/static/../mysite/settings.py").status,
                200
            );
        }
    }
    apache.signal(Signal::WINCH);
    assert!(apache.wait_exit().success(), "{}", apache.output());
    for service in ["one", "two"] {
        let log = place.join(&format!("logs/{service}-access.log"));
        let log = fs::read_to_string(log).unwrap();
        assert!(log.contains("\"GET /broken HTTP/1.1\" 500"), "{log}");
    }
}

/// `FORCE_SCRIPT_NAME`: the site has a path of a host, and the project sees the rest.
#[test]
fn a_site_may_be_below_a_path() {
    let place = Place::new();
    let site = Site::new(&place.environment(&debians()));
    site.open_to_all();
    let below = "FORCE_SCRIPT_NAME = '/my.shop'\nSTATIC_URL = 'static/'\n";
    site.append("mysite/production.py", below);
    let file = site.path("deploy/apache/below.env");
    let own = [
        ("service", "below"),
        ("host", "site.example"),
        ("environment_file", &*file),
    ];
    let site = site.deploy("apache", &[&own[..], &place.variables()].concat());
    let include = site.path("deploy/apache/below.conf");
    let mut apache = place.start(&format!("Include \"{include}\"\n"));
    let get = |target: &str| visit(place.port, "site.example", target);
    let page = get("/my.shop/");
    let url = "http://site.example/my.shop/";
    assert_eq!(page.text().lines().nth(1), Some(url), "{}", page.text());
    let file = get("/my.shop/static/site.css");
    assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
    assert_eq!(get("/my.shop/files/site.css").status, 200);
    assert_eq!(get("/my.shop/nothing").status, 404);
    assert_eq!(get("/my.shop/broken").status, 500);
    for elsewhere in ["/", "/files/site.css", "/static/site.css", "/my.shopx/"] {
        assert_eq!(get(elsewhere).status, 404, "{elsewhere}");
    }
    apache.signal(Signal::WINCH);
    assert!(apache.wait_exit().success(), "{}", apache.output());
}

const PAGE: &str = "
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path('', lambda request: HttpResponse(settings.SETTINGS_MODULE))]
";

/// In embedded mode sites are interpreters of one process, and what one of them puts into its
/// environment is in that of those that start later.
#[test]
fn in_one_process_settings_have_to_be_set_outright() {
    let shared = Place::new();
    let environment = shared.environment(&debians());
    for (option, settings_of_the_second) in [("false", "one.settings"), ("true", "two.settings")] {
        let mut sandbox = Sandbox::new();
        for name in ["one", "two"] {
            let variable = format!("settings_outright={option}");
            let made = Test::within(sandbox).args(["startproject", name, "--var", &variable]);
            sandbox = made.run().into_sandbox();
            sandbox.write(format!("{name}/{name}/urls.py"), PAGE);
        }
        let place = Place::new();
        let port = place.port;
        let mut configuration = format!(
            "WSGIPythonHome {}\nWSGIPythonPath {directory}/one:{directory}/two\n",
            environment.display(),
            directory = place.directory.path().display(),
        );
        for name in ["one", "two"] {
            let directory = place.join(name);
            fs::rename(sandbox.dir().join(name), &directory).unwrap();
            let package = directory.join(name);
            let package = package.display();
            let lines = [
                format!("<VirtualHost 127.0.0.1:{port}>\nServerName {name}.localhost\n"),
                format!("WSGIScriptAlias / {package}/wsgi.py\n<Directory {package}>\n"),
                "Require all granted\n</Directory>\n</VirtualHost>\n".to_owned(),
            ];
            configuration.push_str(&lines.concat());
        }
        // That it stops is seen elsewhere; processes with interpreters in them take long to end.
        let apache = place.start(&configuration);
        assert_eq!(visit(port, "one.localhost", "/").text(), "one.settings");
        let second = visit(port, "two.localhost", "/");
        assert_eq!(second.text(), settings_of_the_second, "{}", apache.output());
    }
}

/// Users as an administrator makes them.
const USERS: &str = "
from django.contrib.auth.models import Group, User
agents = Group.objects.create(name='secret agents')
for name, is_active in (('alice', True), ('bob', True), ('carol', False)):
    user = User.objects.create_user(name, password=name + \"'s:pass\", is_active=is_active)
    if name != 'bob':
        user.groups.add(agents)
";

#[test]
fn it_asks_for_users_of_django() {
    let place = Place::new();
    let environment = place.environment(&debians());
    let site = Site::new(&environment);
    site.open_to_all();
    // The usual ones take their time on purpose, for each password.
    let hashers = "PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n";
    site.append("mysite/production.py", hashers);
    for arguments in [
        &["migrate", "--verbosity=0"][..],
        &["shell", "-v0", "-c", USERS],
    ] {
        let mut manage = Command::new(environment.join("bin/python"));
        manage
            .arg("manage.py")
            .args(arguments)
            .arg("--settings=mysite.production");
        manage
            .current_dir(site.dir())
            .env_clear()
            .envs(site.environment());
        let output = manage.output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
    }
    let members = [("service", "members")];
    let agents = [
        ("service", "agents"),
        ("path", "/agents/"),
        ("group", "secret agents"),
        ("realm", "a \"realm\""),
    ];
    let site = site
        .deploy("apache-auth", &members)
        .deploy("apache-auth", &agents);
    let documents = place.join("documents");
    for name in ["private", "agents", "open"] {
        fs::create_dir_all(documents.join(name)).unwrap();
        fs::write(documents.join(name).join("a.txt"), name).unwrap();
    }
    let port = place.port;
    let include = |name: &str| {
        format!(
            "Include \"{}\"\n",
            site.path(&format!("deploy/apache-auth/{name}-auth.conf"))
        )
    };
    let configuration = format!(
        "<VirtualHost *:{port}>\nDocumentRoot {}\n{}{}</VirtualHost>\n",
        documents.display(),
        include("members"),
        include("agents")
    );
    let mut apache = place.start(&configuration);
    let ask = |target: &str, user: &str, password: &str| {
        let credentials = STANDARD.encode(format!("{user}:{password}"));
        let headers = format!("Host: localhost\r\nAuthorization: Basic {credentials}");
        get(Client::connect(("127.0.0.1", port)), target, &headers).status
    };
    assert_eq!(visit(port, "localhost", "/open/a.txt").status, 200);
    let refused = visit(port, "localhost", "/agents/a.txt");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("WWW-Authenticate"),
        Some(r#"Basic realm="a \"realm\"""#)
    );
    let answers = [
        ("alice", "alice's:pass", 200, 200),
        ("alice", "alice's", 401, 401),
        ("alice", "", 401, 401),
        ("bob", "bob's:pass", 200, 401),
        ("carol", "carol's:pass", 401, 401),
        ("nobody", "x", 401, 401),
    ];
    for (user, password, member, agent) in answers {
        let statuses = (
            ask("/private/a.txt", user, password),
            ask("/agents/a.txt", user, password),
        );
        assert_eq!(
            statuses,
            (member, agent),
            "{user} {password}: {}",
            apache.output()
        );
    }
    apache.signal(Signal::WINCH);
    assert!(apache.wait_exit().success(), "{}", apache.output());
}

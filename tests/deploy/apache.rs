//! Apache with `mod_wsgi`, as an unprivileged user: both are Debian's, and so is the Python.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use rustix::process::Signal;
use tempfile::TempDir;

use super::site::{Site, VARIABLE, free_port, get};
use crate::support::{
    Client, Daemon, Packages, Python, Response, Sandbox, Test, Venv,
    unprivileged::{as_nobody, give_to_nobody},
};

const PROGRAM: &str = "/usr/sbin/apache2";

const MODULES: &str = "/usr/lib/apache2/modules";

/// Modules that Debian's configuration has switched on, and `mod_wsgi`.
const NEEDED: [&str; 9] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_basic",
    "alias",
    "mime",
    "headers",
    "wsgi",
];

/// Django for the Python that `mod_wsgi` was made for.
fn debians() -> Venv {
    Python::debians().venv(Packages::Django)
}

/// That environment, or where it is in somebody's home a copy that everybody can read.
pub(super) fn environment(directory: &Path) -> PathBuf {
    let venv = debians();
    let can_look = as_nobody(Path::new("/usr/bin/test"))
        .args(["-r".as_ref(), venv.as_ref().as_os_str()])
        .status();
    if can_look.unwrap().success() {
        return venv.dir().to_owned();
    }
    let place = directory.join("venv");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(venv.dir())
        .arg(&place)
        .status();
    assert!(copied.unwrap().success());
    place
}

/// A directory that everybody can look into.
pub(super) fn open_directory() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::Builder::new()
        .prefix("apache-")
        .tempdir()
        .unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// Starts it with a configuration, in a directory of the test's.
pub(super) fn start(directory: &Path, port: u16, configuration: &str) -> Daemon {
    for file in [PROGRAM, "/usr/lib/apache2/modules/mod_wsgi.so"] {
        let there = Path::new(file).is_file();
        assert!(
            there,
            "`{file}` (Debian's packages `apache2` and `libapache2-mod-wsgi-py3`)"
        );
    }
    let own = directory.join("apache");
    fs::create_dir(&own).unwrap();
    give_to_nobody(&own);
    let place = own.display();
    let modules = NEEDED.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"));
    let text = format!(
        "{}ServerRoot {place}\nPidFile {place}/pid\nDefaultRuntimeDir {place}\n\
         Mutex file:{place} default\nWSGISocketPrefix {place}/wsgi\n\
         Listen 127.0.0.1:{port}\nServerName localhost\nTypesConfig /etc/mime.types\n\
         ErrorLog \"|/bin/cat\"\nLogFormat \"%h %t \\\"%r\\\" %>s %b\" combined\n\
         ServerLimit 1\nStartServers 1\nThreadsPerChild 4\nMaxRequestWorkers 4\n\
         {configuration}",
        modules.concat()
    );
    let file = own.join("apache.conf");
    fs::write(&file, text).unwrap();
    let mut command = as_nobody(Path::new(PROGRAM));
    command.arg("-f").arg(&file).arg("-DFOREGROUND");
    let apache = Daemon::start(command);
    apache.wait_for_output("resuming normal operations");
    apache
}

/// What somebody has uploaded who would like the server to run it.
const UPLOAD: &str = "raise SystemExit\n";

fn visit(port: u16, host: &str, target: &str) -> Response {
    let headers = format!("Host: {host}");
    get(Client::connect(("127.0.0.1", port)), target, &headers)
}

#[test]
fn two_sites_at_once_have_each_its_own_settings() {
    let directory = open_directory();
    let environment = environment(directory.path());
    let port = free_port();
    let logs = directory.path().join("logs");
    fs::create_dir(&logs).unwrap();
    give_to_nobody(&logs);
    let make = |service: &str, settings| {
        let site = Site::with_settings(&environment, settings);
        site.open_to_all();
        let file = format!("deploy/apache/{service}.env");
        let variables = [
            ("service", service),
            ("host", &*format!("{service}.example")),
            ("address", &*format!("127.0.0.1:{port}")),
            ("environment_file", &*site.path(&file)),
            ("log_directory", logs.to_str().unwrap()),
            ("proxy", "192.0.2.1"),
            ("user", "nobody"),
            ("group", "nogroup"),
        ];
        let uploads = "MEDIA_URL = 'uploads/'\nMEDIA_ROOT = BASE_DIR / 'uploads'\n";
        site.append(&format!("{}.py", settings.replace('.', "/")), uploads);
        fs::create_dir(site.dir().join("uploads")).unwrap();
        fs::write(site.dir().join("uploads/a.php"), UPLOAD).unwrap();
        let site = site.deploy("apache", &variables);
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
    let configuration = format!("{php}{sites_of_both}");
    let mut apache = start(directory.path(), port, &configuration);
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
        let log = fs::read_to_string(logs.join(format!("{service}-access.log"))).unwrap();
        assert!(log.contains("\"GET /broken HTTP/1.1\" 500"), "{log}");
    }
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
    let directory = open_directory();
    let environment = environment(directory.path());
    for (option, settings_of_the_second) in [("false", "one.settings"), ("true", "two.settings")] {
        let mut sandbox = Sandbox::new();
        for name in ["one", "two"] {
            let variable = format!("settings_outright={option}");
            let made = Test::within(sandbox).args(["startproject", name, "--var", &variable]);
            sandbox = made.run().into_sandbox();
            sandbox.write(format!("{name}/{name}/urls.py"), PAGE);
        }
        let place = directory.path().join(option);
        fs::create_dir(&place).unwrap();
        let mut configuration = format!(
            "WSGIPythonHome {}\nWSGIPythonPath {place}/one:{place}/two\n",
            environment.display(),
            place = place.display(),
        );
        let port = free_port();
        for name in ["one", "two"] {
            fs::rename(sandbox.dir().join(name), place.join(name)).unwrap();
            let package = place.join(name).join(name);
            let package = package.display();
            let lines = [
                format!("<VirtualHost 127.0.0.1:{port}>\nServerName {name}.localhost\n"),
                format!("WSGIScriptAlias / {package}/wsgi.py\n<Directory {package}>\n"),
                "Require all granted\n</Directory>\n</VirtualHost>\n".to_owned(),
            ];
            configuration.push_str(&lines.concat());
        }
        // That it stops is seen elsewhere; processes with interpreters in them take long to end.
        let apache = start(&place, port, &configuration);
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
    let directory = open_directory();
    let environment = environment(directory.path());
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
    let documents = directory.path().join("documents");
    for name in ["private", "agents", "open"] {
        fs::create_dir_all(documents.join(name)).unwrap();
        fs::write(documents.join(name).join("a.txt"), name).unwrap();
    }
    let port = free_port();
    let include = |name: &str| {
        format!(
            "Include \"{}\"\n",
            site.path(&format!("deploy/apache-auth/{name}-auth.conf"))
        )
    };
    let configuration = format!(
        "DocumentRoot {}\n{}{}",
        documents.display(),
        include("members"),
        include("agents")
    );
    let apache = start(directory.path(), port, &configuration);
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
}

//! Applications of other frameworks than Django, each named in every way there is: they are
//! served, reloaded, and checked.

use std::fmt;

use rstest::rstest;

use crate::support::{Sandbox, Serve, Server, Test, Venv, post, pythons};

/// What the oldest supported Python can install.
const OLDEST: &[&str] = &[
    "Flask==3.0.3",
    "Werkzeug==3.0.6",
    "bottle==0.13.4",
    "pyramid==2.0.2",
    "CherryPy==18.10.0",
    "falcon==4.1.0",
];

/// The current versions.
const NEWEST: &[&str] = &[
    "Flask==3.1.3",
    "Werkzeug==3.1.9",
    "bottle==0.13.4",
    "pyramid==2.1",
    "CherryPy==18.10.0",
    "falcon==4.4.0",
];

/// The oldest and the newest interpreter, each with all frameworks, and what these are.
fn environments() -> [(Venv, &'static [&'static str]); 2] {
    let oldest = (pythons().first().unwrap(), OLDEST);
    let newest = (pythons().last().unwrap(), NEWEST);
    [oldest, newest].map(|(python, packages)| (python.venv_with("frameworks", packages), packages))
}

/// How a project says what its application is.
#[derive(Clone, Copy, Debug)]
enum Way {
    Option,
    Configuration,
    Settings,
}

const WAYS: [Way; 3] = [Way::Option, Way::Configuration, Way::Settings];

impl Way {
    /// A project with the application in `hello.py`.
    fn project(self, application: &str, venv: &Venv) -> Sandbox {
        let mut sandbox = Sandbox::new();
        sandbox.set_env("VIRTUAL_ENV", venv.dir());
        sandbox.write("hello.py", application);
        match self {
            Self::Option => {}
            Self::Configuration => {
                sandbox.write("pyproject.toml", "[tool.scaffold]\napp = 'hello:app'\n");
            }
            Self::Settings => {
                sandbox.write("mysite.py", "WSGI_APPLICATION = 'hello.app'\n");
                sandbox.write("pyproject.toml", "[tool.scaffold]\nsettings = 'mysite'\n");
            }
        }
        sandbox
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Option => &["--app", "hello:app"],
            Self::Configuration | Self::Settings => &[],
        }
    }

    /// What `scaffold check` says of it.
    fn rule(self) -> &'static str {
        match self {
            Self::Option => "--app",
            Self::Configuration => "pyproject.toml",
            Self::Settings => "WSGI_APPLICATION",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())
    }
}

#[rstest]
#[case("Flask", include_str!("flask_site.py"))]
#[case("bottle", include_str!("bottle_site.py"))]
#[case("pyramid", include_str!("pyramid_site.py"))]
#[case("CherryPy", include_str!("cherrypy_site.py"))]
#[case("falcon", include_str!("falcon_site.py"))]
fn a_framework_is_served_reloaded_and_checked(#[case] package: &str, #[case] application: &str) {
    for (venv, packages) in environments() {
        for way in WAYS {
            let server = Serve::within(way.project(application, &venv))
                .args(way.arguments().iter().copied())
                .start();
            serves(&server, way);
            let edited = application.replace("GREETING = \"hello\"", "GREETING = \"changed\"");
            server.sandbox().write("hello.py", edited);
            assert_eq!(server.get("/").text(), "changed", "{way}");
            drop(server);
            let sandbox = way.project(application, &venv);
            is_recognised(sandbox, way, package, packages);
        }
    }
}

#[track_caller]
fn serves(server: &Server, way: Way) {
    assert_eq!(server.get("/").text(), "hello", "{way}");
    let response = server.get("/hello/gr%C3%BC%C3%9Fe%20%E2%82%AC");
    assert_eq!(response.text(), "hello grüße €", "{way}");
    let kind = "application/x-www-form-urlencoded";
    let response = post(&server.url("/form"), kind, b"name=Zo%C3%AB+%26+co");
    assert_eq!(response.text(), "posted Zoë & co", "{way}");
    assert_eq!(server.get("/nowhere").status, 404, "{way}");
}

/// The check finds nothing wrong, and knows the framework and its version.
#[track_caller]
fn is_recognised(sandbox: Sandbox, way: Way, package: &str, packages: &[&str]) {
    let outcome = Test::within(sandbox)
        .args(["check", "--json"])
        .args(way.arguments().iter().copied())
        .capture();
    assert_eq!(outcome.status, Some(0), "{way}: {outcome}");
    let found: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(found["valid"], true, "{way}: {outcome}");
    assert_eq!(found["response"]["status"], "200 OK", "{way}: {outcome}");
    assert_eq!(found["application"]["name"], "hello.app");
    assert_eq!(found["application"]["rule"], way.rule());
    let name = found["framework"]["name"].as_str().unwrap();
    assert!(name.eq_ignore_ascii_case(package), "{name}");
    let version = found["framework"]["version"].as_str().unwrap();
    let wanted = format!("{package}=={version}");
    assert!(packages.contains(&&*wanted), "{wanted}");
}

/// Werkzeug has no class of application; what a function uses tells.
#[rstest]
#[case(
    "from werkzeug.wrappers import Request, Response\n\
     @Request.application\n\
     def app(request):\n    return Response('hello')\n"
)]
#[case(
    "from werkzeug.wrappers import Response\n\
     def app(environ, start_response):\n    \
         return Response('hello')(environ, start_response)\n"
)]
#[case(
    "from werkzeug.wrappers import Request, Response\n\
     class Site:\n    \
         def dispatch(self, request):\n        return Response('hello')\n    \
         def __call__(self, environ, start_response):\n        \
             return self.dispatch(Request(environ))(environ, start_response)\n\
     app = Site()\n"
)]
fn werkzeug_is_recognised_by_what_is_used(#[case] application: &str) {
    let [_, (venv, packages)] = environments();
    let sandbox = Way::Option.project(application, &venv);
    is_recognised(sandbox, Way::Option, "Werkzeug", packages);
}

/// Middleware hides the application behind it from nobody.
#[test]
fn a_framework_is_recognised_through_middleware() {
    let [_, (venv, packages)] = environments();
    let application = concat!(
        include_str!("flask_site.py"),
        "\n\nfrom werkzeug.middleware.proxy_fix import ProxyFix\n\napp = ProxyFix(app)\n"
    );
    let sandbox = Way::Option.project(application, &venv);
    is_recognised(sandbox, Way::Option, "Flask", packages);
}

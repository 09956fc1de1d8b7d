//! What the command takes, says and writes, with projects that need no framework.

use crate::support::{Packages, Test, Venv, newest};

const APP: &str = "\
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
";

fn venv() -> Venv {
    newest().venv(Packages::None)
}

/// The command in a project with one module.
fn deploy() -> Test {
    let test = Test::new().file("shop/hello.py", APP).in_dir("shop");
    test.env("VIRTUAL_ENV", venv().dir())
        .args(["deploy", "gunicorn", "--app", "hello:application"])
}

#[test]
fn targets_are_listed_with_what_they_are_for() {
    let outcome = Test::new().args(["deploy", "--list"]).capture();
    insta::assert_snapshot!(outcome.to_string(), @r"
    exit code: 0
    ----- stdout -----
    apache       Apache with mod_wsgi, which runs the project itself: where Apache serves a machine's sites already
    apache-auth  Apache asks for a name and password of Django's users, for anything that it serves itself
    docker       An image for Docker or Podman with Gunicorn in it, and a compose.yaml: where containers run, or machines are to be alike
    fastcgi      FastCGI: uWSGI's socket behind nginx, where a web server speaks nothing else to applications
    gunicorn     Gunicorn as a service of systemd: the usual choice on a machine of your own, behind nginx or Apache
    kubernetes   Manifests for Kubernetes, which runs the image of `docker`: past one machine, or where a cluster is there already
    nginx        nginx in front of Gunicorn or uWSGI: for HTTPS, static files and slow clients, so for every site on the internet
    uwsgi        uWSGI behind a web server, or alone: where a machine has it already, or its many options are wanted
    ----- stderr -----
    ");
    let outcome = Test::new().args(["deploy", "--list", "--json"]).capture();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["targets"][0]["builtin"], true);
    let names = document["targets"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"gunicorn"), "{names:?}");
}

#[test]
fn what_is_no_target_is_refused() {
    let test = Test::new().args(["deploy", "gnicorn"]).status(1);
    test.stderr("error: there is no target `gnicorn`\nhint: did you mean `gunicorn`?\n")
        .run();
    let test = Test::new().args(["deploy", "../x"]).status(1);
    test.stderr_contains("`../x` cannot be the name of a target")
        .run();
    Test::new()
        .arg("deploy")
        .status(2)
        .stderr_contains("TARGET")
        .run();
}

#[test]
fn a_rust_project_is_refused() {
    let test = Test::new()
        .file(
            "Cargo.toml",
            "[package]\nname = 'x'\nversion = '0.1.0'\nedition = '2024'\n",
        )
        .file("src/lib.rs", "pub mod settings;\n")
        .file(
            "src/settings.rs",
            "pub const WSGI_APPLICATION: &str = \"x::app\";\n",
        );
    test.args(["deploy", "gunicorn"])
        .status(1)
        .stderr_contains("this is a project in Rust")
        .stderr_contains("hint: `cargo build --release`")
        .run();
}

#[test]
fn what_is_for_django_alone_is_refused_for_others() {
    let test = Test::new()
        .file("app.py", APP)
        .env("VIRTUAL_ENV", venv().dir());
    test.args(["deploy", "apache-auth", "--app", "app:application"])
        .status(1)
        .stderr_contains("has to be Django")
        .run();
}

#[test]
fn a_project_that_cannot_be_loaded_is_not_deployed() {
    let test = deploy().file("shop/hello.py", "import nothing_of_the_kind\n");
    let outcome = test
        .status(1)
        .stderr_contains("the project cannot be loaded: ModuleNotFoundError")
        .stderr_contains("hint: ")
        .run();
    assert_eq!(outcome.tree("shop"), "hello.py\n");
    let test = Test::new()
        .file("app.py", APP)
        .env("VIRTUAL_ENV", venv().dir());
    test.args(["deploy", "gunicorn", "--app", "app:applicaton", "--json"])
        .status(1)
        .stdout_contains("\"error\": \"the project cannot be loaded")
        .stderr_contains("did you mean `app.application`?")
        .run();
}

#[test]
fn an_application_without_settings_is_enough() {
    let outcome = deploy().stderr_contains("wrote 4 files for `hello`").run();
    let configuration = outcome.read("shop/deploy/gunicorn/gunicorn.conf.py");
    assert!(
        configuration.contains("wsgi_app = \"hello:application\""),
        "{configuration}"
    );
    let variables = outcome.read("shop/deploy/gunicorn/hello.env");
    assert!(
        !variables.contains("\nDJANGO_SETTINGS_MODULE"),
        "{variables}"
    );
}

/// Gunicorn imports names of modules only; the others import a module of ours.
#[test]
fn an_application_may_be_in_an_object() {
    let source = format!("{APP}class Holder:\n    app = staticmethod(application)\n");
    let test = Test::new()
        .file("shop.py", source)
        .env("VIRTUAL_ENV", venv().dir());
    let outcome = test
        .args(["deploy", "gunicorn", "--app", "shop:Holder.app"])
        .status(1)
        .stderr_contains("the variable `application` has to be a name in a module")
        .run();
    assert_eq!(outcome.tree(""), "shop.py\n");
    let test = outcome
        .then()
        .args(["deploy", "uwsgi", "--app", "shop:Holder.app"]);
    let outcome = test.stderr_contains("wrote 5 files").run();
    let module = outcome.read("deploy/uwsgi/application.py");
    let expected =
        "\"\"\"What uWSGI loads for shop.\"\"\"\n\nimport shop\n\napplication = shop.Holder.app\n";
    assert_eq!(module, expected);
}

/// A function that makes the application is called by the server, and not taken for it.
#[test]
fn an_application_may_be_made_by_a_function() {
    let source = format!("{APP}def create_app(debug=False):\n    return application\n");
    let test = Test::new()
        .file("shop.py", source)
        .env("VIRTUAL_ENV", venv().dir());
    let outcome = test
        .args(["deploy", "gunicorn", "--app", "shop:create_app"])
        .status(1)
        .stderr_contains("shop.create_app does not take (environ, start_response)")
        .stderr_contains("--app 'shop:create_app()'")
        .run();
    let test = outcome
        .then()
        .args(["deploy", "gunicorn", "--app", "shop:create_app()"]);
    let outcome = test.stderr_contains("wrote 4 files").run();
    let configuration = outcome.read("deploy/gunicorn/gunicorn.conf.py");
    let line = "\nwsgi_app = \"shop:create_app()\"\n";
    assert!(configuration.contains(line), "{configuration}");
    let test = outcome
        .then()
        .args(["deploy", "uwsgi", "--app", "shop:create_app()"]);
    let outcome = test.stderr_contains("wrote 5 files").run();
    let module = outcome.read("deploy/uwsgi/application.py");
    let lines = "\nfrom shop import create_app\n\napplication = create_app()\n";
    assert!(module.ends_with(lines), "{module}");
}

const SETTINGS: &str = "\
WSGI_APPLICATION = 'hello.application'
ALLOWED_HOSTS = ['.example.com', 'www.example.org', '[::1]', '*']
STATIC_URL, STATIC_ROOT = 'https://cdn.example.net/files/', '/srv/files'
";

/// The command for a project with settings of its own.
fn deploy_settings(server: &str) -> Test {
    let test = Test::new()
        .file("my shop/hello.py", APP)
        .file("my shop/conf.py", SETTINGS)
        .file("my shop/manage.py", "")
        .in_dir("my shop");
    test.env("VIRTUAL_ENV", venv().dir())
        .args(["deploy", server, "--settings", "conf"])
}

#[test]
fn all_names_of_the_site_are_served() {
    let outcome = deploy_settings("nginx")
        .stderr_contains("certbot --nginx --domain example.com --domain www.example.org\n")
        .run();
    let site = outcome.read("my shop/deploy/nginx/my-shop.conf");
    let names = "server_name example.com www.example.org *.example.com;";
    assert!(site.contains(names), "{site}");
    // A network that delivers files fetches them here.
    let files = "location /files/ {\n        alias /srv/files/;";
    assert!(site.contains(files), "{site}");
    let outcome = deploy_settings("apache")
        .stderr_contains("certbot --apache --domain example.com --domain www.example.org\n")
        .run();
    let site = outcome.read("my shop/deploy/apache/my-shop.conf");
    assert!(
        site.contains("ServerAlias www.example.org *.example.com\n"),
        "{site}"
    );
}

#[test]
fn requirements_are_added_by_whoever_keeps_them() {
    for (file, command) in [
        ("uv.lock", "  uv add gunicorn\n"),
        ("poetry.lock", "  poetry add gunicorn\n"),
        ("Pipfile", "  pipenv install gunicorn\n"),
        ("other", " -m pip install gunicorn\n"),
    ] {
        let test = deploy().file(format!("shop/{file}"), "");
        test.stderr_contains(command).run();
    }
}

#[test]
fn files_that_are_there_are_replaced_by_force_alone_and_kept() {
    let written = "deploy/gunicorn/gunicorn.conf.py";
    let outcome = deploy().stderr_contains("wrote 4 files").run();
    let first = outcome.read(format!("shop/{written}"));
    // What is as it would be written is no obstacle.
    let outcome = outcome.then().in_dir("shop").args(DEPLOY);
    let outcome = outcome.stderr_contains("nothing to write").run();
    let path = outcome.dir().join("shop").join(written);
    std::fs::write(&path, "# mine\n").unwrap();
    let outcome = outcome.then().in_dir("shop").args(DEPLOY).status(1);
    let outcome = outcome
        .stderr_contains("already exists, with other contents")
        .stderr_contains("`--force`")
        .run();
    assert_eq!(outcome.read(format!("shop/{written}")), "# mine\n");
    let outcome = outcome.then().in_dir("shop").args(DEPLOY).arg("--diff");
    let outcome = outcome.stdout_contains("\n-# mine\n").run();
    let outcome = outcome
        .then()
        .in_dir("shop")
        .args(DEPLOY)
        .args(["--dry-run", "--force"]);
    let outcome = outcome.stdout_contains("replaced ").run();
    let forced = outcome.then().in_dir("shop").args(DEPLOY).arg("--force");
    let outcome = forced
        .stderr_contains("`gunicorn.conf.py` is kept as `gunicorn.conf.py.bak`")
        .run();
    assert_eq!(outcome.read(format!("shop/{written}")), first);
    assert_eq!(outcome.read(format!("shop/{written}.bak")), "# mine\n");
    // What is no file is never replaced.
    std::fs::rename(&path, path.with_extension("mine")).unwrap();
    std::fs::create_dir(&path).unwrap();
    let forced = outcome
        .then()
        .in_dir("shop")
        .args(DEPLOY)
        .arg("--force")
        .status(1);
    let outcome = forced
        .stderr_contains("is in the way, and is no file")
        .run();
    std::fs::remove_dir(&path).unwrap();
    // No backup is ever replaced.
    std::fs::write(&path, "# mine again\n").unwrap();
    let forced = outcome
        .then()
        .in_dir("shop")
        .args(DEPLOY)
        .args(["--force", "--json"]);
    let outcome = forced
        .stdout_contains("\"backup\": \"gunicorn.conf.py.bak1\"")
        .run();
    assert_eq!(outcome.read(format!("shop/{written}.bak")), "# mine\n");
    assert_eq!(
        outcome.read(format!("shop/{written}.bak1")),
        "# mine again\n"
    );
}

/// The same command as [`deploy`], in a directory where it was run before.
const DEPLOY: [&str; 4] = ["deploy", "gunicorn", "--app", "hello:application"];

#[test]
fn a_template_of_the_users_own_takes_the_place_of_the_built_in_one() {
    let outcome = Test::new().args(["template", "eject", "deploy/gunicorn"]);
    let outcome = outcome
        .stderr_contains("scaffold deploy gunicorn --template ./gunicorn")
        .run();
    let outcome = outcome
        .then()
        .args(["template", "check", "./gunicorn", "--deploy"]);
    let outcome = outcome.stdout_contains("nothing is wrong").run();
    let own = outcome
        .home()
        .join(".config/scaffold/templates/deploy/gunicorn");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::fs::rename(outcome.dir().join("gunicorn"), &own).unwrap();
    std::fs::write(
        own.join("gunicorn.conf.py"),
        "wsgi_app = '{{ application }}'\n",
    )
    .unwrap();
    let outcome = outcome.then().args(["template", "list"]);
    let place = "[HOME]/.config/scaffold/templates/deploy/gunicorn";
    let outcome = outcome.stdout_contains(place).run();
    let test = outcome.then().file("shop/hello.py", APP).in_dir("shop");
    let test = test.env("VIRTUAL_ENV", venv().dir()).args(DEPLOY);
    let outcome = test.stderr_contains("wrote 4 files").run();
    let written = outcome.read("shop/deploy/gunicorn/gunicorn.conf.py");
    assert_eq!(written, "wsgi_app = 'hello:application'\n");
    // It may also be a few changes to the built-in one.
    std::fs::remove_dir_all(&own).unwrap();
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("scaffold.toml"), "extends = 'deploy/gunicorn'\n").unwrap();
    std::fs::write(
        own.join("README.md"),
        "{{ service }}: ask the administrators\n",
    )
    .unwrap();
    let outcome = outcome.then().in_dir("shop").args(DEPLOY).arg("--force");
    let outcome = outcome.stderr_contains("wrote 2 files").run();
    let written = outcome.read("shop/deploy/gunicorn/README.md");
    assert_eq!(written, "hello: ask the administrators\n");
    assert!(
        outcome
            .read("shop/deploy/gunicorn/gunicorn.conf.py")
            .contains("gthread")
    );
    // A directory of what was made is no template.
    let outcome = outcome
        .then()
        .in_dir("shop")
        .args(["template", "show", "deploy/gunicorn"]);
    outcome.stdout_contains("A template of deployments").run();
}

#[test]
fn variables_say_how_it_is_on_the_server() {
    let test = deploy().args(["--var", "directory=/srv/shop", "--into", "configuration"]);
    let outcome = test.stderr_contains("cd /srv/shop").run();
    let unit = outcome.read("shop/configuration/hello.service");
    assert!(unit.contains("\nWorkingDirectory=/srv/shop\n"), "{unit}");
    assert!(
        unit.contains(" --config /srv/shop/configuration/gunicorn.conf.py\n"),
        "{unit}"
    );
    // What would be more than one line there, is refused.
    let test = deploy().args(["--var", "python=/x\nUser=root"]).status(1);
    test.stderr_contains("line").run();
    let test = deploy().args(["--var", "servce=x"]).status(1);
    test.stderr_contains("did you mean `service`?").run();
}

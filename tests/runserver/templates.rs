//! Changed templates and translations of Django's: they show in the next answer, and need no new
//! worker where Django knows how to forget what it keeps of them.

use std::{fs, thread};

use rstest::rstest;

use crate::support::{Packages, Python, Serve, Server, newest, pythons};

/// Each answer begins with the process's number. `/slow` is under way until there is a file `go`.
const URLS: &str = "import os, time\n\
    from django.http import HttpResponse\n\
    from django.shortcuts import render\n\
    from django.urls import path\n\
    from django.utils.translation import gettext, override\n\
    def answer(text):\n\
    \x20   return HttpResponse(f'{os.getpid()} {text}')\n\
    def page(request, name):\n\
    \x20   return answer(render(request, name).content.decode())\n\
    def translated(request):\n\
    \x20   with override('de'):\n\
    \x20       return answer(gettext('hello'))\n\
    def slow(request):\n\
    \x20   print('is under way', flush=True)\n\
    \x20   while not os.path.exists('go'):\n\
    \x20       time.sleep(0.001)\n\
    \x20   return answer('done')\n\
    urlpatterns = [\n\
    \x20   path('slow', slow), path('translated', translated), path('page/<path:name>', page),\n\
    ]\n";

/// `engines` are those of `TEMPLATES`.
fn project(python: &Python, packages: Packages, engines: &str) -> Serve {
    let venv = python.venv(packages);
    Serve::new()
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config')\n",
        )
        .file(
            "config.py",
            format!(
                "from pathlib import Path\n\
                 BASE_DIR = Path(__file__).resolve().parent\n\
                 DEBUG = True\n\
                 SECRET_KEY = 'secret'\n\
                 ROOT_URLCONF = 'urls'\n\
                 INSTALLED_APPS = ['shop']\n\
                 USE_I18N = True\n\
                 LOCALE_PATHS = [BASE_DIR / 'locale']\n\
                 DJANGO = 'django.template.backends.django.DjangoTemplates'\n\
                 JINJA = 'django.template.backends.jinja2.Jinja2'\n\
                 TEMPLATES = [{engines}]\n"
            ),
        )
        .file("urls.py", URLS)
        .file("shop/__init__.py", "")
        .file("shop/templates/shop.html", "first")
        .file("theme/base.html", "first {% block body %}{% endblock %}")
        .file(
            "theme/page.txt",
            "{% extends 'base.html' %}{% block body %}body{% endblock %}",
        )
        .env("VIRTUAL_ENV", venv.dir())
}

const DJANGO: &str = "{'BACKEND': DJANGO, 'DIRS': [BASE_DIR / 'theme'], 'APP_DIRS': True}";

/// The process's number, and the text that it answers with.
fn ask(server: &Server, path: &str) -> (u32, String) {
    let response = server.get(path);
    let (pid, text) = response.text().split_once(' ').unwrap();
    (pid.parse().unwrap(), text.to_owned())
}

/// Has the server know which directories hold templates. What it is told first shows that.
fn know_directories(server: &Server) {
    server.wait_for_output("Noted what the application was loaded from.");
}

#[rstest]
#[case(newest(), Packages::Django)]
#[case(&pythons()[0], Packages::OldDjango)]
fn a_changed_template_shows_without_a_new_worker(
    #[case] python: &Python,
    #[case] packages: Packages,
) {
    let server = project(python, packages, DJANGO).args(["-v", "2"]).start();
    let before = ask(&server, "/page/page.txt");
    assert_eq!(before.1, "first body");
    assert_eq!(ask(&server, "/page/shop.html").1, "first");
    know_directories(&server);
    server
        .sandbox()
        .write("theme/base.html", "second {% block body %}{% endblock %}");
    assert_eq!(
        ask(&server, "/page/page.txt"),
        (before.0, "second body".to_owned())
    );
    server.wait_for_output("theme/base.html changed: shown without reloading.");
    server.sandbox().write("shop/templates/shop.html", "second");
    assert_eq!(
        ask(&server, "/page/shop.html"),
        (before.0, "second".to_owned())
    );
    // One that comes first, and goes again.
    server.sandbox().write("theme/shop.html", "theme");
    assert_eq!(
        ask(&server, "/page/shop.html"),
        (before.0, "theme".to_owned())
    );
    fs::remove_file(server.sandbox().dir().join("theme/shop.html")).unwrap();
    assert_eq!(
        ask(&server, "/page/shop.html"),
        (before.0, "second".to_owned())
    );
    // Code is another matter.
    server
        .sandbox()
        .write("urls.py", URLS.replace("{text}", "code"));
    let after = ask(&server, "/page/shop.html");
    assert!(after.0 != before.0 && after.1 == "code", "{after:?}");
}

#[test]
fn each_of_several_workers_takes_it() {
    let server = project(newest(), Packages::Django, DJANGO)
        .args(["--workers", "3", "-v", "2"])
        .start();
    for number in 0..5 {
        server
            .sandbox()
            .write("shop/templates/shop.html", number.to_string());
        let answers = thread::scope(|scope| {
            let asked: Vec<_> = (0..20)
                .map(|_| scope.spawn(|| ask(&server, "/page/shop.html")))
                .collect();
            asked
                .into_iter()
                .map(|one| one.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert!(
            answers.iter().all(|one| one.1 == number.to_string()),
            "{answers:?}"
        );
    }
}

/// It may have read the file before, and keep it afterwards.
#[test]
fn a_request_under_way_makes_it_a_reload() {
    let server = project(newest(), Packages::Django, DJANGO).start();
    let before = ask(&server, "/page/shop.html");
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("is under way");
    server.sandbox().write("shop/templates/shop.html", "second");
    let after = ask(&server, "/page/shop.html");
    assert!(after.0 != before.0 && after.1 == "second", "{after:?}");
    server.sandbox().write("go", "");
    assert_eq!(slow.response().text(), format!("{} done", before.0));
}

/// A loader of the project's own may keep what nobody makes it forget.
#[rstest]
#[case("", false)]
#[case("\x20   def reset(self):\n\x20       self.kept = {}\n", true)]
fn what_loaders_keep_is_served_no_longer(#[case] reset: &str, #[case] stays: bool) {
    let engine = "{'BACKEND': DJANGO, 'DIRS': [BASE_DIR / 'theme'], \
        'OPTIONS': {'loaders': ['keeping.Loader']}}";
    let loader = "from django.template.loaders import filesystem\n\
        class Loader(filesystem.Loader):\n\
        \x20   def __init__(self, *args):\n\
        \x20       super().__init__(*args)\n\
        \x20       self.kept = {}\n\
        \x20   def get_contents(self, origin):\n\
        \x20       if origin.name not in self.kept:\n\
        \x20           self.kept[origin.name] = super().get_contents(origin)\n\
        \x20       return self.kept[origin.name]\n";
    let server = project(newest(), Packages::Django, engine)
        .file("keeping.py", format!("{loader}{reset}"))
        .args(["-v", "2"])
        .start();
    let before = ask(&server, "/page/page.txt");
    assert_eq!(before.1, "first body");
    know_directories(&server);
    server
        .sandbox()
        .write("theme/base.html", "second {% block body %}{% endblock %}");
    let after = ask(&server, "/page/page.txt");
    assert_eq!(after.1, "second body");
    assert_eq!(after.0 == before.0, stays);
}

/// What a receiver of Django's signal raises is no reason to serve what is old.
#[test]
fn a_receiver_that_fails_makes_it_a_reload() {
    let server = project(newest(), Packages::Django, DJANGO)
        .file(
            "shop/__init__.py",
            "from django.utils.autoreload import file_changed\n\
             def fail(**kwargs):\n\
             \x20   raise RuntimeError('no')\n\
             file_changed.connect(fail)\n",
        )
        .start();
    let before = ask(&server, "/page/shop.html");
    server.sandbox().write("shop/templates/shop.html", "second");
    let after = ask(&server, "/page/shop.html");
    assert!(after.0 != before.0 && after.1 == "second", "{after:?}");
}

/// Wherever the settings say that templates are.
#[test]
fn templates_outside_the_project() {
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().canonicalize().unwrap();
    fs::write(elsewhere.join("page.html"), "first").unwrap();
    let engine = format!("{{'BACKEND': DJANGO, 'DIRS': [{elsewhere:?}]}}");
    let server = project(newest(), Packages::Django, &engine)
        .args(["-v", "2"])
        .start();
    let before = ask(&server, "/page/page.html");
    assert_eq!(before.1, "first");
    know_directories(&server);
    fs::write(elsewhere.join("page.html"), "second").unwrap();
    let after = ask(&server, "/page/page.html");
    assert_eq!(after, (before.0, "second".to_owned()));
    // In a directory that has just come, and that goes again with all that is in it.
    fs::create_dir(elsewhere.join("new")).unwrap();
    fs::write(elsewhere.join("new/page.html"), "third").unwrap();
    let after = ask(&server, "/page/new/page.html");
    assert_eq!(after.1, "third");
    fs::remove_dir_all(elsewhere.join("new")).unwrap();
    assert_eq!(server.get("/page/new/page.html").status, 500);
}

#[test]
fn jinja_templates_of_django() {
    let engine = "{'BACKEND': JINJA, 'DIRS': [BASE_DIR / 'views'], \
        'OPTIONS': {'auto_reload': False}}";
    let server = project(newest(), Packages::DjangoWithJinja, engine)
        .file("views/page.html", "first {{ 1 + 1 }}")
        .args(["-v", "2"])
        .start();
    let before = ask(&server, "/page/page.html");
    assert_eq!(before.1, "first 2");
    know_directories(&server);
    server
        .sandbox()
        .write("views/page.html", "second {{ 1 + 1 }}");
    assert_eq!(
        ask(&server, "/page/page.html"),
        (before.0, "second 2".to_owned())
    );
}

/// Although Git ignores them, as it usually does.
#[test]
fn a_compiled_translation_shows_without_a_new_worker() {
    let server = project(newest(), Packages::Django, DJANGO)
        .file(".gitignore", "*.mo\n")
        .file("locale/de/LC_MESSAGES/django.mo", translation("hallo"))
        .start();
    let before = ask(&server, "/translated");
    assert_eq!(before.1, "hallo");
    server
        .sandbox()
        .write("locale/de/LC_MESSAGES/django.mo", translation("guten Tag"));
    assert_eq!(
        ask(&server, "/translated"),
        (before.0, "guten Tag".to_owned())
    );
}

/// Compiled translations (the format is described in the manual of GNU gettext) in which `hello`
/// becomes another text.
fn translation(text: &str) -> Vec<u8> {
    let header = "Content-Type: text/plain; charset=UTF-8\n";
    let texts = ["", "hello", header, text];
    let mut octets = Vec::new();
    for number in [0x9504_12de_u32, 0, 2, 28, 44, 0, 0] {
        octets.extend(number.to_le_bytes());
    }
    let mut offset = 60;
    for text in texts {
        let length = u32::try_from(text.len()).unwrap();
        octets.extend([length.to_le_bytes(), u32::to_le_bytes(offset)].concat());
        offset += length + 1;
    }
    for text in texts {
        octets.extend(text.as_bytes());
        octets.push(0);
    }
    octets
}

#[test]
fn templates_of_other_frameworks_are_a_reason_to_reload() {
    let server = Serve::new()
        .file(
            "app.py",
            "import os\n\
             PAGE = open('templates/page.html').read()\n\
             def application(environ, start_response):\n\
             \x20   start_response('200 OK', [])\n\
             \x20   return [f'{os.getpid()} {PAGE}'.encode()]\n",
        )
        .file("templates/page.html", "first")
        .args(["--app", "app:application"])
        .start();
    let before = ask(&server, "/");
    server.sandbox().write("templates/page.html", "second");
    let after = ask(&server, "/");
    assert!(after.0 != before.0 && after.1 == "second", "{after:?}");
}

/// Whatever changes without a new worker does not bring one by accident.
#[test]
fn a_static_file_needs_no_new_worker() {
    let server = project(newest(), Packages::Django, DJANGO)
        .args(["-v", "2", "--live-reload"])
        .start();
    let before = ask(&server, "/page/shop.html");
    know_directories(&server);
    for number in 0..3 {
        server
            .sandbox()
            .write("shop/static/site.css", format!("/* {number} */"));
        // Told after the style sheet's change.
        server
            .sandbox()
            .write("shop/templates/shop.html", number.to_string());
        let after = ask(&server, "/page/shop.html");
        assert_eq!(after, (before.0, number.to_string()));
    }
    assert!(!server.output().contains("The application is loaded."));
}

//! Django's admin in a real browser: all that one does there with a model that has a file. Only
//! with the feature `system-tests`.

use std::{fs, path::Path};

use super::{
    Runserver, djangos,
    pages::{self, PASSWORD, USER},
};
use crate::support::{Sandbox, Serve, Test, Venv, browser::Browser, manage};

const MODELS: &str = "\
from django.db import models

class Paper(models.Model):
    title = models.CharField(max_length=100)
    text = models.FileField(upload_to='texts')

    def __str__(self):
        return self.title
";

const ADMIN: &str = "\
from django.contrib import admin
from .models import Paper

@admin.register(Paper)
class PaperAdmin(admin.ModelAdmin):
    list_display = ['title', 'text']
    search_fields = ['title']
";

/// Makes the account that `pages::log_in` uses.
pub(super) fn create_user(sandbox: &mut Sandbox, directory: &str, venv: &Venv) {
    sandbox.set_env("DJANGO_SUPERUSER_PASSWORD", PASSWORD);
    let who = ["--username", USER, "--email", "admin@example.com"];
    let args = ["createsuperuser", "--noinput"].into_iter().chain(who);
    manage(sandbox, directory, venv, args);
}

/// Our generated project with an app.
fn project(venv: &Venv) -> Sandbox {
    let made = Test::new().args(["startproject", "mysite", "-q"]).run();
    let mut sandbox = made.into_sandbox();
    manage(&sandbox, "mysite", venv, ["startapp", "papers"]);
    sandbox.write("mysite/papers/models.py", MODELS);
    sandbox.write("mysite/papers/admin.py", ADMIN);
    let settings = sandbox.dir().join("mysite/mysite/settings.py");
    let mut text = fs::read_to_string(settings).unwrap();
    text += "\nINSTALLED_APPS += ['papers']\nMEDIA_ROOT = BASE_DIR / 'media'\n";
    sandbox.write("mysite/mysite/settings.py", text);
    manage(
        &sandbox,
        "mysite",
        venv,
        ["makemigrations", "-v0", "papers"],
    );
    manage(&sandbox, "mysite", venv, ["migrate", "-v0"]);
    create_user(&mut sandbox, "mysite", venv);
    sandbox
}

/// The texts that were uploaded, with their names.
fn texts(media: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(media.join("texts")).into_iter().flatten();
    let mut texts: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

#[test]
fn a_model_with_a_file_is_created_listed_changed_and_deleted() {
    for venv in djangos() {
        let sandbox = project(&venv);
        let media = sandbox.dir().join("mysite/media");
        let server = Runserver::Scaffold.start(Serve::within(sandbox).in_dir("mysite"), &venv);
        let browser = Browser::start();
        pages::open(&browser, &server.url("/admin/"));
        assert_eq!(pages::path(&browser), "/admin/login/");
        pages::assert_whole(&browser);
        pages::fill(&browser, "input[name=username]", USER);
        pages::fill(&browser, "input[name=password]", "wrong");
        pages::follow(&browser, "form [type=submit]");
        assert!(browser.text().contains("Please enter the correct username"));
        pages::log_in(&browser);
        assert_eq!(pages::path(&browser), "/admin/");
        assert!(browser.text().contains("Papers"), "{}", browser.text());
        pages::assert_whole(&browser);

        // Create: first without what is required.
        pages::follow(&browser, "a[href='/admin/papers/paper/add/']");
        pages::assert_whole(&browser);
        browser.evaluate("document.querySelector('#paper_form').noValidate = true");
        pages::fill(&browser, "#id_title", "First");
        pages::follow(&browser, "[name=_save]");
        assert!(browser.text().contains("This field is required."));
        pages::choose_file(&browser, "#id_text", "first.txt", "first contents");
        pages::follow(&browser, "[name=_save]");

        // List.
        assert_eq!(pages::path(&browser), "/admin/papers/paper/");
        let text = browser.text();
        assert!(text.contains("was added successfully"), "{text}");
        assert!(text.contains("1 paper"), "{text}");
        assert_eq!(
            texts(&media),
            [("first.txt".into(), "first contents".into())]
        );

        // Change, the file as well.
        pages::follow(&browser, "#result_list tbody th a");
        assert!(browser.text().contains("texts/first.txt"));
        pages::fill(&browser, "#id_title", "Second \u{2764}");
        pages::choose_file(&browser, "#id_text", "second.txt", "second contents");
        pages::follow(&browser, "[name=_continue]");
        let text = browser.text();
        assert!(text.contains("was changed successfully"), "{text}");
        assert!(text.contains("texts/second.txt"), "{text}");
        assert_eq!(
            texts(&media)[1],
            ("second.txt".into(), "second contents".into())
        );
        pages::follow(&browser, "a.historylink");
        assert!(browser.text().contains("Changed Title and Text."));
        pages::open(&browser, &server.url("/admin/papers/paper/?q=second"));
        assert!(browser.text().contains("Second \u{2764}"));

        // Delete.
        pages::follow(&browser, "#result_list tbody th a");
        pages::follow(&browser, "a.deletelink");
        assert!(browser.text().contains("Are you sure"));
        pages::follow(&browser, "#content form [type=submit]");
        let text = browser.text();
        assert!(text.contains("was deleted successfully"), "{text}");
        assert!(text.contains("0 papers"), "{text}");

        // Log out, by the button of newer versions.
        pages::follow(&browser, "#logout-form button");
        pages::open(&browser, &server.url("/admin/"));
        assert_eq!(pages::path(&browser), "/admin/login/");
        assert!(
            !server.output().contains("Traceback"),
            "{}",
            server.output()
        );
    }
}

//! Django's default project, alone and with what people install beside it.

use std::process::Command;

use scaffold::project::settings_candidates;

use super::{Site, load_forked, pythons, refusal, warm_up_by_request};
use crate::support::{Packages, Python, Venv};

/// What `django-admin startproject` makes.
fn default_project(venv: &Venv) -> Site {
    let mut site = Site::new(venv);
    let status = Command::new(venv.as_ref())
        .args(["-m", "django", "startproject", "mysite", "."])
        .current_dir(&site.config.root)
        .status()
        .unwrap();
    assert!(status.success());
    site.config.configure.app = String::new();
    site.config.configure.candidates = settings_candidates(&site.config.root);
    site
}

fn edit(site: &Site, path: &str, from: &str, to: &str) {
    let path = site.config.root.join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn the_default_project_is_forked_and_shows_each_edit() {
    for python in pythons() {
        default_project(&python.venv(Packages::Django)).run(async |site, starter| {
            let refused = warm_up_by_request(starter).await;
            let reason = refusal(&refused, "django.contrib.auth.models");
            assert!(reason.contains("ImproperlyConfigured"), "{refused:?}");
            assert_eq!(refusal(&refused, "django.db.models"), "");

            let first = load_forked(starter).await;
            assert!(first.report.get("framework").starts_with("Django "));
            assert_eq!(first.report.get("settings"), "mysite.settings");
            let page = first.answer().await;
            assert!(page.contains("The install worked successfully!"), "{page}");

            let urls = "from django.http import HttpResponse\n\
                        from django.urls import path\n\
                        urlpatterns = [path('', lambda request: HttpResponse('edit 1'))]\n";
            site.sandbox.write("mysite/urls.py", urls);
            assert_eq!(load_forked(starter).await.answer().await, "edit 1");
            edit(site, "mysite/urls.py", "edit 1", "edit 2");
            let second = load_forked(starter).await;
            // Told before any request: the views are loaded with the application.
            let urls = site.config.root.join("mysite/urls.py");
            assert!(second.files.contains(&urls), "{:?}", second.files);
            let settings = site.config.root.join("mysite/settings.py");
            assert!(second.files.contains(&settings), "{:?}", second.files);
            assert_eq!(second.answer().await, "edit 2");
        });
    }
}

#[test]
fn other_settings_are_other_settings() {
    let venv = crate::support::newest().venv(Packages::Django);
    let site = default_project(&venv)
        .file(
            "mysite/other.py",
            "from mysite.settings import *\nROOT_URLCONF = 'mysite.others'\n",
        )
        .file(
            "mysite/others.py",
            "import os\nfrom django.http import HttpResponse\nfrom django.urls import path\n\
             from django.conf import settings\n\
             text = settings.SETTINGS_MODULE + os.environ['DJANGO_SETTINGS_MODULE']\n\
             urlpatterns = [path('', lambda request: HttpResponse(text))]\n",
        )
        .env("DJANGO_SETTINGS_MODULE", "mysite.other");
    site.run(async |_, starter| {
        warm_up_by_request(starter).await;
        let answer = load_forked(starter).await.answer().await;
        assert_eq!(answer, "mysite.othermysite.other");
    });
}

#[test]
fn with_postgresqls_driver() {
    for python in pythons() {
        let requirements = with_django(python, "psycopg[binary]==3.2.13");
        let venv = python.venv_with("psycopg", &requirements);
        let site = default_project(&venv);
        edit(
            &site,
            "mysite/settings.py",
            "backends.sqlite3",
            "backends.postgresql",
        );
        site.sandbox.write(
            "mysite/urls.py",
            "import sys\nfrom django.http import HttpResponse\nfrom django.urls import path\n\
             from django.db import connection\n\
             def view(request):\n    \
                 import psycopg\n    \
                 return HttpResponse(connection.vendor + ' ' + psycopg.pq.__impl__)\n\
             urlpatterns = [path('', view)]\n",
        );
        site.run(async |_, starter| {
            let refused = warm_up_by_request(starter).await;
            assert_eq!(refusal(&refused, "psycopg"), "", "{refused:?}");
            let answer = load_forked(starter).await.answer().await;
            assert_eq!(answer, "postgresql binary");
        });
    }
}

/// Django and another package.
fn with_django(python: &Python, other: &'static str) -> Vec<&'static str> {
    let django = match python.version().1 {
        ..=9 => "Django==4.2.30",
        10 | 11 => "Django==5.2.19",
        _ => "Django==6.1.3",
    };
    vec![django, other]
}

//! `scaffold add wsgi`: what it writes into projects of several Djangos, and what it refuses.

mod projects;
mod refused;
mod terminal;

use crate::support::{Packages, Test, newest};

/// The smallest settings that Django takes.
const SETTINGS: &str = "DEBUG = True\nSECRET_KEY = 'x'\n\nROOT_URLCONF = 'mysite.urls'\n\nA = 1\n";

/// The line that sets `WSGI_APPLICATION`.
const LINE: &str = "WSGI_APPLICATION = 'mysite.wsgi.application'\n";

/// A project as one would write it by hand, without `wsgi.py`.
fn project(settings: &str) -> Test {
    Test::new()
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
        )
        .file("mysite/__init__.py", "")
        .file("mysite/settings.py", settings)
        .file(
            "mysite/urls.py",
            "from django.http import HttpResponse\nfrom django.urls import path\n\
             urlpatterns = [path('', lambda request: HttpResponse('hello'))]\n",
        )
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
}

/// The command on such a project.
fn add(settings: &str) -> Test {
    project(settings).args(["add", "wsgi"])
}

//! Which settings and options make static files be served, and who hears of it, as with Django.

use rstest::rstest;

use super::{ask, compare, djangos, project};
use crate::support::{Packages, newest};

#[rstest]
#[case::nostatic("", &["--nostatic"], 404)]
#[case::both_options("", &["--nostatic", "--insecure"], 404)]
#[case::production("DEBUG = False; ALLOWED_HOSTS = ['localhost']", &[], 404)]
#[case::insecure("DEBUG = False; ALLOWED_HOSTS = ['localhost']", &["--insecure"], 200)]
#[case::absolute("STATIC_URL = '/static/'", &[], 200)]
#[case::elsewhere("STATIC_URL = '/assets/'", &[], 404)]
#[case::parent("STATIC_URL = '/'; MEDIA_URL = 'http://localhost/media/'", &[], 404)]
#[case::without_end("STATIC_URL = '/stat'; DEBUG = True", &["--skip-checks"], 404)]
#[case::host("STATIC_URL = 'http://localhost/static/'", &[], 404)]
#[case::relative_host("STATIC_URL = '//localhost/static/'", &[], 404)]
#[case::prefix("FORCE_SCRIPT_NAME = '/sub'; STATIC_URL = '/static/'", &[], 404)]
#[case::prefix_of_both("FORCE_SCRIPT_NAME = '/sub'; STATIC_URL = '/sub/static/'", &[], 404)]
#[case::empty_prefix("FORCE_SCRIPT_NAME = '/'", &[], 200)]
#[case::not_installed("INSTALLED_APPS = ['shop']", &[], 404)]
#[case::applications_only(
    "STATICFILES_FINDERS = ['django.contrib.staticfiles.finders.AppDirectoriesFinder']", &[], 404)]
#[case::storage(
    "MEDIA_ROOT = BASE_DIR / 'assets'; MEDIA_URL = 'media/'\n\
     STATICFILES_FINDERS = ['django.contrib.staticfiles.finders.DefaultStorageFinder']", &[], 200)]
#[case::own_finder("STATICFILES_FINDERS = ['shop.finders.Finder']", &[], 200)]
fn settings_and_options_mean_what_they_mean_to_django(
    #[case] settings: &str,
    #[case] args: &[&str],
    #[case] status: u16,
) {
    for venv in djangos() {
        let serve = || {
            project(&venv, settings)
                .file(
                    "shop/finders.py",
                    "import os\n\
                     from django.contrib.staticfiles.finders import BaseFinder\n\
                     class Finder(BaseFinder):\n\
                     \x20   def check(self, **kwargs): return []\n\
                     \x20   def list(self, ignore_patterns): return iter(())\n\
                     \x20   def find(self, path, *args, **kwargs):\n\
                     \x20       path = os.path.abspath(os.path.join('assets', path))\n\
                     \x20       return path if os.path.exists(path) else []\n",
                )
                .args(args.iter().copied())
        };
        let servers = [serve().start(), serve().start_djangos_own(&venv)];
        for path in [
            "/static/missing.css",
            "/static/nested",
            "/static/shop/shop.css",
            "/static/theme/theme.css",
            "/site.css",
            "/assets/site.css",
            "/static.css",
            "/sub/static/site.css",
            "/",
        ] {
            compare(&servers, "GET", path, "");
        }
        let response = compare(&servers, "GET", "/static/site.css", "");
        assert_eq!(response.status, status);
    }
}

#[rstest]
#[case("STATIC_URL = None", "STATIC_URL")]
#[case(
    "MEDIA_URL = STATIC_URL",
    "MEDIA_URL and STATIC_URL settings must have different values"
)]
fn settings_that_django_refuses_are_shown(#[case] settings: &str, #[case] message: &str) {
    let server = project(&newest().venv(Packages::Django), settings).start();
    let response = ask(&server, "GET", "/", "");
    assert_eq!(response.status, 500);
    assert!(response.text().contains(message), "{}", response.text());
}

#[test]
fn receivers_of_signals_hear_of_static_files_as_django_tells_them() {
    let receivers = "\
        from django.core.signals import request_finished, request_started\n\
        def tell(what):\n\
        \x20   def receiver(sender, **kwargs):\n\
        \x20       print(f'{what} {sender.__name__}\\n', end='', flush=True)\n\
        \x20   return receiver\n\
        request_started.connect(tell('started'), weak=False)\n\
        request_finished.connect(tell('finished'), weak=False)\n";
    let venv = newest().venv(Packages::Django);
    let serve = || project(&venv, "").file("urls.py", format!("{receivers}urlpatterns = []\n"));
    for server in [serve().start(), serve().start_djangos_own(&venv)] {
        for path in [
            "/static/site.css",
            "/static/large.png",
            "/static/missing",
            // Old enough to be known to the front.
            "/static/admin/css/base.css",
            "/static/admin/css/base.css",
        ] {
            let mark = server.mark();
            ask(&server, "GET", path, "");
            server.wait_for_output_since(mark, "finished StaticFilesHandler");
            let printed = server.output()[mark..].to_owned();
            let started = printed.find("started StaticFilesHandler");
            assert!(started < printed.find("finished"), "{path}: {printed}");
            assert_eq!(
                printed.matches("StaticFilesHandler").count(),
                2,
                "{path}: {printed}"
            );
        }
    }
}

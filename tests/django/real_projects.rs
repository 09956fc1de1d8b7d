//! Open Django applications from `PyPI` as their users have them: brought up, logged into, clicked
//! through in a real browser, and edited. Only with the feature `system-tests`.

use std::fs;

use super::{admin::create_user, pages};
use crate::support::{Sandbox, Serve, Server, Test, Venv, browser::Browser, manage, newest};

const DJANGO: &str = "Django==6.1.3";

/// Replaces a part of a file that is there exactly once.
#[track_caller]
fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(sandbox.dir().join(path)).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}:\n{text}");
    sandbox.write(path, text.replace(from, to));
}

#[track_caller]
fn serve(sandbox: Sandbox, venv: &Venv) -> Server {
    Serve::within(sandbox)
        .env("VIRTUAL_ENV", venv.dir())
        .arg("--live-reload")
        .start()
}

/// The page in view is loaded again by itself until it says this.
#[track_caller]
fn wait_for_text(browser: &Browser, text: &str) {
    while !browser.text().contains(text) {
        browser.wait_for_load();
    }
}

#[test]
fn wagtail() {
    let venv = newest().venv_with("wagtail", &["wagtail==8.0.1", DJANGO]);
    let mut sandbox = Sandbox::new();
    let start = "import sys; from wagtail.bin.wagtail import main; main()";
    let status = std::process::Command::new(venv.as_ref())
        .args(["-c", start, "start", "mysite", "."])
        .current_dir(sandbox.dir())
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    manage(&sandbox, "", &venv, ["migrate", "-v0"]);
    create_user(&mut sandbox, "", &venv);
    let server = serve(sandbox, &venv);
    let sandbox = server.sandbox();
    assert!(
        server
            .stdout()
            .contains("using settings 'mysite.settings.dev'")
    );

    let browser = Browser::start();
    pages::open(&browser, &server.url("/admin/"));
    assert_eq!(pages::path(&browser), "/admin/login/");
    pages::log_in(&browser);
    assert_eq!(pages::path(&browser), "/admin/");
    browser.wait_until("document.body.innerText.includes('Images')");
    pages::assert_whole(&browser);

    // The page of the fresh site gets another title, and is published.
    pages::open(&browser, &server.url("/admin/pages/3/edit/"));
    pages::assert_whole(&browser);
    pages::fill(&browser, "#id_title", "Changed by hand");
    pages::follow(&browser, "[name=action-publish]");
    let text = browser.text();
    assert!(
        text.contains("Page 'Changed by hand' has been published"),
        "{text}"
    );
    for page in [
        "/admin/images/",
        "/admin/reports/site-history/",
        "/django-admin/",
    ] {
        pages::open(&browser, &server.url(page));
        assert_eq!(pages::path(&browser), page);
        pages::assert_whole(&browser);
    }
    let image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let status = browser.evaluate(&format!(
        "(async () => {{
           const form = new FormData();
           const image = await (await fetch('data:image/png;base64,{image}')).blob();
           form.append('title', 'dot');
           form.append('file', image, 'dot.png');
           form.append('collection', '1');
           const page = await (await fetch('/admin/images/add/')).text();
           const token = page.match(/csrfmiddlewaretoken\" value=\"([^\"]+)/)[1];
           form.append('csrfmiddlewaretoken', token);
           const answer = await fetch('/admin/images/add/', {{ method: 'POST', body: form }});
           return answer.status + ' ' + (await answer.text()).includes('dot');
         }})()"
    ));
    assert_eq!(status, "200 true");

    // A template, then Python and a template: the page in the browser follows.
    pages::open(&browser, &server.url("/"));
    assert!(!browser.text().contains("from a template"));
    let template = "home/templates/home/home_page.html";
    edit(
        sandbox,
        template,
        "{% block content %}",
        "{% block content %}<p>from a template</p>",
    );
    wait_for_text(&browser, "from a template");
    edit(
        sandbox,
        "home/models.py",
        "class HomePage(Page):\n    pass",
        "class HomePage(Page):\n    def greeting(self):\n        return f'from Python: {self.title}'",
    );
    edit(sandbox, template, "from a template", "{{ page.greeting }}");
    wait_for_text(&browser, "from Python: Changed by hand");
    assert!(
        !server.output().contains("Traceback"),
        "{}",
        server.output()
    );
}

/// The project of the framework's tutorial, in short.
const REST: &str = "\
from django.urls import include, path
from django.contrib.auth.models import Group
from rest_framework import permissions, routers, serializers, viewsets

class GroupSerializer(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = Group
        fields = ['url', 'name']

class GroupViewSet(viewsets.ModelViewSet):
    queryset = Group.objects.all().order_by('name')
    serializer_class = GroupSerializer
    permission_classes = [permissions.IsAuthenticatedOrReadOnly]

router = routers.DefaultRouter()
router.register('groups', GroupViewSet)
urlpatterns = [
    path('', include(router.urls)),
    path('api-auth/', include('rest_framework.urls', namespace='rest_framework')),
]
";

/// Our generated project with further apps, and lines at the end of its settings.
fn project(venv: &Venv, settings: &str, urls: &str) -> Sandbox {
    let made = Test::new()
        .args(["startproject", "mysite", ".", "-q"])
        .run();
    let mut sandbox = made.into_sandbox();
    let path = sandbox.dir().join("mysite/settings.py");
    let text = fs::read_to_string(path).unwrap() + settings;
    sandbox.write("mysite/settings.py", text);
    sandbox.write("mysite/urls.py", urls);
    manage(&sandbox, "", venv, ["migrate", "-v0"]);
    create_user(&mut sandbox, "", venv);
    sandbox
}

#[test]
fn django_rest_framework() {
    let venv = newest().venv_with("rest", &["djangorestframework==3.18.3", DJANGO]);
    let sandbox = project(&venv, "\nINSTALLED_APPS += ['rest_framework']\n", REST);
    let server = serve(sandbox, &venv);
    let browser = Browser::start();
    pages::open(&browser, &server.url("/groups/"));
    assert!(browser.text().contains("Group List"), "{}", browser.text());
    pages::assert_whole(&browser);
    assert_eq!(
        browser.evaluate("document.querySelectorAll('form[method=POST]').length"),
        0
    );
    pages::open(&browser, &server.url("/api-auth/login/?next=/groups/"));
    pages::log_in(&browser);
    assert_eq!(pages::path(&browser), "/groups/");

    // By the page's form, then by a client's JSON, refused without the token.
    pages::fill(&browser, "[name=name]", "by the form");
    pages::follow(
        &browser,
        "#post-object-form button, form[method=POST] .btn-primary",
    );
    assert!(browser.text().contains("201 Created"), "{}", browser.text());
    let post = |token: &str| {
        browser.evaluate(&format!(
            "fetch('/groups/', {{
               method: 'POST',
               headers: {{ 'Content-Type': 'application/json', {token} }},
               body: JSON.stringify({{ name: 'by JSON' }}),
             }}).then((answer) => answer.status)"
        ))
    };
    assert_eq!(post(""), 403);
    assert_eq!(
        post("'X-CSRFToken': document.cookie.match(/csrftoken=(\\w+)/)[1]"),
        201
    );
    let names = "fetch('/groups/', { headers: { Accept: 'application/json' } })
                   .then((answer) => answer.json())
                   .then((all) => all.map((group) => group.name).join())";
    assert_eq!(browser.evaluate(names), "by JSON,by the form");
    pages::open(&browser, &server.url("/groups/1/"));
    let status = "fetch('', { method: 'DELETE', headers: { 'X-CSRFToken': \
                  document.cookie.match(/csrftoken=(\\w+)/)[1] } }).then((it) => it.status)";
    assert_eq!(browser.evaluate(status), 204);

    pages::open(&browser, &server.url("/groups/"));
    let path = "mysite/urls.py";
    let (from, to) = ("fields = ['url', 'name']", "fields = ['url', 'name', 'pk']");
    edit(server.sandbox(), path, from, to);
    wait_for_text(&browser, "\"pk\": 2");
    assert!(
        !server.output().contains("Traceback"),
        "{}",
        server.output()
    );
}

const TOOLBAR_SETTINGS: &str = "
INSTALLED_APPS += ['debug_toolbar']
MIDDLEWARE.insert(0, 'debug_toolbar.middleware.DebugToolbarMiddleware')
INTERNAL_IPS = ['127.0.0.1']
";

const TOOLBAR_URLS: &str = "\
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import include, path

def view(request):
    request.session['seen'] = request.session.get('seen', 0) + 1
    return HttpResponse('<html><body><p>%d users</p></body></html>' % User.objects.count())

urlpatterns = [
    path('', view),
    path('admin/', admin.site.urls),
    path('__debug__/', include('debug_toolbar.urls')),
]
";

#[test]
fn django_debug_toolbar() {
    let venv = newest().venv_with("toolbar", &["django-debug-toolbar==8.0.0", DJANGO]);
    let server = serve(project(&venv, TOOLBAR_SETTINGS, TOOLBAR_URLS), &venv);
    let browser = Browser::start();
    pages::open(&browser, &server.url("/"));

    browser.wait_until("document.querySelector('#djDebugRoot')");
    // What a panel shows is kept in the worker's memory, and fetched by a request of its own.
    for (panel, content) in [
        ("SQLPanel", "auth_user"),
        ("TimerPanel", "Total CPU time"),
        ("SignalsPanel", "request_started"),
        ("RequestPanel", "seen"),
        ("StaticFilesPanel", "django.contrib.admin"),
    ] {
        // Its script may not have been run yet, so it is clicked at until it shows.
        browser.wait_until(&format!(
            "(() => {{
               const top = document.querySelector('#djDebugRoot').shadowRoot;
               const panel = top.querySelector('#{panel}');
               const link = top.querySelector('a.{panel}');
               panel.classList.contains('djdt-hidden') && link.click();
               return panel.querySelector('.djdt-scroll').textContent.includes('{content}');
             }})()"
        ));
    }
    pages::open(&browser, &server.url("/admin/"));
    pages::log_in(&browser);
    pages::assert_whole(&browser);
    pages::open(&browser, &server.url("/"));
    edit(server.sandbox(), "mysite/urls.py", "%d users", "%d people");
    wait_for_text(&browser, "1 people");
    assert!(
        !server.output().contains("Traceback"),
        "{}",
        server.output()
    );
}

//! Manifests for Kubernetes: the published schema takes all of them, they fit to each other, and what
//! they have the kubelet do is done to the image's own server.

use std::{
    fs, io,
    net::{SocketAddr, TcpStream},
    process::Command,
};

use rstest::rstest;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    docker::{Deployed, locked_django},
    image::Image,
    manifests::Manifests,
    site::{Waiting, get, make_pipe},
};
use crate::support::{Client, Daemon, Packages, Response, Test, newest};

/// Pages that ask the database, one of which tells what is known of the visitor, and others.
const URLS: &str = r#"
import os
from pathlib import Path

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path


def home(request):
    User.objects.exists()
    return HttpResponse(request.build_absolute_uri())


def health(request):
    return HttpResponse(User.objects.count())


def broken(request):
    raise ValueError("broken on purpose")


def wait(request):
    return HttpResponse(Path(os.environ["PIPE"]).read_text())


urlpatterns = [
    path("", home),
    path("healthz/", health),
    path("broken", broken),
    path("wait", wait),
]
"#;

/// There is nothing at `/`, unless it is broken.
const FLASK: &str = r#"
import os

from flask import Flask, abort

holder = Flask(__name__)


@holder.get("/")
def home():
    if os.path.exists(os.environ["BROKEN"]):
        raise ValueError("broken on purpose")
    abort(404)
"#;

const SECRET_KEY: &str = "of this test alone, and long enough for every check";

/// A Django project made with these words, deployed with the settings of production.
fn django(words: &[&str]) -> Test {
    let made = Test::new()
        .args(["startproject", "shop"])
        .args(words.iter().copied());
    let test = made.run().then().in_dir("shop");
    test.env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .env("SECRET_KEY", SECRET_KEY)
        .env("ALLOWED_HOSTS", "shop.example,www.shop.example")
        .args(["deploy", "kubernetes"])
}

/// The same with a place for uploads.
fn django_with_uploads(words: &[&str]) -> Test {
    let test = django(words);
    let settings = test.dir().join("shop/shop/settings.py");
    let source = fs::read_to_string(&settings).unwrap();
    let uploads = "MEDIA_URL = \"media/\"\nMEDIA_ROOT = BASE_DIR / \"media\"\n";
    fs::write(settings, source + uploads).unwrap();
    test
}

/// The same with the driver of `PostgreSQL`.
fn django_with_postgresql() -> Test {
    let test = django_with_uploads(&["--with", "postgres"]);
    let packages = ["Django==6.1.3", "psycopg[binary]==3.2.13"];
    test.env(
        "VIRTUAL_ENV",
        newest().venv_with("psycopg", &packages).dir(),
    )
    .env("DATABASE_URL", "postgresql://app@database/app")
}

const APP: &str = "def application(environ, start_response):\n    pass\n";

/// An application without a framework, whose module has a name that YAML takes for something else.
fn plain() -> Test {
    let test = Test::new().file("shop/yes.py", APP).in_dir("shop");
    test.env("VIRTUAL_ENV", newest().venv(Packages::None).dir())
        .args(["deploy", "kubernetes", "--app", "yes:application"])
}

#[test]
fn sqlite_has_one_pod_at_a_time() {
    let test = django_with_uploads(&[]).stderr_contains("ONE pod only");
    let test = test.stderr_contains("kubectl apply --kustomize=deploy/kubernetes\n");
    let outcome = test.run();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    let expected = [
        "ConfigMap",
        "Deployment",
        "Ingress",
        "Kustomization",
        "PersistentVolumeClaim",
        "Service",
    ];
    assert_eq!(manifests.kinds(), expected);
    let spec = &manifests.get("Deployment")["spec"];
    assert_eq!(spec["replicas"], 1);
    assert_eq!(spec["strategy"], json!({"type": "Recreate"}));
    let claim = &manifests.get("PersistentVolumeClaim")["spec"];
    assert_eq!(claim["accessModes"], json!(["ReadWriteOnce"]));
    // What has to stay is on the volume, for migrations and for the site.
    let path = &manifests.get("ConfigMap")["data"]["DATABASE_PATH"];
    assert_eq!(path, "/data/db.sqlite3");
    let pod = &spec["template"]["spec"];
    let mounted = json!([
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "data", "mountPath": "/data", "subPath": "data"},
        {"name": "data", "mountPath": "/app/media", "subPath": "files-media"},
    ]);
    for container in [&pod["initContainers"][0], manifests.container()] {
        assert_eq!(container["volumeMounts"], mounted);
    }
}

#[test]
fn postgresql_has_as_many_pods_as_are_needed() {
    let test = django_with_postgresql().stderr_contains("has to offer ReadWriteMany");
    let outcome = test.stderr_contains("$(kubectl create --filename=").run();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    let expected = [
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Kustomization",
        "Job",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
    ];
    assert_eq!(manifests.kinds(), expected);
    let hosts = &manifests.get("ConfigMap")["data"]["ALLOWED_HOSTS"];
    assert_eq!(hosts, "shop.example,www.shop.example");
    // A pod less is never what an update does.
    let strategy = &manifests.get("Deployment")["spec"]["strategy"]["rollingUpdate"];
    assert_eq!(strategy["maxUnavailable"], 0);
    let claim = &manifests.get("PersistentVolumeClaim")["spec"];
    assert_eq!(claim["accessModes"], json!(["ReadWriteMany"]));
    let mounts = &manifests.container()["volumeMounts"];
    assert_eq!(mounts[1]["mountPath"], "/app/media");
    let job = &manifests.get("Job")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(job["image"], manifests.container()["image"]);
    let command = json!(["python", "-m", "django", "migrate", "--noinput"]);
    assert_eq!(job["command"], command);
    // Nothing secret of the environment that the project was read in is in them.
    let directory = outcome.dir().join("shop/deploy/kubernetes");
    for file in fs::read_dir(directory).unwrap() {
        let written = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!written.contains(SECRET_KEY) && !written.contains("app@database"));
    }

    let test = django_with_postgresql().args(["--var", "uploads=elsewhere"]);
    let outcome = test.capture();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    assert!(manifests.find("PersistentVolumeClaim").is_none());
}

/// Only Django's settings tell which database it is.
#[test]
fn an_application_without_settings_says_that_it_has_sqlite() {
    let test = plain().args(["--var", "database=sqlite3"]);
    let outcome = test.stderr_contains("ONE pod only").run();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    assert!(manifests.find("HorizontalPodAutoscaler").is_none());
    let spec = &manifests.get("Deployment")["spec"];
    assert_eq!(spec["strategy"]["type"], "Recreate");
    assert!(spec["template"]["spec"].get("initContainers").is_none());
    let mounts = &manifests.container()["volumeMounts"];
    assert_eq!(mounts[1]["mountPath"], "/data");
}

#[test]
fn values_are_quoted_and_as_the_cluster_takes_them() {
    // YAML takes each of these for another type without quotes.
    let values = [
        "--var=host=1.2e3",
        "--var=aliases=null no  1.2e3 no 0x1f.0b1",
        "--var=tls_secret=true",
        "--var=issuer=off",
        "--var=ingress_class=1e3",
        "--var=pull_secret=0",
        "--var=cpu=2",
        "--var=health_path=/h?q=a:%20#b",
    ];
    let outcome = plain().args(values).capture();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    assert_eq!(manifests.get("Service")["metadata"]["name"], "yes");
    let hosts = &manifests.get("ConfigMap")["data"]["ALLOWED_HOSTS"];
    assert_eq!(hosts, "1.2e3,null,no,0x1f.0b1");
    assert_eq!(manifests.get("Ingress")["spec"]["ingressClassName"], "1e3");
    let probe = &manifests.container()["readinessProbe"]["httpGet"];
    assert_eq!(probe["path"], "/h?q=a:%20#b");
    assert!(manifests.find("Job").is_none());

    // The longest name still leaves room for what the cluster adds.
    let name = "a".repeat(49);
    let test = plain().args(["--var=tls_secret=", &format!("--var=service={name}")]);
    let outcome = test.capture();
    let manifests = Manifests::written(&outcome);
    manifests.check();
    assert!(manifests.get("Ingress")["spec"].get("tls").is_none());
}

/// Or it would say nothing that the others pass.
#[rstest]
#[case("readinessProbe:", "readynessProbe:")]
#[case("  name: \"yes\"\n", "  name: yes\n")]
#[case("containerPort: 8000", "containerPort: \"8000\"")]
#[case("kind: Deployment", "kind: Deploiment")]
fn what_the_schema_does_not_have_is_found(#[case] right: &str, #[case] wrong: &str) {
    let outcome = plain().capture();
    let manifests = Manifests::written(&outcome);
    assert!(manifests.validate(&["deployment.yaml"]).0);
    let text = outcome.read("shop/deploy/kubernetes/deployment.yaml");
    let broken = text.replacen(right, wrong, 1);
    assert_ne!(text, broken);
    let file = outcome.dir().join("shop/deploy/kubernetes/deployment.yaml");
    fs::write(file, broken).unwrap();
    let (passes, said) = manifests.validate(&["deployment.yaml"]);
    assert!(!passes, "{said}");
}

#[rstest]
#[case("service=My-Site", "has small letters, digits and hyphens")]
#[case("service=1shop", "a letter first")]
#[case("service=shop-", "no hyphen last")]
#[case("image=registry.example.com/shop", "with a tag, or a digest")]
#[case("image=shop:1\nUser: root", "line")]
#[case("image=shop:latest", "needs a tag of its own")]
#[case("host=my_site.example", "is one host name as DNS has it")]
#[case("host=shop.example,www.shop.example", "is one host name")]
#[case("host=10.0.0.1", "no address")]
#[case("aliases=www.shop.example,shop.example", "separated by spaces")]
#[case("uid=0", "is a number above 0")]
#[case("port=80", "has to be from 1024 to 65535")]
#[case("memory=512", "looks like 512Mi")]
#[case("max_replicas=1", "cannot be below min_replicas")]
#[case("image_files=../elsewhere/..", "has to be a directory in the project")]
fn what_the_cluster_would_refuse_is_refused_here(#[case] variable: &str, #[case] said: &str) {
    let test = plain().args(["--var", variable]).status(1);
    let outcome = test.stderr_contains(said).run();
    assert_eq!(outcome.tree("shop"), "yes.py\n");
}

/// What the kubelet does with the container of a pod.
struct Kubelet<'a> {
    manifests: &'a Manifests,
    image: &'a Image,
    port: u16,
    /// What is in the environment: from the `ConfigMap`, and from the Secret.
    variables: Vec<(&'a str, &'a str)>,
}

impl Kubelet<'_> {
    /// Does what a command is, as in a container.
    fn run(&self, words: &Value) -> Command {
        let words: Vec<String> = serde_json::from_value(words.clone()).unwrap();
        self.image.other(&words, &self.variables)
    }

    fn start(&self) -> Daemon {
        let gunicorn = Daemon::start(self.image.command(&self.variables));
        gunicorn.wait_for_output("Booting worker");
        gunicorn
    }

    /// Comes from another address than the server's own, as from outside of the pod.
    fn connect(&self) -> Client {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        Client::connect_from([127, 0, 0, 2].into(), address)
    }

    fn get(&self, target: &str, headers: &str) -> Response {
        get(self.connect(), target, headers)
    }

    /// Whether a probe succeeds (<https://kubernetes.io/docs/concepts/workloads/pods/probes/>).
    fn probe(&self, name: &str) -> io::Result<bool> {
        let probe = &self.manifests.container()[name];
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        if let Some(exec) = probe.get("exec") {
            return Ok(self.run(&exec["command"]).output()?.status.success());
        }
        drop(TcpStream::connect(address)?);
        let Some(request) = probe.get("httpGet") else {
            assert_eq!(probe["tcpSocket"], json!({"port": "http"}));
            return Ok(true);
        };
        let headers = request["httpHeaders"].as_array().unwrap().iter();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let headers = headers.map(|it| text(&it["name"]) + ": " + &text(&it["value"]));
        let headers: Vec<_> = headers.collect();
        let response = self.get(&text(&request["path"]), &headers.join("\r\n"));
        // A redirection is another page, which says nothing of this one.
        assert!(!(300..400).contains(&response.status));
        Ok(response.status < 400)
    }

    /// Which of the probes succeed: startup, readiness, liveness.
    fn probes(&self) -> [bool; 3] {
        let names = ["startupProbe", "readinessProbe", "livenessProbe"];
        names.map(|name| self.probe(name).unwrap_or(false))
    }
}

#[test]
fn a_pod_of_django_is_looked_after() {
    let test = Test::within(locked_django(URLS)).in_dir("shop");
    let test = test.env("VIRTUAL_ENV", newest().venv(Packages::Django).dir());
    let site = Deployed::new(test, &[]);
    let hosts = ["--var=host=shop.example", "--var=aliases=www.shop.example"];
    let site = site.and(
        "kubernetes",
        &[&hosts[..], &["--var=health_path=/healthz/"]].concat(),
    );
    let manifests = Manifests::read(&site.path("deploy/kubernetes"));
    manifests.check();
    let image = site.build("uv.lock");
    let pipe = site.path("pipe");
    make_pipe(&pipe);
    let own = vec![("SECRET_KEY", SECRET_KEY), ("PIPE", pipe.to_str().unwrap())];
    let kubelet = Kubelet {
        manifests: &manifests,
        image: &image,
        port: site.port,
        variables: [manifests.environment(), own].concat(),
    };
    assert_eq!(kubelet.probes(), [false; 3]);
    let pod = &manifests.get("Deployment")["spec"]["template"]["spec"];
    let migrated = kubelet.run(&pod["initContainers"][0]["command"]).output();
    let migrated = migrated.unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
    let mut gunicorn = kubelet.start();
    assert_eq!(kubelet.probes(), [true; 3]);
    let checked = || image.health(&kubelet.variables).output().unwrap();
    assert!(checked().status.success());

    // Whoever comes by HTTP is sent to HTTPS; what the proxy says is believed, but not a path.
    let host = "Host: www.shop.example";
    let response = kubelet.get("/", host);
    assert_eq!(response.status, 301);
    let proxied = format!("{host}\r\nX-Forwarded-Proto: https");
    let forged = format!("{proxied}\r\nSCRIPT_NAME: /forged\r\nPATH_INFO: /healthz/");
    for headers in [&proxied, &forged] {
        assert_eq!(
            kubelet.get("/", headers).text(),
            "https://www.shop.example/"
        );
    }
    let file = kubelet.get("/static/admin/css/base.css", &proxied);
    assert_eq!(file.status, 200);
    assert!(file.header("Content-Type").unwrap().starts_with("text/css"));
    assert_eq!(kubelet.get("/nothing", &proxied).status, 404);
    assert_eq!(kubelet.get("/broken", &proxied).status, 500);

    // The database is away: nobody is sent here, and nothing is killed.
    let database = manifests.get("ConfigMap")["data"]["DATABASE_PATH"].as_str();
    fs::remove_file(database.unwrap()).unwrap();
    assert_eq!(kubelet.probes(), [true, false, true]);
    // The image's own check sees the page, too, and not the way to HTTPS.
    let output = checked();
    assert!(!output.status.success(), "{output:?}");

    // The kubelet's SIGTERM: what is under way is answered.
    let waiting = Waiting::begin(kubelet.connect(), &proxied, &pipe);
    gunicorn.signal(Signal::TERM);
    gunicorn.wait_for_output("Handling signal: term");
    waiting.end();
    assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
    assert_eq!(kubelet.probes(), [false; 3]);
}

#[test]
fn a_pod_of_flask_is_looked_after() {
    let test = Test::new()
        .file("shop/site1.py", FLASK)
        .file("shop/requirements.txt", "Flask==3.1.3\n")
        .in_dir("shop")
        .env("BROKEN", "nothing")
        .env("VIRTUAL_ENV", newest().venv(Packages::Flask).dir());
    let application = ["--app", "site1:holder"];
    let site = Deployed::new(test, &application).and("kubernetes", &application);
    let manifests = Manifests::read(&site.path("deploy/kubernetes"));
    manifests.check();
    assert!(manifests.find("PodDisruptionBudget").is_some());
    let image = site.build("requirements.txt");
    let broken = site.path("broken");
    let mut kubelet = Kubelet {
        manifests: &manifests,
        image: &image,
        port: site.port,
        variables: manifests.environment(),
    };
    kubelet.variables.push(("BROKEN", broken.to_str().unwrap()));
    let mut gunicorn = kubelet.start();
    // There is no page at `/`, which is an answer.
    assert_eq!(kubelet.probes(), [true; 3]);
    fs::write(&broken, "").unwrap();
    assert_eq!(kubelet.probes(), [true, false, true]);
    gunicorn.signal(Signal::TERM);
    assert!(gunicorn.wait_exit().success());
    assert_eq!(kubelet.probes(), [false; 3]);
}

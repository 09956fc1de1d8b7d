//! Manifests for Kubernetes that were written: whether the published schema takes them, and whether
//! they fit to each other.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use regex::Regex;
use serde_json::{Value, json};

use crate::support::{Outcome, newest};

/// The oldest version that has all that is used, and the newest one that the validator knows.
const VERSIONS: [&str; 2] = ["1.30", "1.37"];

/// What `kubectl apply --kustomize` leaves out.
const NOT_APPLIED: [&str; 2] = ["kustomization.yaml", "migrate.yaml"];

/// What the cluster puts after a name that it is to complete, or as long.
const SUFFIX: &str = "x7k2p";

/// Where a job is written with a name.
const NAMED: &str = "named.json";

const COMPONENT: &str = "app.kubernetes.io/component";

/// All in one directory.
pub(super) struct Manifests {
    directory: PathBuf,
    /// By file.
    documents: BTreeMap<String, Value>,
}

impl Manifests {
    /// Reads what `scaffold deploy kubernetes` wrote in `shop`.
    #[track_caller]
    pub(super) fn written(outcome: &Outcome) -> Self {
        assert_eq!(outcome.status, Some(0), "{outcome}");
        Self::read(&outcome.dir().join("shop/deploy/kubernetes"))
    }

    #[track_caller]
    pub(super) fn read(directory: &Path) -> Self {
        let files = fs::read_dir(directory).unwrap();
        let files = files.map(|it| it.unwrap().path());
        let files = files.filter(|it| it.extension() == Some(OsStr::new("yaml")));
        let documents = files.map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let document = serde_saphyr::from_str(&text);
            let document = document.unwrap_or_else(|error| panic!("{error}\n{text}"));
            let name = file.file_name().unwrap().to_str().unwrap();
            (name.to_owned(), document)
        });
        Self {
            directory: directory.to_owned(),
            documents: documents.collect(),
        }
    }

    /// The one of a kind, if there is one.
    pub(super) fn find(&self, kind: &str) -> Option<&Value> {
        self.documents.values().find(|it| it["kind"] == kind)
    }

    /// The one of a kind.
    #[track_caller]
    pub(super) fn get(&self, kind: &str) -> &Value {
        let found = self.find(kind);
        found.unwrap_or_else(|| panic!("no {kind}: {:?}", self.documents.keys()))
    }

    /// The kinds that there are, in the order of their files.
    pub(super) fn kinds(&self) -> Vec<&str> {
        let kinds = self.documents.values().map(|it| it["kind"].as_str());
        kinds.map(Option::unwrap).collect()
    }

    /// The container that serves.
    #[track_caller]
    pub(super) fn container(&self) -> &Value {
        &self.get("Deployment")["spec"]["template"]["spec"]["containers"][0]
    }

    /// What pods have from the `ConfigMap` in their environment.
    #[track_caller]
    pub(super) fn environment(&self) -> Vec<(&str, &str)> {
        let data = self.get("ConfigMap")["data"].as_object().unwrap().iter();
        data.map(|(name, value)| (&**name, value.as_str().unwrap()))
            .collect()
    }

    /// What the validator says of files, and whether they pass.
    pub(super) fn validate(&self, files: &[&str]) -> (bool, String) {
        let validator = newest().venv_with("kubernetes", &["kubernetes-validate==1.37.0"]);
        let mut command = Command::new(validator.as_ref());
        command.args(["-m", "kubernetes_validate", "--strict"]);
        for version in VERSIONS {
            command.args(["-k", version]);
        }
        let output = command.args(files).current_dir(&self.directory).output();
        let output = output.unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        // What it has no schema for is a warning alone.
        let count = text.matches(" passed for resource ").count();
        let passes = output.status.success() && count == files.len() * VERSIONS.len();
        (passes, text)
    }

    /// Says that all of them are as the schema has them, and fit to each other.
    #[track_caller]
    pub(super) fn check(&self) {
        let named = self.directory.join(NAMED);
        let mut files = Vec::new();
        for (name, document) in &self.documents {
            if document["kind"] == "Kustomization" {
                // The cluster never sees it, and has no schema of it.
                assert_eq!(document["apiVersion"], "kustomize.config.k8s.io/v1beta1");
            } else if let Some(prefix) = document["metadata"]["generateName"].as_str() {
                // The validator wants a name, which only `create` gives.
                let mut document = document.clone();
                let name = json!(format!("{prefix}{SUFFIX}"));
                document["metadata"] =
                    json!({"name": name, "labels": document["metadata"]["labels"]});
                fs::write(&named, document.to_string()).unwrap();
                files.push(NAMED);
            } else {
                files.push(name);
            }
        }
        let (passes, text) = self.validate(&files);
        assert!(passes, "{text}");
        self.check_files();
        self.check_references();
        self.check_names();
        self.check_hosts();
        self.check_pods();
    }

    /// Everything is applied but what has to be made anew each time.
    #[track_caller]
    fn check_files(&self) {
        let listed = self.get("Kustomization")["resources"].as_array().unwrap();
        let listed: Vec<_> = listed.iter().map(|it| it.as_str().unwrap()).collect();
        let there = self.documents.keys().map(|it| &**it);
        let there: Vec<_> = there.filter(|it| !NOT_APPLIED.contains(it)).collect();
        assert_eq!(listed, there);
    }

    #[track_caller]
    fn check_references(&self) {
        let deployment = self.get("Deployment");
        let name = &deployment["metadata"]["name"];
        let pod = &deployment["spec"]["template"];
        let labels = &pod["metadata"]["labels"];
        assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
        let service = self.get("Service");
        assert_eq!(&service["spec"]["selector"], labels);
        assert_eq!(labels[COMPONENT], "web");
        let ports = &service["spec"]["ports"];
        assert_eq!(ports[0]["targetPort"], self.container()["ports"][0]["name"]);
        for rule in self.get("Ingress")["spec"]["rules"].as_array().unwrap() {
            let to = &rule["http"]["paths"][0]["backend"]["service"];
            assert_eq!(to["name"], service["metadata"]["name"]);
            assert_eq!(to["port"]["name"], ports[0]["name"]);
        }
        if let Some(scaler) = self.find("HorizontalPodAutoscaler") {
            let target = &scaler["spec"]["scaleTargetRef"];
            let expected = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": name});
            assert_eq!(target, &expected);
            assert!(deployment["spec"].get("replicas").is_none());
            // It measures by what is requested.
            let requests = &self.container()["resources"]["requests"];
            assert!(requests["cpu"].is_string());
        }
        if let Some(budget) = self.find("PodDisruptionBudget") {
            assert_eq!(&budget["spec"]["selector"]["matchLabels"], labels);
        }
        let spread = pod["spec"]["topologySpreadConstraints"].as_array();
        for constraint in spread.into_iter().flatten() {
            assert_eq!(&constraint["labelSelector"]["matchLabels"], labels);
        }
        if let Some(job) = self.find("Job") {
            // Else visitors were sent to it.
            assert_ne!(&job["spec"]["template"]["metadata"]["labels"], labels);
        }
    }

    /// They are DNS labels, also where the cluster completes them.
    #[track_caller]
    fn check_names(&self) {
        let pattern = Regex::new("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$").unwrap();
        for (file, document) in &self.documents {
            let metadata = &document["metadata"];
            let prefix = metadata["generateName"].as_str();
            let name = prefix.map(|it| format!("{it}{SUFFIX}"));
            let name = name.or_else(|| Some(metadata["name"].as_str()?.to_owned()));
            let is_right = name.as_ref().map(|it| pattern.is_match(it));
            // A kustomization has none.
            assert_eq!(
                is_right,
                (document["kind"] != "Kustomization").then_some(true),
                "{file}: {name:?}"
            );
        }
    }

    /// Whoever comes to the site, and whoever looks after it, names a host that is allowed.
    #[track_caller]
    fn check_hosts(&self) {
        let data = &self.get("ConfigMap")["data"];
        let allowed = data["ALLOWED_HOSTS"].as_str().unwrap();
        let allowed: Vec<_> = allowed.split(',').collect();
        let spec = &self.get("Ingress")["spec"];
        let rules = spec["rules"].as_array().unwrap().iter();
        let hosts: Vec<_> = rules.map(|it| it["host"].as_str().unwrap()).collect();
        assert_eq!(hosts, allowed);
        if let Some(secured) = spec.get("tls") {
            assert_eq!(secured[0]["hosts"], json!(hosts));
        }
        assert_eq!(data["HEALTHCHECK_HOST"], hosts[0]);
        let asked = &self.container()["readinessProbe"]["httpGet"];
        if !asked.is_null() {
            let expected = json!([
                {"name": "Host", "value": hosts[0]},
                {"name": "X-Forwarded-Proto", "value": "https"},
            ]);
            assert_eq!(asked["httpHeaders"], expected);
        }
    }

    #[track_caller]
    fn check_pods(&self) {
        let service = &self.get("Deployment")["metadata"]["name"];
        for kind in ["Deployment", "Job"] {
            let Some(owner) = self.find(kind) else {
                continue;
            };
            let pod = &owner["spec"]["template"]["spec"];
            let first = pod["initContainers"].as_array().into_iter().flatten();
            for container in first.chain(pod["containers"].as_array().unwrap()) {
                assert_restricted(pod, container);
                let expected = json!([
                    {"configMapRef": {"name": self.get("ConfigMap")["metadata"]["name"]}},
                    {"secretRef": {"name": service}},
                ]);
                assert_eq!(container["envFrom"], expected);
                self.check_mounts(pod, container);
            }
        }
        let pod = &self.get("Deployment")["spec"]["template"]["spec"];
        let web = self.container();
        let data = &self.get("ConfigMap")["data"];
        assert_eq!(data["PORT"], web["ports"][0]["containerPort"].to_string());
        let given = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
        let slept = web["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64();
        assert!(given > slept.unwrap() + graceful_timeout());
    }

    #[track_caller]
    fn check_mounts(&self, pod: &Value, container: &Value) {
        let volumes = pod["volumes"].as_array().unwrap();
        let mut paths = Vec::new();
        for mount in container["volumeMounts"].as_array().unwrap() {
            let volume = volumes.iter().find(|it| it["name"] == mount["name"]);
            let volume = volume.unwrap_or_else(|| panic!("{mount}"));
            let path = mount["mountPath"].as_str().unwrap();
            assert!(path.starts_with('/') && !paths.contains(&path), "{path}");
            paths.push(path);
            if let Some(claim) = volume.get("persistentVolumeClaim") {
                let there = &self.get("PersistentVolumeClaim")["metadata"]["name"];
                assert_eq!(&claim["claimName"], there);
                // Whoever writes there owns it.
                let context = &pod["securityContext"];
                assert_eq!(context["fsGroup"], context["runAsUser"]);
            }
        }
        assert!(paths.contains(&"/tmp"));
    }
}

/// What the Pod Security Standard `restricted` asks for, and what it leaves open.
#[track_caller]
fn assert_restricted(pod: &Value, container: &Value) {
    let context = &pod["securityContext"];
    assert_eq!(context["runAsNonRoot"], true);
    assert!(context["runAsUser"].as_u64().unwrap() > 0);
    assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(pod["automountServiceAccountToken"], false);
    let context = &container["securityContext"];
    let expected = json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    });
    assert_eq!(context, &expected);
    let resources = &container["resources"];
    assert_eq!(
        resources["limits"],
        json!({"memory": resources["requests"]["memory"]})
    );
}

/// How long Gunicorn gives requests under way, in the image.
fn graceful_timeout() -> u64 {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/templates/deploy/docker/gunicorn.conf.py"
    );
    let text = fs::read_to_string(file).unwrap();
    let pattern = Regex::new(r"(?m)^graceful_timeout = (\d+)$").unwrap();
    pattern.captures(&text).unwrap()[1].parse().unwrap()
}

//! What is known of the project: found as `runserver` finds it, and asked of the project's own
//! interpreter, which loads it in a process of its own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::timeout;

use super::DeployError;
use crate::{
    cli::ChoiceArgs,
    command::{
        error::Error,
        runtime,
        site::{self, Found, Site},
        words::lossy,
    },
    project::{Config, ConfigTable, Declaration, Environment, Streams},
    template::{Dict, Value},
    wire::{Status, message},
    worker::{self, Package, Worker},
};

/// How long loading may take: the largest projects need less, on slow machines.
const LIMIT: Duration = Duration::from_secs(30);

/// Packages that say what is in them and not of which project they are: then the directory's name
/// is the better one.
const GENERAL: [&str; 10] = [
    "app",
    "application",
    "conf",
    "config",
    "core",
    "project",
    "settings",
    "site",
    "src",
    "wsgi",
];

/// What is known.
pub(super) struct Known {
    /// How the project is called.
    pub(super) name: String,
    /// Its root.
    pub(super) root: PathBuf,
    /// The variables for templates ([`crate::template::example_facts`]).
    pub(super) facts: Dict,
}

/// Finds out all of it, for somebody who is in the directory `here`.
pub(super) fn find(choice: &ChoiceArgs, here: &Path) -> Result<Known, Error> {
    let Found::Python(site) = site::find(choice, site::variable().as_ref(), here)? else {
        return Err(DeployError::Rust.into());
    };
    let config = Config::read(&site.root.directory, ConfigTable::Pyproject)?;
    let interpreter = site.interpreter(choice, &config)?;
    let words = ["manage.py", "check"].map(str::to_owned).into_iter();
    let worker = worker::Config {
        interpreter: interpreter.path,
        root: site.directory.clone(),
        environment: Environment::default(),
        configure: message::Configure {
            argv: words.chain(site::django_words(choice)).collect(),
            describe: true,
            ..site.configure(choice, &config, here)
        },
        streams: Streams::Errors,
        timeout: None,
    };
    let found = runtime()?.block_on(load(&worker))?;
    if found.get("deploy_application").is_empty() {
        return Err(DeployError::NoModule(found.get("application").to_owned()).into());
    }
    let path = choice.pythonpath.as_deref().map(|it| here.join(it));
    let mut facts = facts(&found, &site, path.as_deref());
    facts.extend(requirements(&site.root.directory)?);
    Ok(Known {
        name: name(&found, &site.root.directory),
        facts,
        root: site.root.directory,
    })
}

/// Has one worker load the project and say what it is. The worker is gone afterwards.
async fn load(config: &worker::Config) -> Result<message::Report, Error> {
    let mut worker = Worker::start(config, Package::unpack()?)?;
    let outcome = timeout(LIMIT, wait(&mut worker)).await;
    worker.stop().await;
    outcome
        .unwrap_or_else(|_| {
            Err(DeployError::NotLoaded {
                what: format!("it takes longer than {} s", LIMIT.as_secs()),
                place: String::new(),
                hint: "`scaffold check` tells where it hangs".to_owned(),
            })
        })
        .map_err(Error::from)
}

async fn wait(worker: &mut Worker) -> Result<message::Report, DeployError> {
    while let Some(status) = worker.status().await {
        match status {
            Status::Ready(found) => return Ok(found),
            Status::Failed(found) => return Err(failure(&found)),
            _ => {}
        }
    }
    Err(DeployError::NotLoaded {
        what: format!("its process {}", worker.ended().await),
        place: String::new(),
        hint: "the output above may tell why".to_owned(),
    })
}

fn failure(found: &message::Report) -> DeployError {
    let hint = match (found.get("kind"), found.get("hint")) {
        ("guard", _) => "name the site's hosts there, or in the variable of the environment that \
                         the settings read"
            .to_owned(),
        (_, "") => "`scaffold check -v 2` shows the traceback".to_owned(),
        (_, hint) => hint.to_owned(),
    };
    DeployError::NotLoaded {
        what: found.get("message").to_owned(),
        place: found.get("where").to_owned(),
        hint,
    }
}

/// The package of the settings, or of the application; or the directory's name.
fn name(found: &message::Report, root: &Path) -> String {
    let module = match found.get("settings") {
        "" => found.get("deploy_application"),
        settings => settings,
    };
    let package = module.split(['.', ':']).next().unwrap_or_default();
    let directory = root.file_name().map(|it| it.to_string_lossy().into_owned());
    match directory {
        Some(directory) if package.is_empty() || GENERAL.contains(&package) => directory,
        _ => package.to_owned(),
    }
}

fn facts(found: &message::Report, site: &Site, path: Option<&Path>) -> Dict {
    let text = |name: &str| Value::text(found.get(name));
    let list = |name: &str| Value::List(found.all(name).map(Value::text).collect());
    [
        ("project_directory", Value::text(lossy(&site.directory))),
        ("project_python", text("executable")),
        ("project_environment", text("deploy_prefix")),
        ("python_version", text("deploy_python")),
        ("installer", text("deploy_installer")),
        ("application", text("deploy_application")),
        ("application_file", text("deploy_application_file")),
        ("settings_module", text("settings")),
        ("settings_variable", text("deploy_settings_variable")),
        ("framework", text("deploy_framework")),
        ("script_name", text("deploy_script_name")),
        ("static_url", text("deploy_static_url")),
        ("static_root", text("deploy_static_root")),
        ("media_url", text("deploy_media_url")),
        ("media_root", text("deploy_media_root")),
        ("database", text("deploy_database")),
        (
            "python_path",
            Value::text(path.map(lossy).unwrap_or_default()),
        ),
        ("hosts", list("deploy_host")),
        ("hosts_with_subdomains", list("deploy_subdomains")),
        ("allowed_hosts", allowed_hosts(found)),
        ("writable_directories", list("deploy_writes")),
        ("sqlite_files", list("deploy_sqlite_file")),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value))
    .collect()
}

/// The names of the site as Django's `ALLOWED_HOSTS` has them: with a dot before those that all
/// names below them belong to, too.
fn allowed_hosts(found: &message::Report) -> Value {
    let hosts = found.all("deploy_host").map(|host| {
        let has_more = found.all("deploy_subdomains").any(|it| it == host);
        Value::text(format!("{}{host}", if has_more { "." } else { "" }))
    });
    Value::List(hosts.collect())
}

/// What the project's own files say of what it needs.
fn requirements(root: &Path) -> Result<Dict, Error> {
    let found = Declaration::find(root)?;
    let file = found.as_ref().map(|it| it.file).unwrap_or_default();
    let groups = found.as_ref().map(|it| it.groups.iter());
    let groups = groups.into_iter().flatten();
    let groups = groups.map(|it| Value::text(it.as_str())).collect();
    let facts = [
        ("requirements", Value::text(file)),
        ("requirement_groups", Value::List(groups)),
    ];
    Ok(facts
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect())
}

/// The same, with the directory that is written.
pub(super) fn with_directory(mut facts: Dict, directory: &Path) -> Dict {
    facts.insert("deploy_directory".into(), Value::text(lossy(directory)));
    facts
}

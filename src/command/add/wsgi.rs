//! `scaffold add wsgi`: what the settings lack → both files → a look at the diff → written.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    AddError, module,
    report::{Report, sides},
};
use crate::{
    cli::{AddWsgiArgs, ChoiceArgs},
    command::{
        diff,
        error::Error,
        generate::Questions,
        runtime,
        site::{self, Found, Site},
    },
    console::{self, Verbosity},
    project::{self, Config, ConfigTable, Environment, Root, Streams, bare_settings_modules},
    shutdown::{self, Stop},
    template::{self, AskingError, Edit, Reply, apply_edits, check_edits, shown_path, shown_text},
    wire::message,
    worker::{self, NewLine, Package, SettingsRead, read_settings},
};

/// What settings are usually called that are not for production.
const OF_DEVELOPMENT: [&str; 7] = [
    "debug",
    "dev",
    "develop",
    "development",
    "local",
    "test",
    "testing",
];

/// Runs the command.
pub(super) fn run(args: &AddWsgiArgs, verbosity: Verbosity) -> Result<ExitCode, Error> {
    let mut report = Report {
        has_diffs: args.diff,
        ..Report::default()
    };
    let result = add(args, verbosity, &mut report).map_err(worded);
    if args.json {
        console::line(report.json(result.as_ref().err()));
    }
    result.map(|()| ExitCode::SUCCESS)
}

/// An interruption in the words of this command.
fn worded(error: Error) -> Error {
    match error {
        Error::Template(template::Error::Interrupted { .. }) => Error::UpdateInterrupted,
        other => other,
    }
}

/// Does the work, and notes in the report how far it has come.
fn add(args: &AddWsgiArgs, verbosity: Verbosity, report: &mut Report) -> Result<(), Error> {
    let AddWsgiArgs {
        settings,
        python,
        pythonpath,
        yes,
        diff: shows_diff,
        dry_run,
        json,
    } = args;
    let choice = ChoiceArgs {
        settings: settings.clone(),
        app: None,
        python: python.clone(),
        pythonpath: pythonpath.clone(),
    };
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let site = find(&choice, &here)?;
    report.root = Some(site.directory.clone());
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let read = read(&site, &choice, &here, &stop)?;
    report.settings.clone_from(&read.settings);
    report.settings_rule.clone_from(&read.settings_rule);
    if let Some(refusal) = read.refusal {
        return Err(AddError::refused(refusal, &site.directory).into());
    }
    report.application = Some(read.application.clone());
    let root = note(&read, &site.directory, report)?;
    check_edits(&report.edits, &root)?;
    let writes = !(*dry_run || *shows_diff || report.edits.is_empty());
    let asks = writes && !yes && !json && console::is_interactive();
    if *shows_diff && !json {
        for edit in &report.edits {
            console::text(diff::unified(sides(edit)));
        }
    } else if writes && !json && (asks || verbosity >= Verbosity::Normal) {
        for edit in &report.edits {
            console::raw(diff::unified(sides(edit)));
        }
    }
    if verbosity >= Verbosity::Normal {
        warn(&read, &site);
        warn_of_development(&read);
    }
    if asks && !is_wanted(&stop)? {
        console::note("nothing was changed");
        return Ok(());
    }
    if writes {
        apply_edits(&report.edits, &root, &stop)?;
        report.is_written = true;
    }
    let is_result = *dry_run || report.edits.is_empty();
    let is_told = is_result || (verbosity >= Verbosity::Normal && !shows_diff);
    if is_told && !json {
        console::line(report.list());
    }
    Ok(())
}

/// Finds the project, as `runserver` does, and besides one that has nothing but settings.
fn find(choice: &ChoiceArgs, here: &Path) -> Result<Site, Error> {
    match site::find(choice, site::variable().as_ref(), here) {
        Ok(Found::Python(site)) => Ok(site),
        Ok(Found::Rust(_)) => Err(AddError::Rust.into()),
        Err(project::Error::NoProject { .. }) => {
            let directory = if choice.settings.is_some() {
                Some(here)
            } else {
                let mut roots = [above_packages(here), here].into_iter();
                roots.find(|it| !bare_settings_modules(it).is_empty())
            };
            let directory = directory.ok_or_else(|| AddError::NoProject(here.to_owned()))?;
            let directory = directory.to_owned();
            let root = Root {
                directory: directory.clone(),
                marker: None,
            };
            Ok(Site { root, directory })
        }
        Err(error) => Err(error.into()),
    }
}

/// The directory that what is in this one is imported from.
fn above_packages(here: &Path) -> &Path {
    let mut above = here.ancestors();
    let above = above.find(|it| !it.join("__init__.py").exists());
    above.unwrap_or(here)
}

/// Has the project's interpreter read the settings.
fn read(
    site: &Site,
    choice: &ChoiceArgs,
    here: &Path,
    stop: &Arc<AtomicBool>,
) -> Result<SettingsRead, Error> {
    let config = Config::read(&site.root.directory, ConfigTable::Pyproject)?;
    let interpreter = site.interpreter(choice, &config)?;
    let words = ["manage.py", "runserver"].map(str::to_owned).into_iter();
    let mut configure = message::Configure {
        argv: words.chain(site::django_words(choice)).collect(),
        // An application that is named leaves open which settings it has.
        configured_app: String::new(),
        ..site.configure(choice, &config, here)
    };
    if configure.candidates.is_empty() {
        configure.candidates = bare_settings_modules(&site.directory);
    }
    let config = worker::Config {
        interpreter: interpreter.path,
        root: site.directory.clone(),
        environment: Environment::default(),
        configure,
        streams: Streams::Errors,
        timeout: None,
    };
    let package = Package::unpack()?;
    runtime()?.block_on(async {
        let mut signals = Stop::listen().map_err(Error::Runtime)?;
        let read = read_settings(&config, &package, signals.wanted(stop)).await?;
        read.ok_or(Error::UpdateInterrupted)
    })
}

/// Notes in the report what is there and what is to be written. Returns the directory from which
/// the paths are: the project's root, unless the settings lie elsewhere.
fn note(read: &SettingsRead, root: &Path, report: &mut Report) -> Result<PathBuf, Error> {
    let settings = read.edit.as_ref().map(|it| &it.path);
    let settings = settings.or(read.found.as_ref().map(|it| &it.path));
    let (Some(settings), Some(module)) = (settings, &read.module) else {
        return Err(AddError::Broken.into());
    };
    let root = common(root, [settings, &module.path]);
    let relative = |path: &Path| path.strip_prefix(&root).unwrap_or(path).to_owned();
    if let Some(found) = &read.found {
        let place = shown_path(&relative(&found.path)).to_string();
        report
            .there
            .push(format!("{place}:{}:{}", found.line, found.column));
    }
    if module.is_there {
        report
            .there
            .push(shown_path(&relative(&module.path)).to_string());
    } else {
        // The module is written as the settings are, which the setting may have come from.
        let beside = read
            .settings_file
            .as_ref()
            .and_then(|it| std::fs::read(it).ok());
        let name = read.settings.as_deref().unwrap_or_default();
        let text = module::text(name, &read.django, &beside.unwrap_or_default())?;
        report.edits.push(Edit {
            path: relative(&module.path),
            before: None,
            after: text.into_bytes(),
        });
    }
    if let Some(NewLine {
        path,
        before,
        after,
    }) = &read.edit
    {
        let decoded = |text: &String| {
            BASE64_STANDARD
                .decode(text)
                .map_err(|_| Error::from(AddError::Broken))
        };
        report.edits.push(Edit {
            path: relative(path),
            before: Some(decoded(before)?),
            after: decoded(after)?,
        });
    }
    report.root = Some(root.clone());
    Ok(root)
}

/// The directory itself where all paths are below it, and else the nearest above all of them.
fn common(directory: &Path, paths: [&PathBuf; 2]) -> PathBuf {
    let [first, second] = paths;
    let holds = |directory: &Path| paths.iter().all(|path| path.starts_with(directory));
    if holds(directory) {
        return directory.to_owned();
    }
    let mut above = first.ancestors().skip(1);
    let nearest = above.find(|it| second.starts_with(it));
    nearest.unwrap_or(Path::new("/")).to_owned()
}

/// Tells what the settings may do besides.
fn warn(read: &SettingsRead, site: &Site) {
    if site.root.marker.is_none() && read.application == "wsgi.application" {
        console::warning(
            "nothing in this directory says that it is a project",
            Some(
                "`scaffold runserver` and `scaffold check` find it by a `manage.py`, or by \
                 `settings` under `[tool.scaffold]` in `pyproject.toml`",
            ),
        );
    }
    let Some(opaque) = read.opaque.as_ref().filter(|_| read.edit.is_some()) else {
        return;
    };
    let path = opaque.path.strip_prefix(&site.directory);
    let path = path.unwrap_or(&opaque.path);
    console::warning(
        format_args!(
            "{}:{}:{}: `{}()` may set WSGI_APPLICATION as well, which the text does not tell",
            shown_path(path),
            opaque.line,
            opaque.column,
            opaque.function
        ),
        Some("`scaffold check` tells which application the project has then"),
    );
}

/// Tells of a new module that falls back on settings for development.
fn warn_of_development(read: &SettingsRead) {
    let is_new = read.module.as_ref().is_some_and(|it| !it.is_there);
    let settings = read.settings.as_deref().unwrap_or_default();
    let variant = settings.rsplit('.').next().unwrap_or_default();
    if is_new && OF_DEVELOPMENT.contains(&variant) {
        console::warning(
            format_args!("the new module falls back on `{}`", shown_text(settings)),
            Some(
                "a server for production has to have DJANGO_SETTINGS_MODULE in its environment; \
                 or name the settings for production with `--settings`",
            ),
        );
    }
}

fn is_wanted(stop: &AtomicBool) -> Result<bool, Error> {
    let questions = Questions { stop };
    let reply = questions.confirm("Write these changes?");
    match reply.map_err(AskingError::from)? {
        Reply::Answer(is_wanted) => Ok(is_wanted),
        Reply::Back => Ok(false),
        Reply::Cancel => Err(Error::UpdateInterrupted),
    }
}

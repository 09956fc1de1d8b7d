//! Which sites are to be served, where there are several, and whether they go together.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use crate::{
    cli::{ChoiceArgs, RunserverArgs},
    command::error::Error,
    project::{self, Root, SITES_FILE, SiteEntry, SiteError},
    serve::HostPattern,
};

/// The sites that the user names, or that a file names in whose directory somebody is who is in no
/// project there; `None` where it is one project that is to be served.
pub(super) fn sites(args: &RunserverArgs, here: &Path) -> Result<Option<Vec<SiteEntry>>, Error> {
    let entries = if let Some(file) = &args.sites {
        SiteEntry::read(&here.join(file))?
    } else if !args.site.is_empty() {
        let parsed = args.site.iter().map(|text| SiteEntry::parse(text, here));
        parsed
            .collect::<Result<_, SiteError>>()
            .map_err(project::Error::from)?
    } else if let Some(file) = found(args, here) {
        SiteEntry::read(&file)?
    } else {
        return Ok(None);
    };
    refuse_options_of_one_project(args)?;
    compare(&entries).map_err(project::Error::from)?;
    Ok(Some(entries))
}

/// The file for somebody who is in a directory: the one there or in the nearest above it, unless a
/// project is as near.
fn found(args: &RunserverArgs, here: &Path) -> Option<PathBuf> {
    let directory = here
        .ancestors()
        .find(|directory| directory.join(SITES_FILE).is_file())?;
    let is_in_project = Root::find(here).is_ok_and(|root| root.directory.starts_with(directory));
    // Whoever names what is to be served means it, and not what some directory above has.
    let is_meant = directory == here || args.choice == ChoiceArgs::default();
    (is_meant && !is_in_project).then(|| directory.join(SITES_FILE))
}

/// Options that would hold for one project, and who knows for which.
fn refuse_options_of_one_project(args: &RunserverArgs) -> Result<(), Error> {
    let ChoiceArgs {
        settings,
        app,
        python,
        pythonpath,
    } = &args.choice;
    let given = [
        (
            settings.is_some(),
            "--settings",
            "give the site `settings` in scaffold.sites.toml",
        ),
        (
            app.is_some(),
            "--app",
            "give the site `app` in scaffold.sites.toml",
        ),
        (
            python.is_some(),
            "--python",
            "give the site `python` in scaffold.sites.toml",
        ),
        (
            pythonpath.is_some(),
            "--pythonpath",
            "give the site `environment = { PYTHONPATH = \"...\" }` in scaffold.sites.toml",
        ),
        (
            !args.allowed_host.is_empty(),
            "--allowed-host",
            "give the site `hosts` in scaffold.sites.toml",
        ),
    ];
    match given.into_iter().find(|(is_given, ..)| *is_given) {
        Some((_, option, instead)) => Err(Error::ForOneProject { option, instead }),
        None => Ok(()),
    }
}

/// The site that a host is for by its name, where it is at the addresses of all.
fn whose_name<'a>(host: &str, entries: &'a [SiteEntry]) -> Option<&'a str> {
    let host = host.trim_start_matches('.').as_bytes();
    let mut names = entries.iter().filter(|entry| entry.port.is_none());
    let found = names.find(|entry| HostPattern::of_site(&entry.name).matches(host));
    found.map(|entry| entry.name.as_str())
}

/// No two of them may be asked for in the same way.
fn compare(entries: &[SiteEntry]) -> Result<(), SiteError> {
    let mut names = HashSet::new();
    let mut ports = HashMap::new();
    let mut hosts = HashMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        let position = &entry.position;
        if !names.insert(name) {
            return Err(SiteError::SameName(name.to_owned()));
        }
        // Each 0 is another one.
        if let Some(port) = entry.port.filter(|port| *port != 0)
            && let Some(other) = ports.insert(port, name)
        {
            return Err(SiteError::SamePort {
                position: position.clone(),
                port,
                other: format!("the site `{other}`"),
            });
        }
        // Who has a port is not found by the host.
        for host in entry.hosts.iter().filter(|_| entry.port.is_none()) {
            // The dot that may end a host is none of it.
            let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
            let by_name = whose_name(&host, entries);
            let other = by_name.or_else(|| hosts.insert(host.clone(), name));
            if let Some(other) = other.filter(|other| *other != name) {
                return Err(SiteError::SameHost {
                    position: position.clone(),
                    host,
                    other: other.to_owned(),
                });
            }
        }
    }
    Ok(())
}

//! Several projects: each is planned as a single one is, before anything is started.

use crate::{
    cargo,
    cli::{ChoiceArgs, OutputArgs, RunserverArgs},
    command::{
        banner,
        error::Error,
        listening::{self, Listening},
    },
    console::{self, Verbosity, Voice},
    project::{self, Environment, Outlets, Printed, SiteEntry, SiteError, Streams},
    serve::{AccessLog, HostPattern, Label, NotAHost, Settings, address::Address},
};

use super::{
    limit::raise_open_files,
    planned::{self, Planned, Setting},
    together::{self, Together},
};

/// What stands before lines that are of no site.
const NOBODY: &str = "-";

/// Variables of the user's shell that are about one project.
const OF_ONE_PROJECT: [&str; 4] = [
    "DJANGO_SETTINGS_MODULE",
    "SETTINGS_MODULE",
    cargo::VARIABLE,
    "VIRTUAL_ENV",
];

/// A site that is planned.
pub(super) struct Site {
    pub(super) name: String,
    /// Where a file names it, for people; empty where none does.
    pub(super) place: String,
    pub(super) planned: Planned,
    pub(super) voice: Voice,
    /// What its processes print.
    pub(super) printed: Printed,
    pub(super) log: AccessLog,
    pub(super) front: Settings,
    /// The hosts beside its name.
    pub(super) hosts: Vec<HostPattern>,
    /// Where it is.
    pub(super) urls: Vec<String>,
    /// Where it listens by itself; where it does not, it is among others.
    pub(super) own: Option<Listening>,
}

/// What is the same for all of them.
struct Common<'a> {
    args: &'a RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
    open_files: i32,
    addresses: &'a [Address],
}

/// Serves them until a signal asks to stop. Nothing is started before all of them are planned.
pub(super) fn run(
    args: &RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
    entries: &[SiteEntry],
) -> Result<(), Error> {
    let addresses = listening::addresses(&args.addrport, args.ipv6)?;
    let has_address = !args.addrport.is_empty();
    let is_shared = has_address || entries.iter().any(|entry| entry.port.is_none());
    if is_shared {
        refuse_ports_of(&addresses, entries)?;
    }
    let common = Common {
        args,
        output,
        verbosity,
        open_files: raise_open_files(),
        addresses: &addresses,
    };
    let width = entries.iter().map(|entry| entry.name.len()).max();
    let voice = |name: &str, number| Voice::named(name, width.unwrap_or_default(), number);
    let mut sites = Vec::with_capacity(entries.len());
    for (number, entry) in entries.iter().enumerate() {
        let voice = voice(&entry.name, number);
        let site = common.plan(entry, voice);
        sites.push(site.map_err(|error| of_site(entry, error))?);
    }
    let nobody = voice(NOBODY, entries.len());
    let shared = is_shared.then(|| listening::listen(&addresses, args.port_fallback, &nobody));
    let shared = shared.transpose()?;
    for (site, entry) in sites.iter_mut().zip(entries) {
        let listening = common.listen(site, entry, shared.as_ref());
        listening.map_err(|error| of_site(entry, error))?;
    }
    let introduction = Introduction::new(&sites, shared.as_ref());
    let log_format = args.log_format.as_ref();
    together::run(Together {
        sites,
        introduction: (verbosity > Verbosity::Quiet).then_some(introduction),
        verbosity,
        listeners: shared.map(|shared| shared.listeners),
        names: addresses.iter().flat_map(Address::names).collect(),
        log: planned::log(log_format, verbosity, label(&nobody, "")),
        nobody,
    })
}

impl Common<'_> {
    fn plan(&self, entry: &SiteEntry, voice: Voice) -> Result<Site, Error> {
        let Self {
            args,
            output,
            verbosity,
            open_files,
            addresses,
        } = *self;
        let path = &entry.path;
        if !path.is_dir() {
            return Err(project::Error::from(SiteError::NoDirectory(path.clone())).into());
        }
        let (outlets, printed) = Outlets::new().map_err(Error::Runtime)?;
        let own = entry.environment.iter();
        let mut variable = own.clone().filter(|(name, _)| name == cargo::VARIABLE);
        let setting = Setting {
            here: path,
            variable: variable.next().map(|(_, value)| value.clone()),
            open_files,
            environment: Environment {
                removed: OF_ONE_PROJECT.map(Into::into).into(),
                set: own
                    .map(|(name, value)| (name.into(), value.into()))
                    .collect(),
            },
            streams: Streams::Relayed(outlets.into()),
            is_one_of_several: true,
        };
        let args = args_of(args, entry);
        let planned = match Planned::find(&args, output, &setting) {
            Ok(planned) if planned.root == *path => planned,
            // One above it is another project, and may be another site.
            Ok(_) | Err(Error::Project(project::Error::NoProject { .. })) => {
                return Err(project::Error::from(SiteError::NoProject(path.clone())).into());
            }
            Err(error) => return Err(error),
        };
        let names = addresses.iter().flat_map(Address::names).collect();
        let configured = planned.config.allowed_hosts.iter().chain(&entry.hosts);
        let hosts = configured.map(|text| HostPattern::parse(text));
        Ok(Site {
            name: entry.name.clone(),
            place: place(entry),
            log: planned.log(&args, verbosity, label(&voice, &entry.name)),
            front: planned.front(&args, names, &entry.hosts)?,
            hosts: hosts.collect::<Result<_, NotAHost>>()?,
            planned,
            voice,
            printed,
            urls: Vec::new(),
            own: None,
        })
    }

    /// Has a site listen at its own port, where it has one, and says where it is.
    fn listen(
        &self,
        site: &mut Site,
        entry: &SiteEntry,
        shared: Option<&Listening>,
    ) -> Result<(), Error> {
        if let Some(port) = entry.port {
            let at_port = |address: &Address| Address {
                port,
                ..address.clone()
            };
            let own: Vec<_> = self.addresses.iter().map(at_port).collect();
            let listening = listening::listen(&own, self.args.port_fallback, &site.voice)?;
            site.urls.clone_from(&listening.urls);
            site.own = Some(listening);
            return Ok(());
        }
        let Some(listener) = shared.and_then(|shared| shared.listeners.first()) else {
            return Ok(());
        };
        let port = listener.socket.local_addr().map_err(Error::Runtime)?.port();
        let others = entry
            .hosts
            .iter()
            .filter(|host| !host.starts_with(['.', '*']));
        let hosts = [format!("{}.localhost", site.name)].into_iter();
        let hosts = hosts.chain(others.cloned());
        site.urls = hosts.map(|host| format!("http://{host}:{port}/")).collect();
        Ok(())
    }
}

/// The arguments of a site's own `runserver`.
fn args_of(args: &RunserverArgs, entry: &SiteEntry) -> RunserverArgs {
    RunserverArgs {
        choice: ChoiceArgs {
            settings: entry.settings.clone(),
            app: entry.app.clone(),
            python: entry.python.clone(),
            pythonpath: None,
        },
        workers: entry.workers.unwrap_or(args.workers),
        threads: entry.threads.unwrap_or(args.threads),
        nothreading: args.nothreading && entry.threads.is_none(),
        watch: [args.watch.as_slice(), &entry.watch].concat(),
        ignore: [args.ignore.as_slice(), &entry.ignore].concat(),
        ..args.clone()
    }
}

/// The ports that all sites without one of their own have in common are no site's.
fn refuse_ports_of(addresses: &[Address], entries: &[SiteEntry]) -> Result<(), Error> {
    for entry in entries {
        if let Some(port) = entry.port.filter(|port| *port != 0)
            && addresses.iter().any(|address| address.port == port)
        {
            return Err(project::Error::from(SiteError::SamePort {
                position: entry.position.clone(),
                port,
                other: "the sites that have none of their own".to_owned(),
            })
            .into());
        }
    }
    Ok(())
}

fn label(voice: &Voice, site: &str) -> Label {
    Label {
        prefix: voice.prefix().to_owned(),
        site: site.to_owned(),
    }
}

fn place(entry: &SiteEntry) -> String {
    let place = entry.position.as_ref();
    place.map_or_else(String::new, |place| format!("`{place}`: "))
}

fn of_site(entry: &SiteEntry, error: Error) -> Error {
    Error::OfSite {
        name: entry.name.clone(),
        place: place(entry),
        error: Box::new(error),
    }
}

/// What is about to be served, told once for all of them.
pub(super) struct Introduction {
    count: usize,
    /// Where they are listed.
    url: Option<String>,
    /// Only this machine can reach them.
    is_loopback: bool,
}

impl Introduction {
    fn new(sites: &[Site], shared: Option<&Listening>) -> Self {
        let own = sites.iter().filter_map(|site| site.own.as_ref());
        Self {
            count: sites.len(),
            url: shared.and_then(|shared| shared.urls.first().cloned()),
            is_loopback: own.chain(shared).all(|listening| listening.is_loopback),
        }
    }

    /// Says it.
    pub(super) fn tell(&self) {
        let count = match self.count {
            1 => "1 site".to_owned(),
            count => format!("{count} sites"),
        };
        match &self.url {
            Some(url) => console::line(format_args!("Starting {count}, listed at {url}")),
            None => console::line(format_args!("Starting {count}")),
        }
        console::line("Quit the server with CONTROL-C.");
        if !self.is_loopback {
            let names_need = "to be `hosts` of a site, in scaffold.sites.toml";
            banner::warn_of_other_machines(&Voice::default(), names_need);
        }
    }
}

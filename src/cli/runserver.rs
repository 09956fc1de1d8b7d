//! Arguments of `scaffold runserver`.

use std::path::PathBuf;

use clap::Args;

use super::ChoiceArgs;

const EXAMPLES: &str = "\
Examples:
  scaffold runserver                   The project at http://127.0.0.1:8000/
  scaffold runserver 8080              On another port; 0 picks a free one
  scaffold runserver 0.0.0.0:8000      For other machines of your network too
  scaffold runserver 8000 [::1]:8000   At several addresses
  scaffold runserver --settings mysite.settings_dev
                                       With other settings
  scaffold runserver --app hello:app   Any WSGI application, without settings
  scaffold runserver --site blog=./blog --site shop=./shop
                                       Two projects, at http://blog.localhost:8000/
                                       and http://shop.localhost:8000/";

/// Arguments of `scaffold runserver`.
#[derive(Clone, Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct RunserverArgs {
    /// Port, or address:port; a name stands for all its addresses [default: 127.0.0.1:8000]
    pub(crate) addrport: Vec<String>,
    /// Use an IPv6 address
    #[arg(short = '6', long)]
    pub(crate) ipv6: bool,
    /// Where the port is taken, listen on the next one that is free
    #[arg(long)]
    pub(crate) port_fallback: bool,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    /// Serve this project beside others, at NAME.localhost or at a port of its own; repeatable
    #[arg(long, value_name = "NAME=DIR[:PORT]", conflicts_with = "sites")]
    pub(crate) site: Vec<String>,
    /// Serve the projects that this file names [default: scaffold.sites.toml, outside of a project]
    #[arg(long, value_name = "FILE")]
    pub(crate) sites: Option<PathBuf>,
    /// Answer to this host too, as in dev.example.com or .example.com; repeatable
    #[arg(long, value_name = "HOST")]
    pub(crate) allowed_host: Vec<String>,
    /// Threads that may run the application while others wait
    #[arg(long, value_name = "N", default_value_t = 64)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: u16,
    /// Run one request at a time
    #[arg(long, conflicts_with = "threads")]
    pub(crate) nothreading: bool,
    /// Processes that run the application
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) workers: u16,
    /// Seconds after which a worker that hangs in C code is killed; 0 never does
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) timeout: u32,
    /// The access log: lines as Django has them, Common Log Format or JSON
    /// [default: django]
    #[arg(long, value_name = "django|common|json", hide_possible_values = true)]
    #[arg(value_parser = ["django", "common", "json"])]
    pub(crate) log_format: Option<String>,
    /// Let pages in the browser reload by themselves when what they show has changed
    #[arg(long, overrides_with = "no_live_reload")]
    pub(crate) live_reload: bool,
    /// Do not, although pyproject.toml says so
    #[arg(long)]
    pub(crate) no_live_reload: bool,
    /// Do not serve the static files of applications
    #[arg(long)]
    pub(crate) nostatic: bool,
    /// Serve static files even if DEBUG is False
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Skip Django's system checks
    #[arg(long)]
    pub(crate) skip_checks: bool,
    /// Watch no files: the project is loaded once
    #[arg(long, conflicts_with_all = ["watch", "ignore"])]
    pub(crate) noreload: bool,
    /// Start each worker as a new process, instead of forking it from a warm interpreter
    #[arg(long)]
    pub(crate) no_preload: bool,
    /// Reload on changes of these files too, as in '*.yaml' or 'data/'; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) watch: Vec<String>,
    /// Do not reload on changes of these files, as in 'scratch/'; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) ignore: Vec<String>,
    /// Accepted as Django's: errors always say all there is to say
    #[arg(long, hide = true)]
    pub(crate) traceback: bool,
}

//! A generated service, started as systemd starts it: with its directory, its variables and its
//! command.

use std::{os::unix::net::UnixListener, process::Command};

use command_fds::{CommandFdExt as _, FdMapping};

use super::{
    site::Site,
    unit::{Unit, variables},
};
use crate::support::Daemon;

/// With a socket that systemd holds for it.
#[track_caller]
pub(super) fn start_with(site: &Site, service: &Unit, listener: UnixListener) -> Daemon {
    // Who the socket is for, only the process itself knows.
    let mut command = Command::new("sh");
    command.args(["-c", "LISTEN_PID=$$ exec \"$@\"", "sh"]);
    command.args(service.command("ExecStart"));
    complete(&mut command, site, service);
    command.env("LISTEN_FDS", "1");
    let mapping = FdMapping {
        parent_fd: listener.into(),
        child_fd: 3,
    };
    command.fd_mappings(vec![mapping]).unwrap();
    Daemon::start(command)
}

/// Without one. What stands before the command changes whom it runs as, as systemd does.
#[track_caller]
pub(super) fn start(site: &Site, service: &Unit, before: &[String]) -> Daemon {
    let words = [before, &service.command("ExecStart")].concat();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    complete(&mut command, site, service);
    Daemon::start(command)
}

fn complete(command: &mut Command, site: &Site, service: &Unit) {
    command.env_clear().envs(site.environment());
    command.envs(variables(&service.path("EnvironmentFile")));
    command.current_dir(service.path("WorkingDirectory"));
}

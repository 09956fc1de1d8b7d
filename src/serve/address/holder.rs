//! Who has a port that is taken, where the system tells (Linux, and processes of the same user).

use std::{
    fmt::{self, Display},
    net::{IpAddr, SocketAddr},
};

/// Most characters of a command line that are shown.
const SHOWN: usize = 60;

/// A process that listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: i32,
    /// Its command line, words separated by spaces.
    pub command: String,
}

impl Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, command } = self;
        let mut shown: String = command.chars().take(SHOWN).collect();
        if shown.len() < command.len() {
            shown.push('…');
        }
        write!(formatter, "`{shown}` (process {pid})")
    }
}

/// Who listens where this address would.
#[cfg(target_os = "linux")]
pub(super) fn holder(address: SocketAddr) -> Option<Holder> {
    use procfs::{
        net::{TcpState, tcp, tcp6},
        process::{FDTarget, Process, all_processes},
    };

    let sockets = tcp().into_iter().chain(tcp6()).flatten();
    let sockets: Vec<u64> = sockets
        .filter(|it| it.state == TcpState::Listen && overlaps(it.local_address, address))
        .map(|it| it.inode)
        .collect();
    let holds = |process: &Process| {
        let mut open = process.fd().into_iter().flatten().flatten();
        open.any(|it| matches!(it.target, FDTarget::Socket(inode) if sockets.contains(&inode)))
    };
    // Where processes share the socket, the parent came first.
    let process = all_processes()
        .ok()?
        .flatten()
        .filter(holds)
        .min_by_key(Process::pid)?;
    let mut words = process.cmdline().unwrap_or_default();
    match words.first_mut() {
        // Where a program lies says less than what it is told.
        Some(program) => *program = program.rsplit('/').next().unwrap_or_default().to_owned(),
        None => words.push(process.stat().ok()?.comm),
    }
    Some(Holder {
        pid: process.pid(),
        command: words.join(" "),
    })
}

/// Elsewhere nobody knows.
#[cfg(not(target_os = "linux"))]
pub(super) fn holder(_address: SocketAddr) -> Option<Holder> {
    None
}

/// Whether a socket that listens here keeps another from listening there.
#[cfg(target_os = "linux")]
fn overlaps(held: SocketAddr, wanted: SocketAddr) -> bool {
    let [held_ip, wanted_ip] = [held, wanted].map(|it| it.ip().to_canonical());
    // An IPv6 socket for all addresses usually takes IPv4 as well.
    let takes_all = |one: IpAddr, other: IpAddr| {
        one.is_unspecified() && (one.is_ipv6() || one.is_ipv4() == other.is_ipv4())
    };
    held.port() == wanted.port()
        && (held_ip == wanted_ip || takes_all(held_ip, wanted_ip) || takes_all(wanted_ip, held_ip))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1:0", "127.0.0.1")]
    #[case("0.0.0.0:0", "127.0.0.1")]
    #[case("127.0.0.1:0", "0.0.0.0")]
    #[case("127.0.0.1:0", "::")]
    fn this_process_is_found(#[case] held: &str, #[case] wanted: IpAddr) {
        let listener = TcpListener::bind(held).unwrap();
        let port = listener.local_addr().unwrap().port();
        let holder = holder(SocketAddr::new(wanted, port)).unwrap();
        assert_eq!(holder.pid, i32::try_from(std::process::id()).unwrap());
        assert!(holder.command.contains("scaffold"), "{holder}");
    }

    #[rstest]
    #[case("127.0.0.1:1", "127.0.0.2:1", false)]
    #[case("127.0.0.1:1", "127.0.0.1:2", false)]
    #[case("0.0.0.0:1", "[::1]:1", false)]
    #[case("[::]:1", "127.0.0.1:1", true)]
    #[case("[::ffff:127.0.0.1]:1", "127.0.0.1:1", true)]
    fn what_keeps_another_away(
        #[case] held: SocketAddr,
        #[case] wanted: SocketAddr,
        #[case] is_in_the_way: bool,
    ) {
        assert_eq!(overlaps(held, wanted), is_in_the_way);
    }

    #[test]
    fn a_long_command_is_cut_off() {
        let command = "é".repeat(SHOWN + 1);
        let shown = Holder { pid: 7, command }.to_string();
        assert_eq!(shown, format!("`{}…` (process 7)", "é".repeat(SHOWN)));
    }
}

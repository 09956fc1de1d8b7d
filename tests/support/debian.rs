//! Clean roots of Debian, in which nothing of the machine is but its kernel and network.
//!
//! One is made on first use under `target/test-roots` and kept, as [`python`](super::python) keeps
//! environments; tests get copies.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::geteuid;

use super::{
    cache::{cache, hash, make_once},
    sandbox::kept,
};

const DEBOOTSTRAP: &str = "/usr/sbin/debootstrap";

const SUITE: &str = "bookworm";

const OPTIONS: [&str; 2] = [
    "--variant=minbase",
    "--include=python3,python3-venv,ca-certificates",
];

/// How often the packages are asked for.
const ATTEMPTS: usize = 5;

/// What the images of Python have beyond Debian: `python` and `pip` in `/usr/local/bin`.
const PYTHON: [&str; 4] = ["/usr/bin/python3", "-m", "venv", "/usr/local"];

/// Copies the root to a place where nothing is yet.
///
/// # Panics
///
/// Where it cannot be made: without debootstrap, or by another user than root.
#[track_caller]
pub(crate) fn copy_root(to: &Path) {
    assert!(
        geteuid().is_root(),
        "a root of Debian is made and entered by root alone: run this test as root"
    );
    assert!(
        Path::new(DEBOOTSTRAP).exists(),
        "no {DEBOOTSTRAP}: install Debian's package `debootstrap`"
    );
    let mut copy = Command::new("cp");
    copy.args(["-a", "--reflink=auto"]).arg(made()).arg(to);
    complete(&mut copy);
    // What an engine gives to each container: the network's names, and memory for everybody.
    for file in ["etc/resolv.conf", "etc/hosts"] {
        fs::copy(Path::new("/").join(file), to.join(file)).unwrap();
    }
    fs::set_permissions(to.join("dev/shm"), fs::Permissions::from_mode(0o1777)).unwrap();
    // Certificates that the variables name, such as those of a proxy that looks into everything.
    for (_, value) in kept() {
        let Ok(inside) = Path::new(&value).strip_prefix("/") else {
            continue;
        };
        if Path::new(&value).is_file() {
            fs::create_dir_all(to.join(inside).parent().unwrap()).unwrap();
            fs::copy(&value, to.join(inside)).unwrap();
        }
    }
}

/// A program in a root, as a user of it and with its group, in a directory of it. It sees that
/// root's `/proc`, which is mounted for this process and what it starts alone, and so is gone with
/// them. There is no process between: signals arrive at the program.
pub(crate) fn within(root: &Path, directory: &Path, user: (u32, u32), program: &Path) -> Command {
    let mut command = Command::new("/usr/bin/unshare");
    command.args(["--mount", "--mount-proc"]);
    command.arg("--root").arg(root);
    command.arg("--wd").arg(directory);
    let (user, group) = user;
    command.args([format!("--setuid={user}"), format!("--setgid={group}")]);
    command.arg("--").arg(program);
    command
}

/// The root that is copied.
fn made() -> PathBuf {
    let mirror = mirror();
    let what = format!("{SUITE} {mirror:?} {OPTIONS:?} {PYTHON:?}");
    let directory = cache("test-roots").join(format!("{SUITE}-{}", hash(&what)));
    let root = directory.join("root");
    make_once(&directory, &format!("{OPTIONS:?}"), || {
        fs::create_dir(&directory).unwrap();
        let programs = env::var("PATH").unwrap_or_default();
        let debootstrap = |step: Option<&str>| {
            // What it mounts is gone with it, also where it is killed.
            let mut make = Command::new("unshare");
            make.args(["--mount", DEBOOTSTRAP]).args(OPTIONS);
            make.args(step).arg(SUITE).arg(&root).args(&mirror);
            make.env("PATH", format!("{programs}:/usr/sbin:/sbin"));
            make
        };
        // A mirror fails at times; what has come is kept, and not fetched again.
        let fetched = |_: &usize| {
            let output = debootstrap(Some("--download-only")).output();
            output.unwrap().status.success()
        };
        (1..ATTEMPTS).find(fetched);
        complete(&mut debootstrap(None));
        for leftovers in ["var/cache/apt", "var/lib/apt/lists"] {
            fs::remove_dir_all(root.join(leftovers)).unwrap();
        }
        let [program, arguments @ ..] = PYTHON;
        let mut python = within(&root, "/".as_ref(), (0, 0), program.as_ref());
        complete(python.args(arguments).env_clear());
    });
    root
}

/// Where the machine gets this release from, if that is known: debootstrap has a place of its own.
fn mirror() -> Option<String> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)"])
        .args([format!("Release: {SUITE}"), "Created-By: Packages".into()])
        .output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}

#[track_caller]
fn complete(command: &mut Command) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success(), "{command:?}: {told}");
}

"""The Rust projects that are measured, and what serves them.

Each server has a project of its own, made by `startproject --template rust`, in which everything is
built beforehand. `/` answers with the number of the last edit: a constant at the end of
`src/views.rs`. In those for `systemfd`, `src/main.rs` takes the socket with the crate `listenfd`.
In the one without layers, it serves the application alone, as ours does, without what the template
adds for the log and for panics.

Fairness. All build the development profile of the template, with the same linker and the same
dependencies. Nobody logs: `RUST_LOG=off` for the project's own server, `-q` for ours. The peers'
programs have the defaults of their command lines, among them what they wait for further changes
before they begin (half a second in cargo-watch, 50 ms in watchexec).
"""

import dataclasses
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from common import OURS, WORK, environment, notes, output
from peers import App, Peer
from reloading.projects import Project, repository, run

# Not below `target/peers`: cargo-watch ignores what is anywhere below a directory of that name.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
HOME = CACHE / "scaffold-peers"
NAME = "mysite"
TOOLS = WORK / "cargo" / "bin"
LINE = 'const VALUE: &str = "{number}\\n"; // {dots}\n'

HOME_ROUTE = '.route("/", get(views::home))'
VIEW = """
/// Answers with the number of the last edit.
pub async fn current() -> &'static str {
    VALUE
}

"""
SERVED = "axum::serve(listener, application)"
ALONE = f"axum::serve(listener, {{ drop(application); {NAME}::wsgi::application() }})"
BIND = "TcpListener::bind(address).await;"
TAKE = """match listenfd::ListenFd::from_env().take_tcp_listener(0)? {
        Some(listener) => {
            listener.set_nonblocking(true)?;
            TcpListener::from_std(listener)
        }
        None => TcpListener::bind(address).await,
    };"""


@dataclasses.dataclass(frozen=True)
class RustPeer(Peer):
    """What serves a Rust project."""

    tools: tuple = ()
    """The crates of the programs that it consists of."""
    takes_socket: bool = False
    """The project's server is given the socket."""
    has_layers: bool = True
    """The project's server has the layers of the template around the application."""


def scaffold(setup):
    """Return our command line."""
    return [OURS, "runserver", setup.port, "-q"]


def own(*command, gives_socket=False):
    """Return what makes the command line of the project's own server, started by a command."""

    def line(setup):
        variables = [f"ADDRESS=127.0.0.1:{setup.port}", "RUST_LOG=off"]
        socket = ["systemfd", "--no-pid", "-s", f"http::{setup.port}", "--"] if gives_socket else []
        return ["env", *variables, *map(program, [*socket, *command])]

    return line


def program(word):
    """Return where a program is that was installed for the benchmark."""
    return TOOLS / word if (TOOLS / word).exists() else word


CARGO_WATCH = ("cargo-watch", "watch", "-x", "run")
WATCHEXEC = ("watchexec", "-r", "--", "cargo", "run")

SCAFFOLD = RustPeer("scaffold", scaffold)
DIRECT = RustPeer("its own server", own(f"target/debug/{NAME}"))
BARE = RustPeer("its own server, no layers", own(f"target/debug/{NAME}"), has_layers=False)
SERVERS = (SCAFFOLD, DIRECT, BARE)
RELOADERS = (
    SCAFFOLD,
    RustPeer("cargo watch", own(*CARGO_WATCH), tools=("cargo-watch",)),
    RustPeer(
        "systemfd, cargo watch",
        own(*CARGO_WATCH, gives_socket=True),
        tools=("systemfd", "cargo-watch"),
        takes_socket=True,
    ),
    RustPeer("watchexec", own(*WATCHEXEC), tools=("watchexec-cli",)),
    RustPeer(
        "systemfd, watchexec",
        own(*WATCHEXEC, gives_socket=True),
        tools=("systemfd", "watchexec-cli"),
        takes_socket=True,
    ),
)


def available(peers):
    """Return those of some peers that can run here, and note what the others need."""
    missing = {tool for peer in peers for tool in peer.tools if not version(tool)}
    for tool in sorted(missing):
        notes.append(f"{tool} is left out: cargo install --locked --root {TOOLS.parent} {tool}.")
    return [peer for peer in peers if not missing.intersection(peer.tools)]


def version(tool):
    """Return a crate's name with the version of its program; nothing where it is missing."""
    name = program(tool.removesuffix("-cli"))
    if not shutil.which(name):
        return ""
    found = re.search(r"\d+\.\d+\.\d+", output([name, "--version"]))
    return f"{tool} {found[0]}" if found else tool


def make(name, peer):
    """Make a project for a peer; with its own server and with ours, everything is built."""
    slug = re.sub(r"\W+", "-", name)
    directory = HOME / slug
    built, kept = directory / "target", HOME / f"{slug}.target"
    if built.exists():
        shutil.rmtree(kept, ignore_errors=True)
        built.rename(kept)
    shutil.rmtree(directory, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    run([OURS, "startproject", NAME, directory, "--template", "rust", "--quiet"], HOME)
    repository(directory)
    others = sorted(HOME.glob("*/target"))
    if kept.exists():
        kept.rename(built)
    elif others:
        # The dependencies are the same; what does not fit, Cargo builds anew.
        shutil.copytree(others[0], built, symlinks=True)
    replace(directory / "src/urls.rs", HOME_ROUTE, '.route("/", get(views::current))')
    if peer.takes_socket:
        replace(directory / "src/main.rs", BIND, TAKE)
        manifest = directory / "Cargo.toml"
        replace(manifest, "[dependencies]\n", '[dependencies]\nlistenfd = "1"\n')
    if not peer.has_layers:
        replace(directory / "src/main.rs", SERVED, ALONE)
    views = directory / "src/views.rs"
    app = App(directory, slug, b"")
    project = Project(slug, slug, app, views, views.read_text() + VIEW, LINE)
    run(["cargo", "build", "--quiet"], directory)
    run([OURS, "check"], directory)
    return project


def replace(path, old, new):
    """Replace a part of a file; fail where the template does not have it any more."""
    text = path.read_text()
    if old not in text:
        raise ValueError(f"{path} has no {old}")
    path.write_text(text.replace(old, new))


def bare_build(project, way):
    """Save an edit and run `cargo build`; return the seconds from the end of the one to that of
    the other.
    """
    _, saved = project.save(way)
    command = ["cargo", "build", "--quiet"]
    subprocess.run(command, cwd=project.app.directory, env=environment(), check=True)
    return time.perf_counter() - saved


def app(project):
    """Return what a project's first page says as it is now."""
    return dataclasses.replace(project.app, body=f"{project.number}\n".encode())

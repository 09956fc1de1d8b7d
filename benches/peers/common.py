"""What the benchmarks share: where things are, the peers' environment, and what machine it is."""

import argparse
import contextlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
WORK = TARGET / "peers"
VENV = WORK / "venv"
PYTHON = VENV / "bin" / "python"
OURS = TARGET / "release" / "scaffold"

PIP_INSTALL = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]

# What was left out and why; shown in the results.
notes = []


def prepare(build=True):
    """Make the peers' virtual environment, and build the program where it is measured."""
    requirements = (HERE / "requirements.txt").read_text()
    marker = VENV / ".requirements"
    if not (marker.exists() and marker.read_text() == requirements):
        shutil.rmtree(VENV, ignore_errors=True)
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([*PIP_INSTALL, "-r", HERE / "requirements.txt"], check=True)
        marker.write_text(requirements)
    prepare_ours(build)


def prepare_ours(build=True):
    """Build the program where it is measured."""
    WORK.mkdir(parents=True, exist_ok=True)
    if build:
        command = ["cargo", "build", "--release", "--locked", "--bin", "scaffold"]
        subprocess.run(command, cwd=ROOT, check=True)
    if not OURS.exists():
        sys.exit(f"{OURS} does not exist: run without --no-build")


def has_bjoern():
    """Install bjoern unless it is there; where that fails, note it."""
    probe = [PYTHON, "-c", "import bjoern"]
    if subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return True
    install = [*PIP_INSTALL, "--retries=1", "-r", HERE / "requirements-bjoern.txt"]
    done = subprocess.run(install, capture_output=True, check=False)
    if done.returncode:
        notes.append("bjoern is left out: it cannot be built (apt-get install gcc libev-dev).")
    return done.returncode == 0


def need(*programs):
    """End with what to install where a program is missing."""
    for program in programs:
        if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
            sys.exit(f"{program} not found: apt-get install {program}")


def parser(doc, rounds, duration, quick_duration=1, what="of wrk"):
    """Return the parser of the options that the benchmarks of servers have in common."""
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--quick", action="store_true", help="one short round: to try the benchmark")
    made.add_argument("--rounds", type=int, metavar="N", help=f"each takes a turn in [{rounds}]")
    made.add_argument("--duration", type=int, metavar="SECONDS", help=f"{what} [{duration}]")
    made.add_argument("--only", action="append", metavar="PEER", help="a part of a peer's name")
    made.add_argument("--no-build", action="store_true", help="use the scaffold that is there")
    made.set_defaults(default_rounds=rounds, default_duration=duration)
    made.set_defaults(quick_duration=quick_duration)
    return made


def parse(made):
    """Parse the command line, fill in the defaults, and keep the time in bounds."""
    options = made.parse_args()
    options.rounds = options.rounds or (1 if options.quick else options.default_rounds)
    duration = options.quick_duration if options.quick else options.default_duration
    options.duration = options.duration or duration
    # Whatever hangs, the servers that were started are killed on the way out.
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, end)
    signal.alarm(900 + 200 * options.rounds * options.duration)
    return options


def end(number, _):
    """End because of a signal; another one does not disturb the cleaning up."""
    for later in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):
        signal.signal(later, signal.SIG_IGN)
    sys.exit(f"ended by {signal.Signals(number).name}")


def environment(**extra):
    """Return the machine's environment without what chooses a project, or changes Python."""
    drop = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE"}
    # Few have this one, and without compiled modules all that is imported takes longer.
    drop.add("PYTHONDONTWRITEBYTECODE")
    # Where the program itself is built, Rust projects are not.
    drop.add("CARGO_TARGET_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return {**kept, **{name: str(value) for name, value in extra.items()}}


def about(script, *more):
    """Return the line above the tables: when, how, on what machine, beside which versions."""
    version = output([PYTHON, "-c", "import platform; print(platform.python_version())"])
    pins = [line for line in (HERE / "requirements.txt").read_text().splitlines() if "==" in line]
    if any((VENV / "lib").glob("python*/site-packages/*bjoern*")):
        pins += (HERE / "requirements-bjoern.txt").read_text().splitlines()[1:]
    versions = [pin.replace("==", " ") for pin in [*pins, *more]]
    return f"{about_machine(script)}, CPython {version}; {', '.join(versions)}."


def about_machine(script):
    """Return when and how it is measured, and on what machine."""
    names = [part.split(":")[1].strip() for part in cpu_info() if part.startswith("model name")]
    return (
        f"{output(['date', '+%F'])}, `{' '.join([script, *sys.argv[1:]])}`, "
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}"
    )


def nginx_version():
    """Return nginx's name and version."""
    done = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
    found = re.search(r"nginx/([\d.]+)", done.stderr)
    return f"nginx {found[1]}" if found else "nginx"


def output(command):
    """Return what a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def cpu_info():
    """Return the lines that the system says of the processors."""
    with contextlib.suppress(OSError):
        return Path("/proc/cpuinfo").read_text().splitlines()
    return []

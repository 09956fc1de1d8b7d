"""What the benchmarks share: where things are, the peers' environment, and what machine it is."""

import contextlib
import os
import platform
import shutil
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


def prepare(build=True):
    """Makes the peers' virtual environment, and builds the program where it is measured."""
    requirements = (HERE / "requirements.txt").read_text()
    marker = VENV / ".requirements"
    if not (marker.exists() and marker.read_text() == requirements):
        shutil.rmtree(VENV, ignore_errors=True)
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", HERE / "requirements.txt"], check=True)
        marker.write_text(requirements)
    if build:
        command = ["cargo", "build", "--release", "--locked", "--bin", "scaffold"]
        subprocess.run(command, cwd=ROOT, check=True)
    if not OURS.exists():
        sys.exit(f"{OURS} does not exist: run without --no-build")


def environment():
    """The machine's environment without what would choose another interpreter or project."""
    drop = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in drop}


def about(script):
    """The line above the tables: when, how, on what machine, and beside which versions."""
    names = [part.split(":")[1].strip() for part in cpu_info() if part.startswith("model name")]
    version = subprocess.run(
        [PYTHON, "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    date = subprocess.run(["date", "+%F"], capture_output=True, text=True, check=True)
    pins = [line for line in (HERE / "requirements.txt").read_text().splitlines() if "==" in line]
    return (
        f"{date.stdout.strip()}, `{' '.join([script, *sys.argv[1:]])}`, "
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, CPython {version}; "
        f"{', '.join(pins).replace('==', ' ')}."
    )


def cpu_info():
    with contextlib.suppress(OSError):
        return Path("/proc/cpuinfo").read_text().splitlines()
    return []

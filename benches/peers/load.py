"""The load: `wrk`, of whose processes several may run at a time, and transfers by `curl`."""

import re
import statistics
import subprocess
from dataclasses import dataclass

from serving import Failed

MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}

# How long wrk may take beyond its time, in seconds.
PATIENCE = 5


class Silent(Failed):
    """A server did not take a connection."""


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests per second, latencies in ms, and how many requests failed."""

    rate: float
    p50: float
    p99: float
    errors: int
    count: int = 0
    refused: int = 0
    """How many of the errors were answers other than 2xx and 3xx."""
    longest: float = 0.0


class Wrk:
    """A process of wrk; it ends by itself."""

    def __init__(self, server, connections, seconds, path="/", script=None):
        """Start it."""
        self.peer = server.peer
        self.seconds = seconds
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        command += ["--timeout", "10s"]
        if self.peer.is_closing:
            command += ["-H", "Connection: close"]
        if script:
            command += ["-s", str(script)]
        self.process = subprocess.Popen(
            [*command, f"http://127.0.0.1:{server.port}{path}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def result(self):
        """Wait for its end."""
        try:
            text, _ = self.process.communicate(timeout=self.seconds + PATIENCE)
        except subprocess.TimeoutExpired as expired:
            # It connects once before it begins, and waits for that as long as the system does.
            raise Silent(f"no connection after {PATIENCE} s") from expired
        finally:
            self.process.kill()
        rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
        if self.process.returncode or not rate:
            raise Failed(f"wrk: {text}")
        latency = {}
        for percent in ("50", "99"):
            value = re.search(rf"\b{percent}%\s+([\d.]+)(us|ms|s|m)\b", text)
            latency[f"p{percent}"] = _milliseconds(value)
        kinds = r"connect (\d+), read (\d+), write (\d+), timeout (\d+)"
        errors = re.search(f"Socket errors: {kinds}", text)
        connect, read, write, timeout = map(int, errors.groups()) if errors else (0, 0, 0, 0)
        refused = int(_found(r"Non-2xx or 3xx responses: (\d+)", text))
        # runserver closes without saying so in its answer; wrk counts each such end as an error.
        failed = connect + write + timeout + refused + (0 if self.peer.is_closing else read)
        count = int(_found(r"(\d+) requests in", text))
        longest = re.search(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)\b", text)
        return Load(
            float(rate[1]),
            **latency,
            errors=failed,
            count=count,
            refused=refused,
            longest=_milliseconds(longest),
        )


def wrk(server, connections, seconds, path="/", script=None):
    """Run wrk to its end."""
    return Wrk(server, connections, seconds, path, script).result()


def median(loads):
    """Return the medians of several rounds, and the sum of their errors."""
    fields = ("rate", "p50", "p99")
    middle = {field: statistics.median(getattr(load, field) for load in loads) for field in fields}
    sums = {field: sum(getattr(load, field) for load in loads) for field in ("errors", "count")}
    refused = sum(load.refused for load in loads)
    return Load(**middle, **sums, refused=refused, longest=max(load.longest for load in loads))


def curl(server, path, size, upload=None):
    """Transfer a file of so many octets, and return the seconds that it took."""
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "60"]
    command += ["--output", "/dev/null" if upload is None else "-"]
    if upload is not None:
        # Not every peer answers `Expect: 100-continue`, and curl would wait a second for it.
        command += ["--header", "Expect:", "--upload-file", upload]
    command += ["--write-out", "\n%{time_total} %{size_download}"]
    command.append(f"http://127.0.0.1:{server.port}{path}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    if done.returncode:
        raise Failed(f"curl: {done.stderr.strip()}")
    said, _, figures = done.stdout.rpartition("\n")
    seconds, downloaded = figures.split()
    if int(said if upload is not None else downloaded) != size:
        raise Failed(f"{said or downloaded} octets arrived instead of {size}")
    return float(seconds)


def _milliseconds(match):
    return float(match[1]) * MILLISECONDS[match[2]] if match else 0.0


def _found(pattern, text):
    match = re.search(pattern, text)
    return match[1] if match else "0"

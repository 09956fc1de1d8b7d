"""What Linux says of processes: their children, memory, wake-ups and processor time."""

import contextlib
import re
from pathlib import Path


def tree(pid):
    """Return the process and all its descendants that live."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(_after_name(path.read_text())[1])
    found = [pid] if pid in parents else []
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found


def resident(pid):
    """Return the resident memory, in octets."""
    return _number(pid, "VmRSS") * 1024


def peak(pid):
    """Return the most resident memory since `reset_peak`, in octets."""
    return _number(pid, "VmHWM") * 1024


def reset_peak(pid):
    """Let the peak of resident memory begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def wake_ups(pid):
    """Return how often the threads of a process gave the processor up, by themselves or not."""
    count = 0
    for task in Path(f"/proc/{pid}/task").glob("*/status"):
        with contextlib.suppress(OSError):
            text = task.read_text()
            count += sum(map(int, re.findall(r"voluntary_ctxt_switches:\s+(\d+)", text)))
    return count


def threads(pid):
    """Return the number of threads."""
    return _number(pid, "Threads")


def ticks(pid):
    """Return the processor time that a process has used, in the system's ticks (10 ms)."""
    fields = _after_name(Path(f"/proc/{pid}/stat").read_text())
    return int(fields[11]) + int(fields[12])


def _number(pid, field):
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _after_name(stat):
    return stat.rpartition(")")[2].split()

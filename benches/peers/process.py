"""What Linux says of processes: their children, memory, wake-ups and processor time."""

import contextlib
import re
from pathlib import Path

# The system's unit of processor time, in seconds.
TICK = 0.01


def tree(pid):
    """Return the process, its descendants that live, and those of the session that it leads.

    A process whose parent has ended is found by the session alone.
    """
    parents, sessions = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = _after_name(path.read_text())
            number = int(path.parent.name)
            parents[number], sessions[number] = int(fields[1]), int(fields[3])
    found = [pid] if pid in parents else []
    found += [member for member, session in sessions.items() if session == pid != member]
    for parent in found:
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found += [child for child in children if child not in found]
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


def waits(pid):
    """Return how often each thread of a process gave the processor up by itself."""
    return dict(_of_threads(pid, "status", r"^voluntary_ctxt_switches:\s+(\d+)"))


def runtimes(pid):
    """Return the processor time that each thread of a process has used, in nanoseconds."""
    return dict(_of_threads(pid, "schedstat", r"(\d+)"))


def threads(pid):
    """Return the number of threads."""
    return _number(pid, "Threads")


def ticks(pid):
    """Return the processor time that a process has used, in the system's ticks."""
    fields = _after_name(Path(f"/proc/{pid}/stat").read_text())
    return int(fields[11]) + int(fields[12])


def _of_threads(pid, file, pattern):
    for path in Path(f"/proc/{pid}/task").glob(f"*/{file}"):
        with contextlib.suppress(OSError):
            found = re.search(pattern, path.read_text(), re.MULTILINE)
            if found:
                yield int(path.parent.name), int(found[1])


def _number(pid, field):
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _after_name(stat):
    return stat.rpartition(")")[2].split()

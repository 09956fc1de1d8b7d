"""Chromium without its interface, driven over two pipes by its own protocol (DevTools).

Debian has it as `chromium-headless-shell`: the same engine, without what a browser with windows
does besides on the same cores.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time

import process
from common import WORK
from serving import Failed, kill

PROGRAM = "chromium-headless-shell"
DEADLINE = 60.0

# It reads from 3 and writes to 4, whatever numbers the pipes have here.
LAUNCHER = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execvp(sys.argv[3], sys.argv[3:])
"""
OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"),
    # The benchmarks may run as root, where Chromium's own sandbox does not.
    *("--no-sandbox", "--disable-dev-shm-usage"),
    # Nothing of its own that would take turns with what is measured.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--no-default-browser-check"),
    "--disable-breakpad",
    # What is kept of a visit is in memory: no disk has a part in the time.
    "--incognito",
)
# When the load event began, in milliseconds since the address was entered, and what came by then.
MEASURE = """(() => {
  const page = performance.getEntriesByType("navigation")[0];
  const files = performance.getEntriesByType("resource");
  const came = files.filter((file) => file.transferSize > file.encodedBodySize);
  return [page.loadEventStart, files.length, came.length];
})()"""


@contextlib.contextmanager
def chromium():
    """Run one with an empty profile; it and all its processes are killed at the end."""
    with contextlib.ExitStack() as stack:
        profile = stack.enter_context(tempfile.TemporaryDirectory(prefix="chromium-", dir=WORK))
        their_commands, commands = os.pipe()
        replies, their_replies = os.pipe()
        command = [PROGRAM, *OPTIONS, f"--user-data-dir={profile}"]
        log = stack.enter_context(open(WORK / "chromium.log", "wb"))
        child = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(their_commands), str(their_replies), *command],
            pass_fds=(their_commands, their_replies),
            env={**os.environ, "HOME": profile},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
        # Last in, first out: the processes go before their profile is removed.
        stack.callback(end, child)
        for descriptor in (their_commands, their_replies):
            os.close(descriptor)
        for descriptor in (commands, replies):
            stack.callback(os.close, descriptor)
        yield Chromium(commands, replies)


def end(child):
    """Kill a browser with all its processes, and wait until they are gone."""
    family = process.tree(child.pid)
    kill(family)
    child.wait()
    # One that ends may still be writing to the profile.
    deadline = time.monotonic() + DEADLINE
    while any(os.path.exists(f"/proc/{pid}") for pid in family) and time.monotonic() < deadline:
        time.sleep(0.01)


class Chromium:
    """A browser with one page.

    Its cache works: switching it off takes the part of the protocol that tells of each request,
    which costs it more than some servers need. Whoever measures asks for new addresses.
    """

    def __init__(self, commands, replies):
        """Open the page."""
        self.commands = commands
        self.replies = replies
        self.received = b""
        self.number = 0
        self.session = None
        self.has_loaded = False
        self.poll = selectors.DefaultSelector()
        self.poll.register(replies, selectors.EVENT_READ)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        self.call("Page.enable")

    def load(self, url, count):
        """Load a page with so many files; return the milliseconds until its load event."""
        self.open(url)
        reply = self.call("Runtime.evaluate", expression=MEASURE, returnByValue=True)
        duration, files, transferred = reply["result"]["value"]
        if (files, transferred) != (count, count):
            raise Failed(f"the page has {files} files, and {transferred} came, of {count}")
        return duration

    def open(self, url):
        """Open an address and wait until it is loaded."""
        self.has_loaded = False
        reply = self.call("Page.navigate", url=url)
        if reply.get("errorText"):
            raise Failed(f"{url}: {reply['errorText']}")
        while not self.has_loaded:
            self.receive()

    def call(self, method, **parameters):
        """Have it do something, and return its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise Failed(f"{method}: {message['error']}")
                return message["result"]

    def receive(self):
        """Return the next message; each ends with a zero octet."""
        while b"\0" not in self.received:
            if not self.poll.select(DEADLINE):
                raise Failed(f"Chromium said nothing for {DEADLINE:.0f} s")
            octets = os.read(self.replies, 1 << 20)
            if not octets:
                raise Failed("Chromium has ended")
            self.received += octets
        octets, _, self.received = self.received.partition(b"\0")
        message = json.loads(octets)
        if message.get("method") == "Page.loadEventFired":
            self.has_loaded = True
        return message

#!/usr/bin/env python3
"""Hostile peers, each with an honest client beside it, on the one event loop that both share.

Every scenario has a server of its own. An honest client sends messages before, during and after the
attack, which is made twice: the first time for the figures, and again to show that what may have
stayed in memory is used again, and does not grow. A scenario passes if

- the attack went as its own function says (who is answered what, who is closed),
- every dialogue of the honest client went well,
- the memory at its peak had not grown by more than the bound that the scenario names,
- the server came to rest: descriptors and threads as before, no tick of CPU time in two seconds,
  and no more memory than before but for 6 MB, or what the scenario names,
- the second attack left no more memory than the first, but for 1 MB, or what the scenario names beyond 6,
- its log has no line that was not to be expected, and it stops with 0.

How long anything took is told and never judged: the machine may be busy.
"""

import argparse
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import scenario
from client import Session
from document import machine, renew
from server import PATIENCE, TICKS, Fault, Server
# The scenarios: each declares itself.
import console  # noqa: F401
import endless  # noqa: F401
import floods  # noqa: F401
import handshakes  # noqa: F401
import outages  # noqa: F401
import slow  # noqa: F401

SERVING = ("--host=127.0.0.1", "--port=0", "--ssl_port=0", "--workers=1", "--starttls=True")
MARKS = "<!-- made by: make hostile -->", "<!-- end of what is made -->"
HEADINGS = ("hostile peers", "honest p50/p99/max, ms: before", "during", "after",
            "MB at rest, at its peak, at rest again", "descriptors", "CPU s")


class Honest:
    """The honest client: its dialogues, each with when it ended and how long it took."""

    def __init__(self, port, options):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "honest.py")
        # Not a pipe: that would be full while nobody reads it.
        self.output = tempfile.TemporaryFile("w+", encoding="ascii")
        self.process = subprocess.Popen([sys.executable, path, str(port), *options],
                                        stdin=subprocess.PIPE, stdout=self.output, text=True)

    def end(self):
        """Ends the client; returns its dialogues, or a fault if one has failed."""
        self.process.communicate("\n", timeout=2 * PATIENCE)
        self.output.seek(0)
        lines = self.output.read().splitlines()
        if self.process.returncode != 0:
            raise Fault("the honest client could not even begin")
        if failed := [line for line in lines if "failed" in line]:
            raise Fault(f"{len(failed)} honest dialogues of {len(lines)}, such as: {failed[0]}")
        return [tuple(map(float, line.split())) for line in lines]

    def kill(self):
        self.process.kill()
        self.process.wait()


class Sampler(threading.Thread):
    """Looks at the server now and then, for the peaks."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.is_over = server, threading.Event()
        self.megabytes = self.descriptors = self.threads = 0

    def run(self):
        while not self.is_over.wait(0.1):
            facts = self.server.facts()
            self.megabytes = max(self.megabytes, facts.megabytes)
            self.descriptors = max(self.descriptors, facts.descriptors)
            self.threads = max(self.threads, facts.threads)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()


class Figures:
    """What a scenario has measured."""

    def __init__(self, before):
        self.before, self.after, self.peak = before, None, None
        self.dialogues, self.attack = [], (0, 0)
        self.seconds = 0

    def latencies(self, begin, end):
        """p50, p99 and the most, in milliseconds, of the dialogues that ended in that time."""
        found = sorted(1000 * took for ended, took in self.dialogues if begin <= ended < end)
        if not found:
            return None
        p99 = found[min(len(found) - 1, int(len(found) * 0.99))]
        return statistics.median(found), p99, found[-1]

    def spans(self):
        """Before, during and after the attack.

        What it has delayed may end a little later: that counts for the attack.
        """
        begin, end = self.attack[0], self.attack[1] + 0.2
        return (0, begin), (begin, end), (end, float("inf"))

    def check(self, bar):
        """Fails where the honest client has suffered more than the scenario allows."""
        before, during, _ = (self.latencies(*span) for span in self.spans())
        if bar == "p99" and during[1] - before[1] > 10:
            raise Fault(f"the honest p99 was {before[1]:.1f} ms, and became {during[1]:.1f}")
        if bar == "median" and during[0] > 2 * before[0]:
            raise Fault(f"the honest median was {before[0]:.1f} ms, and became {during[0]:.1f}")

    def cells(self, title):
        begin, end = self.attack
        return [title, *(shown(self.latencies(*span)) for span in self.spans()),
                f"{self.before.megabytes:.1f}, {self.peak.megabytes:.1f}, "
                f"{self.after.megabytes:.1f}",
                f"{self.before.descriptors}, {self.peak.descriptors:,}, {self.after.descriptors}",
                f"{self.seconds:.2f} of {end - begin:.0f}"]


def shown(latencies):
    return "/".join(f"{value:.1f}" if value < 100 else f"{value:.0f}"
                    for value in latencies) if latencies else "–"


def measure(subject):
    """Runs a scenario; returns its figures, or a fault."""
    with Server((*SERVING, *subject.options), subject.announced, subject.tool,
                subject.environment) as server:
        warm_up(server, subject.sessions_before)
        before = server.await_rest(server.facts().descriptors)
        first, second = (attack(subject, server, before) for _ in range(2))
    more = second.after.megabytes - first.after.megabytes
    if more > max(1, subject.megabytes_left - 6):
        raise Fault(f"the second attack left {more:.1f} MB more")
    return first


def warm_up(server, sessions):
    """Sends what first clients send: what that costs is no attack's doing."""
    for _ in range(sessions):
        session = Session(server.port)
        for _ in range(10):
            session.mail()
        session.end()
    for is_secured in False, True:
        session = Session(server.port)
        if is_secured:
            session.secure()
        session.mail()
        session.end()


def attack(subject, server, before):
    """Attacks a server once, the honest client beside it, and waits until all is at rest."""
    figures = Figures(before)
    honest = Honest(server.port, subject.honest)
    try:
        time.sleep(2)
        begin, ticks = time.monotonic(), server.facts().ticks
        with Sampler(server) as figures.peak:
            subject.attack(server)
        figures.seconds = (server.facts().ticks - ticks) / TICKS
        figures.attack = begin, time.monotonic()
        time.sleep(2)
        figures.dialogues = honest.end()
    finally:
        honest.kill()
    figures.after = server.await_rest(before.descriptors)
    grown = figures.peak.megabytes - before.megabytes
    if grown > subject.megabytes_max:
        raise Fault(f"the memory grew by {grown:.1f} MB, more than {subject.megabytes_max}")
    left = figures.after.megabytes - before.megabytes
    if left > subject.megabytes_left:
        raise Fault(f"{left:.1f} MB were not given back")
    if figures.after.threads != before.threads:
        raise Fault(f"{figures.after.threads} threads, once {before.threads}")
    return figures


def table(rows):
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * (len(HEADINGS) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="", help="the scenarios whose title has this in it")
    parser.add_argument("--latency", action="store_true",
                        help="fail where the honest client waits longer than the scenario allows: "
                        "on a quiet machine")
    parser.add_argument("--markdown", action="store_true",
                        help="write the table into docs/reliability.md")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    rows, failures = [], 0
    for subject in scenario.ALL:
        if options.only not in subject.title:
            continue
        try:
            figures = measure(subject)
            if options.latency:
                figures.check(subject.latency)
        except Fault as fault:
            failures += 1
            print(f"FAIL {subject.title}: {fault}", flush=True)
            continue
        rows.append(figures.cells(subject.title))
        print("pass " + " | ".join(rows[-1]), flush=True)
    text = f"Measured on: {machine()}.\n\n{table(rows)}"
    if options.markdown and not failures and not options.only:
        renew(text, MARKS)
    else:
        print(f"\n{text}")
    if failures:
        sys.exit(f"hostile: {failures} of {failures + len(rows)} scenarios failed")


main()

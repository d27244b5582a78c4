#!/usr/bin/env python3
"""The soak: all loads and faults at once, for minutes, with the figures of every minute.

At the end of a minute the loads pause until every connection is closed, and a crowd comes and goes,
behind which the server gives free memory back: the resident memory of that moment is compared, for
then it is always the same that the server has to hold. Ends with 1 if this memory has grown by 2 %
or more since the first minute, if descriptors stay open, if a load did not get the answers that it
should, or if the log has a line that was not to be expected.
"""

import argparse
import multiprocessing
import resource
import signal
import sys
import time

import loads
from crowd import Crowd
from server import TICKS, Fault, Server, wait_for

OPTIONS = ("--listen=[127.0.0.1]:0", "--listen=[127.0.0.1]:0 mode=random",
           "--tls_listen=[127.0.0.1]:0", "--starttls=True", "--seed=1", "--rates=60")
GROWTH_MAX = 0.02
RELOAD_SECONDS = 10
HEADING = "minute | MB at rest | MB at most | descriptors | connections | messages | " \
          "messages/s | CPU %"


class Soak:
    """A server under all loads."""

    def __init__(self, server):
        self.server = server
        self.may_run, self.is_over = multiprocessing.Event(), multiprocessing.Event()
        self.processes = [
            multiprocessing.Process(target=loads.run, name=load.__name__, daemon=True,
                                    args=(load, server, self.may_run, self.is_over))
            for load in loads.ALL]
        for process in self.processes:
            process.start()
        self.start = server.await_rest(server.facts().descriptors)

    def minute(self, number):
        """Runs the loads for a minute, and prints its line; returns the memory at rest."""
        server = self.server
        connections, _, messages = server.status()
        ticks, begin, peak = server.facts().ticks, time.monotonic(), 0
        self.may_run.set()
        reload_at = begin + RELOAD_SECONDS
        while (now := time.monotonic()) < begin + 60:
            time.sleep(0.2)
            peak = max(peak, server.facts().megabytes)
            if now > reload_at:
                server.signal(signal.SIGHUP)
                reload_at = now + RELOAD_SECONDS
            self.look_at_loads()
        self.may_run.clear()
        seconds = time.monotonic() - begin
        facts = server.facts()
        wait_for(lambda: server.status()[1] == 0, lambda: "connections stay open")
        after = server.status()
        # When a crowd has left, all that is free is given back: what stays is in use. It is larger
        # than the loads' own crowds: for each of the largest one, a few bytes stay.
        with Crowd(server.port, 5000) as crowd:
            crowd.greet()
        rest = server.await_rest(self.start.descriptors)
        sent = after[2] - messages
        print(f"{number:6} | {rest.megabytes:10.2f} | {peak:10.2f} | {rest.descriptors:11} | "
              f"{after[0] - connections:11,} | {sent:8,} | {sent / seconds:10,.0f} | "
              f"{100 * (facts.ticks - ticks) / TICKS / seconds:5.0f}", flush=True)
        return rest.megabytes

    def look_at_loads(self):
        for process in self.processes:
            if process.exitcode is not None:
                raise Fault(f"the load {process.name} has failed")

    def end(self):
        self.is_over.set()
        for process in self.processes:
            process.join()
        self.look_at_ends()

    def look_at_ends(self):
        if failed := [process.name for process in self.processes if process.exitcode != 0]:
            raise Fault(f"these loads have failed: {', '.join(failed)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=int, default=10, help="at least two")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(HEADING, flush=True)
    try:
        with Server(OPTIONS) as server:
            soak = Soak(server)
            memory = [soak.minute(number + 1) for number in range(max(2, options.minutes))]
            soak.end()
        growth = max(memory[1:]) / memory[0] - 1
        print(f"memory since the first minute: {100 * growth:+.1f} % at most")
        if growth >= GROWTH_MAX:
            raise Fault("the memory grows")
    except Fault as fault:
        sys.exit(f"soak: {fault}")


main()

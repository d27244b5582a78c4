#!/usr/bin/env python3
"""What a message costs the server: blackhole beside Postfix's smtp-sink, under the same load.

The load is several smtp-source processes. What is measured is the CPU time (user and system) of the
server's process, not the wall clock: the sources cost more than any of the servers and would
hide the difference. The servers take turns, A B A B, so that a busy machine troubles all
alike; the ratio is the median over the pairs of neighbours.
"""

import argparse
import contextlib
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

from processes import PROGRAM, SERVING, start

TICK = 1e6 / os.sysconf("SC_CLK_TCK")  # microseconds
IDLE = 10_000


class Shape:
    """A load: so many smtp-source processes with these sessions, messages and octets each."""

    def __init__(self, name, processes, sessions, messages, octets=1024, keep=True, idle=0):
        self.name, self.processes, self.sessions = name, processes, sessions
        self.messages, self.octets, self.keep, self.idle = messages, octets, keep, idle

    def send(self, port, scale):
        each = max(self.sessions, int(self.messages * scale / self.processes))
        command = ["smtp-source", "-s", str(self.sessions), "-m", str(each), "-l", str(self.octets)]
        command += ["-d"] * self.keep + [f"127.0.0.1:{port}"]
        sources = [start(command) for _ in range(self.processes)]
        for source in sources:
            if source.wait(timeout=120) != 0:
                raise SystemExit(f"compare: failed: {' '.join(command)}")
        return each * self.processes


SHAPES = [
    Shape("one message a connection", 2, 50, 10_000, keep=False),
    Shape("kept open, 4 x 50 sessions", 4, 50, 16_000),
    Shape("kept open, 4 x 100 sessions", 4, 100, 16_000),
    Shape("kept open, 100 KB messages", 4, 10, 2_000, octets=102_400),
    Shape(f"kept open, beside {IDLE:,} idle", 4, 50, 32_000, idle=IDLE),
]


class Server:
    """A server that runs, and what it has cost so far."""

    share = 1  # Of the messages of a turn.

    def __init__(self, label, idle):
        self.label, self.idle, self.sent, self.costs = label, idle, 0, []

    def __enter__(self):
        self.launch()
        self.idle_kilobytes = None
        if self.idle:
            self.send_one()  # What a first connection costs is no cost of idling.
            before = self.status("VmRSS")
            self.holder = hold(self.port, self.idle)
            self.idle_kilobytes = (self.status("VmRSS") - before) / self.idle
        return self

    def __exit__(self, *_):
        if self.idle:
            os.kill(self.holder, signal.SIGKILL)
            os.waitpid(self.holder, 0)

    def send_one(self):
        self.sent += Shape("one", 1, 1, 1).send(self.port, 1)

    def measure(self, shape, scale):
        before = self.ticks()
        messages = shape.send(self.port, scale * self.share)
        time.sleep(0.1)  # The last connections close.
        self.sent += messages
        self.costs.append([(b - a) * TICK / messages for a, b in zip(before, self.ticks())])

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]), int(fields[12])

    def status(self, key):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(rf"^{key}:\s+(\d+) kB", file.read(), re.M)[1])

    def median(self, part=sum):
        return statistics.median(map(part, self.costs))


class SmtpSink(Server):
    def launch(self):
        if self.idle:
            self.share = 1 / 16  # Milliseconds a message: it looks at every connection's timer.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        address = f"127.0.0.1:{self.port}"
        limits = ["-m", "20000", "-t", "1000"]  # Connections, and seconds of idling.
        self.process = start(["smtp-sink", *user, *limits, address, "4096"])
        for _ in range(500):
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            time.sleep(0.01)
        raise SystemExit("compare: smtp-sink does not start")


class Blackhole(Server):
    def launch(self):
        self.process = start([*SERVING, "--ssl_port=none"], stderr=subprocess.PIPE, text=True)
        line = "it says nothing"
        for line in self.process.stderr:
            if match := re.search(r"listening on \S+:(\d+),", line):
                self.port = int(match[1])
                return
        raise SystemExit(f"compare: blackhole does not start: {line}")

    def __exit__(self, *about):
        super().__exit__(*about)
        self.process.terminate()
        log = self.process.communicate(timeout=30)[1]
        if about[0] is None and f" {self.sent} messages" not in log:
            raise SystemExit(f"compare: {self.sent} messages were sent, but: {log}")


def hold(port, count):
    """A process that holds idle connections, all of them greeted when this returns."""
    reader, writer = os.pipe()
    if child := os.fork():
        os.close(writer)
        is_ready = os.read(reader, 1)
        os.close(reader)
        if not is_ready:
            raise SystemExit(f"compare: cannot hold {count} connections")
        return child
    try:
        connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for connection in connections:
            connection.recv(200)
        os.write(writer, b"!")
        os.close(writer)
        while os.getppid() != 1:
            time.sleep(1)
    finally:
        os._exit(0)


def compare(shape, rounds, scale, has_sink):
    """Runs a shape on every server in turn; returns the servers with their costs."""
    servers = [SmtpSink("smtp-sink", shape.idle)] if has_sink else []
    servers.append(Blackhole("blackhole", shape.idle))
    if shape.idle:
        servers.append(Blackhole("blackhole without idle", 0))
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
            server.measure(shape, scale / 4)  # Warms it up.
            server.costs.clear()
        for number in range(rounds):
            print(f"{shape.name}: round {number + 1} of {rounds}", file=sys.stderr)
            for server in servers:
                server.measure(shape, scale)
        for server in servers:
            server.peak = server.status("VmHWM") / 1024
    return {server.label: server for server in servers}


def ratio(ours, theirs):
    return statistics.median(sum(a) / sum(b) for a, b in zip(ours.costs, theirs.costs))


def row(name, ours, theirs):
    def cost(server):
        user, system = (server.median(lambda parts, i=i: parts[i]) for i in (0, 1))
        return f"{server.median():.1f} ({user:.1f} + {system:.1f})"

    cells = [cost(theirs) if theirs else "-", cost(ours),
             f"{ratio(ours, theirs):.2f}" if theirs else "-",
             f"{theirs.peak:.0f}" if theirs else "-", f"{ours.peak:.0f}"]
    return f"| {name:<30} | {cells[0]:>24} | {cells[1]:>24} | {cells[2]:>5} | " \
           f"{cells[3]:>12} | {cells[4]:>12} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server")
    parser.add_argument("--scale", type=float, default=1, help="factor on the messages of a turn")
    parser.add_argument("--only", default="", help="the loads whose name has this in it")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["PATH"] += ":/usr/sbin"
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if not shutil.which("smtp-source"):
        sys.exit("compare: smtp-source is missing: apt-get install postfix")
    if not os.path.exists(PROGRAM):
        sys.exit("compare: blackhole is not built: make build")
    has_sink = shutil.which("smtp-sink") is not None
    if not has_sink:
        print("compare: smtp-sink is missing; its columns are left out", file=sys.stderr)

    results = [(shape, compare(shape, options.rounds, options.scale, has_sink))
               for shape in SHAPES if options.only in shape.name]
    print("CPU time of the server, µs a message (user + system); medians; memory at its peak\n")
    print(f"| {'load':<30} | {'smtp-sink':>24} | {'blackhole':>24} | ratio | "
          "smtp-sink MB | blackhole MB |")
    print(f"|{'-' * 32}|{'-' * 25}:|{'-' * 25}:|------:|-------------:|-------------:|")
    for shape, servers in results:
        print(row(shape.name, servers["blackhole"], servers.get("smtp-sink")))
    print()
    for shape, servers in results:
        if not shape.idle:
            continue
        with_idle, without = servers["blackhole"], servers["blackhole without idle"]
        print(f"blackhole beside {shape.idle:,} idle connections costs "
              f"{ratio(with_idle, without):.2f} of what it costs without them.")
        for server in filter(lambda server: server.idle, servers.values()):
            print(f"An idle connection costs {server.label} {server.idle_kilobytes:.2f} KB.")


main()

#!/usr/bin/env python3
"""What TLS costs the server: blackhole beside a floor, bare OpenSSL that does next to nothing.

The load is one process (tls-load.c), the floor another (tls-floor.c); both are built here. What is
measured is the CPU time (user and system) of the server's process. The servers take turns, A B A B,
so that a busy machine troubles all alike; the ratio is the median over the pairs of neighbours.
Both have the same certificate, and must agree on the same cipher with the load.

With --callgrind, instead: the share of the instructions that each library has, and the TLS layer.
"""

import argparse
import collections
import contextlib
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time

from processes import PROGRAM, ROOT, SERVING, start

SCRATCH = os.path.join(ROOT, ".build-bench")
LOAD, FLOOR = (os.path.join(SCRATCH, name) for name in ("tls-load", "tls-floor"))
CERTIFICATE, KEY = (os.path.join(SCRATCH, name) for name in ("certificate.pem", "key.pem"))
IDLE = 5_000
IDLE_KILOBYTES_MAX = 24
LAYER_PERCENT_MAX = 5
PACKAGES = {"cc": "gcc libc6-dev libssl-dev", "openssl": "openssl", "valgrind": "valgrind"}


class Load:
    """What tls-load is told to do, how often in a turn, and how often under callgrind."""

    def __init__(self, name, mode, count, rest=(), profiled=(1, 41), is_judged=True):
        self.name, self.mode, self.count, self.rest = name, mode, count, rest
        self.profiled, self.is_judged = profiled, is_judged

    def send(self, port, count):
        command = [LOAD, str(port), self.mode, str(count), *map(str, self.rest)]
        if start(command).wait(timeout=100) != 0:
            raise SystemExit(f"tls: failed: {' '.join(command)}")


LOADS = [
    Load("full handshake", "full", 400),
    Load("resumed handshake", "resumed", 400),
    Load("message of 1 KB", "content", 4_000, (1_000, 8), (8, 408), is_judged=False),
    Load("message of 1 MB", "content", 200, (1_000_000, 8), (8, 32)),
]


class Server:
    """A server that runs, and what it has cost so far."""

    def __init__(self, wrapper=()):
        self.wrapper = wrapper
        self.costs, self.parts = collections.defaultdict(list), {}

    def __enter__(self):
        self.launch()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=120)

    def measure(self, load, count):
        before, (user, system) = self.spent(), self.ticks()
        load.send(self.port, count)
        time.sleep(0.05)  # The last connections close.
        self.costs[load.name].append((self.spent() - before) / count)
        parts = self.parts.setdefault(load.name, [0, 0])
        parts[0] += self.ticks()[0] - user
        parts[1] += self.ticks()[1] - system

    def spent(self):
        """The microseconds of CPU time so far: in finer steps than /proc/PID/stat has."""
        tasks = f"/proc/{self.process.pid}/task"
        nanoseconds = 0
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as file:
                nanoseconds += int(file.read().split()[0])
        return nanoseconds / 1000

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]), int(fields[12])

    def cost(self, load):
        """The median in words, with the parts that user and system have had of all rounds."""
        median = statistics.median(self.costs[load.name])
        user, system = self.parts[load.name]
        user = median * user / max(1, user + system)
        return f"{median:.0f} ({user:.0f} + {median - user:.0f})"

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.M)[1])

    def cipher(self):
        return run([LOAD, str(self.port), "cipher", "1"]).strip()


class Floor(Server):
    label = "floor"

    def launch(self):
        self.process = start([FLOOR, CERTIFICATE, KEY], stdout=subprocess.PIPE, text=True)
        if not (line := self.process.stdout.readline()):
            raise SystemExit("tls: the floor does not start")
        self.port = int(line)


class Blackhole(Server):
    label = "blackhole"

    def launch(self):
        self.process = start(
            [*self.wrapper, *SERVING, "--ssl_port=0", "--ssl_cert", CERTIFICATE, "--ssl_key", KEY],
            stderr=subprocess.PIPE, text=True)
        log = ""
        for line in self.process.stderr:
            if match := re.search(r"listening on \S+:(\d+) for TLS", line):
                self.port = int(match[1])
                return
            log += line
        raise SystemExit(f"tls: blackhole does not start: {log}")


def run(command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=100, check=False, text=True)
    if result.returncode != 0:
        raise SystemExit(f"tls: failed: {' '.join(command)}\n{result.stdout}")
    return result.stdout


def prepare():
    """Builds the programs, and makes the certificate."""
    os.makedirs(SCRATCH, exist_ok=True)
    for program in LOAD, FLOOR:
        source = os.path.join(ROOT, "Benchmarks", os.path.basename(program) + ".c")
        run(["cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-o", program, source,
             "-lssl", "-lcrypto"])
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "30", "-subj", "/CN=localhost", "-out", CERTIFICATE, "-keyout", KEY])


# The comparison


def compare(options):
    """What each load costs each server."""
    with Floor() as floor, Blackhole() as ours:
        ciphers = {server.cipher() for server in (floor, ours)}
        if len(ciphers) != 1:
            raise SystemExit(f"tls: the servers do not agree on a cipher: {ciphers}")
        print(f"CPU time of the server, µs (user + system); medians; {ciphers.pop()}\n")
        loads = [load for load in LOADS if options.only in load.name]
        for load in loads:
            print(load.name, file=sys.stderr)
            count = max(8, int(load.count * options.scale))
            for server in floor, ours:
                load.send(server.port, count)  # Warms it up.
            for _ in range(options.rounds):
                for server in floor, ours:
                    server.measure(load, count)
    print(f"| {'load':<20} | {'floor':>15} | {'blackhole':>15} | ratio |")
    print(f"|{'-' * 22}|{'-' * 16}:|{'-' * 16}:|------:|")
    for load in loads:
        ratio = statistics.median(
            a / b for a, b in zip(ours.costs[load.name], floor.costs[load.name]))
        print(f"| {load.name:<20} | {floor.cost(load):>15} | {ours.cost(load):>15} "
              f"| {ratio:5.2f} |")
    print()


def weigh():
    """What an idle connection costs each server; whether ours costs no more than it may."""
    kilobytes = {}
    for make in Floor, Blackhole:
        with make() as server:
            LOADS[0].send(server.port, 20)  # What the first connections cost is no cost of idling.
            before = server.memory()
            holder = start([LOAD, str(server.port), "idle", str(IDLE)],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            if not holder.stdout.readline():
                raise SystemExit(f"tls: cannot hold {IDLE:,} connections")
            kilobytes[server.label] = (server.memory() - before) / IDLE
            holder.communicate(timeout=60)
        print(f"An idle TLS connection, {IDLE:,} of them, costs {server.label} "
              f"{kilobytes[server.label]:.1f} KB.")
    return kilobytes["blackhole"] <= IDLE_KILOBYTES_MAX


# The shares by callgrind


class Profile:
    """The instructions of a run: by function, and by pair of caller and callee.

    A function is a pair of its library and its symbol.
    """

    def __init__(self, path):
        self.own, self.calls, names = collections.Counter(), collections.Counter(), {}

        def name(kind, text):
            key, _, rest = text.partition(" ")
            if rest:
                names[kind, key] = rest
            return names[kind, key]

        library = function = callee_library = callee = None
        is_call = False
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                key, equals, text = line.rstrip("\n").partition("=")
                if key == "ob":
                    library = os.path.basename(name("ob", text))
                elif key == "fn":
                    function, callee_library = (library, name("fn", text)), None
                elif key == "cob":
                    callee_library = os.path.basename(name("ob", text))
                elif key == "cfn":
                    callee = (callee_library or library, name("fn", text))
                    callee_library = None
                elif key == "calls":
                    is_call = True
                elif not equals and function and line[0] in "0123456789+-*":
                    cost = int(line.split()[1])
                    if is_call:
                        self.calls[function, callee] += cost
                    else:
                        self.own[function] += cost
                    is_call = False

    def subtract(self, other):
        self.own.subtract(other.own)
        self.calls.subtract(other.calls)


def is_layer(function):
    """Whether a function is the TLS layer's: of its module, or made of its generics elsewhere."""
    library, symbol = function
    return library == "blackhole" and re.match(r"\$s3TLS|.*3TLS05Start.0V", symbol)


def is_helper(function):
    """Whether what the layer calls there is on its account: the runtime, copies and allocations,
    and the buffers; not OpenSSL, and not the layers inside."""
    library, symbol = function
    if library == "blackhole":
        return symbol.startswith("$s8Pipeline10ByteBuffer")
    return not library.startswith(("libssl", "libcrypto"))


def profile(load):
    """The instructions that the greater count costs more than the smaller, which takes away the
    start and all that is done but once."""
    profiles = []
    for count in load.profiled:
        path = os.path.join(SCRATCH, f"callgrind.{load.name.replace(' ', '-')}.{count}")
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        print(f"{load.name}: {count} under callgrind", file=sys.stderr)
        # A `rep movsb` is one instruction, but callgrind counts each of its octets: without it.
        wrapper = ["env", "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=0x40000000",
                   "valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={path}"]
        with Blackhole(wrapper) as server:
            load.send(server.port, count)
        profiles.append(Profile(path))
    profiles[1].subtract(profiles[0])
    return profiles[1]


def share(options):
    """The share of each library and of the TLS layer; whether the layer's is small enough."""
    is_small = True
    for load in LOADS:
        if options.only not in load.name:
            continue
        result, count = profile(load), load.profiled[1] - load.profiled[0]
        total = sum(result.own.values())
        libraries = collections.Counter()
        for (library, _), cost in result.own.items():
            libraries[library] += cost
        layer = collections.Counter()
        for function, cost in result.own.items():
            if is_layer(function):
                layer[function] += cost
        for (caller, callee), cost in result.calls.items():
            if is_layer(caller) and not is_layer(callee) and is_helper(callee):
                layer[callee] += cost
        percent = 100 * sum(layer.values()) / total
        # A short message costs the kernel most of all, which callgrind does not see.
        is_small = is_small and (percent < LAYER_PERCENT_MAX or not load.is_judged)
        print(f"\n{load.name}: {total / count:,.0f} instructions of the process, by library\n")
        print("| library | % |\n|---|---:|")
        for library, cost in libraries.most_common(7):
            print(f"| {library} | {100 * cost / total:.2f} |")
        print(f"| of which the TLS layer, with the runtime and the copies under it "
              f"| {percent:.2f} |")
        if options.verbose:
            print()
            for (library, symbol), cost in layer.most_common(options.verbose):
                print(f"  {100 * cost / total:6.2f} % {library} {symbol}")
    return is_small


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=9, help="turns of each server")
    parser.add_argument("--scale", type=float, default=1, help="factor on the load of a turn")
    parser.add_argument("--only", default="", help="the loads whose name has this in it, or 'idle'")
    parser.add_argument("--callgrind", action="store_true",
                        help="count instructions by library instead")
    parser.add_argument("--verbose", type=int, default=0, metavar="COUNT",
                        help="with --callgrind, name so many functions of the layer")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for program, package in PACKAGES.items():
        if not shutil.which(program) and (options.callgrind or program != "valgrind"):
            sys.exit(f"tls: {program} is missing: apt-get install {package}")
    if not os.path.exists(PROGRAM):
        sys.exit("tls: blackhole is not built: make build")
    prepare()
    if options.callgrind:
        if not share(options):
            sys.exit(f"tls: the layer's share is not under {LAYER_PERCENT_MAX} %")
        return
    if options.only != "idle":
        compare(options)
    if options.only in ("", "idle") and not weigh():
        sys.exit(f"tls: an idle connection costs more than {IDLE_KILOBYTES_MAX} KB")


main()

"""The program under test, and what Linux tells of its process."""

import atexit
import os
import re
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, ".build/release/blackhole")
# How long anything may take that has to happen at all: a bound for the hopeless, not a measure.
PATIENCE = 120
TICKS = os.sysconf("SC_CLK_TCK")

_running = []


class Fault(Exception):
    """The server did what it should not, or not what it should."""


class Facts:
    """What /proc tells of a process at one moment."""

    def __init__(self, pid):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            status = file.read()
        self.kilobytes = int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1])
        self.threads = int(re.search(r"^Threads:\s+(\d+)", status, re.M)[1])
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        self.ticks = int(fields[11]) + int(fields[12])

    @property
    def megabytes(self):
        return self.kilobytes / 1024


class Server:
    """`blackhole run` on ports of the kernel's choice; `with` ends it and looks at its log."""

    def __init__(self, options=(), announced=(), tool=(), environment=lambda folder: {}):
        self.announced = announced
        self.folder = tempfile.TemporaryDirectory(prefix="blackhole-")
        self.log_path = os.path.join(self.folder.name, "log")
        self.pid_file = os.path.join(self.folder.name, "pid")
        command = [*tool, PROGRAM, "run", f"--user={os.getuid()}", f"--group={os.getgid()}",
                   f"--pid={self.pid_file}", *options]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stderr=log,
                env={**os.environ, **environment(self.folder.name)})
        _running.append(self.process)
        self.pid = self.process.pid
        wait_for(self._has_started, lambda: f"the server does not start: {self.log()}")
        found = re.findall(r"listening on 127\.0\.0\.1:(\d+)(, \d+ worker)?", self.log())
        # A port for TLS is told without its workers.
        self.ports = [int(port) for port, workers in found if workers]
        self.tls_ports = [int(port) for port, workers in found if not workers]
        console = re.search(r"console on http://127\.0\.0\.1:(\d+)/", self.log())
        self.http_port = int(console[1]) if console else None

    def _has_started(self):
        if self.process.poll() is not None:
            raise Fault(f"the server has ended: {self.log()}")
        # It tells when it listens everywhere.
        return "listening on" in self._ask()

    def _ask(self):
        return subprocess.run([PROGRAM, "status", f"--pid={self.pid_file}"], check=False,
                              capture_output=True, text=True, timeout=PATIENCE).stdout

    @property
    def port(self):
        return self.ports[0]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            code = self.process.wait(PATIENCE)
            if kind is None:
                self._look_at_log(code)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.folder.cleanup()

    def _look_at_log(self, code):
        if code != 0:
            raise Fault(f"the server ended with {code}: {self.log()[-2000:]}")
        if unexpected := self.unexpected():
            raise Fault("unexpected in the log: " + " | ".join(unexpected[:5]))
        if " stopped: " not in self.log().splitlines()[-1]:
            raise Fault("the log does not end with the totals")

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def unexpected(self):
        """The lines of the log that are neither news of a normal course nor announced."""
        announced = [*self.announced, "SERVING AS ROOT"]
        return [line for line in self.log().splitlines()
                if not re.match(r"\S+ (info|notice) blackhole: ", line)
                and not any(words in line for words in announced)]

    def signal(self, number):
        if self.process.poll() is None:
            os.kill(self.pid, number)

    def facts(self):
        return Facts(self.pid)

    def status(self):
        """Connections, those open, and messages so far, as the program's own command tells."""
        pattern = r"^(\d+) connections?, (\d+) of them open.*\n(\d+) messages?"
        found = re.search(pattern, self._ask(), re.M)
        return tuple(map(int, found.groups()))

    def await_rest(self, descriptors):
        """Waits until so many descriptors are open, and then for two seconds without work."""
        wait_for(lambda: self.facts().descriptors <= descriptors,
                 lambda: f"{self.facts().descriptors - descriptors} descriptors stay open")

        def is_idle():
            before = self.facts().ticks
            time.sleep(2)
            return self.facts().ticks == before
        wait_for(is_idle, lambda: "the server works although nobody is there")
        return self.facts()


def wait_for(condition, complaint):
    """Waits until the condition holds; a fault when patience is at its end."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Fault(complaint())
        time.sleep(0.02)


@atexit.register
def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()

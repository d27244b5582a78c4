"""The servers that are compared: how each is started, found and stopped."""

import contextlib
import os
import pwd
import re
import shutil
import socket
import time

from processes import ALL_CPUS, PRODUCTS, ROOT, SCRATCH, SERVER_CPUS, Failure
from processes import end, end_group, guard, start
from provisions import CERTIFICATE, KEY, VENV

START_SECONDS = 60
IDLE_SECONDS = 1000


class Peer:
    """A server of its own process, which listens on loopback while it is entered."""

    key = label = program = package = ""
    # What shows in its log where it listens, if it chooses the port itself.
    listening = None
    # What it cannot be sent, and why.
    lacks = {}
    # Whether processes of its own might remain.
    has_children = False

    def __init__(self, wrapper=(), environment=(), tls=False, workers=1, is_apart=True,
                 options=()):
        self.wrapper, self.environment = list(wrapper), dict(environment)
        self.tls, self.workers, self.options = tls, workers, list(options)
        self.cpus = SERVER_CPUS if is_apart else ALL_CPUS
        self.process = self.guardian = self.port = None

    @classmethod
    def absence(cls):
        """Why it is not there to be measured, or None."""
        if os.path.isabs(cls.program) and os.path.exists(cls.program):
            return None
        if shutil.which(cls.program):
            return None
        return f"{os.path.basename(cls.program)} is missing: {cls.package}"

    def command(self):
        return [self.program]

    def prepare(self):
        """Whatever its command needs to find."""

    def __enter__(self):
        self.launch()
        return self

    def __exit__(self, *_):
        self.stop()

    def launch(self, stamp=None):
        """Starts it; returns when it has greeted, with the time in ns at which it did."""
        if reason := self.absence():
            raise Failure(reason)
        # A port that was free a moment ago may be somebody's by now.
        for attempt in range(3):
            self.port = None if self.listening else free_port()
            try:
                return self._launch(stamp)
            except Failure:
                self.stop()
                if attempt == 2 or self.listening:
                    raise

    def _launch(self, stamp):
        self.prepare()
        self.log = os.path.join(SCRATCH, f"{self.key}.log")
        with open(self.log, "wb") as log:
            self.process = start(
                [*self.wrapper, *self.command()], cpus=self.cpus, stamp=stamp, stdout=log,
                stderr=log, env={**os.environ, **self.environment}, start_new_session=True)
        if self.has_children:
            self.guardian = guard(self.process)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            has_ended = self.process.poll() is not None
            if self.port is None and (found := re.search(self.listening, self.words())):
                self.port = int(found[1])
            if self.port and (at := self.greeted()):
                return at
            if has_ended:
                raise Failure(f"{self.label} ended at once: {self.last_word()}")
            time.sleep(0.0002)
        raise Failure(f"{self.label} did not greet within {START_SECONDS} s: {self.last_word()}")

    def greeted(self):
        """Whether it greets: the time in ns at which it did, or None."""
        with contextlib.suppress(ConnectionError):
            with socket.create_connection(("127.0.0.1", self.port), START_SECONDS) as client:
                if self.tls:
                    return time.monotonic_ns()
                greeting = client.recv(512)
                at = time.monotonic_ns()
                if not greeting.startswith(b"220"):
                    raise Failure(f"{self.label} greets with {greeting[:60]!r}")
                client.sendall(b"QUIT\r\n")
                return at
        return None

    def stop(self):
        if self.process:
            if self.has_children:
                end_group(self.process, self.guardian)
            else:
                end(self.process)

    def end_in_order(self):
        """Whatever has to be done so that SIGTERM lets it end by `exit`."""

    def check(self):
        """Raises if it has ended."""
        if self.process.poll() is not None:
            raise Failure(f"{self.label} has died: {self.last_word()}")

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def last_word(self):
        lines = self.words().strip().splitlines()
        return lines[-1][:200] if lines else "it says nothing"


class Blackhole(Peer):
    key, label = "blackhole", "blackhole"
    program, package = os.path.join(ROOT, ".build/release/blackhole"), "make build"

    @property
    def listening(self):
        return r"listening on \S+:(\d+) for TLS" if self.tls else r"listening on \S+:(\d+),"

    def command(self):
        # As the user who measures: /proc tells him all.
        return [self.program, "run", "--host=127.0.0.1", "--port=0", f"--workers={self.workers}",
                f"--idle_timeout={IDLE_SECONDS}", f"--user={os.getuid()}",
                f"--group={os.getgid()}",
                *(["--ssl_port=0", f"--ssl_cert={CERTIFICATE}", f"--ssl_key={KEY}"]
                  if self.tls else ["--ssl_port=none"]), *self.options]

    def console_port(self):
        """The port of its console, which its log names."""
        if found := re.search(r"console on http://\S+:(\d+)/", self.words()):
            return int(found[1])
        raise Failure("there is no console in its log")


class Floor(Peer):
    key, label, listening = "floor", "C floor", r"(?m)^(\d+)$"
    program, package = os.path.join(SCRATCH, "floor-sink"), "apt install gcc libc6-dev"


class TLSFloor(Peer):
    key, label, listening = "tls-floor", "C and OpenSSL", r"(?m)^(\d+)$"
    program, package = os.path.join(SCRATCH, "tls-floor"), "apt install gcc libssl-dev"

    def command(self):
        return [self.program, CERTIFICATE, KEY]


class NIO(Peer):
    key, label, listening = "nio", "SwiftNIO", r"(?m)^(\d+)$"
    program, package = os.path.join(PRODUCTS, "nio-sink"), "make bench-programs"


class SMTPSink(Peer):
    key, label, program, package = "smtp-sink", "smtp-sink", "smtp-sink", "apt install postfix"
    lacks = {"bdat": "it has no BDAT"}
    # SIGTERM kills it; with the last of so many messages it ends in order.
    messages_max = 0

    def command(self):
        user = ["-u", pwd.getpwuid(os.getuid()).pw_name] if os.geteuid() == 0 else []
        last = ["-M", str(self.messages_max)] if self.messages_max else []
        limits = ["-m", "20000", "-t", str(IDLE_SECONDS)]
        return [self.program, *user, *last, *limits, f"127.0.0.1:{self.port}", "4096"]

    def end_in_order(self):
        """Sends the last message, which nobody answers."""
        with socket.create_connection(("127.0.0.1", self.port), START_SECONDS) as client:
            client.sendall(b"HELO last\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\n"
                           b"DATA\r\n.\r\n")
            with contextlib.suppress(ConnectionError):
                while client.recv(512):
                    pass


class Original(Peer):
    """The program of the same name in Python, on uvloop."""

    key, label = "original", "Python blackhole"
    program, package = os.path.join(VENV, "blackhole"), "pip install blackhole==2.1.19"
    has_children = True

    settings = os.path.join(SCRATCH, "original.conf")

    def command(self):
        return [self.program, "-c", self.settings]

    def prepare(self):
        with open(self.settings, "w", encoding="ascii") as file:
            file.write(f"listen = 127.0.0.1:{self.port}\nworkers = 1\ntimeout = 180\n"
                       f"pidfile = {os.path.join(SCRATCH, 'original.pid')}\n")


class Aiosmtpd(Peer):
    """aiosmtpd's own program with its handler that drops all mail, on uvloop."""

    key, label = "aiosmtpd", "aiosmtpd"
    program, package = os.path.join(VENV, "aiosmtpd"), "pip install aiosmtpd"

    def command(self):
        return [os.path.join(VENV, "python3"), "-c",
                "import uvloop; uvloop.install(); from aiosmtpd.main import main; main()",
                "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{self.port}"]


PEERS = {peer.key: peer for peer in (
    Blackhole, Floor, NIO, SMTPSink, TLSFloor, Original, Aiosmtpd)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

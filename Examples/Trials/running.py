"""What the trials have in common: servers that are stopped in any case, clients with limits."""

import contextlib
import os
import pty
import re
import select
import signal
import smtplib
import socket
import subprocess
import time

EXAMPLES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Tests/Downstream builds there, too, so that the libraries are built once for both.
SCRATCH = os.path.join(os.path.dirname(EXAMPLES), ".build-nested")
SECONDS = 20  # for anything that takes a blink
BUILD_SECONDS = 1200
SENDER, RECIPIENT = "me@example.org", "you@example.org"


def expect(expected, seen):
    if expected != seen:
        raise AssertionError(f"expected {expected!r}, saw {seen!r}")


def require(is_so, what):
    if not is_so:
        raise AssertionError(what)


class Server:
    """An example that runs: what it prints, and where it listens."""

    def __init__(self, process, output):
        self.process, self.output = process, output
        self.data, self.printed = b"", ""
        self.port = int(self.wait_for(r"listening on 127\.0\.0\.1:(\d+)\r?\n")[1])

    def wait_for(self, pattern):
        """Waits until the server has printed something."""
        deadline = time.monotonic() + SECONDS
        while not (match := re.search(pattern, self.printed)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.output], [], [], left)[0]:
                raise AssertionError(f"never printed {pattern!r}, but {self.printed!r}")
            data = os.read(self.output, 65536)
            require(data, f"ended behind {self.printed!r}")
            self.data += data
            self.printed = self.data.decode(errors="replace")
        return match

    def client(self, make=smtplib.SMTP):
        return make("127.0.0.1", self.port, local_hostname="client.example", timeout=SECONDS)

    def connection(self):
        return socket.create_connection(("127.0.0.1", self.port), SECONDS)


@contextlib.contextmanager
def serving(name, *arguments, on_terminal=False, **environment):
    """Runs an example until the block ends, and checks that SIGTERM was what ended it."""
    output, theirs = pty.openpty() if on_terminal else os.pipe()
    try:
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | environment
        command = [os.path.join(SCRATCH, "debug", name), "0", *map(str, arguments)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=theirs, env=environment)
    finally:
        os.close(theirs)
    try:
        yield Server(process, output)
        expect(None, process.poll())
        process.terminate()
        expect(-signal.SIGTERM, process.wait(SECONDS))
    finally:
        process.kill()
        process.wait()
        os.close(output)


def run(*command, code=0):
    """Runs a client, and returns what it printed."""
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=SECONDS)
    require(
        result.returncode == code, f"{command[0]} left with {result.returncode}:\n{result.stdout}")
    return result.stdout


def swaks(server, recipients, *more, code=0):
    return run(
        "swaks", "--server", f"127.0.0.1:{server.port}", "--from", SENDER, "--to", recipients,
        "--helo", "client.example", "--timeout", str(SECONDS), *more, code=code)


def curl(server, recipient, code=0):
    return run(
        "curl", "--silent", "--verbose", "--max-time", str(SECONDS), "--upload-file", __file__,
        "--mail-from", SENDER, "--mail-rcpt", recipient, f"smtp://127.0.0.1:{server.port}",
        code=code)


def swift(action, *options):
    # Without its last option the package manager takes the plan of another package that was built
    # there for this one's, and does not see new files of the libraries.
    command = [
        "swift", action, "--package-path", EXAMPLES, "--scratch-path", SCRATCH, *options,
        "--disable-build-manifest-caching"]
    process = subprocess.Popen(command)
    try:
        require(process.wait(BUILD_SECONDS) == 0, " ".join(command) + " has failed")
    finally:
        process.terminate()
        process.wait(SECONDS)

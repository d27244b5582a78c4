"""The console as others use it, and what it costs: one request for metrics, and waits that only wait."""

import contextlib
import socket
import threading
import time

import meters
from peers import PEERS
from processes import Failure

HOST = "127.0.0.1"
OPTIONS = ("--http=127.0.0.1:0", "--keep=100")
REQUESTS = 1_000
WAITS, WAIT_SECONDS = 1_000, 20
ANSWER_SECONDS = 60


class Client:
    """A connection to the console that is kept open."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), ANSWER_SECONDS)
        self.answers = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A reader that waits in another thread hears of it.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def ask(self, path):
        """Asks for a path, and reads the answer."""
        self.send(path)
        return self.read()

    def send(self, path):
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def read(self):
        if b" 200 " not in (line := self.answers.readline()):
            raise Failure(f"the console answers {line[:40]!r}")
        length = 0
        while (line := self.answers.readline().lower()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name == b"content-length" else length
        return self.answers.read(length)


@contextlib.contextmanager
def watched(port):
    """Somebody has its metrics once a second, and somebody hears its events."""
    is_over = threading.Event()

    def scrape(client):
        while not is_over.wait(1):
            client.ask("/metrics")

    def listen(client):
        while client.socket.recv(1 << 16):
            pass

    with Client(port) as scraper, Client(port) as listener:
        listener.send("/api/events")
        threads = [threading.Thread(target=scrape, args=(scraper,), daemon=True),
                   threading.Thread(target=listen, args=(listener,), daemon=True)]
        for thread in threads:
            thread.start()
        yield
        is_over.set()
    for thread in threads:
        thread.join(ANSWER_SECONDS)


def costs(tell):
    """Microseconds of a request for metrics and of an empty one; the share of a processor of waits."""
    with PEERS["blackhole"](options=OPTIONS) as peer:
        pid, port = peer.process.pid, peer.console_port()
        results = {}
        for key, path in (("empty", "/livez"), ("metrics", "/metrics")):
            tell(f"{REQUESTS:,} requests for {path}")
            with Client(port) as client:
                client.ask(path)
                before = meters.spent_nanoseconds(pid)
                for _ in range(REQUESTS):
                    client.ask(path)
                results[key] = (meters.spent_nanoseconds(pid) - before) / 1000 / REQUESTS
        tell(f"{WAITS:,} waits for what never comes")
        results["alone"] = share(pid)
        with contextlib.ExitStack() as stack:
            for _ in range(WAITS):
                client = stack.enter_context(Client(port))
                client.send(f"/api/wait?to=nobody@nowhere.example&timeout={ANSWER_SECONDS}s")
            time.sleep(1)
            results["waits"] = share(pid)
        peer.check()
    return results


def share(pid):
    """The share of a processor that a process takes."""
    before, begin = meters.spent_nanoseconds(pid), time.monotonic()
    time.sleep(WAIT_SECONDS)
    return (meters.spent_nanoseconds(pid) - before) / 1e9 / (time.monotonic() - begin)

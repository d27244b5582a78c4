"""Peers that burden the console: the clients of mail share nothing with it but the process."""

import http.client
import json
import os
import time
import urllib.request

from crowd import Crowd
from scenario import noise, scenario
from server import PATIENCE, Fault

# The console's part of memory is full before an attack: it has room for 10,000 events and 1,000 sessions.
CONSOLE = {"options": ("--http=127.0.0.1:0", "--keep=100"), "sessions_before": 1000}
# Of the log, where more connect than may.
REFUSED = "connections to the console are refused"
EVENTS = b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
WAIT = b"GET /api/wait?to=nobody@nowhere.example&timeout=60s HTTP/1.1\r\nHost: localhost\r\n\r\n"


def get(server, path, timeout=PATIENCE):
    """What the console answers to a request, which has to go well."""
    url = f"http://127.0.0.1:{server.http_port}{path}"
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


def metric(server, name):
    """The value of a metric, labels and all: `blackhole_console_waiting{kind="wait"}`."""
    for line in get(server, "/metrics").splitlines():
        if line.startswith(name + " "):
            return float(line.rpartition(" ")[2])
    raise Fault(f"there is no metric {name}")


def expect_answers(server):
    """The console answers whoever comes next, and knows of the honest mail."""
    if get(server, "/readyz") != "":
        raise Fault("the console is not ready")
    if not json.loads(get(server, "/api/v1/messages?limit=1"))["messages"]:
        raise Fault("the console shows no honest mail")


def expect_ends(crowd, code):
    """Every peer is answered with a status, and the connection ends."""
    crowd.await_ends()
    for peer in crowd:
        if b"HTTP/1.1 " + code not in peer.heard:
            raise Fault(f"expected {code!r}, got {peer.heard[-200:]!r}")


@scenario("console: 1,000 idle HTTP connections until their time is over", 24, **CONSOLE)
def idle(server):
    with Crowd(server.http_port, 1000) as crowd:
        crowd.connect()
        expect_answers(server)
        crowd.await_ends()
    expect_answers(server)


@scenario("console: 1,000 waits for what never comes, then all reset", 24, **CONSOLE)
def waits(server):
    with Crowd(server.http_port, 1000) as crowd:
        crowd.connect()
        crowd.send(WAIT)
        crowd.until(lambda: metric(server, 'blackhole_console_waiting{kind="wait"}') == 1000,
                    "that 1,000 wait")
        crowd.last(3)
        expect_answers(server)
        if any(peer.is_ended for peer in crowd):
            raise Fault("somebody who waits was thrown out")
    crowd_is_gone(server)


def crowd_is_gone(server):
    """Nobody waits any more, and the console answers."""
    end = time.monotonic() + PATIENCE
    while not is_empty(server):
        if time.monotonic() > end:
            raise Fault("waits and streams of who is gone stay open")
    expect_answers(server)


def is_empty(server):
    """Whether nobody waits; while the crowd has all connections, that cannot be asked."""
    try:
        return not any(metric(server, f'blackhole_console_waiting{{kind="{kind}"}}')
                       for kind in ("wait", "stream"))
    except (OSError, http.client.HTTPException):
        return False


# 10,000 events are kept; at worst each holds a page of 4 KiB.
@scenario("console: 300 readers of events that read nothing, while mail comes", 100,
          **CONSOLE, megabytes_left=60)
def readers(server):
    with Crowd(server.http_port, 300, receive_buffer=4096) as crowd:
        crowd.connect()
        crowd.send(EVENTS)
        crowd.mute = True
        crowd.last(8)
        expect_answers(server)
    crowd_is_gone(server)


@scenario("console: more connections than there may be: 4,000 of many addresses", 24,
          **CONSOLE, announced=(REFUSED,))
def everybody(server):
    with Crowd(server.http_port, 4000) as crowd:
        crowd.connect()
        crowd.send(WAIT)
        crowd.until(lambda: sum(peer.is_ended for peer in crowd) >= 1000,
                    "that those over the limit are refused")
        for peer in crowd:
            if peer.is_ended and peer.heard and b"HTTP/1.1 503 " not in peer.heard:
                raise Fault(f"expected 503, got {peer.heard!r}")
    crowd_is_gone(server)
    if not metric(server, "blackhole_console_connections_refused_total"):
        raise Fault("nobody counted who was refused")


@scenario("console: a POST of 1 GB, announced or in chunks, from 50 peers", 48, **CONSOLE)
def bodies(server):
    head = b"POST /api/rules HTTP/1.1\r\nHost: localhost\r\n"
    with Crowd(server.http_port, 25) as announced, Crowd(server.http_port, 25) as chunked:
        announced.connect()
        chunked.connect()
        announced.send(head + b"Content-Length: 1073741824\r\n\r\n")
        chunked.send(head + b"Transfer-Encoding: chunked\r\n\r\n")
        # A chunk that all of a body has room for, and others after it.
        chunks = memoryview((b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n") * 3)
        rest = {peer.number: chunks for peer in chunked}

        def is_over():
            for peer in announced:
                peer.send(b"x" * 65536)
            for peer in chunked:
                rest[peer.number] = rest[peer.number][peer.send(rest[peer.number]):]
            announced.turn(0)
            chunked.turn(0)
            return all(peer.is_ended for crowd in (announced, chunked) for peer in crowd)
        announced.until(is_over, "that the console ends all")
    if metric(server, 'blackhole_console_requests_refused_total{reason="body"}') < 50:
        raise Fault("not every body was counted")
    expect_answers(server)


@scenario("console: garbage at its port from 500 peers", 16, **CONSOLE)
def garbage(server):
    with Crowd(server.http_port, 500) as crowd:
        crowd.connect()
        for peer in crowd:
            peer.send(noise(4000) + b"\r\n\r\n")
        crowd.await_ends()
    with Crowd(server.http_port, 500) as crowd:
        crowd.connect()
        crowd.send(b"GET /" + b"a" * 20_000)
        expect_ends(crowd, b"414")
    expect_answers(server)


@scenario("console: descriptors run out: a limit of 512, 900 at its port, 600 at that of mail", 12,
          **CONSOLE, tool=("prlimit", "--nofile=512:512"), honest=("--kept",),
          announced=("Too many open files", REFUSED))
def descriptors(server):
    with Crowd(server.http_port, 900) as console, Crowd(server.port, 600) as mail:
        console.connect()
        mail.connect()
        for _ in range(20):
            console.turn(0.05)
            mail.turn(0.05)
        if sum(bool(peer.lines_heard) for peer in mail) < 300:
            raise Fault("the console has taken the descriptors of mail")
    expect_answers(server)


@scenario("console: 10,000 peers that each send a message without an end, and 64 MB are kept", 80,
          **CONSOLE)
def endless(server):
    with Crowd(server.port, 10_000) as crowd:
        crowd.greet()
        crowd.say(b"HELO hostile", b"250")
        crowd.say(b"MAIL FROM:<a@hostile.example>", b"250")
        crowd.say(b"RCPT TO:<b@hostile.example>", b"250")
        crowd.say(b"DATA", b"354")
        piece = os.urandom(6000).replace(b"\n", b"-") + b"\r\n"
        for _ in range(3):
            crowd.send(piece)
            crowd.turn(0)
        if metric(server, "blackhole_console_arriving_bytes") > 32 << 20:
            raise Fault("more is on its way than may be")
        expect_answers(server)

#!/usr/bin/env python3
"""Hostile peers of HTTP: hostile.py PROGRAM SCENARIO; exits non-zero when the server does not withstand it.

Each scenario has a server of its own, whose memory must stay flat and which must come to rest.
"""

import os
import resource
import select
import socket
import subprocess
import sys
import time

GET = b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"
TICKS = os.sysconf("SC_CLK_TCK")
# A sanitizer keeps what was freed, and books of its own.
FACTOR = 16 if "ASAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ else 1


class Server:
    def __init__(self, program, *arguments, files=None):
        def limit():
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        self.process = subprocess.Popen(
            [program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=limit)
        self.port = int(self.process.stdout.readline().split()[0])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def megabytes(self, key="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(key)) / 1024

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def idles(self):
        """Whether it uses next to no CPU time, once what it has to do is done."""
        for _ in range(60):
            before = self.ticks()
            time.sleep(0.5)
            if self.ticks() - before <= FACTOR:
                return True
        return False

    def serves(self):
        with self.connect() as client:
            client.sendall(GET)
            return client.recv(1000).startswith(b"HTTP/1.1 200 ")

    def stop(self):
        self.process.stdin.close()
        return self.process.wait(30)


def rest(client):
    """All that the server says up to its end, though it may have reset."""
    said = b""
    try:
        while piece := client.recv(65_536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def send_all(client, pieces):
    """Sends until the server listens no more; says what it has said by then."""
    client.settimeout(60)
    try:
        for piece in pieces:
            client.sendall(piece)
            if select.select([client], [], [], 0)[0]:
                break
    except (BrokenPipeError, ConnectionResetError):
        pass
    return rest(client)


def idle(server):
    with server.connect() as client:
        assert rest(client) == b""


def half_head(server):
    with server.connect() as client:
        client.sendall(GET[:20])
        assert rest(client).startswith(b"HTTP/1.1 408 ")


def half_body(server):
    with server.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert rest(client).startswith(b"HTTP/1.1 408 ")


def slow_lines(server):
    """A header line now and then, and a byte of a body now and then."""
    for start, piece in ((GET[:-2], b"a: b\r\n"),
                         (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"x")):
        with server.connect() as client:
            client.sendall(start)
            while not select.select([client], [], [], 0.1)[0]:
                client.sendall(piece)
            assert rest(client).startswith(b"HTTP/1.1 408 ")


def long_line(server):
    with server.connect() as client:
        said = send_all(client, [GET[:-2] + b"a: "] + [b"b" * 1_000_000] * 20)
        assert said.startswith(b"HTTP/1.1 431 "), said
    with server.connect() as client:
        said = send_all(client, [b"GET /"] + [b"b" * 1_000_000] * 20)
        assert said.startswith(b"HTTP/1.1 414 "), said


def many_lines(server):
    with server.connect() as client:
        said = send_all(client, [GET[:-2]] + [b"a: b\r\n" * 1000] * 100)
        assert said.startswith(b"HTTP/1.1 431 "), said


def byte_by_byte(server):
    """Heads of the largest size, a byte in each segment."""
    head = GET[:-2] + b"a: " + b"b" * 16_000 + b"\r\n\r\n"
    with server.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        before = server.ticks()
        for byte in head:
            client.sendall(bytes((byte,)))
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        # Two system calls for each byte; looking at all bytes again for each would take seconds.
        assert server.ticks() - before < TICKS * FACTOR, server.ticks() - before


def great_post(server):
    """A gigabyte that is announced, and one that is not: refused with a status that arrives."""
    pieces = [b"x" * 1_000_000] * 1000
    with server.connect() as client:
        head = b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
        said = send_all(client, [head] + pieces)
        assert said.startswith(b"HTTP/1.1 413 "), said
    with server.connect() as client:
        head = b"POST /refused HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3b9aca00\r\n"
        said = send_all(client, [head] + pieces)
        assert said.startswith(b"HTTP/1.1 413 "), said


def pipelines(server):
    """Fifty clients that send a million requests together and read nothing."""
    clients = [server.connect() for _ in range(50)]
    requests = GET * 20_000
    for client in clients:
        client.setblocking(False)
        sent = 0
        while sent < len(requests) and select.select([], [client], [], 0.2)[1]:
            sent += client.send(requests[sent:sent + 100_000])
    assert server.serves()
    for client in clients:
        client.close()


def descriptors(server):
    crowd = [server.connect() for _ in range(60)]
    crowd[0].sendall(GET)
    assert crowd[0].recv(1000).startswith(b"HTTP/1.1 200 ")
    assert server.idles(), "the server turns in circles"
    for client in crowd:
        client.close()


def tls_hello(server):
    """A client that takes the port for one of TLS."""
    with server.connect() as client:
        client.sendall(bytes.fromhex("16030100050100000100"))
        assert rest(client).startswith(b"HTTP/1.1 400 ")


# With the arguments of its server, and the megabytes by which the memory may grow.
SCENARIOS = {
    "idle": (idle, ["SHORT"], None, 4), "half-head": (half_head, ["SHORT"], None, 4),
    "half-body": (half_body, ["SHORT"], None, 4), "slow-lines": (slow_lines, ["SHORT"], None, 4),
    "long-line": (long_line, [], None, 4), "many-lines": (many_lines, [], None, 4),
    "byte-by-byte": (byte_by_byte, [], None, 4), "great-post": (great_post, [], None, 4),
    "pipelines": (pipelines, [], None, 16), "descriptors": (descriptors, [], 40, 4),
    "tls-hello": (tls_hello, [], None, 4),
}


def main():
    program, name = sys.argv[1:]
    attack, arguments, files, bound = SCENARIOS[name]
    server = Server(program, *arguments, files=files)
    assert server.serves()
    before = server.megabytes()
    attack(server)
    assert server.serves()
    assert server.idles(), "the server does not come to rest"
    grown = server.megabytes("VmHWM") - before
    assert grown <= bound * FACTOR, f"the memory has grown by {grown:.1f} MB"
    assert server.stop() == 0
    print(f"{name}: the memory has grown by {grown:.1f} MB")


main()

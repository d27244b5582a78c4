#!/usr/bin/env python3
"""Speaks HTTP as h11 does: speak.py PORT SEED; exits non-zero when a response is not as it should be.

Connections carry many requests by chance, pipelined, cut at places by chance, and each response is
what h11 reads, which is strict.
"""

import gzip
import random
import socket
import sys

import h11

PORT, CHOICE = int(sys.argv[1]), random.Random(int(sys.argv[2]))
BYTES = bytes(number % 251 for number in range(300_000))


def body():
    return CHOICE.randbytes(CHOICE.choice((0, 1, 10, 1000, 70_000)))


def request():
    """A request in bytes, with its method and what its response must have: status and content."""
    method = CHOICE.choice(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
    headers = [("Host", "localhost")]
    target, content, status = "/echo", b"", 200
    kind = CHOICE.randrange(6)
    if kind == 0:
        count = CHOICE.choice((0, 1, 1000, 65_536, 300_000))
        target, expected = f"/bytes?n={count}", BYTES[:count]
    elif kind == 1:
        target, status, expected = "/none", 204, b""
    elif kind == 2:
        target, expected = "/later", b"It is later now.\n"
    elif kind == 3:
        target, expected = "/text", b"The same line again.\n" * 1000
        headers.append(("Accept-Encoding", CHOICE.choice(("gzip", "identity", "br, *;q=0.1"))))
    else:
        content = expected = body() if method in ("POST", "PUT") else b""
    if method == "OPTIONS" and CHOICE.random() < 0.5:
        target, status, expected, content = "*", 204, b"", b""
    if content and CHOICE.random() < 0.5:
        headers.append(("Transfer-Encoding", "chunked"))
    elif content or method in ("POST", "PUT"):
        headers.append(("Content-Length", str(len(content))))
    client = h11.Connection(h11.CLIENT)
    data = client.send(h11.Request(method=method, target=target, headers=headers))
    while content:
        size = CHOICE.randint(1, len(content))
        data += client.send(h11.Data(content[:size]))
        content = content[size:]
    data += client.send(h11.EndOfMessage())
    return data, (method, target, status, b"" if method == "HEAD" else expected)


def check(client, requests, receive):
    """Reads the responses to requests, one after another."""
    for method, target, status, expected in requests:
        client.send(h11.Request(method=method, target=target, headers=[("Host", "x")]))
        client.send(h11.EndOfMessage())
        content, response = b"", None
        while True:
            event = client.next_event()
            if event is h11.NEED_DATA:
                client.receive_data(receive())
            elif isinstance(event, h11.Response):
                response = event
            elif isinstance(event, h11.Data):
                content += event.data
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                raise AssertionError(event)
        fields = dict(response.headers)
        if fields.get(b"content-encoding") == b"gzip" and content:
            content = gzip.decompress(content)
        assert response.status_code == status, (method, target, response)
        assert content == expected, (method, target, len(content), len(expected))
        assert b"date" in fields
        client.start_next_cycle()


def converse(count):
    """Sends requests while it reads, whatever comes first."""
    pairs = [request() for _ in range(count)]
    data = b"".join(data for data, _ in pairs)
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as connection:
        def receive():
            nonlocal data
            while data:
                piece = data[:CHOICE.choice((1, 7, 100, 4096, 100_000))]
                connection.setblocking(False)
                try:
                    data = data[connection.send(piece):]
                except BlockingIOError:
                    pass
                try:
                    return connection.recv(CHOICE.choice((1, 100, 65_536)))
                except BlockingIOError:
                    continue
                finally:
                    connection.settimeout(30)
            return connection.recv(65_536)
        check(h11.Connection(h11.CLIENT), [expected for _, expected in pairs], receive)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def stream():
    """A response that comes in pieces, and the end of its connection."""
    client = h11.Connection(h11.CLIENT)
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as connection:
        connection.sendall(client.send(
            h11.Request(method="GET", target="/stream", headers=[("Host", "x")])))
        client.send(h11.EndOfMessage())
        content = b""
        while not isinstance(event := client.next_event(), (h11.EndOfMessage, h11.ConnectionClosed)):
            if event is h11.NEED_DATA:
                client.receive_data(connection.recv(65_536))
            elif isinstance(event, h11.Data):
                content += event.data
        assert content == b"".join(b"%d\n" % number for number in range(10)), content
        assert connection.recv(1) == b""


for _ in range(20):
    converse(CHOICE.choice((1, 5, 30)))
stream()

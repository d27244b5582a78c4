#!/usr/bin/env python3
"""What a peer can make the server spend on TLS before it is a client, and what that costs the peer.

For each kind of peer it prints the bytes that one sends, the CPU time of the server for it, the same
for each kilobyte sent, and the memory that one holds while it stays. A server of one event loop, a
P-256 certificate; the kinds behind a handshake need the Python package tlslite-ng, and are left out,
with a line that says so, where it is missing.

    make hostile-costs [ARGS=--markdown]
"""

import argparse
import os
import socket
import sys
import time

import hellos
from crowd import Crowd
from document import machine, renew
from server import Fault, Server

OPTIONS = ("--host=127.0.0.1", "--port=0", "--ssl_port=0", "--workers=1", "--starttls=True",
           "--handshakes_limit=0", "--rates=0")
MARKS = "<!-- made by: make hostile-costs -->", "<!-- end of what make hostile-costs made -->"
PEERS = 400
KINDS = []


def kind(title):
    """Declares the function below it a kind of peer: it gives the flights that a peer sends."""
    def declare(flights):
        KINDS.append((title, flights))
        return flights
    return declare


@kind("ClientHello for X25519")
def x25519():
    return [hellos.client_hello()]


@kind("ClientHello for P-256")
def p256():
    return [hellos.client_hello(hellos.P256)]


@kind("ClientHello for P-384")
def p384():
    return [hellos.client_hello(hellos.P384)]


@kind("ClientHello without a share, then a second one for P-384 (HelloRetryRequest)")
def retry():
    random = os.urandom(64)
    return [hellos.client_hello(hellos.P384, shares=False, random=random),
            bytes.fromhex("140303000101") + hellos.client_hello(hellos.P384, random=random)]


@kind("TLS 1.2: ClientHello, ClientKeyExchange for P-256, a Finished that is none")
def old():
    point = hellos.key_share(hellos.P256)
    exchange = b"\x10" + (1 + len(point)).to_bytes(3, "big") + bytes([len(point)]) + point
    return [hellos.client_hello(hellos.P256, version=0x0303),
            hellos.records(exchange, version=0x0303) + bytes.fromhex("140303000101")
            + hellos.records(os.urandom(40), version=0x0303)]


@kind("ClientHello for ffdhe8192, refused")
def ffdhe():
    return [hellos.client_hello(hellos.FFDHE8192)]


@kind("ClientHello with a forged ticket of 14 KB")
def ticket():
    return [hellos.client_hello(ticket=14_000)]


@kind("TLS 1.2: ClientHello with a forged ticket of 14 KB")
def old_ticket():
    return [hellos.client_hello(hellos.P256, version=0x0303, ticket=14_000)]


@kind("ClientHello of 16 KB")
def large():
    return [hellos.client_hello(padding=16_000)]


@kind("ClientHello in records of one byte")
def fragments():
    hello = hellos.client_hello()[5:]
    return [hellos.records(hello, payload=1)]


@kind("nine bytes that claim a ClientHello of 130,000, refused")
def claim():
    return [bytes.fromhex("16030100040101ffb8")]


@kind("nine bytes of a ClientHello of 16,000, and silence")
def pending():
    return [bytes.fromhex("1603013ea001003e9c")]


@kind("garbage")
def garbage():
    return [b"\x99" * 100]


def nanoseconds(pid):
    """The time on a processor of all threads of a process."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def measure(server, flights_of):
    """Bytes, CPU microseconds and held kilobytes for one peer."""
    flights = [flights_of() for _ in range(8)]
    before = server.facts()
    with Crowd(server.tls_ports[0], PEERS) as crowd:
        crowd.connect()
        begin = nanoseconds(server.pid)
        sent = 0
        for number in range(len(flights[0])):
            heard = [peer.bytes_heard for peer in crowd]
            for peer in crowd:
                data = flights[peer.number % len(flights)][number]
                sent += peer.send(data)
            last = time.monotonic() + 5
            # Until all are answered, or nothing more happens.
            while time.monotonic() < last and not all(
                    peer.is_ended or peer.bytes_heard > before_it
                    for peer, before_it in zip(crowd, heard)):
                crowd.turn()
        time.sleep(0.3)
        held = server.facts().kilobytes - before.kilobytes
        spent = nanoseconds(server.pid) - begin
    server.await_rest(before.descriptors)
    return sent / PEERS, spent / PEERS / 1000, max(0, held / PEERS)


# MARK: Behind the handshake


def established(server, version):
    from tlslite.api import HandshakeSettings, TLSConnection
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = version
    connection = TLSConnection(socket.create_connection(("127.0.0.1", server.tls_ports[0]), 20))
    connection.handshakeClientCert(settings=settings)
    return connection


def sealed(connection, make, count):
    """So many records under the connection's keys, as bytes."""
    raw = connection.sock
    recorded = bytearray()

    class Catcher:
        def send(self, data):
            recorded.extend(data)
            return len(data)

        def sendall(self, data):
            recorded.extend(data)

        def flush(self):
            pass

        def __getattr__(self, name):
            return getattr(raw, name)
    layer = connection._recordLayer
    layer._recordSocket.sock, before = Catcher(), layer._recordSocket.sock
    try:
        for _ in range(count):
            for _ in make(connection):
                pass
    finally:
        layer._recordSocket.sock = before
    return bytes(recorded)


def key_update(connection):
    from tlslite.constants import KeyUpdateMessageType
    yield from connection.send_keyupdate_request(KeyUpdateMessageType.update_requested)


def empty_record(connection):
    from tlslite.constants import ContentType
    from tlslite.messages import Message
    yield from connection._recordLayer.sendRecord(Message(ContentType.application_data, b""))


def renegotiation(connection):
    from tlslite.constants import ContentType
    from tlslite.messages import Message
    body = hellos.client_hello(hellos.P256, version=0x0303)[5:]
    yield from connection._recordLayer.sendRecord(Message(ContentType.handshake, bytearray(body)))


def warning(connection):
    from tlslite.constants import ContentType
    from tlslite.messages import Message
    # user_canceled (RFC 8446 §6.1).
    yield from connection._recordLayer.sendRecord(
        Message(ContentType.alert, bytearray([1, 90])))


def newline(connection):
    from tlslite.constants import ContentType
    from tlslite.messages import Message
    yield from connection._recordLayer.sendRecord(
        Message(ContentType.application_data, bytearray(b"NOOP\r\n")))


SECURED = [
    ("TLS 1.3: NOOPs, a record each, for comparison", (3, 4), newline, 1000),
    ("TLS 1.3: KeyUpdates that ask for one, closed at 33", (3, 4), key_update, 1000),
    ("TLS 1.3: empty records, closed at 33", (3, 4), empty_record, 1000),
    ("TLS 1.3: warnings, closed at the fifth", (3, 4), warning, 1000),
    ("TLS 1.2: renegotiations, refused", (3, 3), renegotiation, 200),
]


def measure_secured(server, version, make, count):
    """Bytes and CPU microseconds of such a peer behind its handshake."""
    total = spent = 0
    for _ in range(8):
        connection = established(server, version)
        connection.sock.recv(1 << 16)
        data = sealed(connection, make, count)
        begin = nanoseconds(server.pid)
        connection.sock.settimeout(0.5)
        try:
            connection.sock.sendall(data)
            while connection.sock.recv(1 << 16):
                pass
        except OSError:
            pass
        spent += nanoseconds(server.pid) - begin
        total += len(data)
        connection.sock.close()
    return total / 8, spent / 8 / 1000, 0


def row(title, sent, microseconds, kilobytes):
    held = f"{kilobytes:.1f}" if kilobytes else "–"
    return (f"| {title} | {sent:,.0f} | {microseconds:,.0f} | "
            f"{microseconds / sent * 1024:,.1f} | {held} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--markdown", action="store_true",
                        help="write the table into docs/reliability.md")
    options = parser.parse_args()
    lines = ["| one peer, on the TLS port | bytes sent | CPU µs | CPU µs a KB | KB held |",
             "|---|---:|---:|---:|---:|"]
    with Server(OPTIONS) as server:
        for title, flights in KINDS:
            measure(server, flights)
            lines.append(row(title, *measure(server, flights)))
            print(lines[-1], flush=True)
        try:
            import tlslite  # noqa: F401
        except ImportError:
            if options.markdown:
                sys.exit("costs: pip install tlslite-ng, for the kinds behind a handshake")
            print("left out: the kinds behind a handshake; pip install tlslite-ng")
            return
        for title, version, make, count in SECURED:
            lines.append(row(title, *measure_secured(server, version, make, count)))
            print(lines[-1], flush=True)
    if options.markdown:
        renew(f"Measured on: {machine()}.\n\n" + "\n".join(lines), MARKS)


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        sys.exit(f"costs: {fault}")

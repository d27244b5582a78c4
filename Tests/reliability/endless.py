"""Peers that do not come to an end: of a line, a message, their recipients, their nonsense."""

from crowd import Crowd
from scenario import noise, scenario
from server import Fault
from slow import MAIL


def pour(crowd, data, seconds):
    """Has every peer send as much as it can; returns how many bytes that were."""
    def step():
        for _ in range(20):
            for peer in crowd:
                peer.send(data)
    before = sum(peer.bytes_sent for peer in crowd)
    crowd.last(seconds, step)
    return sum(peer.bytes_sent for peer in crowd) - before


@scenario("a line without an end, as fast as it goes, from four peers", 8)
def line(server):
    with Crowd(server.port, 4) as crowd:
        crowd.greet()
        if pour(crowd, b"a" * (1 << 18), 5) < 100 << 20:
            raise Fault("the server did not read")
        crowd.say(b"", b"500 5.5.2 ")
        crowd.say(b"NOOP", b"250")


@scenario("a message without an end, as fast as it goes, from four peers", 8,
          options=("--message_size_limit=1000000",))
def message(server):
    with Crowd(server.port, 4) as crowd:
        crowd.greet()
        crowd.say(b"HELO hostile", b"250")
        for command in MAIL:
            crowd.say(command, b"250")
        crowd.say(b"DATA", b"354")
        # Wherever a send is cut: it is never a CRLF, a dot and a CRLF.
        if pour(crowd, b"x\r.\n." * (1 << 16), 5) < 100 << 20:
            raise Fault("the server did not read")
        crowd.say(b"\r\n.", b"552 5.3.4 ")
        crowd.say(b"NOOP", b"250")


@scenario("a million RCPTs in one transaction", 8, options=("--errors_limit=2000000",))
def recipients(server):
    with Crowd(server.port, 1) as crowd:
        crowd.greet()
        crowd.say(b"HELO hostile", b"250")
        crowd.say(MAIL[0], b"250")
        peer = crowd.peers[0]
        rest = memoryview((MAIL[1] + b"\r\n") * 1_000_000)
        answers = peer.lines_heard + 1_000_000

        def is_over():
            nonlocal rest
            rest = rest[peer.send(rest):]
            return peer.is_ended or peer.lines_heard == answers
        crowd.until(is_over, "to hear a million replies")
        if not peer.heard.splitlines()[-1].startswith(b"452 4.5.3 "):
            raise Fault(f"expected 452 for the last recipient, got {peer.heard!r}")


@scenario("garbage for commands from 500 peers", 8)
def garbage(server):
    with Crowd(server.port, 500) as crowd:
        crowd.greet()
        # With a line end now and then: it is answered until there are too many errors.
        pour(crowd, noise(4000) + b"\r\n", 4)
        for peer in crowd:
            if not peer.is_ended and peer.lines_heard == 0:
                raise Fault("garbage had no answer")


@scenario("garbage for TLS records from 2,000 peers, half of them behind STARTTLS", 96,
          options=("--handshake_timeout=4",))
def records(server):
    with Crowd(server.port, 1000) as upgraded, Crowd(server.tls_ports[0], 1000) as implicit:
        upgraded.greet()
        upgraded.say(b"STARTTLS", b"220")
        implicit.connect()
        for crowd in upgraded, implicit:
            for peer in crowd:
                # Every other one looks like a handshake record for a while.
                peer.send((b"\x16\x03\x01\x02\x00\x01" if peer.number % 2 else b"") + noise(4000))
            crowd.await_ends()

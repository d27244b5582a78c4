"""Peers that take their time: to speak, to shake hands, to read."""

import ssl
import time

from client import TLS
from crowd import Crowd
from scenario import scenario
from server import Fault

MAIL = b"MAIL FROM:<a@hostile.example>", b"RCPT TO:<b@hostile.example>"


def drip(crowd, data):
    """Has every peer send one byte after the other, until the server ends them all."""
    begin = time.monotonic()
    sent = 0

    def is_over():
        nonlocal sent
        if time.monotonic() > begin + sent * 0.25:
            for peer in crowd:
                peer.send(data[sent % len(data):][:1])
            sent += 1
        return all(peer.is_ended for peer in crowd)
    crowd.until(is_over, "that the server ends who drips")


def expect_last_words(crowd, words):
    for peer in crowd:
        if words not in peer.heard:
            raise Fault(f"expected {words!r} as last words, got {peer.heard!r}")


@scenario("slowloris in commands: 2,000 peers, a byte each quarter of a second", 16,
          options=("--idle_timeout=4",))
def commands(server):
    with Crowd(server.port, 2000) as crowd:
        drip(crowd.greet(), b"NOOP " + b"x" * 500)
        expect_last_words(crowd, b"\n421 4.4.2 ")


@scenario("slowloris in DATA: 2,000 peers, a byte each quarter of a second", 8,
          options=("--session_timeout=6",))
def data(server):
    with Crowd(server.port, 2000) as crowd:
        crowd.greet()
        crowd.say(b"HELO hostile", b"250")
        for line in MAIL:
            crowd.say(line, b"250")
        crowd.say(b"DATA", b"354")
        drip(crowd, b"never ends ")
        expect_last_words(crowd, b"\n421 ")


def client_hello():
    """The first bytes of a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        TLS.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


@scenario("slowloris in the handshake: 2,000 peers, a byte each quarter of a second", 128,
          options=("--handshake_timeout=4",))
def handshake(server):
    with Crowd(server.port, 2000) as crowd:
        crowd.greet()
        crowd.say(b"STARTTLS", b"220")
        drip(crowd, client_hello())


@scenario("readers of 256 bytes at a time: 300 peers with 200,000 HELPs each", 64)
def readers(server):
    with Crowd(server.port, 300, receive_buffer=4096) as crowd:
        crowd.greet()
        crowd.mute = True
        commands_left = {peer.number: memoryview(b"HELP\r\n" * 200_000) for peer in crowd}

        def step():
            for peer in crowd:
                rest = commands_left[peer.number]
                commands_left[peer.number] = rest[peer.send(rest):]
                peer.hear(256)
        crowd.last(6, step)
        if any(peer.is_ended for peer in crowd):
            raise Fault("a slow reader was thrown out")


@scenario("four peers that never read pipeline four million NOOPs each", 8)
def deaf(server):
    # More than the kernel's buffers hold of commands and replies, which are some 20 MB.
    data = b"NOOP\r\n" * 4_000_000
    with Crowd(server.port, 4) as crowd:
        crowd.greet()
        crowd.mute = True
        rest = {peer.number: memoryview(data) for peer in crowd}

        def send():
            for peer in crowd:
                rest[peer.number] = rest[peer.number][peer.send(rest[peer.number]):]
        crowd.last(5, send)
        if not any(rest.values()):
            raise Fault("the server reads on although its replies are not read")
        # Two go, the others read at last: each reply is there.
        for peer in crowd.peers[:2]:
            peer.close()
        readers = crowd.peers[2:]
        before = [peer.lines_heard for peer in readers]

        def have_all():
            for peer in readers:
                rest[peer.number] = rest[peer.number][peer.send(rest[peer.number]):]
                for _ in range(20):
                    peer.hear()
            return all(peer.is_ended or peer.lines_heard == heard + 4_000_000
                       for peer, heard in zip(readers, before))
        crowd.until(have_all, "to hear four million replies")
        if any(peer.is_ended for peer in readers):
            raise Fault("a reader was thrown out")

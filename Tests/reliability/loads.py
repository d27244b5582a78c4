"""The loads and faults that the soak mixes: a step of each is one turn of what it does.

A step ends with all of its connections closed, and raises where a server that is well does not
answer as it should.
"""

import random
import time

from client import Session
from crowd import Crowd
from scenario import noise

CONTENT = b"Subject: soak\r\n\r\n" + b"x" * 1000
TRANSACTION = b"MAIL FROM:<a@client.example>\r\nRCPT TO:<b@server.example>\r\n"
# What a reset may come behind of.
DIALOGUE = [b"EH", b"LO client.example\r\n", b"MAIL FROM:<a@exam", b"ple.org>\r\n",
            b"RCPT TO:<b@example.org>\r\n", b"DATA\r\n", b"half of the", b" content\r\n", b".\r\n",
            b"MAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nBDAT 100\r\n", b"half of the chunk"]


def session(port, **options):
    # From many addresses: one would run out of ports.
    return Session(port, f"127.2.{random.randrange(250)}.{random.randrange(1, 250)}", **options)


def one_message(server):
    client = session(server.port)
    client.mail(CONTENT)
    client.end()


def kept_open(server):
    client = session(server.port)
    for _ in range(100):
        client.mail(CONTENT)
    client.end()


def pipelined(server):
    client = session(server.port)
    for _ in range(100):
        client.socket.sendall(TRANSACTION + b"DATA\r\n")
        for code in b"250", b"250", b"354":
            client.expect(code)
        client.say(CONTENT + b"\r\n.", b"250")
    client.end()


def chunked(server):
    client = session(server.port)
    for _ in range(100):
        chunk = b"BDAT %d\r\n" % len(CONTENT) + CONTENT
        client.socket.sendall(TRANSACTION + chunk + b"BDAT 0 LAST\r\n")
        for code in b"250", b"250", b"250", b"250":
            client.expect(code)
    client.end()


def large(server):
    client = session(server.port)
    for _ in range(3):
        client.mail(b"a line of a large message\r\n" * random.randrange(1, 200_000))
    client.end()


def by_starttls(server):
    client = session(server.port)
    client.secure()
    for _ in range(10):
        client.mail(CONTENT)
    client.end()


def by_implicit_tls(server):
    client = session(server.tls_ports[0], is_implicit=True)
    for _ in range(10):
        client.mail(CONTENT * random.randrange(1, 50))
    client.end()


def bounced(server):
    """Half of the messages are refused, some of them with 421, which ends the session."""
    client = session(server.ports[1])
    for _ in range(20):
        try:
            client.mail(CONTENT, b"250")
        except OSError as error:
            if "got b'421" in str(error):
                client.close()
                return
            if "got b'4" not in str(error) and "got b'5" not in str(error):
                raise
    client.end()


def idle(server):
    """A crowd that comes, says little, and goes: half of it by resets."""
    with Crowd(server.port, 1000) as crowd:
        crowd.greet()
        crowd.last(random.random() * 3)
        crowd.say(b"NOOP", b"250")
        for peer in crowd.peers[::2]:
            peer.close(resetting=False)


def aborted(server):
    """Connections that end, by a FIN or a RST, wherever a dialogue may break off."""
    for _ in range(50):
        with Crowd(server.port, 1) as crowd:
            peer = crowd.connect().peers[0]
            for piece in DIALOGUE[:random.randrange(len(DIALOGUE) + 1)]:
                peer.send(piece)
                if random.random() < 0.5:
                    crowd.turn(0.002)
            crowd.close(resetting=random.random() < 0.5)


def garbage(server):
    """Noise for commands, for TLS records, and for what follows STARTTLS."""
    port = random.choice([server.port, server.tls_ports[0]])
    with Crowd(port, 20) as crowd:
        crowd.connect()
        is_upgraded = port == server.port and random.random() < 0.5
        if is_upgraded:
            crowd.greet()
            crowd.say(b"STARTTLS", b"220")
        for peer in crowd:
            for _ in range(random.randrange(1, 20)):
                peer.send(noise(random.randrange(1, 4000)) + b"\r\n")
        crowd.last(0.2)


def unread(server):
    """Peers that pipeline much, read little of the replies, and go."""
    with Crowd(server.port, 20, receive_buffer=4096) as crowd:
        crowd.greet()
        crowd.mute = True

        def step():
            for peer in crowd:
                peer.send(b"HELP\r\n" * 2000)
                peer.hear(256)
        crowd.last(1, step)


ALL = [one_message, kept_open, pipelined, chunked, large, by_starttls, by_implicit_tls, bounced,
       idle, aborted, garbage, unread]


def run(load, server, may_run, is_over):
    """Takes steps of a load in a process of its own, while it may."""
    while not is_over.is_set():
        if not may_run.wait(0.2):
            continue
        load(server)
        time.sleep(0.01)

"""Peers who ask for handshakes that cost a server much, and them little."""

import time

import hellos
from crowd import Crowd
from scenario import scenario
from server import Fault


def flood(server, data, per_second, seconds, is_right):
    """Sends a ClientHello on a new connection so many times a second; closes it at the reply."""
    crowds = []
    begin = time.monotonic()
    replies = 0
    for step in range(seconds * 10):
        crowd = Crowd(server.tls_ports[0], per_second // 10 or 1)
        crowd.connect()
        crowd.send(data)
        crowds.append(crowd)
        while time.monotonic() < begin + (step + 1) / 10:
            for crowd in crowds:
                crowd.turn(0.001)
        for crowd in crowds[:]:
            if all(peer.bytes_heard or peer.is_ended for peer in crowd):
                replies += sum(map(is_right, crowd))
                crowd.close()
                crowds.remove(crowd)
    for crowd in crowds:
        crowd.until(lambda: all(peer.bytes_heard or peer.is_ended for peer in crowd),
                    "to be answered")
        replies += sum(map(is_right, crowd))
        crowd.close()
    if replies != (per_second // 10 or 1) * seconds * 10:
        raise Fault(f"{replies} peers heard what they should")


@scenario("ClientHellos for ffdhe8192 alone: 20 a second on new connections", 8, latency="p99")
def finite_field(server):
    # A fatal alert, handshake_failure.
    alert = b"\x15\x03\x03\x00\x02\x02\x28"
    flood(server, hellos.client_hello(hellos.FFDHE8192), 20, 5, lambda peer: peer.heard == alert)


@scenario("the most expensive handshakes allowed: 200 ClientHellos for P-384 a second", 16,
          latency="median")
def curve(server):
    # The server's whole flight, with its certificate.
    flood(server, hellos.client_hello(hellos.P384), 200, 5, lambda peer: peer.bytes_heard > 500)


@scenario("nine bytes that claim a ClientHello of 130,000: 1,000 peers a second", 16,
          options=("--handshakes_limit=0",), latency="p99")
def claim(server):
    # A fatal alert, illegal_parameter.
    alert = b"\x15\x03\x03\x00\x02\x02\x2f"
    flood(server, bytes.fromhex("16030100040101ffb8"), 1000, 8, lambda peer: peer.heard == alert)


@scenario("nine bytes of a ClientHello that may come, and silence: 4,000 peers", 40,
          options=("--handshake_timeout=6",), latency="p99")
def pending(server):
    # Over four seconds: what counts is what they hold, not that they come at once.
    crowds = [Crowd(server.tls_ports[0], 100) for _ in range(40)]
    for crowd in crowds:
        crowd.connect()
        crowd.send(bytes.fromhex("1603013ea001003e9c"))
        crowd.last(0.1)
    for crowd in crowds:
        crowd.await_ends()
        crowd.close()


@scenario("handshakes over their limit of 100: 3,000 peers stop behind their ClientHello", 32,
          options=("--handshakes_limit=100",), announced=("100 are in progress",))
def limit(server):
    hello = hellos.client_hello()
    with Crowd(server.tls_ports[0], 3000) as crowd:
        crowd.connect()
        crowd.send(hello)
        crowd.until(lambda: all(peer.bytes_heard or peer.is_ended for peer in crowd),
                    "to be answered or closed")
        answered = sum(not peer.is_ended for peer in crowd)
        if answered != 100:
            raise Fault(f"{answered} handshakes are in progress")


@scenario("departed peers: a delay of 60 s, and FIN, 4 times 230 with 256 descriptors", 8,
          tool=("prlimit", "--nofile=256:256"),
          announced=("Too many open files", "had left"), latency="p99")
def departed(server):
    mail = (b"HELO hostile\r\nMAIL FROM:<a@hostile.example>\r\nRCPT TO:<b@hostile.example>\r\n"
            b"DATA\r\nX-Blackhole-Delay: 60\r\n\r\n.\r\n")
    for _ in range(4):
        with Crowd(server.port, 230) as crowd:
            crowd.connect()
            crowd.send(mail)
            crowd.last(0.5)
            # By FIN: the reply is still owed.
            crowd.close(resetting=False)
            time.sleep(0.5)

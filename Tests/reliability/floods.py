"""Peers that come in masses: to say nothing, to go at once, to be refused."""

import signal

from crowd import Crowd
from scenario import scenario
from server import Fault
from slow import client_hello, expect_last_words


@scenario("15,000 connections that say nothing, then all reset at once", 24)
def silence(server):
    with Crowd(server.port, 15_000) as crowd:
        crowd.greet()
        crowd.last(4)
        if any(peer.is_ended for peer in crowd):
            raise Fault("somebody was thrown out")


@scenario("15,000 connections that say nothing until their time is over", 24,
          options=("--idle_timeout=10",))
def expiry(server):
    with Crowd(server.port, 15_000) as crowd:
        crowd.greet()
        crowd.await_ends()
        expect_last_words(crowd, b"\r\n421 4.4.2 ")


@scenario("connect and reset: 20,000 connections as fast as they can", 16)
def storm(server):
    for _ in range(20):
        with Crowd(server.port, 1000) as crowd:
            crowd.connect()


@scenario("connect, EHLO, half a command, and reset: 10,000 connections", 16)
def half(server):
    for _ in range(10):
        with Crowd(server.port, 1000) as crowd:
            crowd.connect()
            crowd.send(b"EHLO hostile\r\nMAIL FROM:<a@hosti")
            crowd.turn()


@scenario("handshakes begun and left: 3,000 ClientHellos, then a reset", 96)
def handshakes(server):
    hello = client_hello()
    for _ in range(6):
        with Crowd(server.tls_ports[0], 500) as crowd:
            crowd.connect()
            crowd.send(hello)
            crowd.until(lambda: all(peer.bytes_heard or peer.is_ended for peer in crowd),
                        "to be answered with a handshake")


@scenario("the backlog full: 6,000 connections while the server is stopped (SIGSTOP)", 24)
def backlog(server):
    server.signal(signal.SIGSTOP)
    # More than the listener's backlog of 4,096, so that not all can be connected.
    with Crowd(server.port, 6000, pending_max=6000) as crowd:
        crowd.last(3)
        if not any(not peer.is_connected for peer in crowd):
            raise Fault("the backlog took all")
        server.signal(signal.SIGCONT)
        crowd.until(lambda: all(peer.lines_heard or peer.is_ended for peer in crowd),
                    "to be greeted after all")
        if any(peer.is_ended for peer in crowd):
            raise Fault("somebody in the backlog was forgotten")


@scenario("one address over its limit of 50: 5,000 connections of it", 8,
          options=("--connections_per_address_limit=50",),
          honest=("--source=127.0.0.2",), announced=("are refused: there are 50",))
def address(server):
    with Crowd(server.port, 50, source="127.1.0.1") as admitted:
        admitted.greet()
        for _ in range(5):
            with Crowd(server.port, 1000, source="127.1.0.1") as refused:
                refused.greet(b"421 4.7.0 ")
                refused.await_ends()
        admitted.say(b"NOOP", b"250")


@scenario("all over the limit of 200: 5,000 connections of many addresses", 8,
          options=("--connections_limit=200",), honest=("--kept",),
          announced=("are refused: there are 200",))
def everybody(server):
    with Crowd(server.port, 199) as admitted:
        admitted.greet()
        for _ in range(5):
            with Crowd(server.port, 1000) as refused:
                refused.greet(b"421 4.7.0 ")
                refused.await_ends()
        admitted.say(b"NOOP", b"250")

"""The shapes of load under which the peers are compared."""

import dataclasses
import math

SINKS = ("blackhole", "floor", "nio", "smtp-sink")
PYTHONS = ("original", "aiosmtpd")
OURS = ("blackhole",)
TLS = ("blackhole", "tls-floor")
# How much of a turn's messages those send who need a hundred times as long for one.
SLOW = {"original": 1 / 32, "aiosmtpd": 1 / 32}
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Shape:
    """A load: what is sent in a turn, how, by whom to be compared."""

    key: str
    title: str
    messages: int
    per_connection: int = 50
    mode: str = "lock-step"
    size: int = KILOBYTE
    connections: int = 50
    # Connections that are held beside and say nothing.
    idle: int = 0
    # None, or "full" or "resumed", which is how the handshakes are.
    tls: str | None = None
    peers: tuple = SINKS
    # The share of the messages for the slow, by peer.
    shares: dict = dataclasses.field(default_factory=lambda: SLOW)
    # The same with something else, against which our program is held as well.
    own: "Shape | None" = None
    is_quick: bool = False
    # What our program is started with besides, and whether its console is watched meanwhile.
    options: tuple = ()
    is_watched: bool = False
    workers: int = 1
    is_apart: bool = True

    def arguments(self, messages):
        """What `smtp-load` is told, but for where to."""
        words = ["--connections", self.connections, "--messages", messages,
                 "--per-connection", self.per_connection, "--size", self.size]
        words += [] if self.mode == "lock-step" else [f"--{self.mode}"]
        words += ["--tls"] if self.tls else []
        words += ["--resume"] if self.tls == "resumed" else []
        return [str(word) for word in words]

    def messages_for(self, peer, scale=1):
        """So many that every connection has its full share of them."""
        whole = self.connections * max(1, self.per_connection)
        share = self.messages * self.shares.get(peer, 1) * scale
        if self.per_connection == 1:
            return max(self.connections, math.ceil(share))
        return whole * max(1, round(share / whole))


def _beside(idle, key, peers=SINKS, **more):
    """Fewer connections in flight: some servers look at every connection for each message."""
    shape = Shape(key, f"50 per connection beside {idle:,} idle", 20_000, connections=10,
                  idle=idle, peers=peers, shares={"smtp-sink": 1 / 40}, **more)
    alone = dataclasses.replace(shape, idle=0, own=None)
    return dataclasses.replace(shape, own=alone)


_lock_step = Shape("lock-step", "50 per connection, lock-step", 20_000,
                   peers=SINKS + PYTHONS, is_quick=True)
_alone = dataclasses.replace(_lock_step, peers=OURS, is_quick=False)
_CONSOLE = "--http=127.0.0.1:0"
_megabyte = Shape("1mb", "1 MB messages", 1_000, size=MEGABYTE, connections=10,
                  shares={"smtp-sink": 1 / 20}, is_quick=True, per_connection=10)

SHAPES = [
    Shape("one", "one message a connection", 8_000, per_connection=1,
          peers=SINKS + PYTHONS, shares={name: 1 / 16 for name in PYTHONS}, is_quick=True),
    _lock_step,
    Shape("pipelined", "50 per connection, pipelined", 40_000, mode="pipelined",
          peers=SINKS + PYTHONS, shares={name: 1 / 16 for name in PYTHONS}, is_quick=True),
    _megabyte,
    dataclasses.replace(_megabyte, key="bdat", title="1 MB by BDAT", mode="bdat", own=_megabyte),
    _beside(10_000, "idle", is_quick=True),
    Shape("tls-full", "TLS, full handshake and a message", 800, per_connection=1,
          connections=10, tls="full", peers=TLS, is_quick=True),
    Shape("tls-resumed", "TLS, resumed handshake and a message", 800, per_connection=1,
          connections=10, tls="resumed", peers=TLS),
    Shape("tls-1kb", "TLS, 1 KB messages", 10_000, per_connection=0, connections=10,
          tls="full", peers=TLS, is_quick=True),
    Shape("tls-1mb", "TLS, 1 MB messages", 500, per_connection=0, size=MEGABYTE,
          connections=10, tls="full", peers=TLS, is_quick=True),
    dataclasses.replace(_lock_step, key="10kb", title="10 KB messages", messages=15_000,
                        size=10 * KILOBYTE, peers=SINKS, is_quick=False),
    dataclasses.replace(_megabyte, key="100kb", title="100 KB messages", messages=5_000,
                        size=100 * KILOBYTE, is_quick=False),
    dataclasses.replace(_megabyte, key="25mb", title="25 MB messages", messages=40,
                        size=25 * MEGABYTE, connections=2, per_connection=2,
                        shares={"smtp-sink": 1 / 10}, is_quick=False),
    dataclasses.replace(_lock_step, key="flight-100", title="100 connections in flight",
                        connections=100, peers=SINKS, is_quick=False),
    dataclasses.replace(_lock_step, key="flight-1000", title="1,000 connections in flight",
                        messages=50_000, connections=1000, peers=SINKS, is_quick=False),
    dataclasses.replace(
        _alone, key="console", is_quick=True, options=(_CONSOLE, "--keep=0"), is_watched=True,
        title="console watched, nothing kept; beside it, without a console", own=_alone),
    dataclasses.replace(
        _alone, key="kept", is_quick=True, options=(_CONSOLE, "--keep=100"),
        title="100 messages kept; beside it, without a console", own=_alone),
    _beside(1_000, "idle-1000", OURS),
    _beside(15_000, "idle-15000", OURS),
    dataclasses.replace(
        _lock_step, key="workers", title="two workers; beside it, one", workers=2, peers=OURS,
        is_apart=False, is_quick=False,
        own=dataclasses.replace(_lock_step, peers=OURS, is_apart=False)),
]

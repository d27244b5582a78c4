"""Peers in turns under one load, A B A B: what a message costs each of them."""

import contextlib
import time

import console
import load
import meters
from peers import PEERS
from processes import ALL_CPUS, LOAD_CPUS, Failure

OWN = "own"
SETTLING_SECONDS = 0.05
# Of fewer ticks nobody can say which part was the system's.
TICKS_MIN = 10


class Lane:
    """A server in its turns, and what they have cost."""

    def __init__(self, key, peer_key, shape, files):
        self.key, self.shape, self.files = key, shape, files
        self.peer_key = peer_key
        self.peer = PEERS[peer_key](
            tls=bool(shape.tls), workers=shape.workers, is_apart=shape.is_apart,
            options=shape.options if peer_key == "blackhole" else ())
        self.rounds, self.ticks = [], [0, 0]
        self.remarks = []

    def open(self, stack):
        stack.enter_context(self.peer)
        idle = load.idle_possible(self.shape.idle, self.files)
        if idle < self.shape.idle:
            self.remarks.append(
                f"beside {idle:,} idle connections only: {self.files:,} files may be open")
        stack.enter_context(load.held(idle, self.peer.port, tls=self.peer.tls))
        if self.shape.is_watched:
            stack.enter_context(console.watched(self.peer.console_port()))

    def turn(self, scale):
        self.peer.check()
        pid, messages = self.peer.process.pid, self.shape.messages_for(self.peer_key, scale)
        before, ticks = meters.spent_nanoseconds(pid), meters.ticks(pid)
        counts = load.send(self.shape.arguments(messages), self.peer.port,
                           cpus=LOAD_CPUS if self.shape.is_apart else ALL_CPUS)
        if counts["messages"] != messages:
            raise Failure(f"{counts['messages']:,} of {messages:,} messages were sent")
        check_handshakes(self.shape, counts)
        time.sleep(SETTLING_SECONDS)  # The last connections close.
        self.peer.check()
        spent = meters.spent_nanoseconds(pid) - before
        for index, (old, new) in enumerate(zip(ticks, meters.ticks(pid))):
            self.ticks[index] += new - old
        self.rounds.append({
            "us": spent / 1000 / messages, "rate": counts["rate"],
            "server": spent / 1e9 / counts["seconds"] / self.shape.workers,
            "generator": load.generator_share(counts)})

    def forget(self):
        """What was spent to warm up."""
        self.rounds, self.ticks = [], [0, 0]

    def result(self):
        user, system = self.ticks
        return {"rounds": self.rounds, "remarks": self.remarks,
                "user": user / (user + system) if user + system >= TICKS_MIN else None}


def check_handshakes(shape, counts):
    """Raises if they were not of the kind that the load is about."""
    made, sessions = counts.get("handshakes", {}), counts["sessions"]
    full, resumed = made.get("full", 0), made.get("resumed", 0)
    if shape.tls and full + resumed < sessions:
        raise Failure(f"{full + resumed:,} of {sessions:,} sessions were under TLS")
    # The first on each connection has nothing to resume.
    if shape.tls == "resumed" and full > shape.connections:
        raise Failure(f"{resumed:,} of {sessions:,} handshakes were resumed")
    if shape.tls == "full" and resumed:
        raise Failure(f"{resumed:,} of {sessions:,} handshakes were not full")


def lanes_of(shape, chosen, files):
    """A lane for each peer that is wanted, and one for the load that ours is held against."""
    lanes, results = [], {}
    for key in shape.peers:
        if key not in chosen:
            continue
        peer = PEERS[key]
        if reason := peer.absence() or peer.lacks.get(shape.mode):
            results[key] = {"gap": reason}
        else:
            lanes.append(Lane(key, key, shape, files))
    if shape.own and "blackhole" in chosen:
        lanes.insert(1, Lane(OWN, "blackhole", shape.own, files))
    return lanes, results


def compare(shape, rounds, chosen, files, scale, tell):
    """What a message costs each peer, by its key: of each round, or why it is not known."""
    lanes, results = lanes_of(shape, chosen, files)

    def attempt(lane, step):
        try:
            step()
        except Failure as failure:
            results[lane.key] = {"gap": str(failure)}
            lanes.remove(lane)

    with contextlib.ExitStack() as stack:
        for lane in list(lanes):
            tell(f"{lane.peer.label} starts")
            attempt(lane, lambda lane=lane: lane.open(stack))
        for lane in list(lanes):
            tell(f"{lane.peer.label} warms up")
            attempt(lane, lambda lane=lane: (lane.turn(scale / 4), lane.forget()))
        for number in range(rounds):
            for lane in list(lanes):
                tell(f"round {number + 1} of {rounds}", (number + 1) / rounds)
                attempt(lane, lambda lane=lane: lane.turn(scale))
        for lane in lanes:
            results[lane.key] = lane.result()
    return results

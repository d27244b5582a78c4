"""All that can be measured, part by part."""

import dataclasses
import typing

import console
import counts
import endurance
import latency
import memory
import programs
import turns
from processes import Failure
from shapes import SHAPES

OURS = ("blackhole",)


@dataclasses.dataclass(frozen=True)
class Order:
    """What is wanted of a part: how often, of whom."""

    rounds: int
    scale: float
    chosen: tuple
    files: int
    messages: int


@dataclasses.dataclass(frozen=True)
class Part:
    """Something to measure: its name, how long it takes, and how."""

    key: str
    title: str
    is_quick: bool
    # About how many, as it is by default.
    seconds: float
    # Given the order and a function to tell of progress, puts what it finds into the results.
    measure: typing.Callable
    # Whether a run without its name on the command line takes it in at all.
    is_common: bool = True


def _costs(shape):
    def measure(order, results, tell):
        rounds = max(1, order.rounds // 2) if shape.idle or shape.size > 2 ** 23 else order.rounds
        cells = turns.compare(shape, rounds, order.chosen, order.files, order.scale, tell)
        results.setdefault("costs", {})[shape.key] = cells
    return measure


def _counted(key, count, shapes):
    def measure(order, results, tell):
        found = {}
        for shape in shapes:
            found[shape] = {}
            for number, peer in enumerate(counts.PEERS_COUNTED):
                if peer not in order.chosen:
                    continue
                tell(f"{shape}, {peer}", number / len(counts.PEERS_COUNTED))
                try:
                    found[shape][peer] = count(peer, shape)
                except Failure as failure:
                    found[shape][peer] = {"gap": str(failure)}
        results[key] = {"shapes": found}
    return measure


def _memory(order, results, tell):
    results["memory"] = {"kinds": {
        kind: memory.idle_bytes(kind, order.chosen, order.files, tell)
        for kind in memory.COUNTS}}


def _latency(order, results, tell):
    rounds = max(1, order.rounds // 3)
    results["latency"] = {"rates": {
        str(rate): latency.latencies(rate, rounds, order.chosen, tell)
        for rate in latency.RATES}}


def _console(_, results, tell):
    results["console"] = console.costs(tell)


def _start(order, results, tell):
    starts = programs.STARTS if order.rounds > 1 else 3
    results["start"] = {"peers": programs.greeting_milliseconds(order.chosen, starts, tell)}


def _size(order, results, tell):
    tell("stripping")
    results["size"] = {"peers": programs.sizes(order.chosen)}


def _long(order, results, tell):
    results["long"] = endurance.steps(order.messages, tell)


PARTS = [
    *(Part(shape.key, shape.title, shape.is_quick, 8 * max(2, len(shape.peers)),
           _costs(shape)) for shape in SHAPES),
    Part("allocations", "allocations a message", True, 10,
         _counted("allocations", counts.allocations, counts.SHAPES)),
    Part("memory", "memory of idle connections", True, 10, _memory),
    Part("requests", "the console's requests and waits", True, 50, _console),
    Part("calls", "system calls a message", False, 30,
         _counted("calls", counts.system_calls, counts.SHAPES)),
    Part("instructions", "user instructions a message", False, 90,
         _counted("instructions", counts.instructions, counts.SHAPES)),
    Part("latency", "time of a reply at a fixed rate", False, 150, _latency),
    Part("start", "time from exec to the first 220", False, 40, _start),
    Part("size", "size of the stripped program", False, 2, _size),
    Part("long", "ten million messages on one server", False, 400, _long, is_common=False),
]
# Of which `make bench` measures our own program only: nobody else has a bar there.
OURS_IN_QUICK = ("allocations", "memory")

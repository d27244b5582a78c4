"""The bars that we hold ourselves to, and whether they are met."""

import dataclasses
import statistics

from turns import OWN


@dataclasses.dataclass(frozen=True)
class Bar:
    """At most so much of what another costs under the same load."""

    shape: str
    against: str
    limit: float


BARS = [Bar(*bar) for bar in (
    ("one", "smtp-sink", 0.55), ("one", "floor", 1.05), ("one", "nio", 0.65),
    ("lock-step", "smtp-sink", 0.50), ("lock-step", "floor", 1.05), ("lock-step", "nio", 0.65),
    ("pipelined", "smtp-sink", 0.50), ("pipelined", "floor", 1.10), ("pipelined", "nio", 0.65),
    ("1mb", "smtp-sink", 0.05), ("1mb", "floor", 1.05), ("1mb", "nio", 0.65),
    ("bdat", OWN, 0.50), ("bdat", "nio", 0.65),
    ("idle", "smtp-sink", 0.03), ("idle", OWN, 1.10), ("idle", "nio", 0.65),
    ("console", OWN, 1.02), ("kept", OWN, 1.25),
    ("tls-full", "tls-floor", 1.05),
    ("tls-1kb", "tls-floor", 1.05),
    ("tls-1mb", "tls-floor", 1.05),
)]
ALLOCATIONS_MAX = 0
# The difference of two runs is a few allocations, one way or the other, as threads are scheduled.
ALLOCATIONS_NOISE = 0.01
IDLE_BYTES_MAX = 512
# Microseconds of a request for metrics beyond those of an empty one, and the share of a processor
# that a thousand waits take while nothing happens.
METRICS_MICROSECONDS_MAX = 10
WAITS_SHARE_MAX = 0.01


def bar(shape, against):
    return next((bar for bar in BARS if (bar.shape, bar.against) == (shape, against)), None)


def ratios(ours, theirs):
    """What ours cost in parts of theirs, pair by pair; None if one was not measured."""
    if not ours or not theirs or "gap" in ours or "gap" in theirs:
        return None
    pairs = [mine["us"] / other["us"] for mine, other in zip(ours["rounds"], theirs["rounds"])]
    return pairs or None


def judge(ratio, limit):
    """The verdict on a ratio as it is printed: by two decimals 0.054 would meet a bar of 0.05."""
    return "met" if round(ratio, 3) <= limit else "missed"


def median(values):
    return statistics.median(values)


def quartiles(values):
    """The lower and the upper quartile; of one value, itself."""
    if len(values) < 2:
        return values[0], values[0]
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, upper

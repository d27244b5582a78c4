"""How long a reply takes at a fixed rate of messages, counted from when each was due."""

import statistics

import load
from peers import PEERS
from processes import Failure

RATES = (500, 5_000)
SECONDS = 4
PEERS_TIMED = {500: ("blackhole", "floor", "nio", "smtp-sink", "original", "aiosmtpd"),
               5_000: ("blackhole", "floor", "nio", "smtp-sink")}
PERCENTILES = ("p50", "p99", "p999")


def latencies(rate, rounds, chosen, tell):
    """The percentiles of a reply in microseconds, for each peer the median of the rounds."""
    results, taken = {}, {}
    for number in range(rounds):
        for key in PEERS_TIMED[rate]:
            if key in results or key not in chosen:
                continue
            tell(f"{rate:,} a second: {PEERS[key].label}, round {number + 1} of {rounds}",
                 number / rounds)
            try:
                replies = _once(key, rate)
                taken.setdefault(key, []).append(replies)
            except Failure as failure:
                results[key] = {"gap": str(failure)}
    for key, replies in taken.items():
        if key not in results:
            results[key] = {name: statistics.median(reply[name] for reply in replies)
                            for name in PERCENTILES}
    return results


def _once(key, rate):
    with PEERS[key]() as peer:
        words = ["--connections", "50", "--per-connection", "0", "--rate", str(rate)]
        load.send([*words, "--messages", str(rate // 4)], peer.port)  # Warms it up.
        counts = load.send([*words, "--seconds", str(SECONDS)], peer.port)
        if counts["rate"] < 0.95 * rate:
            raise Failure(f"it takes {counts['rate']:,.0f} messages a second only")
        if load.generator_share(counts) > 0.9:
            raise Failure("the load was at its limit")
        return counts["latency_us"]["reply"]

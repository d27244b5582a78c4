"""The memory that an idle connection costs, in the clear and under TLS."""

import load
import meters
from peers import PEERS
from processes import Failure

COUNTS = {"plain": 10_000, "tls": 5_000}
PEERS_WEIGHED = {"plain": ("blackhole", "floor", "nio", "smtp-sink"),
                 "tls": ("blackhole", "tls-floor")}


def idle_bytes(kind, chosen, files, tell):
    """The resident bytes for each connection, by peer."""
    results = {}
    count = load.idle_possible(COUNTS[kind], files)
    for key in PEERS_WEIGHED[kind]:
        if key not in chosen:
            continue
        tell(f"{count:,} idle connections, {kind}: {PEERS[key].label}")
        try:
            results[key] = {"bytes": _weigh(key, kind == "tls", count), "connections": count}
        except Failure as failure:
            results[key] = {"gap": str(failure)}
    return results


def _weigh(key, tls, count):
    with PEERS[key](tls=tls) as peer:
        # What the first connections cost is no cost of idling.
        load.send(["--connections", "20", "--messages", "100", *(["--tls"] if tls else [])],
                  peer.port)
        before = meters.resident_bytes(peer.process.pid)
        with load.held(count, peer.port, tls=tls):
            grown = meters.resident_bytes(peer.process.pid) - before
        peer.check()
    return grown / count

"""What there is to say of a program by itself: how soon it greets, and how large it is."""

import os
import statistics
import struct

import meters
from peers import PEERS
from processes import Failure

PEERS_STARTED = ("blackhole", "floor", "nio", "smtp-sink", "original", "aiosmtpd")
STARTS = 20


def greeting_milliseconds(chosen, rounds, tell):
    """The time from `exec` to the first 220, the median of the rounds, in turns."""
    results, taken = {}, {}
    for number in range(rounds):
        for key in PEERS_STARTED:
            if key in results or key not in chosen:
                continue
            tell(f"start {number + 1} of {rounds}: {PEERS[key].label}", number / rounds)
            try:
                time = _start(key)
                taken.setdefault(key, []).append(time)
            except Failure as failure:
                results[key] = {"gap": str(failure)}
    for key, times in taken.items():
        results.setdefault(key, {"ms": statistics.median(times), "starts": len(times)})
    return results


def sizes(chosen):
    """The bytes of each stripped program, and of Swift's libraries that it needs."""
    results = {}
    for key in PEERS_STARTED:
        if key not in chosen:
            continue
        try:
            if reason := PEERS[key].absence():
                raise Failure(reason)
            size, libraries = meters.stripped_bytes(PEERS[key].program)
            results[key] = {"bytes": size, "libraries": libraries}
        except Failure as failure:
            results[key] = {"gap": str(failure)}
    return results


def _start(key):
    peer = PEERS[key]()
    reader, writer = os.pipe()
    try:
        greeted = peer.launch(stamp=writer)
        begun = struct.unpack("q", os.read(reader, 8))[0]
        return (greeted - begun) / 1e6
    finally:
        peer.stop()
        os.close(reader)
        os.close(writer)

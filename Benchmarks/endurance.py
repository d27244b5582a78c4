"""A long run on one server: whether the millionth message costs what the first one did."""

import load
import meters
from peers import PEERS
from processes import Failure

MESSAGES = 10_000_000
STEPS = 20
# Kept open and pipelined: nothing sends more messages in an hour.
ARGUMENTS = ["--connections", "50", "--per-connection", "50", "--pipelined"]


def steps(messages, tell):
    """What a message has cost in each step, and the memory at its end."""
    each, results = max(2_500, messages // STEPS), []
    with PEERS["blackhole"]() as peer:
        pid = peer.process.pid
        try:
            load.send([*ARGUMENTS, "--messages", "10000"], peer.port)  # Warms it up.
            for number in range(STEPS):
                tell(f"{number * each:,} of {messages:,} messages", number / STEPS)
                before = meters.spent_nanoseconds(pid)
                counts = load.send([*ARGUMENTS, "--messages", str(each)], peer.port)
                spent = meters.spent_nanoseconds(pid) - before
                results.append({"messages": counts["messages"],
                                "us": spent / 1000 / counts["messages"],
                                "bytes": meters.resident_bytes(pid)})
        except Failure as failure:
            return {"steps": results, "gap": str(failure)}
    return {"steps": results}

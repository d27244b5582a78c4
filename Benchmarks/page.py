"""docs/performance.md, made whole of what was measured."""

import os
import shlex

import report
from peers import PEERS
from processes import ROOT
from tables import GAP, Gaps, figure, table
from turns import OWN

CHART = "performance.svg"
NOTES = os.path.join(ROOT, "Benchmarks/notes.md")
BARRED = ("one", "lock-step", "pipelined", "1mb", "bdat", "idle", "console", "kept",
          "tls-full", "tls-1kb", "tls-1mb")
SIZES = ("lock-step", "10kb", "100kb", "1mb", "25mb")
FLIGHT = ("lock-step", "flight-100", "flight-1000")
SCALING = ("idle-1000", "idle", "idle-15000", "workers")

INTRODUCTION = """# Performance

What a message costs the server, beside others, in one run. Made whole by `make bench-full`; write
nothing here by hand. [Benchmarks/README.md](../Benchmarks/README.md) says how it is measured, how
to repeat it, and how to read it.

Processor time is that of the server's process, user and system, by the kernel's own count; never
the wall clock. The servers take turns under the same load, A B A B; a ratio is the median over the
pairs of neighbours. Compare along a row: another machine has other figures, but similar ratios."""


def page(results):
    """The whole page."""
    gaps = Gaps()
    costs = results.get("costs", {})
    parts = [INTRODUCTION, *bars_of(results, costs, gaps), *notes(),
             *machine_of(results), *costs_of(costs, gaps), *scaling_of(results, costs),
             *counted(results, gaps), *timed(results, costs, gaps), *gaps_of(results, gaps)]
    return "\n\n".join(part.rstrip() for part in parts if part) + "\n"


def bars_of(results, costs, gaps):
    chosen = among(costs, BARRED)
    absolute = "\n".join(f"- {line}" for line in report.absolute_bars(results))
    return ["## The bars",
            "At most so much of what the other costs; the parts of the second table are medians.",
            report.cost_table(chosen, gaps), report.bar_table(chosen),
            "[own] 1 MB by BDAT: of our own DATA; beside idle connections, and with a console: of itself "
            "without them. Under TLS the C floor is a loop around OpenSSL.",
            absolute, f"![Processor time for a message, by load and server]({CHART})"]


def notes():
    """What is missed, and why: written by hand."""
    if not os.path.exists(NOTES):
        return []
    with open(NOTES, encoding="utf-8") as file:
        text = file.read().strip()
    return [text] if text else []


def machine_of(results):
    machine = {name: str(value) for name, value in results["machine"].items() if name != "apart"}
    where = ("The server has a processor to itself, the load another."
             if results["machine"]["apart"] else "Server and load share the one processor.")
    rows = [*machine.items(), *results["versions"].items()]
    return ["## The machine and the versions", table(["what", "which"], rows, texts=2), where,
            provenance(results.get("identities", {})),
            "The servers are started like this, and sent these loads in a turn (the slow ones a "
            "part of it):", "```\n" + "\n".join(servers()) + "\n```",
            "```\n" + "\n".join(loads(results.get("costs", {}))) + "\n```"]


def servers():
    """The command line of each server."""
    lines = []
    for peer in PEERS.values():
        server = peer(tls=peer.key == "tls-floor")
        server.port = "PORT"
        words = " ".join(shlex.quote(word) for word in server.command())
        lines.append(words.replace(f"{ROOT}/", ""))
    return lines


def loads(costs):
    """The command line of each load that was measured."""
    return [f"smtp-load {' '.join(shape.arguments(shape.messages))} 127.0.0.1:PORT"
            + (f"  # beside: smtp-load --idle {shape.idle}" if shape.idle else "")
            for key in costs if (shape := report.BY_KEY[key])]


def provenance(identities):
    """When it was measured; and a warning if not all of it was of one program."""
    days = sorted(identity["measured"] for identity in identities.values())
    if not days:
        return ""
    text = f"Measured from {days[0]} to {days[-1]}."
    made = sorted({identity["program"] for identity in identities.values()})
    if len(made) > 1:
        older = ", ".join(f"{key} {identity['program']}" for key, identity in identities.items())
        text += f" **Not all of it by one build of the program**: {older}."
    return text


def costs_of(costs, gaps):
    return ["## Messages of all sizes", report.cost_table(among(costs, SIZES), gaps),
            "## Under TLS", report.cost_table(
                {key: cells for key, cells in costs.items() if key.startswith("tls")}, gaps),
            "## Sessions", report.session_table(costs, gaps),
            "## Programs in Python", report.python_table(costs, gaps),
            "## How far the pairs lie apart", report.spread_table(costs)]


def scaling_of(results, costs):
    rows = []
    for key in SCALING:
        cells = costs.get(key, {})
        if "blackhole" not in cells:
            continue
        gaps = Gaps()
        rows.append([report.BY_KEY[key].title, report.cost(cells["blackhole"], gaps),
                     report.cost(cells.get(OWN), gaps), report.verdict(key, OWN, cells)])
    parts = ["## Scaling",
             "Beside idle connections, held against itself without them in the same run; and two "
             "workers, where server and load share all processors, held against one: with two "
             "processors that is a crowd of three.",
             table(["load", "blackhole", "itself without, or with one worker", "ratio"], rows),
             *(f"{remark}." for remark in report.remarks(costs)),
             report.cost_table(among(costs, FLIGHT), Gaps())]
    if part := results.get("long"):
        parts.append(report.endurance_words(part))
    return parts


def counted(results, gaps):
    parts = ["## What does not depend on the clock",
             "Each is the difference of two runs of different length, one connection at a time. "
             "strace is slow, so that a server which reads until nothing is left, as the C floor "
             "does, finds the next command there and saves calls that it makes otherwise."]
    if part := results.get("calls"):
        parts += [report.count_table("system calls a message", part, gaps, report.calls_in_words),
                  report.names_of_calls(part)]
    if part := results.get("allocations"):
        parts.append(report.count_table("allocations a message", part, gaps, figure))
    if part := results.get("instructions"):
        parts.append(
            report.count_table("user instructions a message", part, gaps, figure))
    if part := results.get("memory"):
        parts += ["Resident memory of the process for each connection that is greeted and idle:",
                  report.memory_table(part["kinds"], gaps)]
    if "start" in results or "size" in results:
        parts += ["## The programs", report.program_table(results, gaps)]
    return parts


def timed(results, costs, gaps):
    parts = []
    if part := results.get("latency"):
        parts += ["## How long a reply takes",
                  "At a fixed rate, 50 connections kept open, counted from when each message was "
                  "due: who falls behind does not hide it.", report.latency_table(part, gaps)]
    if costs:
        parts += ["## Throughput",
                  f"{report.LIMITED} marks where the load was at its limit (more than 90 % of its "
                  "processor) and the server was not, so that it could have taken more.",
                  report.throughput_table(costs, gaps)]
    return parts


def gaps_of(results, gaps):
    lines = gaps.lines() + [f"{report.label(key)}: {reason}  " for key, reason
                            in results.get("missing", {}).items()]
    return [f"## Gaps\n\n{GAP} stands where nothing was measured.", "\n".join(lines)] \
        if lines else []


def among(costs, keys):
    return {key: costs[key] for key in keys if key in costs}

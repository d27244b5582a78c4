#!/usr/bin/env python3
"""What a message costs the server, beside others: in one run, in turns, on your machine.

Without options, in at most five minutes, the bars that this project holds itself to and whether
they are met. With --full all that can be measured, which takes about half an hour and writes
docs/performance.md. What is not there to be measured is said, and its cells stay empty.
"""

import argparse
import json
import os
import signal
import sys

import chart
import load
import machine
import page
import report
from endurance import MESSAGES
from peers import PEERS
from plan import OURS, OURS_IN_QUICK, PARTS, Order
from processes import ARE_APART, ROOT, SCRATCH
from progress import Progress
from provisions import provide
from shapes import PYTHONS

QUICK, FULL = (os.path.join(SCRATCH, name) for name in ("bench.json", "results.json"))
USAGE, UNAVAILABLE = 64, 69
# Of the results as they are kept: those of another are as good as none.
FORMAT = 1
EXAMPLES = """examples:
  bench.py                              the bars
  bench.py --only lock-step             one load; --list names all
  bench.py --only one --peers floor,nio --rounds 15
                                        ours beside these two, in fifteen turns
  bench.py --full --long                everything, and ten million messages
  bench.py --full --only latency        one part again, and docs/performance.md with it
  bench.py --report                     docs/performance.md again from what was measured last

Compare along a row, never across runs: machines differ, and so does one from hour to hour.
"""


def options_of(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n", maxsplit=1)[0], epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda text: fail(f"{text}; bench.py --help", USAGE)
    parser.add_argument("--full", action="store_true",
                        help="measure everything and write docs/performance.md")
    parser.add_argument("--only", metavar="PART", type=words, default=(),
                        help="only this part, or these with commas between")
    parser.add_argument("--peers", metavar="A,B", type=words, default=(),
                        help="only these beside ours: " + ", ".join(PEERS))
    parser.add_argument("--rounds", type=positive(int), metavar="N",
                        help="turns of each server (11, with --full 15)")
    parser.add_argument("--scale", type=positive(float), default=1, metavar="X",
                        help="factor on the messages of a turn (1)")
    parser.add_argument("--long", action="store_true",
                        help="ten million messages on one server as well, for some minutes")
    parser.add_argument("--report", action="store_true",
                        help="measure nothing, write docs/performance.md again")
    parser.add_argument("--list", action="store_true", help="name the parts")
    return parser.parse_args(arguments)


def words(text):
    return tuple(word.strip() for word in text.split(",") if word.strip())


def positive(kind):
    def number(text):
        value = kind(text)
        if not 0 < value <= 1000:
            raise ValueError
        return value
    number.__name__ = "positive number"
    return number


def fail(text, code):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(code)


def parts_of(options):
    """The parts that are wanted, or a line that says what there is not."""
    known = {part.key for part in PARTS}
    for name, names, among in (("part", options.only, known), ("peer", options.peers, PEERS)):
        if unknown := [word for word in names if word not in among]:
            fail(f"there is no {name} '{unknown[0]}', only: {', '.join(among_sorted(among))}",
                 USAGE)
    if options.only:
        return [part for part in PARTS if part.key in options.only]
    return [part for part in PARTS if (options.full or part.is_quick) and
            (part.is_common or options.long)]


def among_sorted(names):
    order = [part.key for part in PARTS] + list(PEERS)
    return sorted(names, key=order.index)


def prepare(options):
    """What has to be there; whoever is missing but ours and the load leaves a gap."""
    os.environ["PATH"] += ":/usr/sbin"
    os.environ["LC_ALL"] = "C"
    for reason in (PEERS["blackhole"].absence(), load.absence()):
        if reason:
            fail(reason, UNAVAILABLE)
    provide(with_python=options.full or set(options.peers) & set(PYTHONS))
    wanted = options.peers or [key for key in PEERS if options.full or key not in PYTHONS]
    for key, reason in machine.missing().items():
        if key in wanted:
            print(f"bench: {PEERS[key].label} leaves a gap: {reason}", file=sys.stderr)
    if not ARE_APART:
        print("bench: there is one processor only; server and load share it", file=sys.stderr)


def measure(options, results, path):
    """Measures part by part, and keeps what is done after each."""
    parts, files = parts_of(options), load.raise_file_limit()
    rounds = options.rounds or (15 if options.full else 11)
    progress = Progress({part.title: part.seconds * (rounds / 7 if part.seconds > 20 else 1)
                         for part in parts})
    for part in parts:
        chosen = chosen_for(part, options)
        progress.begin(part.title)
        part.measure(Order(rounds, options.scale, chosen, files, int(MESSAGES * options.scale)),
                     results, progress.tell)
        progress.finish()
        results.setdefault("identities", {})[part.key] = machine.identity()
        keep(results, path, is_added=options.full)
    progress.close()


def chosen_for(part, options):
    """Whom to measure in a part: ours at any rate, and those in Python only if there is time."""
    if options.peers:
        return (*OURS, *options.peers)
    if options.full:
        return tuple(PEERS)
    if part.key in OURS_IN_QUICK and not options.only:
        return OURS
    return tuple(key for key in PEERS if key not in PYTHONS)


def keep(results, path, is_added):
    """Writes what was measured, beside what was there before of other parts if that is wanted."""
    kept = (is_added and stored()) or {}
    for key, value in results.items():
        if key in ("costs", "identities"):
            kept.setdefault(key, {}).update(value)
        else:
            kept[key] = value
    with open(path, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=1)


def stored():
    try:
        with open(FULL, encoding="utf-8") as file:
            results = json.load(file)
    except (OSError, ValueError):
        return None
    return results if results.get("format") == FORMAT else None


def write_page(results):
    folder = os.path.join(ROOT, "docs")
    for name, text in ((page.CHART, chart.draw(results)), ("performance.md", page.page(results))):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        print(f"bench: wrote docs/{name}", file=sys.stderr)


def main():
    options = options_of(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.list:
        for part in PARTS:
            print(f"{part.key:<14} {part.title}{'' if part.is_quick else '  (with --full)'}")
        return
    if options.report:
        results = stored() or fail("nothing was measured yet: bench.py --full", UNAVAILABLE)
        write_page(results)
        return
    parts_of(options)
    prepare(options)
    results = {"format": FORMAT, "machine": machine.machine(), "versions": machine.versions(),
               "missing": machine.missing()}
    try:
        measure(options, results, FULL if options.full else QUICK)
    except KeyboardInterrupt:
        print("\nbench: stopped; what was measured until now:", file=sys.stderr)
    print(report.summary(results))
    if options.full and (kept := stored()):
        write_page(kept)


if __name__ == "__main__":
    main()

"""What was measured, in tables: those of `make bench`, and the whole of docs/performance.md."""

import bars
import counts
import latency
import programs
from peers import PEERS
from processes import ROOT
from shapes import PYTHONS, SHAPES, SINKS
from tables import GAP, Gaps, figure, size, table
from turns import OWN

BY_KEY = {shape.key: shape for shape in SHAPES}
OWN_TITLES = {"bdat": "our own DATA", "workers": "one worker",
              "console": "itself without", "kept": "itself without"}
# Rates that the load held back are marked.
LIMITED = "†"
# Who has more of his processor than this is at his limit.
BUSY = 0.9


def label(key):
    return PEERS[key].label


# What a message costs


def cost(cell, gaps):
    if cell is None:
        return GAP
    if "gap" in cell:
        return gaps.cell(cell["gap"])
    median = bars.median([turn["us"] for turn in cell["rounds"]])
    if cell["user"] is None:
        return figure(median)
    user = median * cell["user"]
    return f"{figure(median)} ({figure(user)} + {figure(median - user)})"


def verdict(key, against, cells):
    """The ratio to another, with its bar if it has one."""
    ratios = bars.ratios(cells.get("blackhole"), cells.get(against))
    bar = bars.bar(key, against)
    if not ratios:
        return f"{GAP} of {bar.limit:.2f}: not measured" if bar else GAP
    median = bars.median(ratios)
    if not bar:
        return f"{median:.3f}"
    if cells["blackhole"]["remarks"]:
        return f"{median:.3f}: not the load of its bar"
    return f"{median:.3f} of {bar.limit:.2f}: {bars.judge(median, bar.limit)}"


def floor_of(cells):
    return "tls-floor" if "tls-floor" in cells else "floor"


def cost_table(costs, gaps):
    """Microseconds of the server's processor for each load and peer."""
    rows = []
    for key, cells in costs.items():
        rows.append([BY_KEY[key].title, *(
            cost(cells.get(peer), gaps)
            for peer in ("blackhole", floor_of(cells), "nio", "smtp-sink"))])
    return table(["µs a message (user + system)", "blackhole", "C floor", "SwiftNIO",
                  "smtp-sink"], rows)


def bar_table(costs):
    """Each ratio beside its bar."""
    rows = []
    for key, cells in costs.items():
        rows.append([BY_KEY[key].title, *(
            verdict(key, peer, cells)
            for peer in ("smtp-sink", floor_of(cells), "nio", OWN))])
    return table(["blackhole's part of", "smtp-sink", "C floor", "SwiftNIO", "itself [own]"],
                 rows)


def spread_table(costs):
    """How far the ratios of the pairs lie apart."""
    rows = []
    for key, cells in costs.items():
        for peer in cells:
            ratios = bars.ratios(cells.get("blackhole"), cells[peer])
            if peer != "blackhole" and ratios:
                name = OWN_TITLES.get(key, "itself without idle") if peer == OWN else label(peer)
                lower, upper = bars.quartiles(ratios)
                rows.append([BY_KEY[key].title, name, f"{bars.median(ratios):.2f}",
                             f"{lower:.2f} to {upper:.2f}", len(ratios)])
    return table(["load", "against", "median", "quartiles", "pairs"], rows, texts=2)


def throughput_table(costs, gaps):
    keys = SINKS + PYTHONS

    def rate(cell):
        if cell is None or "gap" in cell:
            return GAP if cell is None else gaps.cell(cell["gap"])
        generator, server = (bars.median([turn[name] for turn in cell["rounds"]])
                             for name in ("generator", "server"))
        mark = LIMITED if generator > BUSY > server else ""
        return f"{bars.median([turn['rate'] for turn in cell['rounds']]):,.0f}{mark}"

    rows = [[BY_KEY[key].title, *(
        rate(cells.get("tls-floor" if peer == "floor" and "tls-floor" in cells else peer))
        for peer in keys)] for key, cells in costs.items()]
    return table(["messages a second", *map(label, keys)], rows)


def session_table(costs, gaps):
    """A session with all of its messages: whole ones, for the last of a turn are cut short."""
    def session(cell, messages):
        if cell is None or "gap" in cell:
            return GAP if cell is None else gaps.cell(cell["gap"])
        return figure(messages * bars.median([turn["us"] for turn in cell["rounds"]]))

    keys = SINKS + PYTHONS
    rows = [[BY_KEY[key].title, *(session(costs[key].get(peer), BY_KEY[key].per_connection)
                                  for peer in keys)]
            for key in ("one", "lock-step", "pipelined") if key in costs]
    return table(["µs a session, all of its messages", *map(label, keys)], rows)


def python_table(costs, gaps):
    rows = [[BY_KEY[key].title, *(cost(cells.get(peer), gaps)
                                  for peer in ("blackhole", *PYTHONS))]
            for key, cells in costs.items() if any(peer in cells for peer in PYTHONS)]
    return table(["µs a message (user + system)", "blackhole", *map(label, PYTHONS)], rows)


# What is counted, weighed and timed


def peer_table(head, columns, cells, gaps, form):
    """A row for each of `cells`, a column for each peer of `columns`."""
    rows = []
    for title, row in cells:
        shown = []
        for peer in columns:
            cell = row.get(peer)
            if cell is None:
                shown.append(GAP)
            elif isinstance(cell, dict) and "gap" in cell:
                shown.append(gaps.cell(cell["gap"]))
            else:
                shown.append(form(cell))
        rows.append([title, *shown])
    return table([head, *map(label, columns)], rows)


def count_table(head, part, gaps, form):
    cells = [(counts.SHAPES[shape][0], row) for shape, row in part["shapes"].items()]
    return peer_table(head, counts.PEERS_COUNTED, cells, gaps, form)


def calls_in_words(cell):
    return f"{cell.get('total', 0):.2f}"


def names_of_calls(part):
    """The calls that each peer makes for a message, by name."""
    rows = []
    for shape, row in part["shapes"].items():
        for peer, cell in row.items():
            if "gap" in cell:
                continue
            names = sorted(((number, name) for name, number in cell.items()
                            if name != "total" and number >= 0.05), reverse=True)
            rows.append([counts.SHAPES[shape][0], label(peer), ", ".join(
                f"{number:.1f} {name}" for number, name in names)])
    return table(["load", "server", "calls a message"], rows, texts=3)


def memory_table(memory, gaps):
    titles = {"plain": "plaintext", "tls": "TLS"}
    columns = (*SINKS, "tls-floor")
    return peer_table("bytes an idle connection", columns,
                      [(titles[kind], row) for kind, row in memory.items()], gaps,
                      lambda cell: size(cell["bytes"]))


def latency_table(part, gaps):
    rows = []
    for rate, cells in part["rates"].items():
        for peer in latency.PEERS_TIMED[int(rate)]:
            if peer not in cells:
                continue
            cell = cells[peer]
            shown = [gaps.cell(cell["gap"])] * 3 if "gap" in cell else [
                figure(cell[name]) for name in latency.PERCENTILES]
            rows.append([f"{int(rate):,} messages a second", label(peer), *shown])
    return table(["load", "server", "p50 µs", "p99 µs", "p99.9 µs"], rows, texts=2)


def program_table(results, gaps):
    rows = []
    if "start" in results:
        rows.append(("ms from exec to the first 220", {
            key: cell if "gap" in cell else f"{cell['ms']:.1f}"
            for key, cell in results["start"]["peers"].items()}))
    if "size" in results:
        cells = results["size"]["peers"]
        rows.append(("the program, stripped", {
            key: cell if "gap" in cell else size(cell["bytes"])
            for key, cell in cells.items()}))
        rows.append(("Swift's libraries beside it", {
            key: GAP if "gap" in cell else size(cell["libraries"])
            for key, cell in cells.items()}))
    return peer_table("", programs.PEERS_STARTED, rows, gaps, str)


def endurance_words(part):
    """The first steps beside the last."""
    steps = part["steps"]
    if "gap" in part or len(steps) < 4:
        return f"Not measured: {part.get('gap', 'too few steps')}."
    quarter = len(steps) // 4
    first = bars.median([step["us"] for step in steps[:quarter]])
    last = bars.median([step["us"] for step in steps[-quarter:]])
    total = sum(step["messages"] for step in steps)
    return (f"{total:,} messages on one server, 50 per connection, pipelined: {figure(first)} µs "
            f"a message in the first quarter, {figure(last)} in the last, {last / first:.2f} of "
            f"it; resident {size(steps[0]['bytes'])} behind the first of {len(steps)} steps, "
            f"{size(steps[-1]['bytes'])} behind the last.")


# Bars that are no ratio


def absolute_bars(results):
    """Lines for the bars on allocations and memory, as far as they were measured."""
    lines = []
    if part := results.get("allocations"):
        for shape in ("lock-step", "pipelined", "bdat"):
            cell = part["shapes"].get(shape, {}).get("blackhole")
            if cell is None:
                continue
            title = f"allocations a message, {counts.SHAPES[shape][0]}"
            if isinstance(cell, dict):
                lines.append(f"{title}: not measured, {cell['gap']}")
            else:
                is_met = cell <= bars.ALLOCATIONS_MAX + bars.ALLOCATIONS_NOISE
                lines.append(f"{title}: {abs(cell):.2f} of {bars.ALLOCATIONS_MAX}: "
                             f"{'met' if is_met else 'missed'}")
    cell = results.get("memory", {}).get("kinds", {}).get("plain", {}).get("blackhole")
    if cell:
        title = "bytes an idle plaintext connection"
        if "gap" in cell:
            lines.append(f"{title}: not measured, {cell['gap']}")
        else:
            is_met = cell["bytes"] <= bars.IDLE_BYTES_MAX
            lines.append(f"{title}: {cell['bytes']:.0f} of {bars.IDLE_BYTES_MAX}: "
                         f"{'met' if is_met else 'missed'}")
    if part := results.get("console"):
        lines += console_bars(part)
    return lines


def console_bars(part):
    """Lines for the bars of the console."""
    more = part["metrics"] - part["empty"]
    return [
        f"µs a request for /metrics, beyond the {part['empty']:.1f} of an empty one: {more:.1f} of "
        f"{bars.METRICS_MICROSECONDS_MAX}: "
        f"{'met' if more <= bars.METRICS_MICROSECONDS_MAX else 'missed'}",
        f"share of a processor that 1,000 waits take while nothing happens, beyond "
        f"{part['alone']:.2%} without them: {part['waits'] - part['alone']:.2%} of "
        f"{bars.WAITS_SHARE_MAX:.0%}: "
        f"{'met' if part['waits'] - part['alone'] <= bars.WAITS_SHARE_MAX else 'missed'}"]


def is_ours_alone(rows):
    """Whether there is nothing to compare: the lines of the bars say it all."""
    return all(set(row) <= {"blackhole"} for row in rows.values())


def remarks(costs):
    return [f"{BY_KEY[key].title}: {remark}" for key, cells in costs.items()
            for remark in sorted({remark for cell in cells.values()
                                  for remark in cell.get("remarks", ())})]


def summary(results):
    """What `make bench` prints."""
    gaps, parts = Gaps(), []
    if costs := results.get("costs"):
        parts += [cost_table(costs, gaps), bar_table(costs),
                  "[own] 1 MB by BDAT: of our own DATA; beside idle connections, and with a "
                  "console: of itself without them.", *remarks(costs)]
    for head, key, form in (("system calls a message", "calls", calls_in_words),
                            ("allocations a message", "allocations", figure),
                            ("user instructions a message", "instructions", figure)):
        part = results.get(key)
        if part and not is_ours_alone(part["shapes"]):
            parts.append(count_table(head, part, gaps, form))
    part = results.get("memory")
    if part and not is_ours_alone(part["kinds"]):
        parts.append(memory_table(part["kinds"], gaps))
    if part := results.get("latency"):
        parts.append(latency_table(part, gaps))
    if "start" in results or "size" in results:
        parts.append(program_table(results, gaps))
    if part := results.get("long"):
        parts.append(endurance_words(part))
    parts += ["\n".join(absolute_bars(results)), "\n".join(gaps.lines())]
    return "\n\n".join(part for part in parts if part)

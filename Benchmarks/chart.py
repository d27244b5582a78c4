"""The chart of docs/performance.md: a panel for each load, a bar for each server, as SVG."""

from html import escape

import bars
from peers import PEERS
from shapes import SHAPES
from tables import figure

WIDTH, PANEL_WIDTH, GUTTER, MARGIN = 880, 420, 24, 8
TOP, TITLE_HEIGHT, BAR_HEIGHT, BAR_STEP, PANEL_GAP = 46, 26, 16, 22, 18
LABEL_WIDTH, FIGURE_WIDTH = 104, 104
# Bars longer than this many times the median are torn, or nobody would see the others.
TORN_ABOVE = 2.5
KEYS = ("one", "lock-step", "pipelined", "1mb", "bdat", "idle", "tls-full", "tls-1mb")
SERVERS = ("blackhole", "floor", "tls-floor", "nio", "smtp-sink")
# Legible on white and on black; our own stands out by its colour and by bold letters.
STYLE = """
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; }
  .ours { fill: #0969da; }
  .other { fill: #afb8c1; }
  .tear { stroke: #ffffff; stroke-width: 3; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .ours { fill: #4493f8; }
    .other { fill: #59636e; }
    .tear { stroke: #0d1117; }
  }
"""


def draw(results):
    """The whole chart; loads that were not measured are left out."""
    titles = {shape.key: shape.title for shape in SHAPES}
    panels = [(titles[key], values) for key in KEYS
              if len(values := medians(results.get("costs", {}).get(key, {}))) > 1]
    pieces, heights = [], []
    for row in range(0, len(panels), 2):
        top = TOP + sum(heights)
        pair = panels[row:row + 2]
        for column, (title, values) in enumerate(pair):
            pieces += panel(MARGIN + column * (PANEL_WIDTH + GUTTER), top, title, values)
        rows = max(len(values) for _, values in pair)
        heights.append(TITLE_HEIGHT + rows * BAR_STEP + PANEL_GAP)
    height = TOP + sum(heights)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Processor time of the server for each message, by load and server">',
        f"<style>{STYLE}</style>",
        text(MARGIN, 18, "Processor time of the server for a message, in microseconds: "
             "less is better", "title"),
        *pieces, "</svg>", ""])


def medians(cells):
    """What a message costs each server that was measured."""
    return {key: bars.median([turn["us"] for turn in cells[key]["rounds"]])
            for key in SERVERS if "rounds" in cells.get(key, {}) and cells[key]["rounds"]}


def panel(left, top, title, values):
    limit = scale_of(list(values.values()))
    room = PANEL_WIDTH - LABEL_WIDTH - FIGURE_WIDTH
    pieces = [text(left, top + 12, title, "title")]
    for index, (key, value) in enumerate(values.items()):
        y = top + TITLE_HEIGHT + index * BAR_STEP
        name = "ours" if key == "blackhole" else "other"
        length = max(1, room * min(1, value / limit))
        pieces.append(text(left + LABEL_WIDTH - 8, y + 12, PEERS[key].label,
                           "title" if key == "blackhole" else "quiet", "end"))
        pieces.append(f'<rect class="{name}" x="{left + LABEL_WIDTH}" y="{y}" '
                      f'width="{length:.1f}" height="{BAR_HEIGHT}" rx="2"/>')
        if value > limit:
            x = left + LABEL_WIDTH + length - 18
            pieces.append(f'<path class="tear" d="M{x:.1f} {y - 1} l-5 9 l7 0 l-5 9"/>')
        words = figure(value)
        if key != "blackhole" and "blackhole" in values:
            words += f" (× {figure(value / values['blackhole'])})"
        pieces.append(text(left + LABEL_WIDTH + length + 6, y + 12, words,
                           "title" if key == "blackhole" else "quiet"))
    return pieces


def scale_of(values):
    """What the full width stands for."""
    return min(max(values), TORN_ABOVE * bars.median(values))


def text(x, y, words, name, anchor="start"):
    return (f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escape(words)}</text>")

"""Tables in Markdown that are legible on a terminal, too, and the reasons for their gaps."""

GAP = "–"


class Gaps:
    """The reasons why cells are empty, numbered."""

    def __init__(self):
        self.reasons = []

    def cell(self, reason):
        if reason not in self.reasons:
            self.reasons.append(reason)
        return f"{GAP} [{self.reasons.index(reason) + 1}]"

    def lines(self):
        return [f"[{number}] {reason}  " for number, reason in enumerate(self.reasons, 1)]


def table(header, rows, texts=1):
    """A table whose first columns are words, to the left, and all others figures, to the right."""
    widths = [max(3, *(len(str(row[index])) for row in [header, *rows]))
              for index in range(len(header))]

    def line(cells):
        words = [str(cell).ljust(width) if index < texts else str(cell).rjust(width)
                 for index, (cell, width) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(words) + " |"

    rule = "|" + "|".join("-" * (width + 2) if index < texts else "-" * (width + 1) + ":"
                          for index, width in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


def figure(value):
    """Three digits that mean something."""
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def size(value):
    """A size in its own unit."""
    if abs(value) < 9_999.5:
        return f"{value:,.0f} B"
    if value < 1e6:
        return f"{value / 1e3:.0f} KB"
    return f"{value / 1e6:.1f} MB"

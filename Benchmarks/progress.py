"""How far the benchmark is, on standard error: a line that is rewritten if that is a terminal."""

import shutil
import sys
import time


class Progress:
    """Tells what is done now, and about how long it takes until all is done."""

    def __init__(self, expected_seconds):
        # By part, in the order of their turns.
        self.expected = dict(expected_seconds)
        self.total = sum(self.expected.values())
        self.begun, self.done, self.part = time.monotonic(), 0, None
        self.is_terminal = sys.stderr.isatty()
        self.said = None

    def begin(self, part):
        self.part = part
        self.tell("")

    def finish(self):
        self.done += self.expected[self.part]
        self.part = None

    def tell(self, what, fraction=0.0):
        """Says what is done now, which is this fraction of the part."""
        share = (self.done + fraction * self.expected[self.part]) / self.total
        text = f"{100 * share:3.0f} %  {self.part}{': ' if what else ''}{what}"
        if share > 0.02:
            left = (time.monotonic() - self.begun) * (1 - share) / share
            text += f", {left_in_words(left)} left"
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{text[:width]}", end="", file=sys.stderr, flush=True)
        elif self.part != self.said:
            self.said = self.part
            print(text, file=sys.stderr, flush=True)

    def close(self):
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def left_in_words(seconds):
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"

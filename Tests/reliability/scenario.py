"""What a scenario is, and all of them in their order."""

import dataclasses
import os
from collections.abc import Callable

ALL = []


@dataclasses.dataclass
class Scenario:
    """Hostile peers, and what the server may let them cost."""

    title: str
    attack: Callable
    # The memory that the server may have more at its peak, in MB.
    megabytes_max: int
    # The memory that it may keep, in MB: more than usual where what the console keeps has come to lie
    # scattered among what the crowd used, so that no page of it is free.
    megabytes_left: int = 6
    # Of the program, beside those that all scenarios have.
    options: tuple = ()
    # The honest client's.
    honest: tuple = ()
    # What the honest client keeps on a quiet machine: its "p99", within 10 ms, or its "median", within
    # twice what it was.
    latency: str = ""
    # What may be in a warning of the log.
    announced: tuple = ()
    # Sessions of ten messages beforehand, until what the console keeps of them is full.
    sessions_before: int = 0
    # A command before the program's.
    tool: tuple = ()
    # Variables of the program, from the folder that they may put something into.
    environment: Callable = lambda folder: {}


def scenario(title, megabytes_max, **others):
    """Declares the function below it, whose argument is the server, to be an attack."""
    def declare(attack):
        ALL.append(Scenario(title, attack, megabytes_max, **others))
        return attack
    return declare


def noise(count):
    """Bytes without a meaning, and without the line ends that would make them commands."""
    return os.urandom(count).replace(b"\r", b"-")

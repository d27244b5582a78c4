"""The processes that a benchmark starts, none of which outlives it."""

import atexit
import subprocess

_running = []


def start(command, **options):
    """Starts a process without standard input, unless the options say otherwise."""
    process = subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, **options})
    _running.append(process)
    return process


@atexit.register
def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()

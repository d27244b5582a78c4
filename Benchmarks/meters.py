"""What /proc tells of a server: its processor time and its memory."""

import os
import re
import shutil

from processes import SCRATCH, Failure, run


def family(pid):
    """A process and all that have come of it."""
    pids = [pid]
    for parent in pids:
        for task in _tasks(parent):
            try:
                with open(f"/proc/{parent}/task/{task}/children", encoding="ascii") as file:
                    pids += map(int, file.read().split())
            except OSError:
                continue
    return pids


def spent_nanoseconds(pid):
    """The processor time so far, which /proc/PID/stat has in ticks of 10 ms only."""
    total = 0
    for member in family(pid):
        for task in _tasks(member):
            try:
                with open(f"/proc/{member}/task/{task}/schedstat", encoding="ascii") as file:
                    total += parse_schedstat(file.read())
            except OSError:
                continue
    return total


def parse_schedstat(text):
    """The first of its three numbers is the time on a processor, in nanoseconds."""
    return int(text.split()[0])


def ticks(pid):
    """The ticks so far, user and system apart."""
    user = system = 0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/stat", encoding="utf-8", errors="replace") as file:
                parts = parse_stat(file.read())
        except OSError:
            continue
        user, system = user + parts[0], system + parts[1]
    return user, system


def parse_stat(text):
    """utime and stime; a name may have blanks and parentheses in it."""
    fields = text.rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def resident_bytes(pid):
    total = 0
    for member in family(pid):
        with open(f"/proc/{member}/status", encoding="utf-8", errors="replace") as file:
            total += int(re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.M)[1]) * 1024
    return total


def stripped_bytes(program):
    """The size of a program without its symbols, and of Swift's libraries that it needs beside."""
    path = shutil.which(program)
    copy = os.path.join(SCRATCH, "stripped")
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            raise Failure("it is a script")
    run(["strip", "-o", copy, path])
    size = os.path.getsize(copy)
    os.remove(copy)
    return size, sum(map(os.path.getsize, parse_ldd(run(["ldd", path]))))


def parse_ldd(text):
    """The libraries of Swift's toolchain among those that a program needs."""
    paths = re.findall(r"=> (\S+) \(0x", text)
    return [path for path in paths if "/swift/" in path]


def _tasks(pid):
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []

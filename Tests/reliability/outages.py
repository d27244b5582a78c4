"""What an operating system does to a server: no descriptors, no time, another time."""

import os
import signal
import struct
import subprocess
import time

from crowd import Crowd
from scenario import scenario
from server import Fault

FOLDER = os.path.dirname(os.path.abspath(__file__))


@scenario("descriptors run out: a limit of 256, and 1,000 connections", 8,
          tool=("prlimit", "--nofile=256:256"), honest=("--kept",),
          announced=("Too many open files",))
def descriptors(server):
    with Crowd(server.port, 1000) as crowd:
        crowd.connect()
        crowd.last(3)
        greeted = [peer for peer in crowd if peer.lines_heard]
        if not 100 < len(greeted) < 256:
            raise Fault(f"{len(greeted)} are greeted")
        before = server.facts().ticks
        crowd.last(2)
        # The honest client's work is among them; turning in circles would be 200 of them.
        if server.facts().ticks - before > 100:
            raise Fault("the server turns in circles")

        # Each that goes makes room for one that waits.
        def is_over():
            for peer in crowd:
                if peer.lines_heard and peer.socket:
                    peer.close()
            return all(peer.lines_heard for peer in crowd)
        crowd.until(is_over, "to be greeted at last")


@scenario("SIGSTOP for four seconds, then SIGCONT; 1,000 are idle, half of them over their time", 8,
          options=("--idle_timeout=3",))
def stopped(server):
    with Crowd(server.port, 1000) as crowd:
        crowd.greet()
        server.signal(signal.SIGSTOP)
        for peer in crowd.peers[::2]:
            peer.send(b"NOOP\r\n")
        time.sleep(4)
        server.signal(signal.SIGCONT)
        # Who spoke in time is answered, however late; the others have let their time pass.
        crowd.until(lambda: all(peer.lines_heard >= 2 for peer in crowd), "to be answered")
        for peer in crowd:
            answer = peer.heard.splitlines()[1]
            if not answer.startswith(b"421 4.4.2 " if peer.number % 2 else b"250 "):
                raise Fault(f"an answer that was not to be expected: {answer!r}")


def leaping_clock(folder):
    """The variables that put `clock.c` before the program; its leap is a file in the folder."""
    library = os.path.join(folder, "clock.so")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library,
                    os.path.join(FOLDER, "clock.c")], check=True)
    path = os.path.join(folder, "leap")
    with open(path, "wb") as file:
        file.write(struct.pack("q", 0))
    return {"LD_PRELOAD": library, "CLOCK_LEAP_FILE": path}


@scenario("the wall clock leaps by ten years, forth and back, forty times; 500 are idle", 8,
          honest=("--secured",), environment=leaping_clock)
def clock(server):
    with Crowd(server.port, 500) as crowd:
        crowd.greet()
        with open(os.path.join(server.folder.name, "leap"), "r+b", buffering=0) as file:
            for turn in range(40):
                file.seek(0)
                file.write(struct.pack("q", (0, 1, 0, -1)[turn % 4] * 10 * 365 * 86_400))
                crowd.last(0.1)
                crowd.say(b"NOOP", b"250")
            years = set()
            for leap in (10, 0):
                file.seek(0)
                file.write(struct.pack("q", leap * 365 * 86_400))
                known = server.log().count("reloaded")
                server.signal(signal.SIGHUP)
                crowd.until(lambda: server.log().count("reloaded") > known, "to see it in the log")
                years.add(server.log().splitlines()[-1][:4])
            if len(years) != 2:
                raise Fault("the program did not see the clock leap")

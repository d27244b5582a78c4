"""Becomes a program as a service manager starts it with open sockets: activate.py NAMES COMMAND...

Each of NAMES, which colons separate, is the name of a socket of the kernel's choice on 127.0.0.1.
"""

import fcntl
import os
import socket
import sys

FIRST = 3

names = sys.argv[1]
for target, _ in enumerate(names.split(":"), FIRST):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    # Out of the way of the targets first.
    copy = fcntl.fcntl(listener.detach(), fcntl.F_DUPFD, 100)
    os.dup2(copy, target, inheritable=True)
    os.close(copy)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(target - FIRST + 1)
os.environ["LISTEN_FDNAMES"] = names
os.execvp(sys.argv[2], sys.argv[2:])

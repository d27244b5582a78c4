"""Becomes a program as a service manager starts it with open sockets: activate.py NAMES COMMAND...

Each of NAMES, which colons separate, is the name of a socket of the kernel's choice on 127.0.0.1,
or of the unix-domain socket whose path follows it after an @.
"""

import fcntl
import os
import socket
import sys

FIRST = 3

names, paths = zip(*(name.partition("@")[::2] for name in sys.argv[1].split(":")))
for target, path in enumerate(paths, FIRST):
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(path or ("127.0.0.1", 0))
    listener.listen(128)
    # Out of the way of the targets first.
    copy = fcntl.fcntl(listener.detach(), fcntl.F_DUPFD, 100)
    os.dup2(copy, target, inheritable=True)
    os.close(copy)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(target - FIRST + 1)
os.environ["LISTEN_FDNAMES"] = ":".join(names)
os.execvp(sys.argv[2], sys.argv[2:])

"""Holds a pid file as a server does, and answers for it what no server would: impostor.py FILE"""

import fcntl
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(f"\0blackhole.{os.getpid()}")
listener.listen()
with open(sys.argv[1], "w") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    os.fchmod(file.fileno(), 0o644)
    print(os.getpid(), file=file, flush=True)
    while True:
        client, _ = listener.accept()
        client.recv(65536)
        text = b"\x1b[2Jlistening\r!\nreloads 0\n"
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        client.close()

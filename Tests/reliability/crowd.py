"""Many connections at once, driven by one thread: what a hostile peer has, an honest one not."""

import errno
import select
import socket
import struct
import time

from server import PATIENCE, Fault

# So many connections are on their way at once: the listener's backlog has room for them.
PENDING_MAX = 500
# Of <linux/in.h>: the port is chosen at connect, where the whole tuple must be free, not at bind.
IP_BIND_ADDRESS_NO_PORT = 24


class Peer:
    """One connection of a crowd."""

    def __init__(self, number):
        self.number = number
        self.socket = None
        self.is_connected = False
        self.is_ended = False  # By the server, or by the network.
        self.heard = b""  # The last of what was heard.
        self.bytes_heard = 0
        self.lines_heard = 0
        self.bytes_sent = 0

    def send(self, data):
        """Sends as much as the socket takes; returns how many bytes that were."""
        if self.is_ended:
            return 0
        try:
            count = self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.is_ended = True
            return 0
        self.bytes_sent += count
        return count

    def hear(self, most=1 << 16):
        """Reads what is there."""
        try:
            data = self.socket.recv(most)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.is_ended = True
            return
        self.bytes_heard += len(data)
        self.lines_heard += data.count(b"\n")
        self.heard = (self.heard + data)[-400:]

    def close(self, resetting=True):
        """Closes; by a reset unless asked otherwise, which leaves no port in TIME_WAIT."""
        if self.socket is None:
            return
        if resetting:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.socket = None
        self.is_ended = True


class Crowd:
    """Peers that connect to one port from many addresses of 127.1.0.0/16, or from one."""

    def __init__(self, port, count, source=None, receive_buffer=None,
                 pending_max=PENDING_MAX):
        self.port, self.source = port, source
        self.receive_buffer, self.pending_max = receive_buffer, pending_max
        self.peers = [Peer(number) for number in range(count)]
        self.poller = select.epoll()
        self.by_number = {}
        self.waiting = list(reversed(self.peers))
        self.pending = 0
        self.mute = False  # Whether nobody reads.

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return iter(self.peers)

    def close(self, resetting=True):
        for peer in self.peers:
            peer.close(resetting)
        self.by_number.clear()
        self.poller.close()

    def _connect(self, peer):
        peer.socket = socket.socket()
        peer.socket.setblocking(False)
        if self.receive_buffer:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.socket.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        peer.socket.bind((self.source or f"127.1.{peer.number % 50}.1", 0))
        code = peer.socket.connect_ex(("127.0.0.1", self.port))
        if code not in (0, errno.EINPROGRESS):
            raise Fault(f"cannot connect: {errno.errorcode[code]}")
        self.by_number[peer.socket.fileno()] = peer
        self.poller.register(peer.socket.fileno(), select.EPOLLOUT | select.EPOLLONESHOT)
        self.pending += 1

    def _note(self, number, event):
        peer = self.by_number.get(number)
        if peer is None or peer.socket is None:
            return
        if not peer.is_connected:
            self.pending -= 1
            peer.is_connected = True
            if peer.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
                peer.is_ended = True
                return
        elif not self.mute:
            peer.hear()
        elif event & (select.EPOLLERR | select.EPOLLHUP):
            peer.is_ended = True
        if not peer.is_ended:
            # A reset is told in any case.
            wanted = 0 if self.mute else select.EPOLLIN
            self.poller.modify(number, wanted | select.EPOLLONESHOT)

    def turn(self, seconds=0.05):
        """Connects some more, and hears what there is to be heard."""
        while self.waiting and self.pending < self.pending_max:
            self._connect(self.waiting.pop())
        for number, event in self.poller.poll(seconds):
            self._note(number, event)

    def until(self, condition, what):
        """Takes turns until the condition holds; a fault when patience is at its end."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Fault(f"in vain: {what}")
            self.turn()

    def last(self, seconds, step=lambda: None):
        """Takes turns for so long, each with a step of the caller's own."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            step()
            self.turn(0.01)

    def connect(self):
        self.until(lambda: not self.waiting and not self.pending, "to connect all")
        return self

    def send(self, data):
        """Sends the same, each of the crowd, as far as the sockets take it."""
        for peer in self:
            peer.send(data)

    def greet(self, code=b"220"):
        """Connects, and waits until all are greeted."""
        self.connect()
        self.until(lambda: all(peer.lines_heard for peer in self), "to be greeted")
        strangers = [peer.heard for peer in self if not peer.heard.startswith(code)]
        if strangers:
            raise Fault(f"expected {code.decode()}, got {strangers[0]!r}")
        return self

    def say(self, line, code):
        """Says a line, each of the crowd, and waits for the answers."""
        before = {peer.number: peer.lines_heard for peer in self}
        rest = {peer.number: line + b"\r\n" for peer in self}

        def is_answered(peer):
            # What was sent before may still fill the socket.
            if rest[peer.number]:
                rest[peer.number] = rest[peer.number][peer.send(rest[peer.number]):]
            return peer.is_ended or peer.lines_heard > before[peer.number]
        self.until(lambda: all([is_answered(peer) for peer in self]),
                   f"to get an answer to {line!r}")
        for peer in self:
            if not peer.heard.splitlines()[-1].startswith(code):
                raise Fault(f"expected {code.decode()} after {line!r}, got {peer.heard!r}")

    def await_ends(self):
        """Waits until the server has ended every connection."""
        self.until(lambda: all(peer.is_ended for peer in self), "that the server ends all")

"""Mail that is made up and really sent, by several clients, as long as a test lasts."""

import random
import socket
import threading
import time

import mail

RULES = [
    "full: rcpt to=*@full.example -> 452 4.2.2 Mailbox full",
    "grey: rcpt to=@grey.example grey=60s..2d per=from,to -> 451 4.7.1 Greylisted, try again later",
    "message header.Subject=*invoice* -> 550 5.7.1 This message is likely unsolicited email",
    "data to=slow-* -> wait 0.8~6",
]
# Each from an address of its own on the loopback interface, and how busy it is.
CLIENTS = {"127.0.0.11": 0.41, "127.0.0.12": 0.33, "127.0.7.3": 0.17, "127.8.0.25": 0.09}
KINDS = 300
# Messages that are sent before the replies to them are read.
GROUP = 100
TICK = 0.1


class Traffic(threading.Thread):
    """Sends `rate` messages a second, which can be changed, over a new connection ten times a second."""

    def __init__(self, smtp, rate=20, seed=7):
        super().__init__(daemon=True)
        self.smtp, self.rate = smtp, rate
        self.random = random.Random(seed)
        self.ending = threading.Event()
        self.messages = [self.make() for _ in range(KINDS)]

    def make(self):
        """The commands that send a message, all of them at once (RFC 2920, RFC 3030), and how many replies they get."""
        one, _ = mail.entry(self.random, time.time(), None, None)
        content = mail.source(one).as_bytes()
        commands = ["RSET", f"MAIL FROM:<{one['from']}>", *(f"RCPT TO:<{to}>" for to in one["to"]), f"BDAT {len(content)} LAST"]
        return "".join(f"{line}\r\n" for line in commands).encode() + content, len(commands)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()

    def run(self):
        owed, last = 0.0, time.monotonic()
        while not self.ending.wait(TICK):
            now = time.monotonic()
            # What a busy machine has kept us from sending is not made up for later.
            owed = min(owed + self.rate * (now - last), self.rate)
            last = now
            if owed >= 1:
                self.send(int(owed))
                owed %= 1

    def send(self, number):
        [address] = self.random.choices(list(CLIENTS), list(CLIENTS.values()))
        with socket.create_connection(self.smtp, 30, (address, 0)) as connection, connection.makefile("rb") as replies:
            replies.readline()
            connection.sendall(f"EHLO mta-{address.rpartition('.')[2]}.example.org\r\n".encode())
            while replies.readline()[3:4] == b"-":
                pass
            for begin in range(0, number, GROUP):
                group = self.random.choices(self.messages, k=min(GROUP, number - begin))
                connection.sendall(b"".join(text for text, _ in group))
                for _ in range(sum(count for _, count in group)):
                    replies.readline()
            connection.sendall(b"QUIT\r\n")
            replies.readline()

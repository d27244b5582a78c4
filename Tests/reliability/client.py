"""A client that does what it should, and what it may do besides."""

import socket
import ssl

PATIENCE = 120


class Session:
    """A connection that has been greeted; under TLS from the first byte if it is implicit."""

    def __init__(self, port, source="127.0.0.1", is_implicit=False):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.socket.makefile("rb")
        if is_implicit:
            self.shake_hands()
        self.expect(b"220")
        self.say(b"EHLO client.example", b"250")

    def secure(self):
        """Upgrades by STARTTLS."""
        self.say(b"STARTTLS", b"220")
        self.shake_hands()
        self.say(b"EHLO client.example", b"250")

    def shake_hands(self):
        self.lines.close()
        self.socket = TLS.wrap_socket(self.socket)
        self.lines = self.socket.makefile("rb")

    def say(self, line, code):
        self.socket.sendall(line + b"\r\n")
        self.expect(code)

    def expect(self, code):
        while True:
            line = self.lines.readline()
            if not line.startswith(code):
                raise OSError(f"expected {code.decode()}, got {line!r}")
            if line[3:4] != b"-":
                return

    def mail(self, content=b"Subject: honest\r\n\r\n" + b"x" * 1000, code=b"250"):
        self.say(b"MAIL FROM:<a@client.example>", b"250")
        self.say(b"RCPT TO:<b@server.example>", b"250")
        self.say(b"DATA", b"354")
        self.say(content + b"\r\n.", code)

    def end(self):
        self.say(b"QUIT", b"221")
        self.close()

    def close(self):
        self.lines.close()
        self.socket.close()


def _trusting():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


# For certificates that are made in memory: nobody could know them.
TLS = _trusting()

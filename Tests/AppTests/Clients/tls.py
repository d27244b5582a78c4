"""Speaks SMTP under TLS: tls.py FOLDER PORT SCENARIO [KEY=VALUE]...

`how` is `starttls` or `implicit`, `trust` the file of the only certificates believed (without it, any
are), `cert` a certificate to show with its key. Where a scenario waits, it prints the step's name and
goes on when a file of that name is in FOLDER. Exits non-zero when something is not as it should be.
"""

import hashlib
import os
import smtplib
import socket
import ssl
import struct
import sys
import time

PATIENCE = 60
TEXT = "Subject: Hi\r\n\r\nHello.\r\n"
BIG = TEXT + ("x" * 76 + "\r\n") * 20_000


def context():
    if "trust" in options:
        tls = ssl.create_default_context(cafile=options["trust"])
        assert len(tls.get_ca_certs()) == 1
    else:
        tls = ssl._create_unverified_context()
    if "cert" in options:
        tls.load_cert_chain(options["cert"])
    return tls


def wait(step):
    """Says that the step is reached and waits for the leave to go on."""
    print(step, flush=True)
    end = time.monotonic() + PATIENCE
    while not os.path.exists(os.path.join(folder, step)):
        assert time.monotonic() < end, f"no leave to go on from {step}"
        time.sleep(0.005)


def connect():
    """An smtplib client under TLS, greeted."""
    if options["how"] == "implicit":
        server = smtplib.SMTP_SSL("localhost", port, timeout=PATIENCE, context=context())
        server.ehlo("me")
    else:
        server = smtplib.SMTP("localhost", port, timeout=PATIENCE)
        server.ehlo("me")
        assert server.has_extn("starttls")
        assert server.starttls(context=context())[0] == 220
        server.ehlo("me")
    assert not server.has_extn("starttls")
    # Should the stream end without close_notify, that is to be an error.
    server.sock.suppress_ragged_eofs = False
    return server


def fingerprint(sock):
    digits = hashlib.sha256(sock.getpeercert(binary_form=True)).hexdigest().upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def send(server, text=TEXT):
    assert server.sendmail("me@example.org", ["you@example.org"], text) == {}


def quit(server):
    """Quits, and gets the 221, then close_notify, then the end."""
    server.sock.sendall(b"QUIT\r\n")
    assert server.getreply()[0] == 221
    assert server.sock.recv(1) == b""
    server.close()


def expect(server, line, code):
    assert server.docmd(line)[0] == code, line


def mail():
    server = connect()
    assert server.sock.version() == "TLSv1.3"
    print(fingerprint(server.sock))
    for text in [TEXT, BIG, TEXT]:
        send(server, text)
    quit(server)


def refused():
    """A certificate that is not trusted is no way to send mail."""
    try:
        connect()
    except ssl.SSLCertVerificationError:
        return
    sys.exit("the certificate was believed")


def half():
    """Stops for a while in the middle of a message."""
    server = connect()
    print(fingerprint(server.sock))
    server.mail("me@example.org")
    server.rcpt("you@example.org")
    expect(server, "DATA", 354)
    server.sock.sendall(b"The first half\r\n")
    wait("half")
    server.sock.sendall(b"and the second\r\n.\r\n")
    assert server.getreply()[0] == 250
    send(server)
    quit(server)


def idle():
    """Is told that the server stops, and by close_notify that nothing was cut off."""
    server = connect()
    wait("idle")
    assert server.getreply()[0] == 421
    assert server.sock.recv(1) == b""
    server.sock.unwrap()


def finish():
    """Finishes a message when the server is stopping."""
    server = connect()
    server.mail("me@example.org")
    server.rcpt("you@example.org")
    expect(server, "DATA", 354)
    server.sock.sendall(b"The first half\r\n")
    wait("finish")
    server.sock.sendall(b"and the second\r\n.\r\n")
    assert server.getreply()[0] == 250
    assert server.getreply()[0] == 421
    assert server.sock.recv(1) == b""
    server.sock.unwrap()


def spoil():
    """Sends a record that is none of its session's; an alert is all that may come back."""
    server = connect()
    sock = socket.socket(fileno=server.sock.detach())
    sock.settimeout(PATIENCE)
    sock.sendall(b"\x17\x03\x03\x00\x40" + b"?" * 64)
    data = b""
    while more := sock.recv(65_536):
        data += more
    assert len(data) < 1000, data


def vanish():
    """Leaves without close_notify."""
    server = connect()
    server.sock.detach()


def foreign():
    """A certificate that the server does not believe: TLS 1.3 tells it at the first read."""
    try:
        server = connect()
        server.noop()
    except (ssl.SSLError, ConnectionError) as error:
        assert "UNKNOWN_CA" in str(error) or isinstance(error, ConnectionError), error
        return
    except smtplib.SMTPServerDisconnected as error:
        assert "UNKNOWN_CA" in str(error.__context__), (error, error.__context__)
        return
    sys.exit("the certificate was believed")


def not_offered():
    with smtplib.SMTP("localhost", port, timeout=PATIENCE) as server:
        server.ehlo("me")
        assert not server.has_extn("starttls")
        expect(server, "STARTTLS", 502)
        send(server)


def clear():
    """A socket in clear, and its stream, behind the reply to EHLO."""
    sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
    stream = sock.makefile("rb")
    assert stream.readline().startswith(b"220 ")
    sock.sendall(b"EHLO me\r\n")
    while (line := stream.readline()).startswith(b"250-"):
        pass
    assert line.startswith(b"250 ")
    return sock, stream


def inject():
    """What follows STARTTLS in clear is nobody's, be it in the same segment."""
    for evil in [b"MAIL FROM:<evil@x>\r\n", b"NOOP\r\n" * 100, b"MAIL FROM:<ev", b"\0" * 3000]:
        sock, stream = clear()
        sock.sendall(b"STARTTLS\r\n" + evil)
        assert stream.readline().startswith(b"220 ")
        stream.detach()
        secured = context().wrap_socket(sock, server_hostname="localhost")
        replies = secured.makefile("rb")

        def say(line, code):
            secured.sendall(line + b"\r\n")
            while (reply := replies.readline())[3:4] == b"-":
                pass
            assert reply.startswith(code), (line, reply)
            return reply

        # It is at its start: nobody has said EHLO, and there is no transaction.
        say(b"RCPT TO:<you@x>", b"503")
        say(b"MAIL FROM:<me@x>", b"503")
        assert b"250" == say(b"EHLO me", b"250")[:3]
        say(b"RCPT TO:<you@x>", b"503")
        say(b"MAIL FROM:<me@x>", b"250")
        say(b"RCPT TO:<you@x>", b"250")
        say(b"DATA", b"354")
        say(b"Text\r\n.", b"250")
        say(b"STARTTLS", b"503")
        say(b"QUIT", b"221")


def reset():
    """Resets the connection when the server has begun its part of the handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context().wrap_bio(incoming, outgoing)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    if options["how"] == "implicit":
        sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
    else:
        sock, stream = clear()
        sock.sendall(b"STARTTLS\r\n")
        assert stream.readline().startswith(b"220 ")
        stream.close()
    sock.sendall(outgoing.read())
    assert sock.recv(1) == b"\x16"
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


folder, port = sys.argv[1], int(sys.argv[2])
options = dict(argument.split("=", 1) for argument in sys.argv[4:])
globals()[sys.argv[3]]()

"""Mails by smtplib: mail.py PORT SCENARIO; exits non-zero when a reply is not as it should be."""

import smtplib
import sys
from email.message import EmailMessage

FROM, TO = "me@example.org", ["you@example.org", "them@example.org"]


def message(text="Hello.\n", sender=FROM, to=TO):
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "A test", sender, ", ".join(to)
    letter.set_content(text)
    return letter


def plain(server):
    assert server.send_message(message()) == {}


def eightbit(server):
    assert server.has_extn("8bitmime")
    text = "Subject: Größe\r\n\r\nÜber alles.\r\n".encode("latin-1")
    assert server.sendmail(FROM, TO, text, mail_options=["BODY=8BITMIME"]) == {}


def utf8(server):
    assert server.has_extn("smtputf8")
    sender, to = "jürgen@bücher.example", ["用户@例え.example"]
    assert server.send_message(message("Grüße\n", sender, to)) == {}


def many(server):
    for number in range(100):
        assert server.send_message(message(f"Number {number}\n")) == {}


def dots(server):
    for text in [".\n", "..\n.\n\n.", "a\n" * 1000 + ".\n"]:
        assert server.send_message(message(text)) == {}


def large(server):
    assert server.send_message(message("x" * 70 + "\n" + "y" * 60_000 + "\n" * 100_000)) == {}


def chunk(server, data, last=False):
    """Sends a chunk by hand: smtplib knows no BDAT."""
    head = f"BDAT {len(data)}{' LAST' if last else ''}\r\n".encode()
    server.sock.sendall(head + data)
    code, text = server.getreply()
    assert code == 250, (code, text)


def bdat(server):
    assert server.has_extn("chunking") and server.has_extn("binarymime")
    for data in [b"Subject: x\r\n\r\nHi.\r\n", bytes(range(256)) * 1000, b"\r\n.\r\nQUIT\r\n"]:
        assert server.mail(FROM, ["BODY=BINARYMIME"])[0] == 250
        assert server.rcpt(TO[0])[0] == 250
        half = len(data) // 2
        chunk(server, data[:half])
        chunk(server, b"")
        chunk(server, data[half:], last=True)


def pipelined(server):
    """Fifty messages in one go (RFC 2920 would have it stop at every DATA; a sink need not)."""
    one = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nText\r\n.\r\n"
    server.sock.sendall(one * 50)
    codes = [server.getreply()[0] for _ in range(200)]
    assert codes == [250, 250, 354, 250] * 50, codes


def vrfy(server):
    assert server.verify("someone")[0] == 252
    assert server.noop()[0] == 250
    assert server.help()
    assert server.docmd("NONSENSE")[0] == 500
    assert server.rset()[0] == 250


def login(server):
    mechanism = sys.argv[3]
    server.user, server.password = "me", "secret"
    answer = getattr(server, "auth_" + mechanism.lower().replace("-", "_"))
    server.ehlo_or_helo_if_needed()
    assert mechanism in server.esmtp_features["auth"].split()
    assert server.auth(mechanism, answer)[0] == 235
    assert server.send_message(message()) == {}


port, scenario = int(sys.argv[1]), sys.argv[2]
with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
    server.ehlo()
    globals()[scenario](server)

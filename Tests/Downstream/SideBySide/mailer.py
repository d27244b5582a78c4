#!/usr/bin/env python3
"""The mailer under test, for both: mailer.py PORT [USER PASSWORD]; it fails where it is refused."""

import smtplib
import sys
from email.message import EmailMessage


def send(port, user=None, password=None):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "me@example.org", "you@example.org", "Grüße"
    message.set_content("Anbei die Rechnung.\n")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        if user:
            smtp.login(user, password)
        smtp.send_message(message)


if __name__ == "__main__":
    send(int(sys.argv[1]), *sys.argv[2:])

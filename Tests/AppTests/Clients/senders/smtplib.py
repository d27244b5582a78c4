"""Python's smtplib: smtplib.py plain|starttls|tls PORT [CA]"""

import smtplib
import ssl
import sys

way, port, *ca = sys.argv[1:]
if way == "plain":
    server = smtplib.SMTP("127.0.0.1", int(port))
elif way == "starttls":
    server = smtplib.SMTP("localhost", int(port))
    server.starttls(context=ssl.create_default_context(cafile=ca[0]))
else:
    server = smtplib.SMTP_SSL(
        "localhost", int(port), context=ssl.create_default_context(cafile=ca[0]))
with server:
    server.sendmail("me@example.org", ["you@example.org"], "Subject: Hi\r\n\r\nHello.\r\n")

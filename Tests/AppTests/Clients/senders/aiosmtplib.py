"""Python's aiosmtplib: aiosmtplib.py plain|starttls|tls PORT [CA]"""

import asyncio
import sys
from email.message import EmailMessage

import aiosmtplib

way, port, *ca = sys.argv[1:]
options = {
    "plain": lambda: {"hostname": "127.0.0.1"},
    "starttls": lambda: {"hostname": "localhost", "start_tls": True, "cert_bundle": ca[0]},
    "tls": lambda: {"hostname": "localhost", "use_tls": True, "cert_bundle": ca[0]},
}[way]()
message = EmailMessage()
message["From"], message["To"], message["Subject"] = "me@example.org", "you@example.org", "Hi"
message.set_content("Hello.")
asyncio.run(aiosmtplib.send(message, port=int(port), **options))

"""Django: django.py plain|starttls|tls PORT [CA]"""

import os
import sys

from django.conf import settings
from django.core.mail import send_mail

way, port, *ca = sys.argv[1:]
if ca:
    # Whom the versions that verify believe.
    os.environ["SSL_CERT_FILE"] = ca[0]
settings.configure(
    EMAIL_HOST="127.0.0.1" if way == "plain" else "localhost", EMAIL_PORT=int(port),
    EMAIL_USE_TLS=way == "starttls", EMAIL_USE_SSL=way == "tls")
assert send_mail("Hi", "Hello.", "me@example.org", ["you@example.org"]) == 1

"""Flask-Mail: flask-mail.py plain|starttls|tls PORT [CA]"""

import sys

from flask import Flask
from flask_mail import Mail, Message

way, port, *_ = sys.argv[1:]  # It verifies no certificate.
app = Flask("sender")
app.config.update(MAIL_SERVER="127.0.0.1" if way == "plain" else "localhost", MAIL_PORT=int(port))
if way == "starttls":
    app.config["MAIL_USE_TLS"] = True
if way == "tls":
    app.config["MAIL_USE_SSL"] = True
mail = Mail(app)
with app.app_context():
    mail.send(Message(
        "Hi", sender="me@example.org", recipients=["you@example.org"], body="Hello."))

from email.header import decode_header, make_header
from smtplib import SMTPAuthenticationError, SMTPSenderRefused

import pytest
from mailer import send


def test_captures_a_message_with_an_attachment(smtpd):
    send(smtpd.port)
    [message] = smtpd.messages
    assert str(make_header(decode_header(message["Subject"]))) == "Grüße"
    [attachment] = [part for part in message.walk() if part.get_filename()]
    assert attachment.get_filename() == "Rechnung März.pdf"
    assert attachment.get_payload(decode=True) == b"%PDF-1.7"


def test_requires_the_right_password(smtpd):
    smtpd.config.login_username = "me"
    smtpd.config.login_password = "secret"
    smtpd.config.auth_require_tls = False
    smtpd.config.enforce_auth = True
    with pytest.raises(SMTPSenderRefused):
        send(smtpd.port)
    with pytest.raises(SMTPAuthenticationError):
        send(smtpd.port, "me", "guess")
    send(smtpd.port, "me", "secret")
    assert len(smtpd.messages) == 1

"""How a notice looks as a mail: plain text and simple HTML in the language of its reader."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from worklist.models import Notice


def letter(notice: Notice, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail. The same notice always has the same Message-ID, so that a repeated one can be recognised."""
    context = {"notice": notice, "address": settings.PORTAL_URL + notice.url if notice.url else "", "portal": settings.PORTAL_URL}
    with translation.override(notice.person.language):
        text = render_to_string("mail/notice.txt", context)
        html = render_to_string("mail/notice.html", context)
    made = EmailMultiAlternatives(
        subject=one_line(notice.subject),
        body=text,
        to=[notice.person.email or ""],
        headers={"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    made.attach_alternative(html, "text/html")
    return made


def message_id(key: str) -> str:
    """Made from the key of the notice and the host of the portal."""
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    return f"<notice.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def one_line(text: str) -> str:
    """Without line breaks, which end a mail header."""
    return " ".join(text.split())

"""How a notice or a daily summary looks as a mail: plain text and simple HTML in the language of its reader."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise

from organization.calendar import company_zone
from worklist import enclosures
from worklist.models import Notice
from worklist.preferences import KINDS, NEWS, settings_of, zone_of

# A summary lists so many notices; the rest is one link away.
LISTED = 100


def letter(notice: Notice, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail. The same notice always has the same Message-ID, so that a repeated one can be recognised."""
    parts = list(notice.parts.order_by("id")[: LISTED + 1])
    name = "digest" if parts else "notice"
    context = {
        "notice": notice,
        "address": settings.PORTAL_URL + notice.url if notice.url else "",
        "portal": settings.PORTAL_URL,
        "groups": grouped(parts[:LISTED]),
        "more": len(parts) > LISTED,
    }
    zone = zone_of(settings_of([notice.person_id])[notice.person_id]) if parts else company_zone()
    with translation.override(notice.person.language), timezone.override(zone):
        text = render_to_string(f"mail/{name}.txt", context)
        html = render_to_string(f"mail/{name}.html", context)
    made = EmailMultiAlternatives(
        subject=one_line(notice.subject),
        body=text,
        to=[notice.person.email or ""],
        headers={"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    for one in enclosures.of(notice):
        made.attach(one.name, one.content, one.content_type)
    # Mail programs take no style sheet from outside.
    made.attach_alternative(html.replace("</head>", f"<style>{style()}</style></head>", 1), "text/html")
    return made


def grouped(notices: Sequence[Notice]) -> list[tuple[str | Promise, list[Notice]]]:
    """The notices of a summary under the words of their kinds, in the order of the kinds."""
    found: dict[str, list[Notice]] = {kind: [] for kind in KINDS}
    for notice in notices:
        found[notice.kind if notice.kind in found else NEWS].append(notice)
    return [(KINDS[kind], some) for kind, some in found.items() if some]


@cache
def style() -> str:
    """The style sheet of mails."""
    return Path(finders.find("css/mail.css") or "").read_text()


def message_id(key: str) -> str:
    """Made from the key of the notice and the host of the portal."""
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    return f"<notice.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def one_line(text: str) -> str:
    """Without line breaks, which end a mail header."""
    return " ".join(text.split())

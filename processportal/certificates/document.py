"""A certificate as the data that its template sets."""

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from organization.models import Department
from processes.exporting.blocks import right_to_left
from processportal.certificates.papers import Paper
from processportal.copies.document import TYPST_LANGUAGES, code, portal_address

TEMPLATE: Final = Path(__file__).parent / "certificate.typ"
PIECE: Final = 5
"""Letters of the code that stand together on the paper."""


def document_of(paper: Paper) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The data and the picture of the code; in the language of whoever asks for it."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    lang, region = TYPST_LANGUAGES.get(language, (language.partition("-")[0], None))
    company = company_name()
    address, made = portal_address("certificates:check", paper.code), localtime(paper.made)
    rows = [
        *paper.rows,
        (_("Valid until"), date_format(paper.valid_until) if paper.valid_until else _("without an end")),
        (_("On record since"), date_format(made)),
        (_("Code"), " ".join(paper.code[at : at + PIECE] for at in range(0, len(paper.code), PIECE)).upper()),
    ]
    data = {
        "lang": lang, "region": region, "date": [made.year, made.month, made.day],
        "title": f"{_('Certificate')} · {paper.number}", "author": company, "company": company,
        "heading": _("Certificate"), "name": paper.person.name, "name-rtl": right_to_left(paper.person.name),
        "says": paper.says, "course": paper.title, "course-rtl": right_to_left(paper.title),
        "course-code": paper.number, "facts": [[name, str(text)] for name, text in rows if text],
        "address": address, "code-alt": _("Code that leads to %(address)s") % {"address": address},
        "check": _("Is this certificate valid? Scan the code, or open"),
    }  # fmt: skip
    return data, {"code.svg": code(address)}


def company_name() -> str:
    """As it stands on the paper."""
    root = Department.objects.filter(parent__isnull=True).order_by("pk").values_list("name", flat=True).first()
    return root or _("Process Portal")

"""The revision on paper as it was valid on a day: the same document as a printed copy, but registered nowhere and marked as what it is."""

import datetime as dt
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from organization.calendar import company_zone
from organization.models import Person
from processes.models import Process, Revision
from processportal.copies.document import Document, Files, code, document_of, facts_of, portal_address, width
from processportal.copies.models import Copy


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day, its last moment, and for whom it is printed when."""

    day: dt.date
    instant: dt.datetime
    by: Person
    now: dt.datetime


def document_as_of(revision: Revision, process: Process, at: AsOf) -> tuple[Document, Files]:
    """Data and files for `typeset`, in the active language. `process` is the process with the settings of then."""
    copy = Copy(
        process=process, revision=revision, kind=Copy.Kind.UNCONTROLLED, version=revision.label, printed_by=at.by, printed_at=at.now,
        valid_until=at.day,
    )  # fmt: skip
    revision.process = process
    copy.facts = facts_of(revision, at.instant, copy) | {"language": translation.get_language()}
    document, files = document_of(copy)
    day = {"day": date_format(at.day), "name": at.by.name, "moment": date_format(localtime(at.now, company_zone()), "DATETIME_FORMAT")}
    mark = _("AS VALID ON %(day)s") % day
    address = portal_address("process", process.number) + f"?on={at.day:%Y-%m-%d}"
    document |= {
        "watermark": mark, "watermark-width": width(mark), "address": address, "check": _("In the portal, for whoever may see it:"),
        "code-alt": _("Code that leads to %(address)s") % {"address": address},
        "paper": [
            [_("This paper"), _("Audit copy")], [_("As valid on"), day["day"]], [_("Printed by"), at.by.name],
            [_("Printed on"), day["moment"]],
        ],
        "footer": [_("Audit copy, as valid on %(day)s · printed by %(name)s on %(moment)s") % day, _("Do not work by this copy.")],
    }  # fmt: skip
    return document, files | {"code.svg": code(address)}

"""What approval cases tell: decisions with position and stage, and other routes given to an open case."""

from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, Decision, Rerouting
from organization.acting_words import told
from processportal.evidence.happened import Kind, Said, Source, Subject, each, name_of, short, version_of


def _decisions(subject: Subject) -> Any:
    """Every reader knows who approved what was approved; anything else is for those who see the review."""
    seen = Q(case__state=ApprovalCase.State.APPROVED, verdict=Decision.Verdict.APPROVE) | Q(case__revision__in=subject.reviews)
    found = Decision.objects.filter(seen, case__revision__process=subject.process)
    return found.select_related("case__revision", "stage", "seat__position", "signature", "decided_by", "content")


def _decided(row: Decision, subject: Subject) -> Said:
    signed = row.signature
    words = {
        "verdict": row.get_verdict_display(),
        "position": (signed and signed.position_title) or row.seat.position.title,
        "stage": row.stage.title,
        "version": version_of(row.case.revision),
    }
    who = signed.person_name if signed else row.decided_by.name
    if row.acting_for:
        who = f"{who} ({told(row.acting_for)})"
    what = _("%(verdict)s as %(position)s, stage “%(stage)s”: %(version)s") % words
    return Said(who, what, row.reason, _case(row.case, subject), short(row.content.sha256))


def _reroutings(subject: Subject) -> Any:
    found = Rerouting.objects.filter(case__revision__in=subject.reviews, case__revision__process=subject.process)
    return found.select_related("case__revision", "route", "by")


def _rerouted(row: Rerouting, subject: Subject) -> Said:
    what = _("Approval continues on the route “%(route)s”") % {"route": row.route.name if row.route else _("Built-in route")}
    return Said(name_of(row.by), what, row.reason, _case(row.case, subject))


def _case(case: ApprovalCase, subject: Subject) -> str:
    return reverse("approvals:case", args=[case.pk]) if case.revision_id in subject.reviews else ""


SOURCES: Final = (
    Source(Kind.DECISION, "decided_at", _decisions, each(_decided)),
    Source(Kind.DECISION, "at", _reroutings, each(_rerouted)),
)

"""Acts on a case in words: who did what, to whom, until when."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ApprovalCase, CaseAct
from organization.calendar import month_day, today

Kind = CaseAct.Kind
TITLES = {
    Kind.TRANSFER: gettext_lazy("%(person)s transferred the decision to %(position)s"),
    Kind.DELEGATE: gettext_lazy("%(person)s delegated the decision for %(position)s to %(whom)s"),
    Kind.TAKE_BACK: gettext_lazy("%(person)s took back what was delegated to %(whom)s"),
    Kind.ADD: gettext_lazy("%(person)s added an approver: %(position)s"),
    Kind.ASK: gettext_lazy("%(person)s asked %(whom)s for advice"),
    Kind.ADVISE: gettext_lazy("%(person)s gave advice"),
    Kind.DROP: gettext_lazy("%(person)s no longer needs advice from %(whom)s"),
    Kind.COPY: gettext_lazy("%(person)s sent %(whom)s a copy"),
    Kind.NUDGE: gettext_lazy("%(person)s nudged %(whom)s"),
}


def acts_of(case: ApprovalCase) -> list[CaseAct]:
    """Everything that was done on the case beside deciding, in order, with what the page shows of it. One query."""
    return list(case.acts.select_related("by", "person", "position", "of__person", "of__position").order_by("pk"))


def whom(act: CaseAct) -> str:
    """The person or position that it went to; of an answer, whoever was asked."""
    to = act.of or act
    return to.person.name if to.person else to.position.title if to.position else ""


def title(act: CaseAct) -> str:
    """Who did what, to whom."""
    words = {"person": act.by.name, "whom": whom(act), "position": act.position.title if act.position else ""}
    return str(TITLES[Kind(act.kind)] % words)


def term(act: CaseAct) -> str:
    """The day that belongs to it, as a clause; "" where there is none to say."""
    if act.day is None or act.kind not in {Kind.DELEGATE, Kind.ASK}:
        return ""
    words = {"day": month_day(act.day, today(act.at))}
    return _("until %(day)s") % words if act.kind == Kind.DELEGATE else _("due %(day)s") % words

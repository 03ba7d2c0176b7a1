"""Stories of templates: a process is marked as one, and a new process begins with the text of another one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Department, Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import Scope, scope
from processes import policy, sharing
from processes.canonical import clean
from processes.catalogue import create_process
from processes.content import definition_of
from processes.copying import fresh
from processes.importing import fill
from processes.models import Process, Revision, Template, Variant
from processes.sharing import PROCESS, Source


@transaction.atomic
def mark(process: Process, department: Department | None, name: str, use: str, *, by: Person, now: dt.datetime) -> Template:
    """The process is a template for the department, or for the company; marked again, its name and its line change. Raises Refused."""
    view = scope(by, calendar.today(now))
    insist(policy.may_share(view, department))
    locked = Process.objects.visible_to(view).select_for_update(of=("self",)).filter(pk=process.pk).first()
    if locked is None or locked.state != Process.State.ACTIVE or not locked.revisions.in_force(now).exists():
        raise Refused(_("Only a process that is in force is a template: others begin with its approved text."))
    said = {"name": _line(name)[:120], "use": _line(use)[:300]}
    if not all(said.values()):
        raise Refused(_("Give the template a name, and say in one line when to use it."))
    made, _created = Template.objects.update_or_create(
        process=locked, department=department, defaults=said, create_defaults=said | {"marked_by": by, "marked_at": now}
    )
    return made


@transaction.atomic
def unmark(template: Template, *, by: Person, now: dt.datetime) -> None:
    """No longer a template; what began with it stays as it is. Raises Refused."""
    insist(policy.may_share(scope(by, calendar.today(now)), template.department_id))
    template.delete()


def source(process: Process, view: Scope, now: dt.datetime) -> Revision | None:
    """The text to begin with, of those that this person may see: what is in force, else the newest approved, else the open draft."""
    visible = Revision.objects.visible_to(view).filter(process=process).select_related("frozen", "process")
    approved = visible.regular().order_by(F("effective_from").desc(nulls_last=True), "-ordinal")
    found: Revision | None = visible.in_force(now).first() or approved.first() or visible.open().first()
    return found


@transaction.atomic
def begin(origin: Process, asked: Mapping[str, Any], *, by: Person, now: dt.datetime, variant: bool = False) -> Process:
    """A new process (`asked` is what `create_process` takes) whose draft begins with the text of another one. Raises Refused.

    Text alone is copied: who may see the other process, who takes part in it and who must read it stays with it. The steps of a
    `variant` stay linked to those of the other process: what changes there is proposed here.
    """
    text = source(origin, scope(by, calendar.today(now)), now)
    if text is None:
        raise Refused(_("There is no text of %(number)s that you may see.") % {"number": origin.number})
    process = create_process(**asked, by=by, now=now)
    if not variant:
        content = fresh(definition_of(text))
    elif text.state != Revision.State.APPROVED:
        raise Refused(_("%(number)s was not approved yet; a variant shares steps that were.") % {"number": origin.number})
    else:
        content = sharing.variant(definition_of(text), Source(PROCESS, origin.number), text.ordinal)
        Variant.objects.create(process=process, main=origin, made_by=by, made_at=now)
    fill(process.revisions.get(), content, by=by, now=now)
    return process


def _line(text: str) -> str:
    return " ".join(clean(text).split())

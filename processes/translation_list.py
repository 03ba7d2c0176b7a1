"""Which procedures lack a translation into a language, or have an outdated one: for those who answer for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q

from organization.scope import Scope
from processes import languages, policy
from processes.models import Process, Revision, Translation

PAGE: Final = 50
OPEN, MISSING, OUTDATED, AT_WORK, RELEASED = "open", "missing", "outdated", "work", "released"
SHOWS: Final = (OPEN, MISSING, OUTDATED, AT_WORK, RELEASED)


@dataclass(frozen=True, slots=True)
class Line:
    """A procedure, what is done for its translation now (None: nothing), and whether an older translation is outdated."""

    process: Process
    revision: Revision
    translation: Translation | None
    outdated: bool


def in_use() -> list[str]:
    """Languages into which anything is translated."""
    return list(
        Translation.objects.exclude(state=Translation.State.WITHDRAWN).order_by("language").values_list("language", flat=True).distinct()
    )


def choices() -> Sequence[languages.Language]:
    """Languages to look at: those of the portal and those in use."""
    return languages.offered(in_use())[0]


def lines(scope: Scope, language: str, show: str, after: str, size: int) -> list[Line]:
    """Those with a number after `after`, in the order of their numbers."""
    theirs = Translation.objects.filter(language=language)
    here = theirs.living().filter(revision=OuterRef("pk"))
    standing = Exists(here.filter(state=Translation.State.RELEASED))
    older = theirs.filter(revision__process=OuterRef("process"), state=Translation.State.RELEASED).exclude(revision=OuterRef("pk"))
    wanted = {
        OPEN: ~Q(standing), MISSING: ~Q(Exists(here)) & ~Q(Exists(older)), OUTDATED: ~Q(standing) & Q(Exists(older)),
        AT_WORK: Q(Exists(here)) & ~Q(standing), RELEASED: Q(standing),
    }[show]  # fmt: skip
    processes = policy.answered_for(scope).filter(state=Process.State.ACTIVE).exclude(language=language)
    found = (
        Revision.objects.newest()
        .filter(process__in=processes)
        .filter(wanted, process__number__gt=after)
        .annotate(older=Exists(older), standing=standing)
        .select_related("process__department")
        .defer("content")
        .order_by("process__number")[:size]
    )
    revisions = list(found)
    rows = theirs.living().filter(revision__in=revisions).select_related("checker").defer("texts")
    known = {one.revision_id: one for one in rows}
    return [Line(one.process, one, known.get(one.pk), outdated=one.older and not one.standing) for one in revisions]

"""Pictures in descriptions: keeping one, taking over those of a text that comes from elsewhere, finding one."""

import datetime as dt

from organization import calendar
from organization.models import Person
from organization.scope import Scope, scope
from processes.canonical import sha256
from processes.definition import Definition
from processes.markdown import pictures_in
from processes.models import Picture, PictureUse, Revision
from processes.picture_files import Prepared


def keep(revision: Revision, made: Prepared, *, by: Person, now: dt.datetime) -> Picture:
    """Keeps a picture for this revision, in the caller's transaction; the same picture is kept once."""
    facts = {
        "content": made.content, "media_type": made.media_type, "width": made.width, "height": made.height,
        "created_by": by, "created_at": now,
    }  # fmt: skip
    picture, _created = Picture.objects.get_or_create(sha256=sha256(made.content), defaults=facts)
    PictureUse.objects.get_or_create(revision=revision, picture=picture)
    return picture


def named_in(definition: Definition) -> set[str]:
    """The hashes of the pictures that a definition shows."""
    return pictures_in(definition.purpose, definition.scope, definition.notes, *(step.description for step in definition.steps))


def take_over(revision: Revision, named: set[str], *, by: Person, now: dt.datetime) -> None:
    """Text that was copied shows its pictures here too, as far as the person may see them where they came from."""
    missing = named - set(revision.picture_uses.values_list("picture__sha256", flat=True)) if named else set()
    if not missing:
        return
    seen = Revision.objects.visible_to(scope(by, calendar.today(now)))
    allowed = Picture.objects.filter(sha256__in=missing, uses__revision__in=seen).distinct()
    PictureUse.objects.bulk_create([PictureUse(revision=revision, picture=picture) for picture in allowed], ignore_conflicts=True)


def carry_over(revision: Revision, to: Revision) -> None:
    """What has the text of another revision of its process shows the same pictures."""
    uses = revision.picture_uses.values_list("picture", flat=True)
    PictureUse.objects.bulk_create([PictureUse(revision=to, picture_id=picture) for picture in uses])


def find(number: str, sha256: str, scope: Scope) -> Picture | None:
    """The picture, if a revision of this process that the person may see shows it."""
    revisions = Revision.objects.visible_to(scope).filter(process__number=number)
    return Picture.objects.filter(sha256=sha256, uses__revision__in=revisions).first()

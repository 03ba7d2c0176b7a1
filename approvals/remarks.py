"""Comments as a page shows them: where they stand in the document, and who may settle them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals import policy
from approvals.models import Comment
from approvals.timeline import moment
from organization.models import Person
from processes.definition import Definition
from processes.models import Revision


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with the number and name of its step ("" is the whole document), and whether this reader may settle it."""

    comment: Comment
    place: str
    written: str
    may_resolve: bool


def remarks_on(revision: Revision, definition: Definition, person: Person) -> list[Remark]:
    """The comments of a revision, open ones first, in the order of the document and then of time."""
    places = {step.key: (number, step.name) for number, step in enumerate(definition.steps, start=1)}
    mine = policy.wrote_revision(person, revision)
    comments = Comment.objects.filter(revision=revision).select_related("author", "resolved_by")
    ordered = sorted(comments, key=lambda c: (c.resolved_at is not None, places.get(c.anchor, (0, ""))[0], c.pk))
    return [
        Remark(
            comment,
            _place(comment.anchor, places),
            moment(comment.created_at),
            comment.resolved_at is None and (mine or comment.author_id == person.pk),
        )
        for comment in ordered
    ]


def _place(anchor: str, places: Mapping[str, tuple[int, str]]) -> str:
    if not anchor:
        return _("The whole document")
    if anchor not in places:
        return _("A step that is no longer there")
    return _("Step %(number)s: %(name)s") % {"number": places[anchor][0], "name": places[anchor][1]}

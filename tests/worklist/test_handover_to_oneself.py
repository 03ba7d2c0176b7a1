"""An administrator hands over and does not come by work, and by the rights that go with it, alone."""

import pytest

from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope
from processes.policy import may_review
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import handover as stories
from worklist import items
from worklist.models import HandoverLine

pytestmark = pytest.mark.django_db


def test_only_who_stands_in_the_line_takes_things_over_by_an_own_offer(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Buyer"))
    items.raise_item(
        kind="review", subject=str(process), url_name="process", url_args=[process.number], position=process.owner, due_on=day(12),
        source_key=f"review:{process.pk}:x", now=NOW,
    )  # fmt: skip
    opened = stories.open_handover(cast.reader, by=cast.admin, now=NOW, reason="Because I can.")
    lines = list(opened.lines.filter(kind=HandoverLine.Kind.ITEM))
    with pytest.raises(Refused, match="as an administrator only"):
        stories.offer(lines, cast.admin, by=cast.admin, now=NOW, reason="Mine.")
    assert not may_review(cast.admin, process, scope(cast.admin, TODAY))
    stories.offer(lines, cast.author, by=cast.admin, now=NOW, reason="The head.")
    stories.offer(lines, cast.author, by=cast.author, now=NOW, reason="The head herself.")
    stories.offer(lines, cast.manager, by=cast.manager, now=NOW, reason="The process office.")


def test_who_owes_the_handover_takes_over_too(cast: Cast) -> None:
    team = make.department("CAST", parent=cast.purchasing)
    lead = make.head(team, "lead")
    items.raise_item(
        kind="act", subject="Order", url_name="home", url_args=[], position=Position.objects.get(title=f"Head of {team.name}"),
        due_on=day(12), source_key="one", now=NOW,
    )  # fmt: skip
    opened = stories.open_handover(lead, by=lead, now=NOW, reason="Leaves.")
    make.away(cast.author, substitute=cast.stranger)
    stories.offer(list(opened.lines.filter(kind=HandoverLine.Kind.ITEM)), cast.stranger, by=cast.stranger, now=NOW, reason="Acting.")

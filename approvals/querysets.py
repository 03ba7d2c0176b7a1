"""Sets of approval cases in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q

from approvals.route_office import may_set_routes
from organization.scope import Scope
from processes.models import Process, Revision


class CaseQuerySet(models.QuerySet[Any]):
    """Approval cases."""

    def open(self) -> Self:
        """Still to be decided."""
        return self.filter(state="open")

    def pending(self) -> Self:
        """To be decided, or decided and waiting for the others of its package."""
        return self.filter(state__in=("open", "waiting"))

    def visible_to(self, scope: Scope) -> Self:
        """Cases of revisions on which this person works. An approval opens the document to its readers, not what was said about it.

        Whoever may re-route sees what is to be decided, of the processes that he or she sees: nobody chooses blindly who is asked.
        """
        seen = Q(revision__in=Revision.objects.whose_review_is_visible_to(scope))
        if scope.office and may_set_routes(scope.person_id, scope):
            seen |= Q(state__in=("open", "waiting"), process__in=Process.objects.visible_to(scope))
        return self.filter(seen)


class CommentQuerySet(models.QuerySet[Any]):
    """What was said in reviews."""

    def threads(self) -> Self:
        """Without the answers."""
        return self.filter(parent__isnull=True)

    def unsettled(self) -> Self:
        """Threads of which nobody has said yet that they are settled."""
        return self.threads().filter(resolved_at__isnull=True)


class WaiverQuerySet(models.QuerySet[Any]):
    """Waivers."""

    def standing(self, day: dt.date) -> Self:
        """Neither run out nor taken back on this day; the last day counts."""
        return self.filter(until__gte=day, end__isnull=True)

    def for_case(self, process: Any, revision: Any) -> Self:
        """For every case of the process, or for this revision alone."""
        return self.filter(Q(revision__isnull=True) | Q(revision=revision), process=process)


class PackageQuerySet(models.QuerySet[Any]):
    """Change packages."""

    def visible_to(self, scope: Scope) -> Self:
        """What this person began, or of whose members one is a revision on which he or she works or whose review he or she sees."""
        concerned = Revision.objects.whose_review_is_visible_to(scope)
        reviews = self.model._meta.get_field("cases").related_model.objects.visible_to(scope).pending()
        in_review = models.Exists(reviews.filter(package=models.OuterRef("pk")))
        return self.filter(Q(created_by=scope.person_id) | Q(members__revision__in=concerned) | in_review).distinct()

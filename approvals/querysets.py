"""Sets of approval cases in the words of the trade."""

from typing import Any, Self

from django.db import models

from organization.scope import Scope
from processes.models import Revision


class CaseQuerySet(models.QuerySet[Any]):
    """Approval cases."""

    def open(self) -> Self:
        """Not yet closed."""
        return self.filter(state="open")

    def visible_to(self, scope: Scope) -> Self:
        """Cases of revisions on which this person works. An approval opens the document to its readers, not what was said about it."""
        return self.filter(revision__in=Revision.objects.whose_review_is_visible_to(scope))

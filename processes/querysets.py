"""Sets of processes and revisions in the words of the trade; the one door to seeing."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from organization.scope import Scope, above


class ProcessQuerySet(models.QuerySet[Any]):
    """Processes."""

    def visible_to(self, scope: Scope) -> Self:
        """What this person may see: public ∪ participating departments ∪ owner ∪ participation ∪ exceptions.

        `processes.policy.may_see` decides the same for one object; a test holds that both answer alike.
        """
        participation = self.model._meta.get_field("participations").related_model
        user_grant = self.model._meta.get_field("user_grants").related_model
        group_grant = self.model._meta.get_field("group_grants").related_model
        mine = participation.objects.filter(scope.person_or_position()).filter(Q(until__isnull=True) | Q(until__gte=scope.today))
        in_departments = Q(department__in=scope.departments) | Q(
            pk__in=self.model.participating.through.objects.filter(department__in=scope.departments).values("process")
        )
        return self.filter(
            Q(confidentiality="company")
            | (Q(confidentiality="departments") & in_departments)
            | Q(owner__in=scope.positions)
            | Q(created_by=scope.person_id)
            | Q(pk__in=mine.values("process"))
            | Q(pk__in=user_grant.objects.filter(user=scope.person_id).values("content_object"))
            | Q(pk__in=group_grant.objects.filter(group__user=scope.person_id).values("content_object"))
        )

    def in_force(self, now: dt.datetime) -> Self:
        """Active, with a revision that is effective at this moment."""
        revisions = self.model._meta.get_field("revisions").related_model
        return self.filter(state="active").filter(Exists(revisions.objects.in_force(now).filter(process=OuterRef("pk"))))

    def due_for_review(self, today: dt.date) -> Self:
        """Active, with a review date that has come; what is going to be withdrawn is not reviewed any more."""
        return self.filter(state="active", withdrawn_from__isnull=True, next_review_on__lte=today)

    def at_home_in(self, departments: Collection[int], at: dt.datetime) -> Self:
        """Whose home was one of these departments at that moment; of a process without so old a record its first one counts."""
        records = self.model.history.filter(id=OuterRef("pk")).values("department_id")
        then = records.filter(history_date__lte=at).order_by("-history_date", "-history_id")
        first = records.order_by("history_date", "history_id")
        home = Coalesce(Subquery(then[:1]), Subquery(first[:1]), F("department_id"), output_field=models.BigIntegerField())
        return self.alias(home_then=home).filter(home_then__in=departments)

    def to_end(self, now: dt.datetime) -> Self:
        """Whose planned withdrawal has come; served by the partial index."""
        return self.filter(state="active", withdrawn_from__lte=now)


class RevisionQuerySet(models.QuerySet[Any]):
    """Revisions."""

    def in_force(self, now: dt.datetime) -> Self:
        """Effective at this moment: inside its half-open validity, and no emergency release of its process is laid over it."""
        released = self.model.objects.emergencies(now).values("process")
        return self._valid(now).filter(Q(emergency=True) | ~Q(process__in=released))

    def emergencies(self, now: dt.datetime) -> Self:
        """Released in an emergency and in force at this moment; one of each process at most. Served by the partial index."""
        return self._valid(now).filter(emergency=True)

    def _valid(self, now: dt.datetime) -> Self:
        return self.filter(effective_from__lte=now).filter(Q(effective_until__isnull=True) | Q(effective_until__gt=now))

    def to_tell(self, now: dt.datetime) -> Self:
        """In force, and nobody was told yet; served by the partial index."""
        return self.in_force(now).filter(told_at__isnull=True)

    def held(self) -> Self:
        """Approved and held back: without validity until the hold is released or waived. One of each process."""
        return self.filter(state="approved", effective_from__isnull=True)

    def newest(self) -> Self:
        """The newest approved revision of each process: the one held back; else the one without an end, in force or waiting for its day."""
        return self.filter(self._newest(), state="approved")

    def to_read(self, now: dt.datetime) -> Self:
        """What people are to read: what was released in an emergency while it holds, else the newest approved one."""
        released = self.model.objects.emergencies(now)
        instead = ~Q(process__in=released.values("process"))
        return self.filter(self._newest() & instead | Q(pk__in=released.values("pk")), state="approved")

    def _newest(self) -> Q:
        held = self.model.objects.held().filter(process=OuterRef("process"))
        without_end = Q(~Exists(held), effective_from__isnull=False, effective_until__isnull=True)
        return Q(effective_from__isnull=True) | without_end

    def holding_beyond(self, at: dt.datetime) -> Self:
        """Approved, and valid at this moment or later, as far as anybody knows; what waits for a hold to be released counts."""
        return self.filter(state="approved").filter(Q(effective_until__isnull=True) | Q(effective_until__gt=at))

    def regular(self) -> Self:
        """Approved by their whole route: what a draft begins from and is compared with."""
        return self.filter(state="approved", emergency=False)

    def open(self) -> Self:
        """Drafts and revisions in review."""
        return self.filter(state__in=("draft", "in_review"))

    def newest_first(self) -> Self:
        """By the day it took or takes effect."""
        return self.order_by(Coalesce("effective_from", "created_at").desc(), "-ordinal")

    def visible_to(self, scope: Scope) -> Self:
        """Approved revisions of visible processes; drafts and reviews only for their department, contributors and participants."""
        processes = self.model._meta.get_field("process").related_model.objects.visible_to(scope)
        return self.filter(process__in=processes).filter(Q(state="approved") | self._concerning(scope))

    def whose_review_is_visible_to(self, scope: Scope) -> Self:
        """Without those that this person sees only because they were approved."""
        return self.visible_to(scope).filter(self._concerning(scope))

    def _concerning(self, scope: Scope) -> Q:
        participation = self.model._meta.get_field("participations").related_model
        mine = participation.objects.filter(scope.person_or_position(), revision__isnull=False).filter(
            Q(until__isnull=True) | Q(until__gte=scope.today)
        )
        whole = (
            participation.objects.filter(scope.person_or_position(), revision__isnull=True)
            .exclude(part="reader")
            .filter(Q(until__isnull=True) | Q(until__gte=scope.today))
        )
        return (
            Q(process__department__in=scope.departments)
            | Q(process__owner__in=scope.positions)
            | Q(created_by=scope.person_id)
            | Q(pk__in=mine.values("revision"))
            | Q(process__in=whole.values("process"))
        )


class EffectHoldQuerySet(models.QuerySet[Any]):
    """What keeps revisions from taking effect."""

    def open(self) -> Self:
        """Neither released nor waived, of an approval that stands."""
        return self.filter(released_at__isnull=True)


class TranslationQuerySet(models.QuerySet[Any]):
    """Translations."""

    def standing(self) -> Self:
        """Released, of content that is still the revision's."""
        return self.filter(state="released", revision__state="approved", content=F("revision__frozen"))

    def living(self) -> Self:
        """Not withdrawn, of content that is still the revision's."""
        return self.exclude(state="withdrawn").filter(revision__state="approved", content=F("revision__frozen"))


def around(scope: Scope) -> frozenset[int]:
    """The departments in, above or below which the person works."""
    return scope.departments | above(scope.departments)


class TemplateQuerySet(models.QuerySet[Any]):
    """Templates."""

    def visible_to(self, scope: Scope) -> Self:
        """Of visible processes: those for the company, and those for a department in, above or below which the person works."""
        processes = self.model._meta.get_field("process").related_model.objects.visible_to(scope)
        return self.filter(process__in=processes).filter(Q(department__isnull=True) | Q(department__in=around(scope)))

    def usable(self, now: dt.datetime) -> Self:
        """Whose process is active and in force: a text that was approved."""
        processes = self.model._meta.get_field("process").related_model
        return self.filter(process__in=processes.objects.in_force(now))


class StepBlockQuerySet(models.QuerySet[Any]):
    """Blocks of steps."""

    def visible_to(self, scope: Scope) -> Self:
        """One's own, those of a department in, above or below which the person works, and the company's."""
        company = Q(person__isnull=True, department__isnull=True)
        return self.filter(company | Q(person=scope.person_id) | Q(department__in=around(scope)))

    def saying(self, words: Iterable[str]) -> Self:
        """In whose name or steps words begin like each of these (folded ones)."""
        found = self
        for word in words:
            found = found.filter(words__contains=f" {word}")
        return found


class ChangeRequestQuerySet(models.QuerySet[Any]):
    """Change requests."""

    def waiting(self) -> Self:
        """Not answered yet."""
        return self.filter(state="open")

    def live(self) -> Self:
        """Waiting, or accepted into a draft that is not approved yet: what a duplicate can be joined with."""
        return self.filter(state__in=("open", "accepted"))

    def to_answer(self, scope: Scope) -> Self:
        """Of visible processes in which this person writes by position or invitation; the twin of `policy.may_contribute`, level apart."""
        processes = self.model._meta.get_field("process").related_model
        participation = processes._meta.get_field("participations").related_model
        invited = participation.objects.filter(
            scope.person_or_position(), Q(until__isnull=True) | Q(until__gte=scope.today), part="contributor", revision__isnull=True
        )
        writes = (
            Q(process__department__in=scope.departments) | Q(process__owner__in=scope.positions) | Q(process__in=invited.values("process"))
        )
        return self.filter(writes, process__in=processes.objects.visible_to(scope))

    def shown(self) -> Self:
        """With whom and what a list of them shows, in one query."""
        return self.select_related("process", "asked_by", "draft", "joined__draft")

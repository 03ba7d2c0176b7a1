"""Words and offers of the continuity pages, and what else the page of a person offers."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise

from organization.models import Department, Person, Position
from organization.scope import scope_of
from organization.views.request import person_of
from training.policy import may_see_training
from worklist.continuity_policy import departments_of, handovers_within, may_think_through, reach_of

register = template.Library()


@register.filter
def at(values: Mapping[str, str | Promise], key: str) -> str | Promise:
    """The value of this key; "" where there is none."""
    return values.get(key, "")


@register.simple_tag(takes_context=True)
def leaving_url(context: Mapping[str, Any], about: Person | Position | Department) -> str:
    """Where it is thought through what happens if this person, or everybody here, left; "" for whoever may not see that."""
    request = context["request"]
    scope = scope_of(request)
    reach = reach_of(person_of(request), scope)
    if not reach or not may_think_through(_departments(about, context), reach):
        return ""
    return reverse(f"continuity:{type(about).__name__.lower()}", args=[about.pk])


@register.simple_tag(takes_context=True)
def handover_url(context: Mapping[str, Any], person: Person) -> str:
    """The handover of a leaver, or the one that is open for somebody who is still here; "" for whoever may not see it."""
    me, scope = person_of(context["request"]), scope_of(context["request"])
    found = handovers_within(reach_of(me, scope), me, scope).filter(person=person)
    if person.is_active:
        found = found.filter(closed_at__isnull=True)
    newest = found.order_by("-pk").first()
    return reverse("continuity:handover", args=[newest.pk]) if newest else ""


@register.simple_tag(takes_context=True)
def training_url(context: Mapping[str, Any], person: Person) -> str:
    """Which versions this person was trained on; "" for whoever may not see that."""
    return reverse("training:person", args=[person.pk]) if may_see_training(person, scope_of(context["request"])) else ""


def _departments(about: Person | Position | Department, context: Mapping[str, Any]) -> frozenset[int]:
    if isinstance(about, Person):
        return departments_of(about, scope_of(context["request"]).today)
    return frozenset({about.department_id if isinstance(about, Position) else about.pk})

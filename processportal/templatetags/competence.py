"""The way to somebody's competence, for whoever may see it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse

from organization.models import Person
from organization.scope import scope_of
from training.competence import policy

register = template.Library()


@register.simple_tag(takes_context=True)
def competence_url(context: Mapping[str, Any], person: Person) -> str:
    """One's own page, or that of somebody whom one is above; "" for everybody else."""
    view = scope_of(context["request"])
    if person.pk == view.person_id:
        return reverse("training:competence")
    return reverse("training:person_competence", args=[person.pk]) if policy.oversees(view, person) else ""

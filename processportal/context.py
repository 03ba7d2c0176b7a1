"""What every page needs: navigation with its badges, who is here in which position, appearance, demo banner."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from organization.calendar import company, today
from organization.models import Absence, Appointment, Person
from organization.scope import scope_of
from processportal.audit_pack.policy import may_ask
from processportal.demo.accounts import demo_accounts, one_click_allowed
from processportal.navigation import Badges, address, entries
from processportal.preferences import appearance


@dataclass(frozen=True, slots=True)
class Standing:
    """The positions that a person holds and acts for today, in words."""

    held: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [*self.held, *(_("acting for %(position)s") % {"position": title} for title in self.acting)]
        return " · ".join(words) if words else _("no position yet")


def standing(person: Person) -> Standing:
    """One query: appointments of this person and of those for whom this person substitutes today."""
    day = today()
    replaced = Absence.objects.on(day).filter(substitute=person).values("person")
    rows = Appointment.objects.on(day).filter(person__in=[person.pk]) | Appointment.objects.on(day).filter(person__in=replaced)
    found = list(rows.order_by("starts_on", "id").values_list("person_id", "position__title"))
    mine = tuple(title for holder, title in found if holder == person.pk)
    return Standing(mine, tuple(title for holder, title in found if holder != person.pk))


def _profile(person: Person) -> str:
    try:
        return reverse("organization:person", args=(person.pk,))
    except NoReverseMatch:
        return ""


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of `templates/base.html`. What costs a query is asked only where a page shows it."""
    given: dict[str, Any] = {
        "styleguide_url": address("styleguide") if settings.STYLEGUIDE else "",
        "appearance": appearance(request),
        "home_url": address("home") or "/",
        "demo": SimpleLazyObject(lambda: company().is_demo),
        "demo_accounts": SimpleLazyObject(lambda: demo_accounts() if one_click_allowed() else []),
    }
    person = getattr(request, "user", None)
    if person is not None and person.is_authenticated:
        given |= {
            "navigation": entries(request.path, Badges(request)),
            "standing": SimpleLazyObject(lambda: standing(person)),
            "profile_url": _profile(person),
            "search_url": address("search"),
            "palette_url": address("palette"),
            "mailbox_url": address("worklist:mailbox"),
            "audit_packs_url": SimpleLazyObject(lambda: address("audit_pack:packs") if may_ask(person, scope_of(request)) else ""),
        }
    return given

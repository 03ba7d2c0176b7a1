"""The places of the portal, in their order, and which of them stands open on a page."""

from dataclasses import dataclass, field
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from organization.scope import scope_of
from training.models import Reading
from worklist import mine


class Badges:
    """How many things wait for this person. Counted when a page shows them, once per request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def work(self) -> int:
        """Open items on "My work": the number equals the rows shown there."""
        return mine.count(scope_of(self.request))

    @cached_property
    def reading(self) -> int:
        """Revisions that this person has to read."""
        return Reading.objects.owed().filter(person=scope_of(self.request).person_id).count()


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `below` are further addresses that belong to it; `badge` names an attribute of Badges."""

    label: str | Promise
    url_name: str
    icon: str
    on_phone: bool = False
    badge: str = ""
    below: tuple[str, ...] = ()


PLACES = (
    Place(_("Home"), "home", "home", on_phone=True),
    Place(_("Processes"), "processes:list", "process", on_phone=True, below=("/packages/", "/copies/", "/audit-packs/")),
    Place(_("Map"), "processes:map", "map"),
    Place(
        _("My work"),
        "worklist:mine",
        "work",
        on_phone=True,
        badge="work",
        below=("/reviews/", "/requests/", "/notices/", "/mailbox/", "/reminders/"),
    ),
    Place(_("Reading"), "training:reading", "reading", on_phone=True, badge="reading"),
    Place(_("Training"), "training:courses", "training"),
    Place(_("Indicators"), "kpis:list", "indicator"),
    Place(_("Improvement"), "improvement:index", "improvement"),
    Place(
        _("Organization"),
        "organization:index",
        "organization",
        below=("/continuity/", "/handovers/", "/deliveries/", "/webhooks/", "/routes/", "/competence/", "/assessments/"),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that exists, as one page shows it."""

    place: Place
    url: str
    current: bool
    badges: Badges = field(repr=False)

    @property
    def badge(self) -> int:
        """The number beside the label; 0 shows nothing."""
        return {"work": lambda: self.badges.work, "reading": lambda: self.badges.reading}.get(self.place.badge, lambda: 0)()


@cache
def address(url_name: str) -> str:
    """The address of this name, or "" where no such page exists yet. Asked once, then known."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@cache
def _existing() -> tuple[tuple[Place, str], ...]:
    return tuple((place, address(place.url_name)) for place in PLACES if address(place.url_name))


def entries(path: str, badges: Badges) -> list[Entry]:
    """The existing places; the one whose address is the longest beginning of `path` is current. Home only on itself."""
    existing = _existing()
    fits = [
        (len(start), place)
        for place, url in existing
        for start in (url, *place.below)
        if path == start or (start != "/" and path.startswith(start))
    ]
    current = max(fits, key=lambda fit: fit[0])[1] if fits else None
    return [Entry(place, url, place is current, badges) for place, url in existing]

"""Search page and command palette: procedures, people and actions by a few typed letters."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization.models import Person
from organization.policy import may_manage
from organization.scope import scope_of
from organization.views.request import person_of
from processes import search as documents
from processes.policy import may_begin
from processportal.audit_pack.policy import may_ask

PALETTE_ROWS = 8
SEARCH_ROWS = 25
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the palette."""

    kind: str
    title: str
    detail: str
    url: str


def palette(request: HttpRequest) -> HttpResponse:
    """A fragment: actions first where the words fit, then procedures by number or title, then people."""
    asked = _asked(request)
    rows = _actions(request, asked)
    if asked:
        rows = rows[:PALETTE_ROWS] + _procedures(request, asked) + _people(asked)
    return render(request, "portal/palette.html", {"rows": rows, "asked": asked})


def search(request: HttpRequest) -> HttpResponse:
    """The full-text search page over what is in force and may be seen."""
    asked = _asked(request)
    hits = documents.search(asked, scope_of(request), timezone.now(), limit=SEARCH_ROWS) if asked else []
    people = _people(asked) if asked else []
    return render(request, "portal/search.html", {"asked": asked, "hits": hits, "people": people})


def _asked(request: HttpRequest) -> str:
    """What was typed, without NUL, which no database takes."""
    return request.GET.get("q", "").strip()[:LONGEST_QUERY]


def _procedures(request: HttpRequest, asked: str) -> list[Row]:
    found = documents.find_by_title_or_number(asked, scope_of(request), limit=PALETTE_ROWS)
    return [Row("process", f"{p.number} {p.title}", str(p.department), reverse("process", args=[p.number])) for p in found]


def _people(asked: str) -> list[Row]:
    found = Person.objects.filter(is_active=True, name__icontains=asked).order_by("name", "pk")[:5]
    return [Row("person", person.name, "", reverse("organization:person", args=[person.pk])) for person in found]


def _actions(request: HttpRequest, asked: str) -> list[Row]:
    """What can be done from anywhere; only what this person may open."""
    known = [
        (_("My work"), reverse("worklist:mine")),
        (_("Reading"), reverse("training:reading")),
        (_("All processes"), reverse("processes:list")),
        (_("Process map"), reverse("processes:map")),
        (_("Indicators"), reverse("kpis:list")),
        (_("Organization"), reverse("organization:index")),
        (_("Capability levels"), reverse("organization:levels")),
        (_("Notices"), reverse("worklist:notices")),
        (_("Translations"), reverse("processes:translation_list")),
        (_("Copies on paper"), reverse("copies:register")),
        (_("My competence"), reverse("training:competence")),
        (_("Change password"), reverse("account_change_password")),
    ]
    scope = scope_of(request)
    if may_begin(person_of(request), scope):
        known += [(_("New process"), reverse("processes:new")), (_("Change packages"), reverse("approvals:packages"))]
    if may_ask(person_of(request), scope):
        known.append((_("Audit packs"), reverse("audit_pack:packs")))
    if may_manage(person_of(request)):
        known.append((_("First steps"), reverse("first_steps")))
    words = asked.lower().split()
    return [Row("action", title, "", url) for title, url in known if all(word in title.lower() for word in words)]

"""The views of work: mine, the team's for those who look after it, and what I was told."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from worklist.notices import unread


def tabs(current: str, person_id: int, *, leads: bool) -> list[dict[str, object]]:
    """What `components/tabs.html` shows; `current` is "mine", "team", "requests" or "notices"."""
    team = {"label": pgettext("the people I look after", "Team"), "url": reverse("team"), "current": current == "team"}
    return [
        {"label": _("My work"), "url": reverse("worklist:mine"), "current": current == "mine"},
        *([team] if leads else []),
        {"label": _("Change requests"), "url": reverse("processes:change_requests"), "current": current == "requests"},
        {
            "label": _("Notices"),
            "url": reverse("worklist:notices"),
            "current": current == "notices",
            "count": unread(person_id) or None,
        },
    ]

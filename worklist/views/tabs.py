"""The two views of work: mine, and the team's for those who look after it."""

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(current: str) -> list[dict[str, object]]:
    """What `components/tabs.html` shows; `current` is "mine" or "team"."""
    return [
        {"label": _("My work"), "url": reverse("worklist:mine"), "current": current == "mine"},
        {"label": _("Team"), "url": reverse("team"), "current": current == "team"},
    ]

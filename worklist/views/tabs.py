"""The two views of work: mine, and the team's for those who look after it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def tabs(current: str) -> list[dict[str, object]]:
    """What `components/tabs.html` shows; `current` is "mine" or "team"."""
    return [
        {"label": _("My work"), "url": reverse("worklist:mine"), "current": current == "mine"},
        {"label": pgettext("the people I look after", "Team"), "url": reverse("team"), "current": current == "team"},
    ]

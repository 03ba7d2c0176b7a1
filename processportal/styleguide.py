"""Every component in all its states on one page, for those who build the screens. Not in production."""

import datetime as dt
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import add_working_days, today

STATES = ("draft", "in_review", "approved", "effective", "superseded", "withdrawn", "overdue", "ok", "warn", "bad", "neutral")
TOKENS = {
    gettext_lazy("Ground and ink"): ("ground", "paper", "sunk", "line", "line-strong", "ink", "ink-2", "ink-3"),
    gettext_lazy("Accent"): ("brand", "brand-strong", "brand-soft", "brand-ink"),
    gettext_lazy("States"): ("ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "neutral", "neutral-soft"),
    gettext_lazy("Comparison"): ("add", "del", "mod"),
}


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=60, help_text=gettext_lazy("Short; it stands in every list."))
    purpose = forms.CharField(label=gettext_lazy("Purpose"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    scope = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=(("d", gettext_lazy("Department process")), ("c", gettext_lazy("Company process"))),
    )
    review_on = forms.DateField(label=gettext_lazy("Next review"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    effect = forms.ChoiceField(
        label=gettext_lazy("Takes effect"),
        choices=(("now", gettext_lazy("At once")), ("later", gettext_lazy("On a date"))),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Readers are told on that day."),
    )
    notify = forms.BooleanField(label=gettext_lazy("Tell the readers by e-mail"), required=False)


class SampleFilter(forms.Form):
    """Two GET fields."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False)
    department = forms.ChoiceField(
        label=gettext_lazy("Department"), required=False, choices=(("", gettext_lazy("All")), ("PUR", gettext_lazy("Purchasing")))
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; 404 where the setting is off."""
    if not settings.STYLEGUIDE:
        raise Http404
    day = today()
    return render(
        request,
        "styleguide.html",
        {
            "tokens": TOKENS,
            "states": STATES,
            "today": day,
            "dues": [_working_days_before(day, 3), day, add_working_days(day, 1), add_working_days(day, 12)],
            "sample_person": SimpleNamespace(name="Mei Lin", initials="ML"),
            "chinese_person": SimpleNamespace(name="王建国", initials="建国"),
            "sample_turn": SimpleNamespace(
                person=SimpleNamespace(name="Mei Lin", initials="ML"),
                who=_("Mei Lin, for Head of Quality"),
                since=_("since 3 working days"),
                usually=_("usually 2 working days"),
                escalates=_("escalates on Fri 27 Nov to the superior"),
                is_slow=True,
            ),
            "blank_form": SampleForm(prefix="blank"),
            "wrong_form": SampleForm({"wrong-title": "", "wrong-purpose": _("What was typed stays."), "wrong-scope": "x"}, prefix="wrong"),
            "filter_form": SampleFilter({"department": "PUR"}),
            **_lists(),
        },
    )


def _working_days_before(day: dt.date, count: int) -> dt.date:
    start = day - dt.timedelta(days=count)
    while add_working_days(start, count) > day:
        start -= dt.timedelta(days=1)
    return start


def _lists() -> dict[str, object]:
    return {
        "active_filters": [{"label": _("Department: Purchasing"), "remove_url": "?"}],
        "timeline": [
            {"title": _("Submitted by Buyer"), "detail": _("Mon 14:02"), "state": "done"},
            {"title": _("Returned by Head of Quality"), "detail": _("“The limit value is missing.”"), "state": "refused"},
            {"title": _("Department process manager: you"), "detail": _("since Tue 08:00, escalates Thu"), "state": "now"},
            {"title": _("Company process manager"), "detail": _("on leave until 4 May: deputy"), "state": "coming"},
        ],
        "steps": [
            {"label": _("Type the steps"), "state": "done"},
            {"label": _("Look at the findings"), "state": "now"},
            {"label": _("Submit"), "state": "coming"},
        ],
        "tabs": [
            {"label": _("Procedure"), "url": "#tabs", "current": True},
            {"label": _("Changes"), "url": "#tabs", "count": 4},
            {"label": _("History"), "url": "#tabs"},
        ],
        "facts": [
            {"label": _("Processes effective"), "value": _("11 of 12")},
            {"label": _("Read by those who must"), "value": "93 %"},
            {"label": _("Next review"), "value": _("3 Nov 2027"), "url": "#kv"},
        ],
        **_table(),
    }


def _table() -> dict[str, object]:
    columns = [
        {"label": _("Process"), "key": "title"},
        {"label": _("State"), "key": "state"},
        {"label": _("Owner")},
        {"label": _("Readers"), "key": "readers", "num": True},
    ]
    processes = (
        ("PUR-010 " + _("Purchase to pay"), "effective", _("Head of Purchasing"), "46"),
        ("QA-004 " + _("Calibration"), "in_review", _("Head of Quality"), "1,208"),
        ("STO-002 " + _("Goods receipt"), "draft", _("Head of Stores"), "9"),
    )
    rows = [
        [
            {"text": title, "url": "#table"},
            {"text": "", "state": state, "label": _("State")},
            {"text": owner, "label": _("Owner")},
            {"text": readers, "num": True, "label": _("Readers")},
        ]
        for title, state, owner, readers in processes
    ]
    return {"columns": columns, "rows": rows}

"""Forms of courses: what a course is, when a session is, whom to invite, who was there, and what somebody thought of it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.validators import URLValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organization.calendar import company_zone
from organization.forms import DepartmentChoice, day_field, needed, person_field
from organization.models import Ability, Department, Level, Person
from organization.scope import Scope
from organization.sentences import listed
from processes.models import Process
from training.courses import catalogue, sessions
from training.courses.attendance import Entry
from training.courses.inviting import KINDS, PROCESS
from training.forms import LevelChoice, TitledField, positions
from training.models import Course, TrainingRecord, TrainingSession
from training.rule_targets import known_roles

NUMBERS = re.compile(r"[\s,;，；、]+")
COMING, GONE = "1", "0"


class NumbersField(forms.CharField):
    """Numbers of processes that the person sees, with commas between them."""

    def __init__(self, view: Scope, **kwargs: Any) -> None:
        self.view = view
        super().__init__(max_length=2000, **kwargs)

    def clean(self, value: Any) -> list[Process]:
        """The processes; raises ValidationError with what is not found."""
        given = [number for number in NUMBERS.split(super().clean(value).upper()) if number]
        found = {one.number: one for one in Process.objects.visible_to(self.view).filter(number__in=given)}
        if unknown := [number for number in given if number not in found]:
            raise forms.ValidationError(_("There is no process %(numbers)s that you may see.") % {"numbers": listed(unknown)})
        return list(found.values())


class AbilityChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Shows the ability's words under its level."""

    def label_from_instance(self, obj: Ability) -> str:
        """As `2 · Defines process boundaries clearly`."""
        return f"{obj.level_id} · {_(obj.text)}"


class CourseForm(forms.Form):
    """What a course is; `seen` is the version that the page showed."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.-]{0,23}$", label=gettext_lazy("Code"),
        help_text=gettext_lazy("Up to 24 letters, digits, points and hyphens. It never changes."),
        error_messages={"invalid": gettext_lazy("Use up to 24 letters, digits, points and hyphens, without spaces.")},
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    description = forms.CharField(
        label=gettext_lazy("What is learned"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    department = DepartmentChoice(
        Department.objects.filter(dissolved_on__isnull=True).order_by("code"), label=gettext_lazy("Arranged by"), required=False,
        empty_label=gettext_lazy("The process office, for the whole company"),
    )  # fmt: skip
    level = LevelChoice(Level.objects.order_by("number"), label=gettext_lazy("Prepares for level"), required=False)
    abilities = AbilityChoices(
        Ability.objects.order_by("level", "order"), label=gettext_lazy("Abilities"), required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.IntegerField(label=gettext_lazy("Places in a session"), min_value=1, max_value=2000, initial=12)
    pass_mark = forms.IntegerField(
        label=gettext_lazy("Pass mark in percent"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("Leave empty where being there is enough."),
    )  # fmt: skip
    renewal_months = forms.IntegerField(
        label=gettext_lazy("Valid for so many months"), min_value=1, max_value=240, required=False,
        help_text=gettext_lazy("Leave empty where it never expires."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("code", "title", "description", "department", "processes", "level", "abilities")

    def __init__(self, *args: Any, view: Scope, course: Course | None = None, **kwargs: Any) -> None:
        if course is not None:
            visible = Process.objects.visible_to(view).filter(courses=course).order_by("number")
            kwargs["initial"] = {
                **{name: getattr(course, name) for name in ("title", "description", "department", "level", "places")},
                **{name: getattr(course, name) for name in ("pass_mark", "renewal_months")},
                "abilities": list(course.abilities.all()),
                "processes": ", ".join(visible.values_list("number", flat=True)),
                "seen": course.version,
            }
        super().__init__(*args, **kwargs)
        self.fields["processes"] = NumbersField(
            view, label=_("Processes"), required=False, help_text=_("Numbers of the processes that it teaches, such as PUR-001, PUR-004.")
        )
        if course is not None:
            del self.fields["code"]
        self.order_fields(self.field_order)

    def terms(self) -> catalogue.Terms:
        """What was typed."""
        return catalogue.Terms(**{name: value for name, value in self.cleaned_data.items() if name not in ("code", "seen")})


class SessionForm(forms.Form):
    """When and where, on the company's clock; `seen` is the version that the page showed."""

    day = day_field(gettext_lazy("Day"))
    begins = forms.TimeField(label=pgettext_lazy("time of day", "From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty where it is over the same day."))
    ends = forms.TimeField(label=pgettext_lazy("time of day", "Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = needed(forms.CharField(label=pgettext_lazy("training", "Place"), max_length=160, required=False), gettext_lazy("or a link"))
    link = needed(
        forms.CharField(
            label=gettext_lazy("Link"), max_length=500, required=False, validators=[URLValidator(schemes=["http", "https"])],
            help_text=gettext_lazy("Where it is held online: an address that begins with https://."),
        ),
        gettext_lazy("or a place"),
    )  # fmt: skip
    trainer = needed(person_field(gettext_lazy("Trainer"), required=False), gettext_lazy("or somebody from outside"))
    trainer_name = needed(
        forms.CharField(
            label=gettext_lazy("Trainer from outside"), max_length=160, required=False,
            help_text=gettext_lazy("A name, where nobody of the company holds it."),
        ),
        gettext_lazy("or somebody of the company"),
    )  # fmt: skip
    capacity = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=2000)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    called: ClassVar[Mapping[str, str]] = {"begins_at": "day", "ends_at": "ends"}

    def __init__(self, *args: Any, session: TrainingSession | None = None, **kwargs: Any) -> None:
        if session is not None:
            begins, ends = (timezone.localtime(instant, company_zone()) for instant in (session.begins_at, session.ends_at))
            kwargs["initial"] = {
                "day": begins.date(), "begins": begins.time(), "ends": ends.time(), "seen": session.sequence,
                "last_day": ends.date() if ends.date() != begins.date() else None,
                "trainer": session.trainer.login if session.trainer else "",
                **{name: getattr(session, name) for name in ("place", "link", "trainer_name", "capacity")},
            }  # fmt: skip
        super().__init__(*args, **kwargs)

    def terms(self) -> sessions.Terms:
        """What was typed, as instants."""
        data, zone = self.cleaned_data, company_zone()
        begins = dt.datetime.combine(data["day"], data["begins"], zone)
        ends = dt.datetime.combine(data["last_day"] or data["day"], data["ends"], zone)
        rest = {name: data[name] for name in ("capacity", "trainer", "trainer_name", "place", "link")}
        return sessions.Terms(begins.astimezone(dt.UTC), ends.astimezone(dt.UTC), **rest)


class CancelForm(forms.Form):
    """Why a session does not take place."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who was going to come is told."),
    )  # fmt: skip


class InviteForm(forms.Form):
    """Whom to invite: one of these."""

    everybody = forms.BooleanField(
        label=gettext_lazy("Also those who have completed the course and are not due to renew it"), required=False
    )
    field_order = (*KINDS, "everybody")

    def __init__(self, *args: Any, view: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.existing(view.today).order_by("code")
        options = {kind: reverse("training:invitees", args=[kind]) for kind in ("position", "role")}
        self.fields |= {
            PROCESS: NumbersField(view, label=_("Readers of a process"), required=False, help_text=_("Its number, such as PUR-001.")),
            "department": DepartmentChoice(departments, label=_("Department"), required=False),
            "position": TitledField(positions(view.today), options["position"], label=_("Position"), required=False),
            "role": TitledField(known_roles(view), options["role"], label=_("Process role"), required=False),
            "level": LevelChoice(Level.objects.order_by("number"), label=_("Level, and those above it"), required=False),
            "person": person_field(_("Person"), required=False),
        }
        for kind in KINDS:
            needed(self.fields[kind], _("one of these"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Exactly one."""
        data = super().clean() or {}
        given = [kind for kind in KINDS if data.get(kind)]
        if not self.errors and (len(given) != 1 or (given == [PROCESS] and len(data[PROCESS]) != 1)):
            raise forms.ValidationError(_("Fill in one of these: the people whom it selects are invited."))
        return data

    def rule(self) -> tuple[str, int]:
        """The kind and the key of what was named."""
        kind = next(kind for kind in KINDS if self.cleaned_data.get(kind))
        value = self.cleaned_data[kind]
        return kind, int((value[0] if kind == PROCESS else value).pk)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the attendance list as the page shows it."""

    person: Person
    there: forms.BoundField
    score: forms.BoundField | None
    checked_in: dt.datetime | None
    record: TrainingRecord | None


class AttendanceForm(forms.Form):
    """Who was there and what came out; further people by login name. Whoever has a record already is not asked again."""

    further = forms.CharField(
        label=gettext_lazy("Came without a place"), max_length=2000, required=False,
        help_text=gettext_lazy("Login names with commas between them."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why so late"), max_length=500, required=False,
        help_text=gettext_lazy("Needed where the session ended more than a week ago."),
    )  # fmt: skip

    def __init__(self, *args: Any, session: TrainingSession, people: Sequence[Person], here: dict[int, dt.datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.here, self.passing = people, here, session.course.pass_mark is not None
        self.known = {one.person_id: one for one in session.records.standing()}
        for person in people:
            if person.pk in self.known:
                continue
            self.fields[f"there-{person.pk}"] = forms.TypedChoiceField(
                label=_("%(name)s was") % {"name": person.name}, coerce=lambda value: value == COMING, empty_value=None, required=False,
                choices=(("", "–"), (COMING, _("there")), (GONE, _("not there"))), initial=COMING if person.pk in here else "",
            )  # fmt: skip
            if self.passing:
                self.fields[f"score-{person.pk}"] = self._score(person)
        self.order_fields([name for name in self.fields if name not in ("further", "reason")])

    def _score(self, person: Person) -> forms.IntegerField:
        return forms.IntegerField(
            label=_("Result of %(name)s in percent") % {"name": person.name}, min_value=0, max_value=100, required=False
        )

    def lines(self) -> list[Line]:
        """The list, for the page."""
        return [
            Line(
                one,
                self[f"there-{one.pk}"] if one.pk not in self.known else self["further"],
                self[f"score-{one.pk}"] if self.passing and one.pk not in self.known else None,
                self.here.get(one.pk),
                self.known.get(one.pk),
            )
            for one in self.people
        ]

    def clean_further(self) -> list[Person]:
        """The people; raises ValidationError with what is no login name."""
        given = [login for login in NUMBERS.split(self.cleaned_data["further"]) if login]
        found = {one.login: one for one in Person.objects.filter(is_active=True, login__in=given)}
        if unknown := [login for login in given if login not in found]:
            raise forms.ValidationError(_("There is no active person with this login name: %(logins)s.") % {"logins": listed(unknown)})
        return list(found.values())

    def entries(self) -> dict[Person, Entry]:
        """What was filled in; lines left open are recorded later."""
        data = self.cleaned_data
        asked = [one for one in self.people if data.get(f"there-{one.pk}") is not None]
        found = {one: Entry(data[f"there-{one.pk}"], data.get(f"score-{one.pk}")) for one in asked}
        if self.passing:
            return found  # they get a line of their own, with the result
        return found | {one: Entry(there=True) for one in data["further"] if one not in found and one.pk not in self.known}


class CorrectForm(forms.Form):
    """What is right, and what was wrong."""

    there = forms.TypedChoiceField(
        label=gettext_lazy("Was there"), coerce=lambda value: value == COMING,
        choices=((COMING, gettext_lazy("there")), (GONE, gettext_lazy("not there"))),
    )  # fmt: skip
    score = forms.IntegerField(label=gettext_lazy("Result in percent"), min_value=0, max_value=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("What was wrong"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stays on record beside the row that was wrong."),
    )  # fmt: skip

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if course.pass_mark is None:
            del self.fields["score"]

    def entry(self) -> Entry:
        """What was typed."""
        return Entry(self.cleaned_data["there"], self.cleaned_data.get("score"))


class EvaluateForm(forms.Form):
    """From 1 to 5, and a comment."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("What was it worth to you?"), coerce=int, widget=forms.RadioSelect,
        choices=(
            (5, gettext_lazy("5 · a lot")), (4, gettext_lazy("4 · much")), (3, gettext_lazy("3 · something")),
            (2, gettext_lazy("2 · little")), (1, gettext_lazy("1 · nothing")),
        ),
    )  # fmt: skip
    comment = forms.CharField(
        label=gettext_lazy("What would make it better?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

"""Forms of a quiz: its terms, one question, and the answers that somebody gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.charts import Chart
from processes.definition import Definition, new_key
from training.quiz import CHOICES_AT_MOST, MULTIPLE, ORDER, TRUE_FALSE, Answers, Choice, Question, Quiz
from training.quiz_words import KINDS, true_and_false
from training.typed_steps import LONGEST, chart_of


class TermsForm(forms.Form):
    """When a quiz is passed, and how often one may try."""

    pass_mark = forms.IntegerField(label=gettext_lazy("Pass mark in percent"), min_value=1, max_value=100)
    attempts = forms.IntegerField(
        label=gettext_lazy("Attempts"), min_value=0, max_value=20, help_text=gettext_lazy("0: as many as one wants.")
    )
    wait = forms.IntegerField(label=gettext_lazy("Hours between two attempts"), min_value=0, max_value=168)
    shuffled = forms.BooleanField(label=gettext_lazy("Mix questions and answers"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Ask again for every new version of the process"), required=False,
        help_text=gettext_lazy("Otherwise whoever has passed once need not answer again."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def terms(self) -> Quiz:
        """The quiz's terms, without questions."""
        return Quiz(**{name: self.cleaned_data[name] for name in ("pass_mark", "attempts", "wait", "shuffled")})


class QuestionForm(forms.Form):
    """One question with up to eight answers. An incomplete one is kept; what is missing is said before the quiz is put into use."""

    text = forms.CharField(label=gettext_lazy("Question"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    statement = forms.ChoiceField(
        label=gettext_lazy("The statement is"), required=False,
        choices=(("", "–"), ("true", gettext_lazy("True")), ("false", gettext_lazy("False"))),
        help_text=gettext_lazy("Only for “True or false”; the answers below are not used then."),
    )  # fmt: skip
    step = forms.ChoiceField(
        label=gettext_lazy("Answered by step"), required=False, help_text=gettext_lazy("Whoever answers wrongly is led there.")
    )
    because = forms.CharField(
        label=gettext_lazy("Why"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown with the result."),
    )  # fmt: skip
    chart = forms.CharField(
        label=gettext_lazy("Flowchart to the question"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Steps as in the editor, one on each line; the portal draws them."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, content: Definition | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = content.numbers() if content else {}
        steps = [(one.key, f"{numbers[one.key]} {one.name}") for one in content.steps] if content else []
        self.fields["step"].choices = [("", "–"), *steps]  # type: ignore[attr-defined]
        for n in range(1, CHOICES_AT_MOST + 1):
            self.fields[f"choice{n}"] = forms.CharField(label=_("Answer %(n)d") % {"n": n}, max_length=300, required=False)
            self.fields[f"right{n}"] = forms.BooleanField(label=_("right"), required=False)

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Answers with whether they are right, for the page."""
        return [(self[f"choice{n}"], self[f"right{n}"]) for n in range(1, CHOICES_AT_MOST + 1)]

    def question(self, key: str) -> Question:
        """What was typed, under a new key where there is none."""
        data = self.cleaned_data
        choices: tuple[Choice, ...]
        words = {name: data[name] for name in ("kind", "text", "chart", "step", "because")}
        if data["kind"] == TRUE_FALSE:
            yes, no = true_and_false()
            choices = (Choice(new_key(), yes, data["statement"] == "true"), Choice(new_key(), no, data["statement"] == "false"))
        else:
            rows = [(data[f"choice{n}"].strip(), data[f"right{n}"]) for n in range(1, CHOICES_AT_MOST + 1)]
            choices = tuple(Choice(new_key(), text, right) for text, right in rows if text)
        return Question(key=key or new_key(), choices=choices, **words)


def initial_of(question: Question) -> dict[str, Any]:
    """A question in the fields of its form."""
    found: dict[str, Any] = {name: getattr(question, name) for name in ("kind", "text", "chart", "step", "because")}
    if question.kind == TRUE_FALSE:
        right = [one.right for one in question.choices]
        return found | {"statement": {(True, False): "true", (False, True): "false"}.get(tuple(right), "")}  # type: ignore[arg-type]
    for n, one in enumerate(question.choices, 1):
        found |= {f"choice{n}": one.text, f"right{n}": one.right}
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A choice as the page shows it: whether it is taken, and at which place (for steps to order)."""

    choice: Choice
    taken: bool
    place: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page asks it; `missing` where it was not answered."""

    question: Question
    rows: Sequence[Row]
    chart: Chart | None
    missing: bool

    @property
    def places(self) -> range:
        """1 … as many as there are steps to order."""
        return range(1, len(self.rows) + 1)

    @property
    def several(self) -> bool:
        """Whether several may be chosen."""
        return self.question.kind == MULTIPLE

    @property
    def ordered(self) -> bool:
        """Whether steps are to be put in order."""
        return self.question.kind == ORDER


def answers_in(post: QueryDict, questions: Sequence[Question]) -> tuple[Answers, frozenset[str]]:
    """What was answered, and the keys of the questions that were not. What is no choice of the question is passed over."""
    found: dict[str, Sequence[str]] = {}
    for question in questions:
        keys = [one.key for one in question.choices]
        if question.kind == ORDER:
            places = places_in(post, question)
            whole = sorted(places.values()) == list(range(1, len(keys) + 1))
            found[question.key] = sorted(keys, key=lambda key: places[key]) if whole else ()
        else:
            taken = [key for key in post.getlist(f"q-{question.key}") if key in keys]
            found[question.key] = taken if question.kind == MULTIPLE else taken[:1]
    return found, frozenset(key for key, given in found.items() if not given)


def places_in(post: Mapping[str, Any], question: Question) -> dict[str, int]:
    """Choice → the place that was chosen for it; 0 where none was."""
    given = {one.key: str(post.get(f"o-{question.key}-{one.key}", "")) for one in question.choices}
    return {key: int(place) if place.isascii() and place.isdecimal() and len(place) < 3 else 0 for key, place in given.items()}


def as_asked(questions: Sequence[Question], post: QueryDict | None = None, missing: frozenset[str] = frozenset()) -> list[Asked]:
    """The questions with what was answered so far."""
    found = []
    for one in questions:
        taken = post.getlist(f"q-{one.key}") if post else []
        places = places_in(post or {}, one)
        rows = [Row(choice, choice.key in taken, places[choice.key]) for choice in one.choices]
        found.append(Asked(one, rows, chart_of(one.chart, _("Flowchart to the question")), one.key in missing))
    return found


class UnlockForm(forms.Form):
    """What was talked about."""

    talked = forms.CharField(
        label=gettext_lazy("What you talked about"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as: which steps were not clear, and what was shown."),
    )  # fmt: skip

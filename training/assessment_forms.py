"""Forms of competence assessments: opening, naming assessors, evidence, ratings, the result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from organization.confirmation_forms import ConfirmationForm
from organization.forms import day_field, needed, person_field, reason_field
from organization.ladder import HIGHEST
from organization.models import Ability
from training.competence.rating import Given
from training.models import AbilityRating, Assessor, Evidence

JUDGED = {"": None, "yes": True, "no": False}


class OpenForm(forms.Form):
    """Which level, as the button says."""

    level = forms.IntegerField(widget=forms.HiddenInput)


class AssessorForm(forms.Form):
    """A person; for the highest level perhaps somebody from outside as the second."""

    person = needed(person_field(gettext_lazy("Assessor"), required=False), gettext_lazy("one of these"))
    external = needed(
        forms.CharField(
            label=gettext_lazy("Or from outside"), max_length=160, required=False,
            help_text=gettext_lazy("Name and company of who completes the panel for the highest level."),
        ),
        gettext_lazy("one of these"),
    )  # fmt: skip

    def __init__(self, *args: Any, level: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if level < HIGHEST:
            del self.fields["external"]
            self.fields["person"].required = True


class EvidenceForm(forms.Form):
    """What the portal does not know."""

    text = forms.CharField(
        label=gettext_lazy("What was done"), max_length=300, help_text=gettext_lazy("And where it can be seen."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    day = day_field(gettext_lazy("On which day"))


class TakeBackForm(forms.Form):
    """Why it ends without a result."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


@dataclass(frozen=True, slots=True)
class Row:
    """One ability as a page shows it: text and criterion in the reader's language, the fields, and what is kept at present."""

    text: str
    criterion: str
    rated: BoundField
    comment: BoundField
    kept: AbilityRating | None


class RateForm(forms.Form):
    """Every ability of the level against its criterion, and what the assessor says of the evidence."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, assessor: Assessor, abilities: Sequence[Ability], evidence: Sequence[Evidence]) -> None:
        self.abilities, self.evidence = abilities, evidence
        self.kept = {one.ability_id: one for one in assessor.ratings.all()}
        initial: dict[str, Any] = {"seen": assessor.version}
        words = {judged: word for word, judged in JUDGED.items()}
        for pk, one in self.kept.items():
            initial |= {f"rated_{pk}": one.rated, f"comment_{pk}": one.comment}
        said = dict(assessor.verdicts.values_list("evidence", "accepted"))
        initial |= {f"evidence_{one.pk}": words[said.get(one.pk)] for one in evidence}
        super().__init__(data, initial=initial)
        for ability in abilities:
            self.fields[f"rated_{ability.pk}"] = forms.ChoiceField(
                label=_("Rating of “%(ability)s”") % {"ability": _(ability.text)}, choices=AbilityRating.Rated.choices,
                required=False, widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields[f"comment_{ability.pk}"] = forms.CharField(
                label=_("What you saw of “%(ability)s”") % {"ability": _(ability.text)}, max_length=2000, required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        for fact in evidence:
            self.fields[f"evidence_{fact.pk}"] = forms.ChoiceField(
                label=_("Evidence"),
                required=False,
                choices=(("", _("Not looked at")), ("yes", pgettext("evidence", "Accepted")), ("no", pgettext("evidence", "Not accepted"))),
            )

    def rows(self) -> Iterator[Row]:
        """The abilities in their order."""
        for one in self.abilities:
            yield Row(_(one.text), _(one.criterion), self[f"rated_{one.pk}"], self[f"comment_{one.pk}"], self.kept.get(one.pk))

    def insist(self) -> bool:
        """Whether every ability is rated and has a comment; says at each field what is missing."""
        for pk, given in self.ratings().items():
            if not given.rated:
                self.add_error(f"rated_{pk}", _("Choose how far it is met."))
            if not given.comment.strip():
                self.add_error(f"comment_{pk}", _("Say what you saw."))
        return not self.errors

    def ratings(self) -> dict[int, Given]:
        """By ability."""
        given = self.cleaned_data
        return {one.pk: Given(given.get(f"rated_{one.pk}", ""), given.get(f"comment_{one.pk}", "")) for one in self.abilities}

    def judged(self) -> dict[int, bool | None]:
        """By evidence."""
        return {one.pk: JUDGED[self.cleaned_data.get(f"evidence_{one.pk}", "")] for one in self.evidence}


class ConcludeForm(ConfirmationForm):
    """The result in words, signed."""

    statement = forms.CharField(
        label=gettext_lazy("What the assessor from outside says"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    word = reason_field(gettext_lazy("The result in words"))
    seen = forms.IntegerField(widget=forms.HiddenInput)

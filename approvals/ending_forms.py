"""What people type when they ask for a withdrawal, and when they put a change package together."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import changes
from approvals.day_form import AT_ONCE, ON_A_DAY, DayForm
from approvals.packages import Given
from approvals.workflow import LONGEST
from organization.scope import Scope
from processes.models import Process, Revision


class WithdrawForm(DayForm):
    """Why, what replaces it, and from when."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"),
        help_text=gettext_lazy("Approvers decide on this, and readers are told."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    replacement = forms.CharField(
        label=gettext_lazy("Number of the process that replaces it"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Such as PUR-014."),
    )
    field_order = ("reason", "replacement", "when", "planned_on")

    def __init__(self, *args: Any, view: Scope, process: Process, **kwargs: Any) -> None:
        super().__init__(*args, today=view.today, **kwargs)
        self.view, self.process = view, process
        when: Any = self.fields["when"]
        when.label = _("Withdrawn")
        when.choices = [(AT_ONCE, _("as soon as it is approved")), (ON_A_DAY, _("on a day"))]
        self.fields["planned_on"].label = _("Withdrawn from")

    def clean_replacement(self) -> Process | None:
        """The process with this number, of those that the person may see."""
        number = str(self.cleaned_data["replacement"]).strip()
        if not number:
            return None
        visible = Process.objects.visible_to(self.view).filter(state=Process.State.ACTIVE).exclude(pk=self.process.pk)
        found: Process | None = visible.filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no other process with this number that you may see."))
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What the story asks for."""
        return {name: self.cleaned_data[name] for name in ("reason", "replacement", "planned_on")}


class PackageForm(forms.Form):
    """What a new package is called, and why."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    reason = forms.CharField(
        label=gettext_lazy("Why these changes belong together"),
        help_text=gettext_lazy("It is the change summary of every member for which nothing else is said."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberForm(forms.Form):
    """The process whose draft joins a package."""

    number = forms.CharField(
        label=gettext_lazy("Number of the process"),
        max_length=40,
        help_text=gettext_lazy("Choose one of the drafts that are offered, or type a number such as PUR-014."),
        widget=forms.TextInput(attrs={"form": "add-member", "list": "drafts", "autocomplete": "off"}),  # it stands inside another form
    )

    def __init__(self, *args: Any, drafts: QuerySet[Revision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drafts = drafts

    def clean_number(self) -> Revision:
        """The draft of the process with this number, of those that the person may see."""
        found: Revision | None = self.drafts.filter(process__number__iexact=self.cleaned_data["number"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no draft with this number that you may see."))
        return found


class PackageSubmitForm(DayForm):
    """From when all of it holds, and for each member its change summary and a word on its warnings."""

    def __init__(self, *args: Any, view: Scope, drafts: Sequence[Revision], **kwargs: Any) -> None:
        super().__init__(*args, today=view.today, **kwargs)
        self.drafts = drafts
        for draft in drafts:
            self.fields[f"version_{draft.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=draft.version)
            self.fields[f"summary_{draft.pk}"] = forms.CharField(
                label=_("What changes here"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            if changes.warnings(draft):
                self.fields[f"word_{draft.pk}"] = forms.CharField(
                    label=_("Why the warnings may stand"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
                )

    @property
    def given(self) -> dict[int, Given]:
        """What is said of each member, by the id of its revision."""
        said = self.cleaned_data
        return {
            draft.pk: Given(said[f"version_{draft.pk}"], said[f"summary_{draft.pk}"], said.get(f"word_{draft.pk}", ""))
            for draft in self.drafts
        }

    def refuse(self, reasons: dict[int, str]) -> None:
        """Says at each member what stands in its way."""
        for revision, reason in reasons.items():
            self.add_error(f"summary_{revision}", reason)

    def of(self, draft: int) -> list[forms.BoundField]:
        """The fields of one member."""
        return [self[name] for name in (f"version_{draft}", f"summary_{draft}", f"word_{draft}") if name in self.fields]

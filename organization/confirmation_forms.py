"""The fields with which a signature is confirmed: exactly those that this person needs now. `components/confirmation.html` shows them."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import confirming
from organization.confirming import Component, Demand
from organization.models import Person


class ConfirmationForm(forms.Form):
    """A form that is signed. Without a request nothing is, and the fields are not there."""

    password = forms.CharField(
        label=gettext_lazy("Your password"), max_length=128, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("Code of your authenticator app"), max_length=20, widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )  # fmt: skip
    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.demand: Demand | None = None
        if request is not None:
            self.demand = confirming.demand(request, cast("Person", request.user), timezone.now())
        for one in Component:
            if self.demand is None or one not in self.demand.has:
                del self.fields[one]
            else:
                self.fields[one].confirms = True  # type: ignore[attr-defined]
                self.fields[one].required = self.demand.has == {one}

    def clean(self) -> dict[str, Any]:
        """What is missing is said at the field where it is to be typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.demand is None:
            return cleaned
        if not self.demand.possible:
            raise forms.ValidationError(confirming.nothing_to_confirm_with())
        for one in self.demand.asks(cleaned):
            if not cleaned.get(one) and one not in self.errors:
                self.add_error(self._shown(one), self._missing(one))
        return cleaned

    def unsigned(self) -> dict[str, Any]:
        """What was typed besides."""
        return {name: value for name, value in self.cleaned_data.items() if name not in set(Component)}

    def confirmed(self, now: dt.datetime | None = None) -> bool:
        """Whether the valid form was confirmed by whoever is signed in; else it says so at the field. A form without signature is."""
        if self.request is None or self.demand is None:
            return True
        given: dict[str, str] = {one: self.cleaned_data.get(one, "") for one in Component}
        verdict = confirming.confirm(self.request, cast("Person", self.request.user), self.demand, given, now or timezone.now())
        if not verdict:
            self.add_error(self._shown(verdict.component), verdict.reason)
        return bool(verdict)

    def _shown(self, one: Component | None) -> str | None:
        """The field where an error is read."""
        return None if one is None else str(one)

    def _missing(self, one: Component) -> str:
        if self.demand is not None and self.demand.choice:
            return _("Confirm that it is you: one of these is enough.")
        return {
            Component.PASSWORD: _("Type your password."),
            Component.CODE: _("Type the code that your authenticator app shows, or use a passkey if you have one."),
            Component.PASSKEY: _("Use your passkey."),
        }[one]

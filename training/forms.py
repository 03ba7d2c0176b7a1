"""Forms of the audience page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.models import Department


class AudienceForm(forms.Form):
    """A department that must, or need not, read."""

    department = forms.ModelChoiceField(
        Department.objects.order_by("code"), label=_("Department"), help_text=_("With everything below it.")
    )
    excludes = forms.BooleanField(label=_("Leave this department out"), required=False)

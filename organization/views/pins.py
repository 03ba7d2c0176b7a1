"""One's own PIN for shared tablets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from organization import pins
from organization.forms import PinForm
from organization.views.request import Page, carry_out, form_page, person_of


@sensitive_post_parameters()
@never_cache
def own_pin(request: HttpRequest) -> HttpResponse:
    """Set it, or set another one; confirmed like a signature, so that nobody does it at a browser that was left open."""
    me = person_of(request)
    form = PinForm(request.POST or None, request=request)
    if carry_out(request, form, lambda data: pins.set_pin(me, data["pin"], now=timezone.now())):
        messages.success(request, _("Your PIN is set. It works at shared tablets, with your badge."))
        return redirect("organization:person", me.pk)
    lead = _("On shared tablets in the workshop you confirm with your badge number and this PIN. Nobody else sets or sees it.")
    if not me.badge:
        lead = _("You have no badge number yet: an administrator enters it. Your PIN works at shared tablets from then on.")
    return form_page(
        request, form, Page(_("PIN for shared tablets"), _("Set the PIN"), reverse("organization:person", args=[me.pk]), lead=lead)
    )

"""Webhooks: administrators say which addresses outside the portal are told."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.views.request import carry_out, for_administrators, person_of
from worklist import webhooks as stories
from worklist.calling import try_out
from worklist.models import Notice, Webhook
from worklist.preferences import KINDS
from worklist.setting_forms import WebhookForm

HISTORY = 20


@require_safe
@for_administrators
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, with what waits for each."""
    waiting = Count("deliveries", filter=Q(deliveries__delivery__in=(Notice.Mail.WAITING, Notice.Mail.CLAIMED)))
    failed = Count("deliveries", filter=Q(deliveries__delivery=Notice.Mail.FAILED))
    rows = Webhook.objects.annotate(waiting=waiting, failed=failed).order_by("name", "pk")
    return render(request, "worklist/webhooks.html", {"rows": rows, "hosts": stories.allowed_hosts()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def new_webhook(request: HttpRequest) -> HttpResponse:
    """A new address; its secret is shown once."""
    me = person_of(request)
    form = WebhookForm(request.POST or None)
    made = carry_out(request, form, lambda data: stories.add(by=me, **data))
    if made:
        return render(request, "worklist/webhook_secret.html", {"webhook": made})
    context = {"form": form, "hosts": stories.allowed_hosts()}
    return render(request, "worklist/webhook_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """One address: changed, paused, tried out."""
    me, found = person_of(request), get_object_or_404(Webhook, pk=webhook)
    form = WebhookForm(request.POST or None, initial={"name": found.name, "url": found.url, "kinds": found.kinds})
    if carry_out(request, form, lambda data: stories.change(found, by=me, **data)):
        messages.success(request, _("Saved."))
        return redirect("worklist:webhook", found.pk)
    past = [(row, [KINDS.get(kind, kind) for kind in row.kinds]) for row in found.history.select_related("history_user")[:HISTORY]]
    context = {"webhook": found, "form": form, "hosts": stories.allowed_hosts(), "history": past}
    return render(request, "worklist/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@for_administrators
def pause_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """Pauses it, or has it go on."""
    found = get_object_or_404(Webhook, pk=webhook)
    on = stories.set_active(found, "on" in request.POST, by=person_of(request)).is_active
    messages.success(request, _("It is told again.") if on else _("It is paused: it is told nothing new."))
    return redirect("worklist:webhook", found.pk)


@require_POST
@for_administrators
def test_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """One call of kind "test", now."""
    found = get_object_or_404(Webhook, pk=webhook)
    error = try_out(found, now=timezone.now())
    if error:
        messages.error(request, _("The test call was not taken: %(error)s") % {"error": error})
    else:
        messages.success(request, _("The test call was taken."))
    return redirect("worklist:webhook", found.pk)


@require_POST
@for_administrators
def renew_secret(request: HttpRequest, webhook: int) -> HttpResponse:
    """A new secret, shown once."""
    found = stories.renew_secret(get_object_or_404(Webhook, pk=webhook), by=person_of(request))
    return render(request, "worklist/webhook_secret.html", {"webhook": found})

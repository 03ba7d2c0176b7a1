"""How I am told: at once, in the daily summary, or in the portal only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organization.calendar import company
from organization.views.request import carry_out, person_of
from worklist.models import DigestDue, KindPreference
from worklist.preferences import prefer, settings_of, summary_at, zone_of
from worklist.setting_forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The hour of the summary, the zone, and a way for each kind."""
    me, now = person_of(request), timezone.now()
    own = settings_of([me.pk])[me.pk]
    modes = {f"mode_{row.kind}": row.mode for row in KindPreference.objects.filter(person=me)}
    initial = {"digest_hour": own.digest_hour, "time_zone": own.time_zone, **modes}
    form = PreferencesForm(request.POST or None, initial=initial, company_zone=company().time_zone)

    def story(data: dict) -> object:  # type: ignore[type-arg]
        return prefer(me, digest_hour=data["digest_hour"], time_zone=data["time_zone"], modes=form.modes(), now=now)

    if carry_out(request, form, story):
        messages.success(request, _("Saved. It holds from the next notice on."))
        return redirect("worklist:preferences")
    waits = DigestDue.objects.filter(person=me).values_list("at", flat=True).first()
    context = {"form": form, "waits": bool(waits), "next_at": waits or summary_at(own, now), "zone": zone_of(own)}
    return render(request, "worklist/preferences.html", context, status=422 if form.errors else 200)

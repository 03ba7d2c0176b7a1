"""Handovers: the list, one handover line by line, and what the successor answers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from processportal.continuity import handing_over, showing
from processportal.continuity.forms import ACCEPT, OFFER, AnswerForm, HandOverForm, NoteForm, OpenForm
from worklist import handover as stories
from worklist.continuity_policy import handovers_within, may_open, reach_of
from worklist.handover_lines import DONE
from worklist.models import Handover, HandoverLine
from worklist.views.addresses import changed, number

ROWS = 50


def _handover(request: HttpRequest, pk: int) -> Handover:
    """One that the person may see as a whole; else 404."""
    me, scope = person_of(request), scope_of(request)
    return get_object_or_404(handovers_within(reach_of(me, scope), me, scope), pk=pk)


@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """Handovers that are not closed, the oldest first; or those that are."""
    me, scope = person_of(request), scope_of(request)
    closed = request.GET.get("closed") == "1"
    after = request.GET.get("after", "")
    found = handovers_within(reach_of(me, scope), me, scope).filter(closed_at__isnull=not closed)
    rows = list(showing.with_progress(found.filter(pk__gt=number(after))).order_by("pk")[: ROWS + 1])
    context = {
        "rows": rows[:ROWS],
        "closed": closed,
        "next_url": f"?closed={int(closed)}&after={rows[ROWS - 1].pk}" if len(rows) > ROWS else "",
        "previous_url": f"?closed={int(closed)}" if after else "",
        "offered": _offered(me),
    }
    return render(request, "portal/handover/list.html", context)


def _offered(me: Person) -> list[Handover]:
    """Handovers in which something waits for my answer."""
    waiting = HandoverLine.objects.filter(successor=me, accepted_at__isnull=True, declined_at__isnull=True, settled_at__isnull=True)
    found = Handover.objects.filter(pk__in=waiting.values("handover"), closed_at__isnull=True)
    return list(found.select_related("person").order_by("pk")[:ROWS])


def new(request: HttpRequest, person: int) -> HttpResponse:
    """Opens a handover before somebody leaves."""
    me, scope = person_of(request), scope_of(request)
    found = get_object_or_404(Person, pk=person)
    answer = may_open(me, found, reach_of(me, scope), scope.today)
    if not answer:
        raise PermissionDenied(answer.reason)
    form = OpenForm(request.POST or None)
    opened = carry_out(request, form, lambda data: handing_over.open_handover(found, by=me, now=timezone.now(), **data))
    if opened:
        return redirect("continuity:handover", opened.pk)
    lead = _(
        "The portal collects what is in hand: work, positions, processes, drafts, indicators. Nothing moves before a successor accepts it."
    )
    back = reverse("continuity:person", args=[found.pk])
    return form_page(request, form, Page(_("Open a handover"), _("Open the handover"), back, found.name, lead))


def handover(request: HttpRequest, handover: int) -> HttpResponse:
    """One handover; the ticked lines are offered, or declared not needed."""
    found, me = _handover(request, handover), person_of(request)
    form = HandOverForm(found.lines.select_related("handover"), request.POST or None)
    if carry_out(request, form, lambda data: _hand_over(data, me)):
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    scope, after, only_left = scope_of(request), request.GET.get("after", ""), request.GET.get("show") == "left"
    counts = showing.counts(found.lines.all())
    total, left = sum(all_ for all_, _left in counts.values()), sum(left for _all, left in counts.values())
    asked = found.lines.filter(~DONE) if only_left else found.lines.all()
    lines, following = showing.page(asked.select_related("successor", "proposed_by", "work_item"), after, ROWS)
    if after and not lines and not form.is_bound:
        return redirect(request.path + changed(request.GET, "after", ""))
    context = {
        "handover": found,
        "groups": showing.grouped(lines, scope, {kind: few if only_left else many for kind, (many, few) in counts.items()}),
        "tabs": _all_or_left(total, left, only_left=only_left) if 0 < left < total else (),
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", following) if following else "",
        "form": form,
        "left": left,
        "total": total,
        "settled": total - left,
        "decisions": showing.decisions(found, scope),
        "withdrawn": showing.withdrawn(found),
        "by_itself": found.opened_by_id == found.person_id and not found.person.is_active,
    }
    return render(request, "portal/handover/handover.html", context, status=422 if form.errors else 200)


def _all_or_left(total: int, left: int, *, only_left: bool) -> list[dict[str, object]]:
    """What `components/tabs.html` shows."""
    return [
        {"label": _("Everything"), "url": "?", "current": not only_left, "count": total},
        {"label": _("Still to hand over"), "url": "?show=left", "current": only_left, "count": left},
    ]


def _hand_over(data: dict[str, Any], me: Person) -> Handover:
    lines, now = list(data["lines"]), timezone.now()
    if data["act"] == OFFER:
        return handing_over.offer(lines, data["successor"], by=me, now=now, reason=data["reason"])
    return stories.not_needed(lines, by=me, now=now, reason=data["reason"])


@require_POST
def note(request: HttpRequest, handover: int, line: int) -> HttpResponse:
    """A note for the successor at one line."""
    found = get_object_or_404(_handover(request, handover).lines.select_related("handover"), pk=line)
    form = NoteForm(request.POST)
    if carry_out(request, form, lambda data: stories.write_note(found, data["note"], by=person_of(request), now=timezone.now())):
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('continuity:handover', args=[handover])}?{request.GET.urlencode()}")
    (row,) = showing.shown([found], scope_of(request))
    page = Page(_("Note for the successor"), _("Save"), reverse("continuity:handover", args=[handover]), row.subject)
    return form_page(request, form, page)


@require_POST
def close(request: HttpRequest, handover: int) -> HttpResponse:
    """Nothing is left."""
    found = _handover(request, handover)
    try:
        stories.close(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The handover is closed."))
    return redirect("continuity:handover", found.pk)


def take_over(request: HttpRequest, handover: int) -> HttpResponse:
    """What was offered to me, and my answer."""
    me = person_of(request)
    found = get_object_or_404(Handover.objects.filter(lines__successor=me).select_related("person").distinct(), pk=handover)
    mine = found.lines.filter(successor=me).select_related("handover", "successor", "proposed_by", "work_item")
    form = AnswerForm(mine, request.POST or None)
    if carry_out(request, form, lambda data: _answer(data, me)):
        messages.success(request, _("Your answer is recorded."))
        return redirect(request.get_full_path())
    after, before = request.GET.get("after", ""), number(request.GET.get("before", ""))
    open_, closed = ~DONE & Q(declined_at__isnull=True), DONE | Q(declined_at__isnull=False)
    waiting, following = showing.page(mine.filter(open_), after, ROWS)
    if after and not waiting and not form.is_bound:
        return redirect(request.path + changed(request.GET, "after", ""))
    answered = list(mine.filter(closed, **({"pk__lt": before} if before else {})).order_by("-pk")[: ROWS + 1])
    rows = showing.shown([*waiting, *answered[:ROWS]], scope_of(request))
    context = {
        "handover": found,
        "form": form,
        "waiting": rows[: len(waiting)],
        "count": mine.filter(open_).count(),
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", following) if following else "",
        "answered": rows[len(waiting) :],
        "older_url": changed(request.GET, "before", str(answered[ROWS - 1].pk)) if len(answered) > ROWS else "",
    }
    return render(request, "portal/handover/take_over.html", context, status=422 if form.errors else 200)


def _answer(data: dict[str, Any], me: Person) -> list[HandoverLine]:
    lines, now = list(data["lines"]), timezone.now()
    if data["act"] == ACCEPT:
        return handing_over.accept(lines, by=me, now=now, answer=data["answer"])
    return stories.decline(lines, by=me, now=now, answer=data["answer"])

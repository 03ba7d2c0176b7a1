"""The pages at a shared tablet, for whoever has badge and PIN and no session; and the list of tablets for those who register them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organization.models import Department
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes.charts import chart
from processes.comparison import marks
from processes.policy import managed
from processes.procedure import minutes_to_read, steps_of
from processes.views.pictures import shown
from training import opened, policy, quiz_attempts, sheets, tablets
from training import quiz as pure
from training.models import Reading, Tablet, TabletVisit
from training.quiz_forms import answers_in, as_asked
from training.tablet_forms import BadgeForm, TabletForm
from training.tablet_text import text_of

COOKIE = "tablet"
YEARS = 5 * 365 * 24 * 3600
PATH = "/tablet/"
IDLE = 90
"""Seconds without a touch after which a page gives way to the idle one; while somebody reads, longer."""
At = Callable[..., HttpResponse]


def at_tablet(view: At) -> At:
    """The tablet of this browser's cookie; others are told that this is none. Nothing of these pages is kept anywhere."""

    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, **named: str) -> HttpResponse:
        secret = request.get_signed_cookie(COOKIE, default="", salt=tablets.SALT) or ""
        tablet = tablets.of_secret(secret) if secret else None
        if tablet is None:
            return render(request, "training/tablet_none.html", status=403)
        return view(request, tablet, **named)

    return guarded


def in_visit(view: At) -> At:
    """The visit that the sent page names, in the language of its person; the idle page where it has ended."""

    @at_tablet
    @wraps(view)
    def guarded(request: HttpRequest, tablet: Tablet) -> HttpResponse:
        try:
            visit = tablets.visit_of(tablet, request.POST.get("visit", "")[:64], timezone.now())
        except Stale as stale:
            return _idle(request, tablet, str(stale), 409)
        with translation.override(visit.person.language):
            return view(request, tablet, visit)

    return require_POST(guarded)


def _idle(request: HttpRequest, tablet: Tablet, said: str = "", status: int = 200) -> HttpResponse:
    context = {"tablet": tablet, "form": BadgeForm(), "sheet": tablets.sheet(tablet, timezone.now()), "said": said, "idle": 0}
    return render(request, "training/tablet.html", context, status=status)


@require_safe
@at_tablet
def tablet(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """The idle page: badge and PIN."""
    return _idle(request, tablet)


@require_POST
@at_tablet
def tablet_begin(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """Who it is, and what they owe."""
    form = BadgeForm(request.POST)
    if not form.is_valid():
        return _idle(request, tablet, _("Type your badge number and your PIN."), 422)
    if _rests(request, tablet):
        return _idle(request, tablet, _("Too many failed attempts at this tablet. Wait a quarter of an hour."), 429)
    try:
        visit = tablets.begin(tablet, request.POST.get("sheet", ""), **form.cleaned_data, address=request.path, now=timezone.now())
    except tablets.Denied as denied:
        _count(request, tablet)
        return _idle(request, tablet, str(denied), 403)
    except Stale as stale:
        return _idle(request, tablet, str(stale), 409)
    reset(username=_counted(tablet))
    with translation.override(visit.person.language):
        return _list(request, tablet, visit)


def _counted(tablet: Tablet) -> str:
    return f"tablet {tablet.pk}"


def _rests(request: HttpRequest, tablet: Tablet) -> bool:
    return bool(AxesProxyHandler.is_locked(request, {"login": _counted(tablet)}))


def _count(request: HttpRequest, tablet: Tablet) -> None:
    """Counts a failure as the sign-in does, under a name that nobody signs in with; its page of its own is not shown."""
    user_login_failed.send(sender=__name__, credentials={"login": _counted(tablet)}, request=request)
    request.axes_locked_out = False  # type: ignore[attr-defined]


def _list(request: HttpRequest, tablet: Tablet, visit: TabletVisit, said: str = "", status: int = 200) -> HttpResponse:
    owed = tablets.to_read(visit, timezone.now())
    context = {
        "tablet": tablet, "visit": visit, "owed": owed[: tablets.LISTED], "more": len(owed) > tablets.LISTED, "said": said, "idle": IDLE,
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "training/tablet_list.html", context, status=status)


@in_visit
def tablet_list(request: HttpRequest, tablet: Tablet, visit: TabletVisit) -> HttpResponse:
    """Back to what they owe."""
    return _list(request, tablet, visit)


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else 0


@in_visit
def tablet_read(request: HttpRequest, tablet: Tablet, visit: TabletVisit) -> HttpResponse:
    """The text of one that they owe, and the field to confirm it."""
    try:
        reading = tablets.reading_of(visit, _revision(request), timezone.now())
    except Refused as refused:
        return _list(request, tablet, visit, str(refused), 404)
    return _text(request, visit, reading)


def _text(request: HttpRequest, visit: TabletVisit, reading: Reading, said: str = "", status: int = 200) -> HttpResponse:
    revision = reading.revision
    text = text_of(reading, whole=_whole(request))
    context = {
        "tablet": visit.tablet,
        "visit": visit,
        "revision": revision,
        "text": text,
        "definition": text.definition,
        "whole": _whole(request),
        "steps": steps_of(text.definition),
        "chart": chart(text.definition, marks=marks(text.changes) if text.only_changes else {}, label=text.definition.title),
        "pictures": f"{PATH}pictures/{tablets.pictures_of(visit, revision)}/",
        "opened": opened.token(visit.person, revision, text.shown, timezone.now()),
        "to_pass": quiz_attempts.is_to_pass(revision, visit.person),
        "form": BadgeForm(),
        "said": said,
        "idle": IDLE + 60 * minutes_to_read(text.definition),
    }
    return render(request, "training/tablet_read.html", context, status=status)


def _whole(request: HttpRequest) -> bool:
    """Whether who reads again has asked for the whole; every form of these pages keeps it."""
    return "whole" in request.POST


@require_safe
@at_tablet
def tablet_picture(request: HttpRequest, tablet: Tablet, key: str, sha256: str) -> HttpResponse:
    """A picture of what is being read at this moment; unlike elsewhere it is kept nowhere."""
    found = tablets.picture(tablet, key, sha256, timezone.now())
    if found is None:
        raise Http404
    answer = shown(found)
    answer["Cache-Control"] = "no-store"
    return answer


@in_visit
def tablet_confirm(request: HttpRequest, tablet: Tablet, visit: TabletVisit) -> HttpResponse:
    """Badge and PIN again: read and understood."""
    now, form = timezone.now(), BadgeForm(request.POST)
    try:
        reading = tablets.reading_of(visit, _revision(request), now)
    except Refused as refused:
        return _list(request, tablet, visit, str(refused), 404)
    if not form.is_valid():
        return _text(request, visit, reading, _("Type your badge number and your PIN."), 422)
    if _rests(request, tablet):
        return _text(request, visit, reading, _("Too many failed attempts at this tablet. Wait a quarter of an hour."), 429)
    try:
        tablets.confirm(visit, reading, **form.cleaned_data, token=request.POST.get("opened", ""), address=request.path, now=now)
    except tablets.Denied as denied:
        _count(request, tablet)
        return _text(request, visit, reading, str(denied), 403)
    except Refused as refused:
        return _text(request, visit, reading, str(refused), 409)
    reset(username=_counted(tablet))
    return _list(
        request, tablet, visit, _("Recorded: you have read and understood %(number)s.") % {"number": reading.revision.process.number}
    )


@in_visit
def tablet_quiz(request: HttpRequest, tablet: Tablet, visit: TabletVisit) -> HttpResponse:
    """The quiz of one that they owe, and its result."""
    now, person = timezone.now(), visit.person
    try:
        reading = tablets.reading_of(visit, _revision(request), now)
    except Refused as refused:
        return _list(request, tablet, visit, str(refused), 404)
    revision = reading.revision
    quiz = quiz_attempts.open_for(revision)
    stands = quiz_attempts.standing(quiz, person, revision, now) if quiz else None
    if quiz is None or quiz.in_use is None or not stands:
        return _text(request, visit, reading, stands.why_not if stands is not None else "")
    given, missing, post, token = request.POST.get("sheet", ""), frozenset[str](), None, ""
    version, name = quiz.in_use, sheets.new(quiz.in_use)
    if given:
        try:
            sheet = sheets.read(given, person, revision, now)
            version = quiz.versions.filter(pk=sheet.version).first() or version
            answers, missing = answers_in(request.POST, pure.from_json(version.content).questions)
            if not missing:
                made = quiz_attempts.hand_in(revision, answers, by=person, now=now, token=given)
                return _text(request, visit, reading, _result(made.passed, made.score))
            name, token, post = sheet.name, given, request.POST
        except Refused as refused:
            return _text(request, visit, reading, str(refused), 409)
    content = pure.from_json(version.content)
    context = {
        "tablet": tablet, "visit": visit, "revision": revision, "content": content, "missing": len(missing), "idle": 4 * IDLE,
        "whole": _whole(request),
        "asked": as_asked(pure.asked(content, name), post, missing), "sheet": token or sheets.token(name, person, version, revision, now),
    }  # fmt: skip
    return render(request, "training/tablet_quiz.html", context, status=422 if missing else 200)


def _result(passed: bool, score: int) -> str:  # noqa: FBT001 - two words of one sentence
    words = {"percent": score}
    if passed:
        return _("Passed with %(percent)d%%. Now confirm below that you have read it.") % words
    return _("Not passed yet: %(percent)d%%. Read the text again, then try once more.") % words


@require_POST
@at_tablet
def tablet_end(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """Done, or nobody there any more."""
    tablets.end(tablet, request.POST.get("visit", "")[:64], timezone.now())
    return redirect("training:tablet")


def tablet_register(request: HttpRequest) -> HttpResponse:
    """The tablets of one's departments; and making one of this browser, which signs out of it at once."""
    scope, person = scope_of(request), person_of(request)
    answer = policy.may_register(person, None, scope)
    if not answer:
        return render(request, "training/tablets.html", {"reason": answer.reason}, status=403)
    mine = Department.objects.order_by("code")
    if not (person.is_staff or scope.office):
        mine = mine.filter(pk__in=managed(scope))
    form = TabletForm(request.POST or None, departments=mine)
    made = carry_out(request, form, lambda data: tablets.register(**data, by=person, now=timezone.now()))
    if made:
        logout(request)
        response = redirect("training:tablet")
        options: dict[str, Any] = {"max_age": YEARS, "path": PATH, "httponly": True, "samesite": "Strict", "secure": settings.HTTPS}
        response.set_signed_cookie(COOKIE, made[1], salt=tablets.SALT, **options)
        return response
    rows = Tablet.objects.filter(department__in=mine).select_related("department", "registered_by", "revoked_by")[:100]
    return render(request, "training/tablets.html", {"form": form, "tablets": rows}, status=422 if form.errors else 200)


@require_POST
def tablet_revoke(request: HttpRequest, tablet: int) -> HttpResponse:
    """Ends what a browser may do as a shared tablet."""
    found = get_object_or_404(Tablet.objects.select_related("department"), pk=tablet)
    try:
        tablets.revoke(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Revoked: nothing is confirmed at this tablet any more."))
    return redirect("training:tablets")

"""One translation: writing it beside the source, having it checked, releasing it, withdrawing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused, Stale
from organization.scope import scope_of
from processes import languages, policy, translations
from processes import translation_sheet as sheet
from processes.canonical import parse
from processes.charts import chart
from processes.content import definition_of
from processes.models import Process, Revision, Translation
from processes.translating import apply
from processes.translation_forms import CheckerForm, ReleaseForm, ReturnForm, WithdrawForm
from processes.translation_work import to_translate
from processes.translations import Typed
from processes.views.doors import BadInput, Body, api, person_of, process_or_404, refused

ROWS: Final = 100
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What an address leads to: the newest approved revision of a process, and its translation into this language if there is one."""

    process: Process
    revision: Revision
    language: languages.Language
    translation: Translation | None

    @property
    def there(self) -> Translation:
        """The translation, or 404."""
        if self.translation is None:
            raise Http404
        return self.translation


@require_safe
def translation(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """The translator's page, the checker's page, or how it stands."""
    return _page(request, _found(request, number, language))


@require_POST
def begin(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """Begins the translation of the newest approved revision."""
    found = _found(request, number, language)
    return _done(request, found, lambda: translations.begin(found.revision, language, by=person_of(request), now=timezone.now()))


@api
def texts(request: HttpRequest, number: str, body: Body, language: str) -> JsonResponse:
    """{"texts": {key: [text, version seen]}} → {"version", "done", "kept", "conflicts": {key: {"theirs", "by"}}, "refused"}.

    409 where something conflicts: what does not is kept all the same.
    """
    found, sent = _found(request, number, language), body.get("texts")
    if not isinstance(sent, dict) or len(sent) > BATCH or not all(map(_is_typed, sent.values())):
        raise BadInput(_("Texts with the version that was seen are expected."))
    typed = {key: Typed(*value) for key, value in sent.items()}
    result = translations.write(found.there, typed, by=person_of(request), now=timezone.now())
    conflicts = {key: {"theirs": theirs, "by": by} for key, (theirs, by) in result.conflicts.items()}
    answer = {"version": result.version, "done": result.done, "kept": result.kept, "conflicts": conflicts, "refused": result.refused}
    return JsonResponse(answer, status=409 if conflicts else 200)


@require_POST
def hand_in(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """Asks somebody to check it."""
    found = _found(request, number, language)
    form = CheckerForm(request.POST, writers=set())
    if not form.is_valid():
        return _page(request, found, checking=form, status=422)
    checker = form.cleaned_data["checker"]
    said = _("%(name)s is asked to check it.") % {"name": checker.name}
    return _done(
        request, found, lambda: translations.hand_in(found.there, checker, by=person_of(request), now=timezone.now()), said, checking=form
    )


@require_POST
def take_back(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """Out of the check, to go on writing."""
    found = _found(request, number, language)
    return _done(request, found, lambda: translations.take_back(found.there, by=person_of(request), now=timezone.now()))


@require_POST
def give_back(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """The checker returns it."""
    found = _found(request, number, language)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, found, returning=form, status=422)
    given, said = form.cleaned_data, _("Returned. The translator has been told why.")

    def story() -> Translation:
        return translations.give_back(found.there, by=person_of(request), now=timezone.now(), seen=given["seen"], reason=given["reason"])

    return _done(request, found, story, said, leads_to=reverse("process", args=[number]), returning=form)


@sensitive_post_parameters("password", "code", "passkey")
@require_POST
def release(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """The checker releases it, signed."""
    found = _found(request, number, language)
    form = ReleaseForm(request.POST, request=request)
    if not form.is_valid() or not form.confirmed():
        return _page(request, found, releasing=form, status=422)
    said = _("Signed and released. Readers find it from now on.")

    def story() -> Translation:
        return translations.release(found.there, by=person_of(request), now=timezone.now(), seen=form.cleaned_data["seen"])

    return _done(request, found, story, said, releasing=form)


@require_POST
def withdraw(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """Takes it away from readers, or gives it up."""
    found = _found(request, number, language)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, found, withdrawing=form, status=422)

    def story() -> Translation:
        return translations.withdraw(found.there, by=person_of(request), now=timezone.now(), reason=form.cleaned_data["reason"])

    return _done(request, found, story, _("Withdrawn."), withdrawing=form)


def _found(request: HttpRequest, number: str, language: str) -> Found:
    process = process_or_404(request, number)
    revision = to_translate(process)
    if revision is None or not languages.is_known(language) or language == process.language:
        raise Http404
    rows = Translation.objects.living().filter(revision=revision, language=language)
    living = rows.select_related("revision__process", "content", "checker", "handed_in_by", "keeper", "released").first()
    return Found(process, revision, languages.language(language), living)


def _done(
    request: HttpRequest, found: Found, story: Callable[[], object], said: str = "", leads_to: str = "", **forms: Form
) -> HttpResponse:
    """The page again after a story (or another one); where it was refused, with the reason and all that was typed."""
    try:
        story()
    except Refused as refusal:
        for form in forms.values():
            form.add_error(None, str(refusal))
        if not forms:
            messages.error(request, str(refusal))
        again = _found(request, found.process.number, found.language.code)
        return _page(request, again, **forms, status=409 if isinstance(refusal, Stale) else 403)
    if said:
        messages.success(request, said)
    return redirect(leads_to or reverse("processes:translation", args=[found.process.number, found.language.code]))


def _page(request: HttpRequest, found: Found, status: int = 200, **forms: Form) -> HttpResponse:
    person, scope = person_of(request), scope_of(request)
    one = found.translation
    may_translate = policy.may_translate(person, found.process, scope)
    if one is not None:
        answer = policy.may_read_translation(person, one, scope)
        if not answer:
            return refused(request, answer.reason)
    source = definition_of(found.revision)
    earlier = _earlier(found)
    context: dict[str, Any] = {
        "process": found.process, "revision": found.revision, "translation": one, "language": found.language,
        "authoritative": languages.language(source.language), "may_translate": may_translate, "earlier": earlier,
        "writes": False, "checks": False,
    }  # fmt: skip
    if one is None:
        return render(request, "processes/translation_begin.html", context, status=status)
    all_rows = sheet.rows(source, one.texts, _as_sheet(earlier))
    context |= {
        "writes": bool(may_translate) and one.state == Translation.State.DRAFT,
        "checks": bool(policy.may_check(person, one, scope)),
        "may_withdraw": policy.may_withdraw(person, one, scope),
        "last_return": one.moves.filter(name="return").select_related("by").last() if one.state == Translation.State.DRAFT else None,
        **_forms(request, one, forms), **_chosen(request, all_rows, one),
    }  # fmt: skip
    if context["checks"]:
        context["chart"] = chart(apply(source, one.texts, one.language), label=source.title)
    return render(request, "processes/translation.html", context, status=status)


def _forms(request: HttpRequest, one: Translation, given: Mapping[str, Form]) -> dict[str, Form]:
    writers = {key for key in (one.handed_in_by_id, *one.edits.values_list("by", flat=True)) if key}
    return {
        "checking": CheckerForm(writers=writers), "returning": ReturnForm(initial={"seen": one.version}),
        "releasing": ReleaseForm(request=request, initial={"seen": one.version}), "withdrawing": WithdrawForm(), **given,
    }  # fmt: skip


def _chosen(request: HttpRequest, all_rows: list[sheet.Row], one: Translation) -> dict[str, Any]:
    """The rows that were asked for, a hundred at a time; while it is written, those without a translation unless told otherwise."""
    counts = {show: len(sheet.shown(all_rows, show)) for show in sheet.SHOWS}
    usual = sheet.TODO if counts[sheet.TODO] and one.state == Translation.State.DRAFT else sheet.ALL
    show = request.GET.get("show", "") if request.GET.get("show") in sheet.SHOWS else usual
    rows = sheet.shown(all_rows, show)
    begin = int(request.GET.get("from", "0")) if request.GET.get("from", "").isdecimal() else 0
    names = {sheet.TODO: _("To translate"), sheet.FRESH: _("New or changed"), sheet.ALL: _("All")}
    tabs = [
        {"label": names[key], "url": f"?show={key}", "current": key == show, "count": counts[key]}
        for key in sheet.SHOWS
        if counts[key] or key in {show, sheet.ALL}
    ]
    return {
        "rows": rows[begin : begin + ROWS], "tabs": tabs, "show": show,
        "previous_url": "?" + urlencode({"show": show, "from": max(0, begin - ROWS)}) if begin else "",
        "next_url": "?" + urlencode({"show": show, "from": begin + ROWS}) if len(rows) > begin + ROWS else "",
    }  # fmt: skip


def _earlier(found: Found) -> Translation | None:
    """The last translation of an older revision, to compare with."""
    rows = Translation.objects.filter(revision__process=found.process, language=found.language.code).exclude(revision=found.revision)
    return rows.select_related("content", "revision").order_by("revision__ordinal", "pk").last()


def _as_sheet(earlier: Translation | None) -> sheet.Earlier | None:
    return sheet.Earlier(parse(bytes(earlier.content.content)), earlier.texts) if earlier else None


def _is_typed(value: object) -> bool:
    match value:
        case [str(), int(seen)]:
            return not isinstance(seen, bool) and 0 <= seen < 2**31
    return False

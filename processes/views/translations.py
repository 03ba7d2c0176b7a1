"""Translations: which there are of a process, and which are missing or outdated among the processes that one answers for."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organization.scope import scope_of
from organization.views.request import carry_out
from processes import languages, policy, translation_list, translations
from processes.models import Translation
from processes.translation_forms import LanguageForm
from processes.translation_list import AT_WORK, MISSING, OPEN, OUTDATED, RELEASED
from processes.translation_work import latest, to_translate
from processes.views.doors import person_of, process_or_404, refused

TABS = {
    OPEN: gettext_lazy("To translate"),
    MISSING: gettext_lazy("Missing"),
    OUTDATED: gettext_lazy("Outdated"),
    AT_WORK: gettext_lazy("At work"),
    RELEASED: gettext_lazy("Released"),
}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """`?language=zh-hans&show=outdated&after=PUR-014`: the processes that this person answers for."""
    scope, choices = scope_of(request), translation_list.choices()
    asked, show, after = (request.GET.get(name, "") for name in ("language", "show", "after"))
    chosen = next((one for one in choices if one.code == asked), None) or _usual(request, choices)
    show = show if show in TABS else OPEN
    rows = translation_list.lines(scope, chosen.code, show, after[:40], translation_list.PAGE + 1)
    more = rows[translation_list.PAGE - 1].process.number if len(rows) > translation_list.PAGE else ""
    address = f"?language={chosen.code}&show="
    context = {
        "choices": choices,
        "chosen": chosen,
        "show": show,
        "rows": rows[: translation_list.PAGE],
        "tabs": [{"label": label, "url": address + key, "current": key == show} for key, label in TABS.items()],
        "previous_url": f"{address}{show}" if after else "",
        "next_url": f"{address}{show}&after={more}" if more else "",
    }
    return render(request, "processes/translation_list.html", context)


def _usual(request: HttpRequest, choices: Sequence[languages.Language]) -> languages.Language:
    """The reader's own language where anything is to be translated into it, else the first one for which there is."""
    own = languages.language(request.LANGUAGE_CODE)
    scope = scope_of(request)
    return next((one for one in (own, *choices) if translation_list.lines(scope, one.code, OPEN, "", 1)), own)


@require_http_methods(["GET", "HEAD", "POST"])
def of_process(request: HttpRequest, number: str) -> HttpResponse:
    """The languages in which a process can be read, or soon can; a POST begins another one."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    revision, now = to_translate(process), timezone.now()
    if revision is None:
        return refused(request, _("Only an approved document is translated."), 404)
    last = latest(process)
    rows = [one for one in last.values() if policy.may_read_translation(person, one, scope)]
    answer = policy.may_translate(person, process, scope)
    if request.method == "POST" and not answer:
        return refused(request, answer.reason)
    here = {one.language for one in last.values() if one.revision_id == revision.pk and one.state != Translation.State.WITHDRAWN}
    form = LanguageForm(request.POST or None, without={process.language, *here})
    made = carry_out(request, form, lambda data: translations.begin(revision, data["language"], by=person, now=now))
    if made:
        return redirect("processes:translation", number, made.language)
    context = {
        "process": process,
        "revision": revision,
        "authoritative": languages.language(process.language),
        "rows": [(languages.language(one.language), one, one.revision_id != revision.pk) for one in rows],
        "form": form,
        "may_translate": answer,
        "answers": policy.may_change_metadata(person, process, scope),
    }
    return render(request, "processes/translations.html", context, status=422 if form.errors else 200)

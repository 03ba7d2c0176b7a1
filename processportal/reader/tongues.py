"""In which languages a procedure can be read, and what is shown of it in the one that was asked for."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse

from organization.models import Person
from organization.scope import Scope
from processes import languages, policy
from processes.content import definition_of, frozen_definition
from processes.definition import Definition
from processes.languages import Language
from processes.models import Revision, Translation
from processes.translating import apply
from processes.translations import is_outdated
from training import opened

How = Literal["authoritative", "released", "outdated", "unreleased", "missing"]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One entry of the switch; `outdated`: it leads to the translation of an older revision."""

    language: Language
    url: str
    current: bool = False
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the page shows: the authoritative content, or a translation of it and how it is to be taken. `asked` is the language wanted."""

    source: Definition
    definition: Definition
    how: How
    asked: Language
    switch: Sequence[Tongue]
    translation: Translation | None = None

    @property
    def authoritative(self) -> Language:
        """The language whose text decides."""
        return languages.language(self.source.language)

    @property
    def query(self) -> str:
        """What keeps the language in an address of this page."""
        return f"in={self.asked.code}&" if self.translation else ""

    def shown(self, *, only_changes: bool) -> str:
        """What an acknowledgement given on this page says was shown; "" where none can be given."""
        if self.translation is None:
            return opened.CHANGES if only_changes else opened.WHOLE
        return opened.in_language(self.asked.code) if self.how == "released" else ""

    def roles(self, mine: Collection[str]) -> frozenset[str]:
        """My roles, known by their authoritative titles in lower case, as this page calls them."""
        pairs = zip(self.source.roles, self.definition.roles, strict=True)
        return frozenset(said.title.lower() for role, said in pairs if role.title.lower() in mine)


def said(revision: Revision, asked: str, person: Person, scope: Scope, now: dt.datetime) -> Said:
    """The content in the language asked for (else the authoritative one), where this person may read it."""
    source = definition_of(revision)
    language = languages.language(asked if languages.is_known(asked) else source.language)
    rows = Translation.objects.filter(revision__process=revision.process_id).select_related("revision__process")
    until_now = rows.standing().filter(revision__ordinal__lte=revision.ordinal).order_by("revision__ordinal")
    released = {one.language: one for one in until_now.defer("texts", "revision__content")}
    switch = _switch(revision, source, released, language.code)
    if language.code == source.language:
        return Said(source, source, "authoritative", language, switch)
    here = rows.living().filter(revision=revision, language=language.code).select_related("checker", "released").first()
    if here is None or not policy.may_read_translation(person, here, scope):
        return Said(source, source, "missing", language, switch)
    if here.released is None:
        return Said(source, apply(source, here.texts, here.language), "unreleased", language, switch, here)
    how: How = "outdated" if is_outdated(here, now) else "released"
    return Said(source, frozen_definition(here.released), how, language, switch, here)


def _switch(revision: Revision, source: Definition, released: dict[str, Translation], asked: str) -> list[Tongue]:
    """The authoritative language first; a language without a translation of this revision leads to its last one, marked outdated."""
    number = revision.process.number
    own = languages.language(source.language)
    switch = [Tongue(own, "?", current=asked == own.code)]
    for code, one in released.items():
        older = one.revision_id != revision.pk
        page = reverse("revision", args=[number, one.revision.ordinal]) if older else ""
        switch.append(Tongue(languages.language(code), f"{page}?in={code}", current=not older and asked == code, outdated=older))
    return switch

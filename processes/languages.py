"""Languages that content can be in: those of Django's own list, which is maintained, with their names in themselves. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info

LONGEST: Final = 16


@dataclass(frozen=True, slots=True)
class Language:
    """`code` as in Django ("zh-hans"), `name` as its readers call it, `direction` for HTML."""

    code: str
    name: str
    direction: str

    @property
    def translated_name(self) -> str:
        """Its name in the language that is on."""
        return str(get_language_info(self.code)["name_translated"])


@cache
def language(code: str) -> Language:
    """The language of this code; one that nobody knows is called by its code, since documents come from elsewhere too."""
    try:
        info = get_language_info(code)
    except KeyError:
        return Language(code, code, "ltr")
    return Language(code, str(info["name_local"]), "rtl" if info["bidi"] else "ltr")


def is_known(code: str) -> bool:
    """Whether it can be translated into."""
    return "name_local" in LANG_INFO.get(code, {})


def of_the_portal() -> list[str]:
    """The languages in which the portal speaks: everybody here reads one of them."""
    return [code for code, _name in settings.LANGUAGES]


def offered(in_use: Iterable[str], without: Iterable[str] = ()) -> tuple[Sequence[Language], Sequence[Language]]:
    """Those of the portal and those in use, then all others by name; `without` are left out."""
    left_out = set(without)
    near = [code for code in dict.fromkeys([*of_the_portal(), *sorted(in_use)]) if is_known(code) and code not in left_out]
    far = sorted((code for code in LANG_INFO if is_known(code) and code not in {*near, *left_out}), key=lambda code: language(code).name)
    return [language(code) for code in near], [language(code) for code in far]

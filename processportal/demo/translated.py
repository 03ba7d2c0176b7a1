"""Procedures that the demo company reads in Chinese too: released, and one outdated whose newer revision is being translated."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from processes import translations
from processes.access import participate
from processes.content import definition_of
from processes.models import Participation, Process, Revision
from processes.translating import units
from processes.translation_work import to_translate
from processportal.demo.lives import Event
from processportal.demo.staff import Staff

LANGUAGE = "zh-hans"
TRANSLATOR, CHECKER = "xue.he", "xiaomin.liu"
LAST = 1_000_000


def events(staff: Staff, now: dt.datetime) -> Iterator[Event]:
    """Each translation is released on its day; where the data say so, that of the newer revision is begun later."""
    for data in tomllib.loads(Path(__file__).with_name("translated.toml").read_text())["translation"]:
        yield _event(data["days_ago"], now, lambda at, data=data: _release(data, staff, at))
        if "again_days_ago" in data:
            yield _event(data["again_days_ago"], now, lambda at, data=data: _begin(data, staff, at))


def _event(days: int, now: dt.datetime, happen: Any) -> Event:
    at = now - dt.timedelta(days=days)
    return Event(at, LAST, lambda: happen(at))


def _begin(data: Mapping[str, Any], staff: Staff, at: dt.datetime) -> tuple[Revision, Any]:
    process = Process.objects.get(number=data["number"])
    translator = staff.people[TRANSLATOR]
    participate(process, part=Participation.Part.CONTRIBUTOR, person=translator)
    revision = to_translate(process)
    if revision is None:
        raise ValueError(f"{process.number} is not approved yet")
    return revision, translations.begin(revision, LANGUAGE, by=translator, now=at)


def _release(data: Mapping[str, Any], staff: Staff, at: dt.datetime) -> None:
    revision, made = _begin(data, staff, at)
    translator, checker = staff.people[TRANSLATOR], staff.people[CHECKER]
    texts = {unit.key: translations.Typed(data["texts"][unit.text], 0) for unit in units(definition_of(revision))}
    translations.write(made, texts, by=translator, now=at)
    later = at + dt.timedelta(hours=5)
    handed_in = translations.hand_in(made, checker, by=translator, now=at)
    translations.release(handed_in, by=checker, now=later, seen=handed_in.version)

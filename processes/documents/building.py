"""Puts the parts of a definition together as they are found: roles once each, steps in order, a start and an end around them. Pure."""

from dataclasses import dataclass, field, replace

from django.utils import translation
from django.utils.translation import gettext as _

from processes.canonical import NAME_LIMIT, TEXT_LIMIT
from processes.definition import Definition, RoleRef, Step, new_key
from processes.documents.found import NotTaken

STEPS: int = 400
"""More steps belong into several processes; further ones are listed as not taken."""


@dataclass
class Builder:
    """Roles and steps so far, and what was not taken."""

    roles: dict[str, RoleRef] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)

    def role(self, title: str) -> str:
        """The key of the role with this title, whatever its case; "" for none."""
        title = " ".join(title.split())[:NAME_LIMIT].strip(" :：")
        if not title:
            return ""
        return self.roles.setdefault(title.casefold(), RoleRef(new_key(), title)).key

    def add(self, step: Step, where: str) -> None:
        """The next step, done by whoever did the one before unless it says who."""
        if len(self.steps) >= STEPS:
            why = _("More than %(most)d steps; divide the process.") % {"most": STEPS}
            self.leave(where, step.name, why)
            return
        before = self.steps[-1].role if self.steps else ""
        self.steps.append(step if step.role else replace(step, role=before))

    def describe(self, text: str, where: str) -> None:
        """Adds to the description of the last step; what it does not hold is listed."""
        last = self.steps[-1]
        if len(last.description) + len(text) >= TEXT_LIMIT:
            self.leave(where, text, _("The description of the step is full."))
            return
        self.steps[-1] = replace(last, description=f"{last.description}\n{text}".strip())

    def leave(self, where: str, text: str, why: str) -> None:
        """Something that is not taken."""
        self.not_taken.append(NotTaken(where, text, why))

    def definition(self, **parts: object) -> Definition:
        """The definition, with a start and an end in its own language where the steps have none."""
        language = str(parts.get("language", "en"))
        steps = list(self.steps)
        if steps:
            with translation.override(language):
                if steps[0].kind != "start":
                    steps.insert(0, Step(new_key(), "start", _("Start"), steps[0].role))
                if not any(step.kind == "end" for step in steps):
                    steps.append(Step(new_key(), "end", _("End"), steps[-1].role))
        return Definition(roles=tuple(self.roles.values()), steps=tuple(steps), **parts)  # type: ignore[arg-type]


def language_of(text: str) -> str:
    """Chinese where a tenth of the letters are Chinese, else English."""
    letters = [c for c in text if c.isalpha()]
    return "zh-hans" if sum("\u4e00" <= c <= "\u9fff" for c in letters) * 10 > len(letters) else "en"

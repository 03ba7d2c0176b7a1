"""What of a procedure is shown at a shared tablet: to whoever reads it again what changed, one step from the whole."""

from dataclasses import dataclass, replace

from processes.comparison import Comparison
from processes.content import definition_of
from processes.definition import Definition
from processes.models import Revision, Translation
from processes.translating import apply
from training import assignments, opened, rereading
from training.models import Reading


@dataclass(frozen=True, slots=True)
class Text:
    """The text without addresses that lead away from the tablet. `shown` is what an acknowledgement given there says was shown.

    `changes` since `previous`, for whoever reads again; there is nothing in them for anybody else. They are in the authoritative
    language; `translated`: the whole is in that of the person.
    """

    definition: Definition
    shown: str
    previous: Revision | None
    changes: Comparison
    translated: bool

    @property
    def only_changes(self) -> bool:
        """Whether the page shows these alone."""
        return self.shown == opened.CHANGES


def text_of(reading: Reading, *, whole: bool) -> Text:
    """Only what changed where the work item leads there, unless the whole was asked for; that in the language of the person."""
    revision, again = reading.revision, reading.work_item.url_name == assignments.CHANGES
    definition, shown, changes = definition_of(revision), opened.WHOLE, Comparison()
    previous = rereading.compared_with(revision, reading.person_id) if again else None
    if previous is not None:
        changes = rereading.changes_since(previous, revision, definition)
    language = reading.person.language
    standing = Translation.objects.standing().filter(revision=revision, language=language)
    translation = standing.first() if language != definition.language else None
    if changes and not whole:
        shown = opened.CHANGES
    elif translation:
        definition, shown = apply(definition, translation.texts, language), opened.in_language(language)
    steps = tuple(replace(one, link="", form_address="") for one in definition.steps)
    return Text(replace(definition, steps=steps), shown, previous, changes, translated=translation is not None)

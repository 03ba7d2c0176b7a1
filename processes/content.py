"""The content of a revision as a definition, wherever it lies."""

from processes.canonical import from_json, parse
from processes.definition import Definition
from processes.models import Revision


def working_definition(revision: Revision) -> Definition:
    """The draft as it would be frozen now: under the process's present number, title, type and language."""
    process = revision.process
    return from_json(revision.content).with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )


def definition_of(revision: Revision) -> Definition:
    """What was frozen, or the draft as it stands."""
    return parse(bytes(revision.frozen.content)) if revision.frozen else working_definition(revision)

"""The content of a revision as a definition, wherever it lies; what was frozen only while it is what was signed."""

from processes.canonical import from_json, parse, sha256
from processes.definition import Definition
from processes.models import FrozenContent, Revision


class Damaged(Exception):
    """Frozen bytes that no longer have their hash. Nobody is to read, sign or print them as what was approved."""


def working_definition(revision: Revision) -> Definition:
    """The draft as it would be frozen now: under the process's present number, title, type and language."""
    process = revision.process
    return from_json(revision.content).with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )


def definition_of(revision: Revision) -> Definition:
    """What was frozen, or the draft as it stands."""
    return frozen_definition(revision.frozen) if revision.frozen else working_definition(revision)


def frozen_definition(frozen: FrozenContent) -> Definition:
    """What was frozen, read from its bytes. Raises Damaged."""
    return parse(intact(frozen))


def intact(frozen: FrozenContent) -> bytes:
    """The bytes as they were signed. Raises Damaged, whose message is for the log."""
    content = bytes(frozen.content)
    if sha256(content) != frozen.sha256:
        raise Damaged(f"{frozen._meta.db_table} {frozen.pk}: its content does not have the hash {frozen.sha256}")
    return content

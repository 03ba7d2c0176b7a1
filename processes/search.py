"""Search over what is in force: folded text of approved revisions, under the database's own full-text index."""

from processes.definition import Definition, parse
from processes.folding import grams
from processes.models import FrozenContent, Revision, SearchDocument


def index(revision: Revision) -> None:
    """Writes the row of an approved revision; the database's index follows in the same transaction."""
    frozen = FrozenContent.objects.get(revisions=revision)
    definition = parse(bytes(frozen.content))
    SearchDocument.objects.update_or_create(
        revision=revision,
        defaults={"title": grams(f"{definition.number} {definition.title}"), "body": grams("\n".join(_texts(definition)))},
    )


def forget(revision: Revision) -> None:
    """Removes the row of a revision whose approval was taken back."""
    SearchDocument.objects.filter(revision=revision).delete()


def _texts(definition: Definition) -> list[str]:
    """Everything that people read, in reading order."""
    boundary = definition.boundary
    texts = [definition.purpose, definition.scope, boundary.trigger, boundary.first_step, boundary.last_step, boundary.result]
    for row in definition.sipoc:
        texts += [row.supplier, row.input, row.process, row.output, row.customer]
    texts += [role.title for role in definition.roles]
    for step in definition.steps:
        texts += [step.name, step.description, *step.inputs, *step.outputs, *step.records, step.system, step.link, step.trigger]
        texts += [flow.label for flow in step.flows]
    texts += [text for record in definition.records for text in (record.name, record.kept_by)]
    texts += [text for reference in definition.references for text in (reference.label, reference.target)]
    return [text for text in [*texts, definition.notes] if text]

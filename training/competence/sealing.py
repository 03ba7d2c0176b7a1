"""What the signature of an assessment is bound to: the statements, the ratings, the evidence and what was said of it, as one hash."""

import hashlib
import json

from training.models import AbilityRating, Assessment, Assessor, EvidenceVerdict

ROWS = {
    "assessors": ("pk", "person", "external", "statement"),
    "ratings": ("assessor", "ability", "criterion", "rated", "comment"),
    "evidence": ("pk", "kind", "key", "day", "text", "number", "accepted", "accepted_by"),
    "verdicts": ("assessor", "evidence", "accepted"),
}


def digest(assessment: Assessment) -> str:
    """SHA-256 of the rows as JSON: keys sorted, no spaces, days as ISO 8601. Four queries.

    Without a verdict nothing is told of verdicts, so that what was signed before there were any keeps its hash.
    """
    assessors = Assessor.objects.filter(assessment=assessment, ended_at__isnull=True)
    rows = {
        "assessors": assessors.order_by("pk"),
        "ratings": AbilityRating.objects.filter(assessor__in=assessors).order_by("pk"),
        "evidence": assessment.evidence.order_by("pk"),
        "verdicts": EvidenceVerdict.objects.filter(assessor__in=assessors).order_by("pk"),
    }
    told = {name: [list(row) for row in found.values_list(*ROWS[name])] for name, found in rows.items()}
    if not told["verdicts"]:
        del told["verdicts"]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_signed(assessment: Assessment) -> bool:
    """Whether a concluded assessment still says what was signed; one that is not concluded, or was signed before hashes were, does."""
    signature = assessment.signature
    return signature is None or not signature.content_sha256 or signature.content_sha256 == digest(assessment)

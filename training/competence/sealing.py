"""What the signature of an assessment is bound to: the statements, the ratings and what became of the evidence, as one hash."""

import hashlib
import json

from training.models import AbilityRating, Assessment, Assessor

ROWS = {
    "assessors": ("pk", "person", "external", "statement"),
    "ratings": ("assessor", "ability", "criterion", "rated", "comment"),
    "evidence": ("pk", "kind", "key", "day", "text", "number", "accepted", "accepted_by"),
}


def digest(assessment: Assessment) -> str:
    """SHA-256 of the rows as JSON: keys sorted, no spaces, days as ISO 8601. Three queries."""
    assessors = Assessor.objects.filter(assessment=assessment, ended_at__isnull=True)
    rows = {
        "assessors": assessors.order_by("pk"),
        "ratings": AbilityRating.objects.filter(assessor__in=assessors).order_by("pk"),
        "evidence": assessment.evidence.order_by("pk"),
    }
    told = {name: [list(row) for row in found.values_list(*ROWS[name])] for name, found in rows.items()}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_signed(assessment: Assessment) -> bool:
    """Whether a concluded assessment still says what was signed; one that is not concluded, or was signed before hashes were, does."""
    signature = assessment.signature
    return signature is None or not signature.content_sha256 or signature.content_sha256 == digest(assessment)

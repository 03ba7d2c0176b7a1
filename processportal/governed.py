"""The written list of what the database watches over: governed tables, append-only tables, what closes, periods without overlap."""

from typing import Any

from django.db import connections

from organization import triggers
from organization.triggers import Closed, Digest, Period, Plan

# Model → fields that the evidence trail leaves out: secrets, clock ticks, draft text (kept as edits), frozen bytes (proved by their hash).
GOVERNED: dict[str, tuple[str, ...]] = {
    "organization.CompanySettings": (),
    "organization.Person": ("password", "last_login"),
    "organization.Pin": ("hashed",),
    "organization.Department": (),
    "organization.Position": (),
    "organization.Appointment": (),
    "organization.Absence": (),
    "organization.CalendarException": (),
    "organization.CalledOff": (),
    "organization.AbsenceFeed": ("url", "read_at", "error"),
    "organization.Level": (),
    "organization.Ability": (),
    "organization.HeldLevel": (),
    "organization.GateRule": (),
    "organization.FailedSigning": (),
    "organization.Proposal": (),
    "organization.Signature": (),
    "worklist.Happening": (),
    "worklist.ReminderPlan": (),
    "worklist.Webhook": ("secret",),
    "worklist.Vacancy": (),
    "worklist.Handover": (),
    "worklist.HandoverLine": (),
    "worklist.ContinuityProof": (),
    "processes.ProcessGroup": (),
    "processes.NumberSeries": (),
    "processes.Role": (),
    "processes.Process": (),
    "processes.Revision": ("content", "version"),
    "processes.FrozenContent": ("content",),
    "processes.Picture": ("content",),
    "processes.Move": (),
    "processes.ReviewAnswer": (),
    "processes.EffectHold": (),
    "processes.Participation": (),
    "processes.Interface": (),
    "processes.InterfaceTerms": (),
    "processes.Translation": ("texts", "version", "done"),
    "processes.TranslationMove": (),
    "processes.Template": (),
    "processes.StepBlock": ("words",),
    "processes.StepBlockVersion": (),
    "processes.Variant": (),
    "processes.SharedChange": (),
    "processes.ChangeRequest": (),
    "processes.ChangeRequestMove": (),
    "processes.ProblemReport": (),
    "processes.ProcessUserGrant": (),
    "processes.ProcessGroupGrant": (),
    "approvals.Route": (),
    "approvals.RouteStage": (),
    "approvals.RouteRule": (),
    "approvals.ApprovalCase": (),
    "approvals.CaseStage": (),
    "approvals.ChangePackage": (),
    "approvals.PackageMember": (),
    "approvals.Seat": (),
    "approvals.CaseAct": (),
    "approvals.Decision": (),
    "approvals.Rerouting": (),
    "approvals.CaseMark": (),
    "approvals.MarkCorrection": (),
    "approvals.Waiver": (),
    "approvals.WaiverEnd": (),
    "approvals.EmergencyRelease": (),
    "approvals.Comment": (),
    "approvals.CommentMove": (),
    "approvals.Correction": (),
    "training.AudienceRule": (),
    "training.Acknowledgement": (),
    "training.Quiz": ("draft", "version"),
    "training.QuizVersion": (),
    "training.QuizAttempt": (),
    "training.QuizUnlock": (),
    "training.Assessment": (),
    "training.Assessor": (),
    "training.AbilityRating": (),
    "training.Evidence": (),
    "training.EvidenceVerdict": (),
    "training.DevelopmentStep": (),
    "training.Tablet": ("secret_sha256",),
    "training.TabletVisit": ("sheet", "handle", "seen_at"),
    "training.Course": ("version",),
    "training.TrainingSession": (),
    "training.Enrolment": ("evaluated",),  # an evaluation has no name: nor is it seen here who gave the last one
    "training.CheckIn": (),
    "training.TrainingRecord": ("code",),
    "training.TrainingDemand": (),
    "kpis.Indicator": (),
    "kpis.Measurement": (),
    "kpis.QuarterAssessment": (),
    "copies.Copy": ("token",),
    "audit_pack.AuditPack": (),
}
DENIED = (
    "organization.EvidenceEntry",
    "organization.EvidenceSeal",
    "organization.FailedSigning",
    "organization.Signature",
    "worklist.Happening",
    "processes.FrozenContent",
    "processes.Picture",
    "processes.Move",
    "processes.ReviewAnswer",
    "processes.TranslationMove",
    "processes.StepBlockVersion",
    "processes.ChangeRequestMove",
    "approvals.CaseAct",
    "approvals.Decision",
    "approvals.Rerouting",
    "approvals.CaseMark",
    "approvals.MarkCorrection",
    "approvals.CommentMove",
    "approvals.Waiver",
    "approvals.WaiverEnd",
    "training.Acknowledgement",
    "training.QuizVersion",
    "training.QuizAttempt",
    "training.QuizUnlock",
    "training.CheckIn",
    "training.TrainingRecord",
    "training.Evaluation",
)
# What a result was signed on, or an assessment ended with: nothing of it is changed, removed or added afterwards.
CLOSED = (
    Closed("training.Assessment", "closed_at"),
    Closed("training.Assessor", "assessment__closed_at"),
    Closed("training.AbilityRating", "assessor__assessment__closed_at"),
    Closed("training.Evidence", "assessment__closed_at"),
    Closed("training.EvidenceVerdict", "assessor__assessment__closed_at"),
)
PERIODS = (
    Period("processes.Revision", ("process", "emergency"), "effective_from", "effective_until"),
    Period("organization.Appointment", ("person", "position"), "starts_on", "ends_before"),
)
DIGESTS = (Digest("processes.FrozenContent", "content", "sha256"), Digest("processes.Picture", "content", "sha256"))
PLAN = Plan(GOVERNED, DENIED, CLOSED, PERIODS, DIGESTS)


def before_migrate(using: str, **_kwargs: Any) -> None:
    """SQLite rebuilds a table to change it, which triggers would watch or hinder."""
    if connections[using].vendor == "sqlite":
        triggers.drop(connections[using])


def after_migrate(using: str, **_kwargs: Any) -> None:
    """Brings the triggers to the list; also after a test's flush."""
    triggers.install(PLAN, connections[using])

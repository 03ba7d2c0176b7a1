"""Routes, the cases that run on them, what was decided and what was remarked."""

from approvals.models.acts import CaseAct
from approvals.models.cases import ApprovalCase, CaseStage, Seat
from approvals.models.comments import Comment, CommentMove, Correction
from approvals.models.decisions import Decision, Rerouting
from approvals.models.marks import CaseMark, MarkCorrection
from approvals.models.packages import ChangePackage, PackageMember
from approvals.models.releases import EmergencyRelease
from approvals.models.routes import Mode, Route, RouteRule, RouteStage
from approvals.models.waivers import Waiver, WaiverEnd

__all__ = [
    "ApprovalCase",
    "CaseAct",
    "CaseMark",
    "CaseStage",
    "ChangePackage",
    "Comment",
    "CommentMove",
    "Correction",
    "Decision",
    "EmergencyRelease",
    "MarkCorrection",
    "Mode",
    "PackageMember",
    "Rerouting",
    "Route",
    "RouteRule",
    "RouteStage",
    "Seat",
    "Waiver",
    "WaiverEnd",
]

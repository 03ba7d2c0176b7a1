"""Routes, the cases that run on them, what was decided and what was remarked."""

from approvals.models.cases import ApprovalCase, CaseStage, Seat
from approvals.models.comments import Comment
from approvals.models.decisions import Decision, Rerouting
from approvals.models.packages import ChangePackage, PackageMember
from approvals.models.routes import Mode, Route, RouteRule, RouteStage

__all__ = [
    "ApprovalCase",
    "CaseStage",
    "ChangePackage",
    "Comment",
    "Decision",
    "Mode",
    "PackageMember",
    "Rerouting",
    "Route",
    "RouteRule",
    "RouteStage",
    "Seat",
]

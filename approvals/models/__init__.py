"""Routes, the cases that run on them, what was decided and what was remarked."""

from approvals.models.cases import ApprovalCase, CaseStage, Seat
from approvals.models.comments import Comment
from approvals.models.decisions import Decision, Rerouting
from approvals.models.routes import Mode, Route, RouteRule, RouteStage
from approvals.models.waivers import Waiver, WaiverEnd

__all__ = [
    "ApprovalCase",
    "CaseStage",
    "Comment",
    "Decision",
    "Mode",
    "Rerouting",
    "Route",
    "RouteRule",
    "RouteStage",
    "Seat",
    "Waiver",
    "WaiverEnd",
]

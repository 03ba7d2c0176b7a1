"""The catalogue of processes, their revisions and frozen content, who may see them, and rows derived from content."""

from processes.models.access import Participation, ProcessGroupGrant, ProcessUserGrant
from processes.models.catalogue import NumberSeries, Process, ProcessGroup, Role
from processes.models.derived import Link, Port, RoleUse, SearchDocument
from processes.models.effect import EffectHold
from processes.models.interfaces import Interface, InterfaceTerms
from processes.models.pictures import Picture, PictureUse
from processes.models.problems import ProblemReport
from processes.models.readers import Favourite, Helpful
from processes.models.requests import ChangeRequest, ChangeRequestMove
from processes.models.reuse import StepBlock, StepBlockVersion, Template
from processes.models.reviews import ReviewAnswer
from processes.models.revisions import DraftEdit, DraftPresence, DraftVersion, FrozenContent, Move, Revision
from processes.models.sharing import SharedChange, SharedStep, Variant
from processes.models.translations import Translation, TranslationEdit, TranslationMove
from processes.models.uploads import ImportBatch, OriginalFile, PendingImport

__all__ = [
    "ChangeRequest",
    "ChangeRequestMove",
    "DraftEdit",
    "DraftPresence",
    "DraftVersion",
    "EffectHold",
    "Favourite",
    "FrozenContent",
    "Helpful",
    "ImportBatch",
    "Interface",
    "InterfaceTerms",
    "Link",
    "Move",
    "NumberSeries",
    "OriginalFile",
    "Participation",
    "PendingImport",
    "Picture",
    "PictureUse",
    "Port",
    "ProblemReport",
    "Process",
    "ProcessGroup",
    "ProcessGroupGrant",
    "ProcessUserGrant",
    "ReviewAnswer",
    "Revision",
    "Role",
    "RoleUse",
    "SearchDocument",
    "SharedChange",
    "SharedStep",
    "StepBlock",
    "StepBlockVersion",
    "Template",
    "Translation",
    "TranslationEdit",
    "TranslationMove",
    "Variant",
]

"""Who may put a process on paper, and who may say what became of a copy."""

from django.utils.translation import gettext as _

from organization.gate import Answer
from organization.models import Person
from organization.scope import Scope
from processes import policy as processes
from processes.access import may_see_revision
from processes.models import Process, Revision
from processportal.copies.models import Copy
from worklist.mine import is_given


def may_print(revision: Revision, scope: Scope) -> Answer:
    """An uncontrolled print: whoever may read it, and it is written down."""
    return Answer(may_see_revision(revision, scope), reason=_("You may not see this version."))


def may_issue(person: Person, process: Process, scope: Scope) -> Answer:
    """A controlled or posted copy: whoever answers for the process."""
    if processes.may_change_metadata(person, process, scope):
        return Answer(True)
    words = {"department": process.department}
    return Answer(False, reason=_("Only the owner, the head of %(department)s and its process manager give out controlled copies.") % words)


def may_settle(person: Person, copy: Copy, scope: Scope) -> Answer:
    """Exchange or destroy a copy: the responsible position, whom its work was given to, and whoever may issue one."""
    if copy.position_id in scope.positions or is_given(scope, f"copy:{copy.pk}:"):
        return Answer(True)
    if may_issue(person, copy.process, scope):
        return Answer(True)
    return Answer(False, reason=_("Only the responsible position and whoever answers for the process say what became of this copy."))


def may_see_copy(person: Person, copy: Copy, scope: Scope) -> bool:
    """Whether the register holds it for this person."""
    return scope.office or bool(may_settle(person, copy, scope)) or copy.printed_by_id == scope.person_id

"""The sentences for what the live checks find: what is wrong, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from processes.flowchart.findings import Finding

# Placeholders: number (of the step), other (number of another step), count, limit, role, label, name.
TEXTS: Final[Mapping[str, str | Promise]] = {
    "no-steps": _("There are no steps yet. Type the first one."),
    "no-start": _("The process has no start. Add a start step that says what triggers it."),
    "several-starts": _("The process has %(count)s starts. Check that each of them really triggers it."),
    "no-end": _("The process has no end. Add an end step that says what the result is."),
    "ends-alike": _("End %(number)s has the same name as end %(other)s. Say what is different, or let both ways lead to one end."),
    "arrow-to-itself": _("An arrow of step %(number)s leads back to itself and does not say when. Write in which case it is repeated."),
    "several-cases-at-once": _("Decision %(number)s lets several cases apply at once. Readers expect one; ask them one after the other."),
    "input-from-nowhere": _("Step %(number)s uses “%(name)s”, which no supplier brings and no step makes. Name it in the SIPOC table."),
    "too-many-steps": _("%(count)s steps are too many for one chart (more than %(limit)s). Move parts into sub-processes."),
    "many-steps": _("%(count)s steps are hard to follow (more than %(limit)s). Consider a sub-process."),
    "many-roles": _("%(count)s roles take part (more than %(limit)s). Join roles that act together, or split the process."),
    "unused-role": _("The role “%(role)s” has no step. Give it one or remove the role."),
    "isolated": _("Step %(number)s is not connected to anything. Add an arrow to it or remove it."),
    "dead-end": _("The process stops at step %(number)s, which is not an end. Say which step follows, or make it an end."),
    "unreachable": _("No way leads to step %(number)s. Let an earlier step continue with it."),
    "endless-loop": _("From step %(number)s the process can never end. Add a way out of the loop."),
    "unnamed-step": _("Step %(number)s has no name. Write what is done, beginning with a verb."),
    "long-name": _("The name of step %(number)s has %(count)s characters. Keep it under %(limit)s; the rest fits in the description."),
    "duplicate-name": _("Step %(number)s has the same name as step %(other)s. Say what is different, or use one step for both."),
    "missing-role": _("Step %(number)s has no role. Say who does it."),
    "missing-target": _("An arrow of step %(number)s leads nowhere. Choose the step that follows, or remove the arrow."),
    "missing-target-label": _("The branch “%(label)s” of step %(number)s leads nowhere. Choose the step that follows."),
    "long-label": _("The text “%(label)s” at an arrow of step %(number)s is longer than %(limit)s characters. Shorten it."),
    "identical-arrows": _("%(count)s arrows lead from step %(number)s to step %(other)s. Keep one of them."),
    "decision-without-question": _("Decision %(number)s asks nothing. Write the question that is decided."),
    "decision-with-one-branch": _("Decision %(number)s has only one branch. Add the other case, or make it an activity."),
    "many-branches": _("Decision %(number)s has %(count)s branches (more than %(limit)s). Ask two questions one after the other."),
    "branch-without-label": _("The branch from step %(number)s to step %(other)s says nothing. Write in which case it is taken."),
    "implicit-split": _("Step %(number)s continues in %(count)s ways. Put a decision or a parallel split after it."),
    "link-itself": _("Step %(number)s leads to %(name)s, which is this process itself. Let an arrow lead back, or name another process."),
    "link-circle": _("Step %(number)s leads to %(name)s, whose steps lead back to this process. Let one of the two stand on its own."),
    "link-unknown": _("Step %(number)s names %(name)s, which does not exist. Correct the number."),
    "link-withdrawn": _("Step %(number)s names %(name)s, which was withdrawn. Name what replaces it."),
    "reference-unknown": _("The references name %(name)s, which does not exist. Correct the number."),
    "reference-withdrawn": _("The references name %(name)s, which was withdrawn. Name what replaces it."),
    "never-joined": _("The parallel ways after step %(number)s never meet again. Join them with a second parallel step."),
}

FIXES: Final[Mapping[str, str | Promise]] = {
    "add-start": _("Add a start"),
    "add-end": _("Add an end"),
    "drop-role": _("Remove the role"),
    "remove-step": _("Remove the step"),
    "go-on": _("Go on with the step below"),
    "end-here": _("End here"),
    "from-above": _("Let the step above go on with it"),
    "shorten": _("Move the rest to the description"),
    "role-above": _("Same role as the step beside it"),
    "to-below": _("Go on with the step below"),
    "drop-arrow": _("Remove the arrow"),
    "one-arrow": _("Keep one arrow"),
    "other-case": _("Add the other case"),
    "make-activity": _("Make it an activity"),
    "yes-no": _("Label them yes and no"),
    "ask-after": _("Ask which one, in a decision"),
    "split-after": _("Do all of them, in parallel"),
}


def sentence(finding: Finding, numbers: Mapping[str, int]) -> str:
    """The sentence of a finding in the active language; `numbers` are those of the definition."""
    values = dict(finding.values)
    if "other" in values:
        values["other"] = str(numbers.get(values["other"], "?"))
    labelled = f"{finding.code}-label"
    text = TEXTS[labelled if values.get("label") and labelled in TEXTS else finding.code]
    return str(text) % ({"number": numbers.get(finding.step, "?")} | values)

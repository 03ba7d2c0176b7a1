"""What BPMN's elements become, and why some have no place in the step model."""

from typing import Final

from django.utils.translation import gettext_noop

TASKS: Final = {
    "task": "",
    "userTask": "user",
    "manualTask": "manual",
    "serviceTask": "service",
    "scriptTask": "script",
    "businessRuleTask": "rule",
    "sendTask": "send",
    "receiveTask": "receive",
}
SCOPES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS: Final = {
    "exclusiveGateway": "decision",
    "inclusiveGateway": "decision",
    "eventBasedGateway": "decision",
    "complexGateway": "decision",
    "parallelGateway": "parallel",
}
EVENTS: Final = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateCatchEvent": "wait",
    "intermediateThrowEvent": "event",
    "boundaryEvent": "event",
}
NODES: Final = frozenset({*TASKS, *GATEWAYS, *EVENTS, *SCOPES, "callActivity"})
WAITED_FOR: Final = frozenset({"", "timer", "message", "signal", "conditional"})
DATA: Final = frozenset({"dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInput", "dataOutput"})
# Parts that mean nothing by themselves: what they say is read where they are pointed to, or they only frame others.
FRAME: Final = frozenset(
    {"definitions", "collaboration", "process", "laneSet", "childLaneSet", "incoming", "outgoing", "flowNodeRef", "participantMultiplicity"}
)

LOST: Final = {
    "group": gettext_noop("Groups are not drawn; name the group in the steps' descriptions where it matters."),
    "dataState": gettext_noop("The state of a document has no place of its own; write it into the document's name."),
    "ioSpecification": gettext_noop("Inputs and outputs for an engine are not kept; those that are drawn are."),
    "inputSet": gettext_noop("Inputs and outputs for an engine are not kept; those that are drawn are."),
    "outputSet": gettext_noop("Inputs and outputs for an engine are not kept; those that are drawn are."),
    "property": gettext_noop("Settings for an engine are not kept."),
    "extensionElements": gettext_noop("Settings for an engine or a tool are not kept."),
    "extension": gettext_noop("Settings for an engine or a tool are not kept."),
    "script": gettext_noop("Scripts for an engine are not kept."),
    "resourceRole": gettext_noop("Who does a step is told by its lane alone."),
    "performer": gettext_noop("Who does a step is told by its lane alone."),
    "humanPerformer": gettext_noop("Who does a step is told by its lane alone."),
    "potentialOwner": gettext_noop("Who does a step is told by its lane alone."),
    "correlationKey": gettext_noop("Correlation is for an engine."),
    "correlationProperty": gettext_noop("Correlation is for an engine."),
    "conversation": gettext_noop("Conversations have no place in a procedure."),
    "conversationLink": gettext_noop("Conversations have no place in a procedure."),
    "subConversation": gettext_noop("Conversations have no place in a procedure."),
    "callConversation": gettext_noop("Conversations have no place in a procedure."),
    "choreography": gettext_noop("Choreographies have no place in a procedure; draw the steps of each side."),
    "choreographyTask": gettext_noop("Choreographies have no place in a procedure; draw the steps of each side."),
    "globalTask": gettext_noop("A task that no step calls is not kept."),
    "interface": gettext_noop("Interfaces of services are for an engine."),
    "itemDefinition": gettext_noop("Data types are for an engine."),
    "message": gettext_noop("Definitions of messages are not kept; the names of messages between steps are."),
    "error": gettext_noop("Error codes are for an engine."),
    "signal": gettext_noop("Definitions of signals are for an engine."),
    "escalation": gettext_noop("Definitions of escalations are for an engine."),
    "import": gettext_noop("Other files named by this one are not read."),
    "relationship": gettext_noop("Relationships between models are not kept."),
    "category": gettext_noop("Categories are not kept."),
    "auditing": gettext_noop("Settings for an engine are not kept."),
    "monitoring": gettext_noop("Settings for an engine are not kept."),
    "BPMNDiagram": gettext_noop("Positions and colours are not kept: the portal lays the chart out anew, in the drawn order of the lanes."),
}
ELSE_LOST: Final = gettext_noop("The step model has no place for it.")
EMPTY_LANE: Final = gettext_noop("No step lies in this lane.")
DANGLING: Final = gettext_noop("This arrow leads from or to something that does not exist.")
ACROSS: Final = gettext_noop("This arrow crosses the border of a process or sub-process; only messages do.")
BOUNDARY_ENDS: Final = gettext_noop("This exception has no arrow, so it leads nowhere.")
BOUNDARY_ALONE: Final = gettext_noop("This exception hangs on a step that does not exist.")
SECOND_TRIGGER: Final = gettext_noop("An event keeps its first trigger only.")
MERGE: Final = gettext_noop("A gateway that only brings arrows together is not a step; its arrows lead straight on.")
EXCEPTION: Final = gettext_noop("An exception at the border of a step became a branch of that step.")
CUT: Final = gettext_noop("The name is longer than 300 characters; the whole of it stands in the description.")
SAME_ID: Final = gettext_noop("Several elements have this id; what refers to it is taken for the first.")
MISSING_NODE: Final = gettext_noop("The lane names a step that does not exist.")

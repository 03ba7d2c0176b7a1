"""Small BPMN files of our own, written by hand."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:x="http://example.com/engine" id="d" targetNamespace="http://example.com">'
)


def model(inside: str) -> bytes:
    """A file with this inside its definitions."""
    return (HEAD + inside + "</definitions>").encode()


def process(inside: str, *, name: str = "Handle a claim") -> bytes:
    """A file with one process."""
    return model(f'<process id="p" name="{name}">{inside}</process>')


def flow(source: str, target: str, name: str = "") -> str:
    """A sequence flow."""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}" name="{name}"/>'


CLAIM = model(
    """
 <collaboration id="c">
  <participant id="us" name="Our company" processRef="p"/><participant id="them" name="Customer"/>
  <messageFlow id="m1" sourceRef="them" targetRef="start" name="Claim"/>
  <messageFlow id="m2" sourceRef="inform" targetRef="them" name="Answer"/>
 </collaboration>
 <process id="p" name="Handle a claim">
  <documentation>How claims are handled.</documentation>
  <laneSet id="ls">
   <lane id="quality" name="Quality"><flowNodeRef>analyse</flowNodeRef></lane>
   <lane id="service" name="Service"><flowNodeRef>start</flowNodeRef><flowNodeRef>register</flowNodeRef><flowNodeRef>good</flowNodeRef>
    <flowNodeRef>merge</flowNodeRef><flowNodeRef>inform</flowNodeRef><flowNodeRef>end</flowNodeRef></lane>
   <lane id="idle" name="Idle"/>
  </laneSet>
  <startEvent id="start" name="Claim received"><messageEventDefinition id="med"/></startEvent>
  <userTask id="register" name="Register&#10;claim"><documentation>In the claim file.</documentation>
   <extensionElements><x:form key="1"/></extensionElements>
   <dataOutputAssociation id="doa"><targetRef>file</targetRef></dataOutputAssociation></userTask>
  <dataObjectReference id="file" name="Claim file" dataObjectRef="fileObject"/><dataObject id="fileObject"/>
  <exclusiveGateway id="good" name="Our fault?" default="good-merge"/>
  <task id="analyse" name="Analyse the cause"><multiInstanceLoopCharacteristics/></task>
  <boundaryEvent id="late" attachedToRef="analyse">
   <timerEventDefinition id="ted"><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>
  <exclusiveGateway id="merge"/>
  <sendTask id="inform" name="Inform customer"/>
  <endEvent id="end" name="Claim closed"/>
  <textAnnotation id="note"><text>Within five days</text></textAnnotation><association id="as" sourceRef="analyse" targetRef="note"/>
  <textAnnotation id="loose"><text>Reviewed yearly</text></textAnnotation>
  <group id="g" categoryValueRef="cv"/>
"""
    + flow("start", "register")
    + flow("register", "good")
    + flow("good", "analyse", "yes")
    + flow("good", "merge", "no")
    + flow("analyse", "merge")
    + flow("late", "inform")
    + flow("merge", "inform")
    + flow("inform", "end")
    + flow("end", "nowhere", "astray")
    + """</process>
 <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="c">
  <bpmndi:BPMNShape id="s1" bpmnElement="service"><dc:Bounds x="0" y="0" width="9" height="9"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s2" bpmnElement="quality"><dc:Bounds x="0" y="200" width="9" height="9"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s3" bpmnElement="idle"><dc:Bounds x="0" y="400" width="9" height="9"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s4" bpmnElement="start"/>
  <bpmndi:BPMNShape id="s5" bpmnElement="end"><dc:Bounds x="0" y="low" width="9" height="9"/></bpmndi:BPMNShape>
 </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
"""
)

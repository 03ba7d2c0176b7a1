"""A small company in which every page has something to show, and whose words try to be markup."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from approvals import comments, route_effect, workflow
from approvals.models import ApprovalCase, Route
from approvals.route_faults import StageTerms
from kpis.models import Indicator
from kpis.periods import months_before
from kpis.recording import define, record
from organization.gate import install_ladder
from organization.models import Person, Position
from processes import batches, bringing_in
from processes.canonical import to_json
from processes.definition import Definition, Record, Reference, SipocRow
from processes.documents.archive import Packed
from processes.models import ImportBatch, PendingImport, Process, ProcessGroup
from processportal.continuity import checking, handing_over
from tests import make
from tests.approvals import routing
from tests.processes.bpmn.files import CLAIM
from tests.processes.bpmn.test_original import WHOLE
from training.assignments import hand_out_new
from worklist import vacancies
from worklist.models import Handover
from worklist.notices import tell

HOSTILE = "<script>alert(1)</script>"
LINK = "javascript:alert(1)"
DRAWING = b"\n" + WHOLE.replace(b'"Do it"', b'"&lt;script&gt;alert(1)&lt;/script&gt;"').replace(b'"Desk"', b'"javascript:alert(1)"')


@dataclass(frozen=True)
class Company:
    """What the pages of the company lead to."""

    cast: make.Cast
    in_force: Process
    """In force in its second revision; owed by the reader."""
    drafted: Process
    """A draft of the author, ready to be submitted."""
    case: ApprovalCase
    """A new version in review: the approver decides."""
    indicator: Indicator
    drawing: PendingImport
    """A BPMN file that the author uploaded and has not made a draft of."""
    upload: ImportBatch
    """Several files of the author: two understood, one refused."""
    handover: Handover
    """Of the reader, who is still here; two processes are offered to the approver."""
    route: Route
    """Proposed by the manager, waits for the general manager; another one is in force."""

    @property
    def head_of_purchasing(self) -> Position:
        """A position with somebody in it."""
        return Position.objects.get(title="Head of Purchasing")


def hostile(*names: str) -> Definition:
    """A definition whose every text would like to be a script."""
    plain = make.definition(*names, f"Check {HOSTILE}?", role=f"Buyer {HOSTILE}")
    first, *rest = plain.steps
    first = replace(first, description=f"See [here]({LINK}) {HOSTILE} <img src=x onerror=alert(1)>", system=LINK, records=(HOSTILE,))
    return replace(
        plain,
        purpose=f"{HOSTILE} [why]({LINK})",
        steps=(first, *rest),
        sipoc=(SipocRow(key="p1", supplier=HOSTILE, input="Offer", process="Buy", output="Order", customer=LINK),),
        records=(Record(key="c1", name=HOSTILE, kept_by="Buyer", retention="10 years"),),
        references=(Reference(key="e1", label=HOSTILE, target=LINK), Reference(key="e2", label="Handbook", target="https://example.com/")),
    )


def _uploaded(cast: make.Cast, now: dt.datetime) -> ImportBatch:
    files = [Packed("claim.bpmn", CLAIM), Packed("drawing.bpmn", DRAWING), Packed(f"{HOSTILE}.bpmn", b"<x")]
    batch = batches.open_batch(files, by=cast.author, now=now)
    batches.work_on(batch.pk)
    return batch


def full() -> Company:
    """Everything once."""
    install_ladder()
    cast, now = make.cast(), make.now()
    group = ProcessGroup.objects.create(kind="core", name=f"Buy {HOSTILE}", order=1)
    in_force = make.process(cast.purchasing, number="PUR-001", title=HOSTILE, group=group, created_by=cast.author)
    make.effective(in_force, hostile("Ask for offers"), since=now - dt.timedelta(days=100))
    make.effective(in_force, hostile("Ask three suppliers", "Compare"), since=now - dt.timedelta(days=3))
    drafted = make.process(cast.purchasing, number="PUR-002", title="Pay invoices", created_by=cast.author)
    make.draft(drafted, hostile("Check invoice"), by=cast.author)
    indicator = _measured(in_force, cast.manager, now)
    hand_out_new(now)
    for n, person in enumerate((cast.author, cast.reader, cast.approver)):
        tell(person, key=f"welcome{n}", subject=f"Welcome {HOSTILE}", body=LINK, url="/work/", now=now)
    drawing = bringing_in.keep(DRAWING, f"{HOSTILE}.bpmn", by=cast.author, now=now)
    case, upload, handover = _in_review(cast, now), _uploaded(cast, now), _handed_over(cast, now)
    return Company(cast, in_force, drafted, case, indicator, drawing, upload, handover, _routed(cast, now))


def _routed(cast: make.Cast, now: dt.datetime) -> Route:
    """A route for everything in force, and one that waits for a second person."""
    circle = [Position.objects.get(title=title) for title in ("Buyer", "Storeman")]
    stage = StageTerms(f"Last {HOSTILE}", rules=["company"], positions=circle, mode="quorum", quorum=2, group=f"Circle {HOSTILE}")
    routing.in_force(cast, stage, name=f"Everything {HOSTILE}", now=now)
    route = routing.written(cast, stage, name=f"SOPs {HOSTILE}", document_type="sop", now=now)
    return route_effect.propose(route, by=cast.manager, now=now, seen=route.version)


def _handed_over(cast: make.Cast, now: dt.datetime) -> Handover:
    """Before the reader's last day, with words that would like to be scripts; and a night's proof."""
    handover = handing_over.open_handover(cast.reader, by=cast.admin, now=now, reason=f"Moves {HOSTILE}")
    lines = list(handover.lines.filter(kind="process").select_related("handover"))
    handing_over.offer(lines[:2], cast.approver, by=cast.boss, now=now, reason=f"Knows it {HOSTILE}")
    make.position(f"Auditor {HOSTILE}", of=cast.purchasing, kind="process_auditor")
    vacancies.reconcile(now)
    checking.prove(now)
    return handover


def _measured(process: Process, by: Person, now: dt.datetime) -> Indicator:
    keeper = Position.objects.get(title="Head of Purchasing")
    made = define(
        process, name=f"In time {HOSTILE}", unit="%", direction="up", target=Decimal(98), limit=Decimal(95), decimals=1,
        keeper=keeper, starts_on=months_before(now.date(), 6)[0], by=by, now=now,
    )  # fmt: skip
    for month, value in zip(months_before(now.date(), 4), (99, 96, 93, 98), strict=False):
        record(made, month, Decimal(value), by=by, now=now, comment=HOSTILE if value < 95 else "")
    return made


def _in_review(cast: make.Cast, now: dt.datetime) -> ApprovalCase:
    """A changed process with a remark at a step."""
    process = make.process(cast.purchasing, number="PUR-003", title="Rate suppliers", created_by=cast.author)
    make.effective(process, make.definition("Collect figures", "Rate"), since=now - dt.timedelta(days=50))
    draft = make.draft(process, hostile("Collect all figures", "Rate"), by=cast.author)
    draft.content = to_json(replace(hostile("Collect all figures", "Rate"), number=process.number, title=process.title))
    draft.save(update_fields=["content"])
    case = workflow.submit(draft, by=cast.author, now=now, summary=f"{HOSTILE} and more figures", warnings_word=f"Long {HOSTILE}")
    comments.add(case, by=cast.approver, now=now, text=f"Why {HOSTILE}?", anchor="s1")
    return case

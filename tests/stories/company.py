"""A small company in which every page has something to show, and whose words try to be markup."""

import datetime as dt
import io
from dataclasses import dataclass, replace
from decimal import Decimal

from PIL import Image

from approvals import (
    advising,
    answering,
    comments,
    informing,
    packages,
    releasing,
    route_effect,
    waivers,
    withdrawing,
    workflow,
)  # fmt: skip
from approvals.answering import Choice
from approvals.comments import Words
from approvals.models import ApprovalCase, ChangePackage, Route
from approvals.route_faults import StageTerms
from kpis.models import Indicator
from kpis.periods import months_before
from kpis.recording import define, record
from organization import proposals
from organization.gate import install_ladder
from organization.models import Ability, HeldLevel, Person, Position, Proposal
from processes import (
    batches,
    blocks,
    bringing_in,
    change_requests,
    derived,
    holding,
    lifecycle,
    problems,
    shared,
    sharing,
    templates,
    translations,
    versions,
)  # fmt: skip
from processes.canonical import to_json
from processes.content import definition_of
from processes.definition import Definition, Record, Reference, SipocRow, Step
from processes.documents.archive import Packed
from processes.models import (
    ChangeRequest,
    DraftVersion,
    ImportBatch,
    PendingImport,
    ProblemReport,
    Process,
    ProcessGroup,
    Revision,
    SharedChange,
    StepBlock,
    Translation,
    Variant,
)  # fmt: skip
from processes.picture_files import prepare
from processes.translating import units
from processes.translations import Typed
from processportal.audit_pack import making as packs
from processportal.audit_pack.models import AuditPack
from processportal.continuity import checking, handing_over
from processportal.copies import making, recalling
from processportal.copies.models import Copy
from tests import make
from tests.approvals import routing
from tests.processes.bpmn.files import CLAIM
from tests.processes.bpmn.test_original import WHOLE
from training import quiz, quiz_attempts, quizzes, sheets
from training.assignments import hand_out_new
from training.competence import development, opening, rating
from training.courses import attendance, catalogue, demands, evaluating, seats, sessions
from training.models import Assessment, QuizVersion, TrainingSession
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
    request: ChangeRequest
    problem: ProblemReport
    """What the stranger asks for in `in_force`; another one asks for the same."""
    handover: Handover
    """Of the reader, who is still here; two processes are offered to the approver."""
    block: StepBlock
    """Of purchasing."""
    change: SharedChange
    """The second revision of what is in force, proposed to a variant of the first one."""

    posted: Copy
    """Of the first revision, with a script for its place: the reader exchanges it."""

    held: Revision
    """Approved, waits for the author to sign that people are ready; a waiver of the manager counts for its process."""

    route: Route
    """Proposed by the manager, waits for the general manager; another one is in force."""

    pack: AuditPack
    """Of the manager, ready; of purchasing, whose titles would like to be scripts."""

    @property
    def coming(self) -> TrainingSession:
        """The reader is invited, its one place is taken, and people check in already."""
        return TrainingSession.objects.get(state="planned")

    @property
    def unfinished(self) -> AuditPack:
        """A pack of the general manager that is being made."""
        return AuditPack.objects.get(outcome="waiting")

    @property
    def past_day(self) -> str:
        """A day on which the first revision of `in_force` held."""
        return f"{self.in_force.revisions.get(ordinal=1).effective_from + dt.timedelta(days=9):%Y-%m-%d}"

    urgent: ApprovalCase
    """In review, and the manager may release it in an emergency; PUR-022 has been."""

    trained: TrainingSession
    """Held by the author; evaluated by three. Another one of its course is to come."""

    proposal: Proposal
    """The stranger is to become process manager, by the administrator."""

    @property
    def gathering(self) -> ChangePackage:
        """A package of the author with two drafts, not submitted yet."""
        return ChangePackage.objects.get(state="gathering")

    @property
    def under_way(self) -> ApprovalCase:
        """One of the two members of a package in review: the approver decides."""
        return ApprovalCase.objects.open().filter(package__isnull=False).order_by("pk")[0]

    @property
    def ending(self) -> ApprovalCase:
        """A withdrawal that the author asks for: the approver decides."""
        return ApprovalCase.objects.open().get(kind=ApprovalCase.Kind.WITHDRAW)

    @property
    def kept(self) -> int:
        """A named version of the draft."""
        return DraftVersion.objects.get(revision__process=self.drafted).pk

    @property
    def head_of_purchasing(self) -> Position:
        """A position with somebody in it."""
        return Position.objects.get(title="Head of Purchasing")

    assessment: Assessment
    """Of the reader: the approver has handed in ratings and has not signed yet."""
    assessed: Assessment
    """Of the stranger: not passed."""


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


def _translated(process: Process, cast: make.Cast, now: dt.datetime) -> None:
    """Begun in Chinese, in check in French, released in German."""
    revision = process.revisions.get(ordinal=2)
    translations.begin(revision, "zh-hans", by=cast.author, now=now)
    for language in ("fr", "de"):
        made = translations.begin(revision, language, by=cast.author, now=now)
        texts = {unit.key: Typed(f"{unit.text} ({language})", 0) for unit in units(definition_of(revision))}
        translations.write(made, texts, by=cast.author, now=now)
        translations.hand_in(made, cast.stranger, by=cast.author, now=now)
    german = Translation.objects.get(language="de")
    translations.release(german, by=cast.stranger, now=now, seen=german.version)


def full() -> Company:
    """Everything once."""
    install_ladder()
    cast, now = make.cast(), make.now()
    group = ProcessGroup.objects.create(kind="core", name=f"Buy {HOSTILE}", order=1)
    in_force = make.process(cast.purchasing, number="PUR-001", title=HOSTILE, group=group, created_by=cast.author)
    first = make.effective(in_force, hostile("Ask for offers"), since=now - dt.timedelta(days=100))
    posted = _posted(first, cast, now - dt.timedelta(days=50))
    make.effective(in_force, hostile("Ask three suppliers", "Compare"), since=now - dt.timedelta(days=3))
    drafted = make.process(cast.purchasing, number="PUR-002", title="Pay invoices", created_by=cast.author)
    draft = make.draft(drafted, hostile("Check invoice"), by=cast.author)
    versions.keep(draft, f"Before {HOSTILE}", by=cast.author, now=now)
    _translated(in_force, cast, now)
    ours = blocks.Reach(department=cast.purchasing.pk)
    block = blocks.save(draft, ["s1", "s2"], f"Check {HOSTILE}", ours, by=cast.author, now=now, seen=draft.version)
    indicator = _measured(in_force, cast.manager, now)
    templates.mark(in_force, cast.purchasing, f"Pattern {HOSTILE}", f"When {LINK}", by=cast.approver, now=now)
    hand_out_new(now)
    for n, person in enumerate((cast.author, cast.reader, cast.approver)):
        tell(person, key=f"welcome{n}", subject=f"Welcome {HOSTILE}", body=LINK, url="/work/", now=now)
    drawing = bringing_in.keep(DRAWING, f"{HOSTILE}.bpmn", by=cast.author, now=now)
    recalling.recall(now)
    for submitted in (False, True):
        _together(cast, now, submitted=submitted)
    _ending(cast, now)
    upload, request, problem = _uploaded(cast, now), _asked(cast, in_force, now), _reported(cast, in_force, now)
    urgent = _urgent("PUR-021", cast, now)
    releasing.release(_urgent("PUR-022", cast, now), by=cast.manager, now=now, reason=f"It bursts {HOSTILE}")
    _quizzed(cast, now)
    return Company(
        cast, in_force, drafted, _in_review(cast, now), indicator, drawing, upload, request, problem, _handed_over(cast, now), block,
        _shared(in_force, cast, now), posted, _held(cast, now), _routed(cast, now), _packed(cast, now), urgent,
        _trained(cast, in_force, now),
        _proposed(cast, now),
        *_assessed(cast, now),
    )  # fmt: skip


def _together(cast: make.Cast, now: dt.datetime, *, submitted: bool) -> None:
    """Two first versions that go together."""
    package = packages.begin(f"New law {HOSTILE}", f"The law {LINK}", by=cast.author, now=now)
    for n in (5, 6):
        process = make.process(cast.purchasing, number=f"PUR-{n + 10 * submitted:03}", title=f"Law {n}", created_by=cast.author)
        packages.add(package, make.draft(process, hostile("Obey"), by=cast.author), by=cast.author, now=now)
    if submitted:
        said = {one.revision_id: packages.Given(one.revision.version, "", f"Long {HOSTILE}") for one in packages.members_of(package)}
        packages.submit(package, said, by=cast.author, now=now)


def _assessed(cast: make.Cast, now: dt.datetime) -> tuple[Assessment, Assessment]:
    """Two assessments, a step of a development plan, and a level that is to be renewed soon."""
    made = []
    for person in (cast.reader, cast.stranger):
        assessment = opening.open_(person, 1, by=person, now=now)
        opening.name_assessor(assessment, by=cast.manager, now=now, person=cast.approver)
        rating.add_evidence(assessment, f"Drew {HOSTILE}", make.LONG_AGO, by=person, now=now)
        given = {one.pk: rating.Given("partly", f"Seen {LINK} {HOSTILE}") for one in Ability.objects.filter(level=1)}
        rating.rate(assessment, given, {}, by=cast.approver, now=now, seen=0, hand_in=True)
        made.append(assessment)
    made[1].refresh_from_db()
    rating.conclude(made[1], by=cast.approver, now=now, seen=made[1].version, word=f"Not yet {HOSTILE}")
    ability = Ability.objects.filter(level=1).first()
    assert ability is not None
    due = now.date() + dt.timedelta(days=30)
    development.plan(cast.reader, ability, f"Draw {HOSTILE}", due, by=cast.author, now=now, mentor=cast.approver)
    HeldLevel.objects.filter(person=cast.approver).update(held_until=now.date() + dt.timedelta(days=50))
    return made[0], made[1]


def _quizzed(cast: make.Cast, now: dt.datetime) -> None:
    """A procedure with a quiz: the stranger has failed and has no attempt left, the reader has it before them."""
    process = make.process(cast.purchasing, number="PUR-030", title=f"Learn {HOSTILE}", created_by=cast.author)
    revision = make.effective(process, hostile("Learn it"), since=now - dt.timedelta(days=2))
    seen = quizzes.set_terms(process, quiz.Quiz(pass_mark=100, attempts=1), again=False, by=cast.manager, now=now, seen=0).version
    one = quiz.Question(
        "q1", quiz.SINGLE, f"Who signs {HOSTILE}?", (quiz.Choice("a", HOSTILE, True), quiz.Choice("b", LINK)), step="s1", because=LINK
    )
    two = quiz.Question("q2", quiz.ORDER, "In order", (quiz.Choice("c", "Ask"), quiz.Choice("d", "Buy")), chart="start: A\nX: do\nend: B")
    for question in (one, two):
        seen = quizzes.put_question(process, question, by=cast.manager, now=now, seen=seen).version
    quizzes.publish(process, by=cast.manager, now=now, seen=seen)
    version = QuizVersion.objects.get(quiz__process=process)
    token = sheets.token(sheets.new(version), cast.stranger, version, revision, now)
    quiz_attempts.hand_in(revision, {"q1": ["b"], "q2": ["c", "d"]}, by=cast.stranger, now=now, token=token)


def _trained(cast: make.Cast, process: Process, now: dt.datetime) -> TrainingSession:
    """A course that the process demands: held yesterday and evaluated, and planned again."""
    Process.objects.filter(pk=process.pk).update(level="company")
    terms = catalogue.Terms(f"Buying {HOSTILE}", LINK, processes=[process], places=3, renewal_months=1)
    course = catalogue.create("SAFE-1", terms, by=cast.manager, now=now)
    begins, people = now - dt.timedelta(days=1), [cast.reader, cast.stranger, cast.boss]
    when = sessions.Terms(begins, begins + dt.timedelta(hours=2), 3, trainer=cast.author, place=f"Room {HOSTILE}")
    held = sessions.plan(course, when, by=cast.manager, now=begins - dt.timedelta(days=1))
    attendance.record(held, dict.fromkeys(people, attendance.Entry(there=True)), by=cast.author, now=now)
    for person in people[1:]:
        evaluating.evaluate(held, 4, HOSTILE, by=person, now=now)
    later = now + dt.timedelta(minutes=10)
    when = sessions.Terms(later, later + dt.timedelta(hours=2), 1, trainer_name=HOSTILE, link="https://example.com/meet")
    coming = sessions.plan(course, when, by=cast.manager, now=now)
    seats.invite(coming, [cast.reader], by=cast.manager, now=now)
    seats.enrol(coming, by=cast.author, now=now)
    demands.demand(process, course, by=cast.manager, now=now)
    return held


def _ending(cast: make.Cast, now: dt.datetime) -> None:
    """Something in force is to be withdrawn."""
    process = make.process(cast.purchasing, number="PUR-008", title=f"Fax {HOSTILE}", created_by=cast.author)
    make.effective(process, hostile("Send a fax"), since=now - dt.timedelta(days=90))
    withdrawing.ask(process, by=cast.author, now=now, reason=f"Nobody has a fax {HOSTILE}")


def _held(cast: make.Cast, now: dt.datetime) -> Revision:
    """A first version that waits until people are trained, and a waiver in words that would like to be scripts."""
    process = make.process(cast.purchasing, number="PUR-009", title=f"Waits {HOSTILE}", created_by=cast.author)
    draft = make.draft(process, hostile("Learn it"), by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=now)
    lifecycle.approve(draft, by=cast.approver, now=now, hold=holding.Hold(now.date() + dt.timedelta(days=9), None, "tests"))
    wanted = waivers.Wanted(f"Countersign {HOSTILE}", now.date() + dt.timedelta(days=30), f"Because {HOSTILE}")
    waivers.give(process, wanted, by=cast.manager, now=now)
    return draft


def _urgent(number: str, cast: make.Cast, now: dt.datetime) -> ApprovalCase:
    """A new version of a company document, in the stage before the last one."""
    owner = Position.objects.get(title="Head of Purchasing")
    fields = {"owner": owner, "level": "company", "participating": [cast.stores]}
    process = make.process(cast.purchasing, number=number, title=f"Valves {HOSTILE}", created_by=cast.author, **fields)
    make.effective(process)
    draft = make.draft(process, hostile("Close it"), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=now, summary=HOSTILE, warnings_word=HOSTILE)


def _asked(cast: make.Cast, process: Process, now: dt.datetime) -> ChangeRequest:
    """At a step that has changed since, in words that would like to be scripts."""
    old, new = process.revisions.select_related("process", "frozen").order_by("ordinal")
    first = change_requests.ask(process, revision=old, by=cast.stranger, now=now, wrong=HOSTILE, instead=LINK, anchor="s1")
    same = change_requests.ask(process, revision=new, by=cast.reader, now=now, wrong=f"Same {HOSTILE}")
    change_requests.merge(same, first, by=cast.author, now=now, seen=0)
    change_requests.ask(process, revision=new, by=cast.reader, now=now, wrong="Another one")
    return first


def _reported(cast: make.Cast, process: Process, now: dt.datetime) -> ProblemReport:
    """At a step of what is in force, with a photo."""
    new = process.revisions.select_related("process", "frozen").order_by("ordinal")[1]
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(out, "PNG")
    return problems.report(process, revision=new, by=cast.stranger, now=now, text=HOSTILE, anchor="s1", photo=prepare(out.getvalue()))


def _shared(main: Process, cast: make.Cast, now: dt.datetime) -> SharedChange:
    """A variant of the first revision of `main`, with a step of its own."""
    local = make.process(cast.purchasing, number="PUR-004", title=f"Abroad {HOSTILE}", created_by=cast.author)
    content = sharing.variant(hostile("Ask for offers"), sharing.Source(sharing.PROCESS, main.number), 1)
    content = replace(content, steps=(*content.steps, Step("own1", name=f"Customs {HOSTILE}", role=content.roles[0].key)))
    derived.rewrite(make.effective(local, content), content)
    Variant.objects.create(process=local, main=main, made_by=cast.author, made_at=now)
    shared.reconcile(now)
    return local.shared_changes.get()


def _posted(revision: Revision, cast: make.Cast, now: dt.datetime) -> Copy:
    """A real PDF, with everything in it that would like to be markup."""
    until, place, buyer = now.date() + dt.timedelta(days=200), f"Gate {HOSTILE}", Position.objects.get(title="Buyer")
    return making.issue(revision, by=cast.author, now=now, valid_until=until, place=place, position=buyer)[0]


def _packed(cast: make.Cast, now: dt.datetime) -> AuditPack:
    """One that is ready and one that is not; without papers, which cost their time."""
    packs.ask("department", "PUR", now.date(), by=cast.boss, now=now)
    pack = packs.ask("process", "PUR-001", now.date() - dt.timedelta(days=9), by=cast.manager, now=now)
    pack.entries.update(made_at=now, said=f"No paper {HOSTILE}")
    packs.work_on(pack.pk)
    pack.refresh_from_db()
    return pack


def _routed(cast: make.Cast, now: dt.datetime) -> Route:
    """A route for everything in force, and one that waits for a second person."""
    circle = [Position.objects.get(title=title) for title in ("Buyer", "Storeman")]
    stage = StageTerms(f"Last {HOSTILE}", rules=["company"], positions=circle, mode="quorum", quorum=2, group=f"Circle {HOSTILE}")
    routing.in_force(cast, stage, name=f"Everything {HOSTILE}", now=now)
    route = routing.written(cast, stage, name=f"SOPs {HOSTILE}", document_type="sop", now=now)
    return route_effect.propose(route, by=cast.manager, now=now, seen=route.version)


def _proposed(cast: make.Cast, now: dt.datetime) -> Proposal:
    """Waits for a second person."""
    office = Position.objects.get(title="Process manager, Purchasing")
    made = proposals.appoint(cast.stranger, office, by=cast.admin, now=now, starts_on=now.date())
    assert isinstance(made, Proposal)
    return made


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
    """A changed process with a remark at a step, and one that became an action."""
    process = make.process(cast.purchasing, number="PUR-003", title="Rate suppliers", created_by=cast.author)
    make.effective(process, make.definition("Collect figures", "Rate"), since=now - dt.timedelta(days=50))
    draft = make.draft(process, hostile("Collect all figures", "Rate"), by=cast.author)
    draft.content = to_json(replace(hostile("Collect all figures", "Rate"), number=process.number, title=process.title))
    draft.save(update_fields=["content"])
    case = workflow.submit(draft, by=cast.author, now=now, summary=f"{HOSTILE} and more figures", warnings_word=f"Long {HOSTILE}")
    comments.add(case, by=cast.approver, now=now, text=f"Why {HOSTILE}?", anchor="s1")
    listed = comments.say(case, Words(f"A list {HOSTILE}", "s2", "Rate"), by=cast.approver, now=now).comment
    action = Choice(listed.pk, "action", "", Position.objects.get(title="Head of Purchasing"), now.date() + dt.timedelta(days=30))
    answering.dispose(case, [action], by=cast.author, now=now)
    answering.raise_actions(case, now=now)
    due = now.date() + dt.timedelta(days=3)
    asked = advising.ask_advice(case, cast.stranger, by=cast.approver, now=now, question=f"Safe {HOSTILE}?", due_on=due)
    advising.advise(asked, by=cast.stranger, now=now, text=f"Yes {HOSTILE}")
    advising.ask_advice(case, cast.boss, by=cast.approver, now=now, question=LINK, due_on=due)
    informing.copy(case, cast.admin, by=cast.author, now=now, note=HOSTILE)
    informing.nudge(case, by=cast.author, now=now)
    return case

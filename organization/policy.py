"""Who may manage people, departments, positions, levels and the gate: yes or no, and why not."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import gate
from organization.cover import Books, Cover, cover_on, first_loss, snapshot_on
from organization.gate import Answer
from organization.ladder import Action
from organization.models import Absence, AbsenceFeed, Appointment, CompanySettings, Person, Position, Proposal
from organization.refusals import Refused
from organization.scope import below, scope
from organization.sentences import listed

YES = Answer(True)


def insist(answer: Answer) -> None:
    """Raises Refused with the answer's reason where it is no."""
    if not answer:
        raise Refused(answer.reason)


def may_manage(by: Person) -> Answer:
    """Create and change people, departments, positions and appointments."""
    if by.is_active and by.is_staff:
        return YES
    return Answer(False, reason=_("Only administrators manage people, departments and positions. Ask one of them."))


def may_manage_account(by: Person, person: Person) -> Answer:
    """Change an account or its password: never one that can do more, since whoever sets a password can sign in with it."""
    if person.is_superuser and not by.is_superuser:
        return Answer(False, reason=_("This account can do more than yours. Only somebody with the same rights changes it."))
    return may_manage(by)


def may_change_appointment(by: Person, person: Person) -> Answer:
    """Appoint a person, or end an appointment: never one's own."""
    if by.pk == person.pk:
        return Answer(False, reason=_("Nobody changes their own appointments. Ask another administrator."))
    return may_manage(by)


def may_enter_absence(by: Person, person: Person, today: dt.date) -> Answer:
    """One's own, that of somebody in a department that one heads (or one below it), or as administrator."""
    if by.pk == person.pk or may_manage(by) or (by.is_active and manages(by, person, today)):
        return YES
    return Answer(
        False, reason=_("Absences are entered by the person, by the head of the department or one above, or by an administrator.")
    )


def manages(by: Person, person: Person, today: dt.date) -> bool:
    """Whether the first holds, or acts for, an office at the head of a department in which, or below which, the other has a position."""
    departments = headed(by, today, over=person.pk)
    lasting = Q(ends_before__isnull=True) | Q(ends_before__gt=today)
    theirs = Appointment.objects.filter(lasting, person=person, position__department__in=below(departments))
    return bool(departments) and theirs.exists()


def headed(by: Person, today: dt.date, *, over: int) -> set[int]:
    """Departments at the head of which the first holds, or acts for, an office above the other: acting for the other does not count."""
    view = scope(by, today)
    theirs = Appointment.objects.on(today).filter(person=over, position__in=view.positions - view.held).values("position")
    heads = Position.objects.filter(pk__in=view.positions, kind__in=(Position.Kind.HEAD, Position.Kind.TOP_MANAGEMENT)).exclude(
        pk__in=theirs
    )
    return set(heads.values_list("department", flat=True))


# Who heads a department anyway may stand in for these; all others decide beside the head, or above.
LED_BY_THE_HEAD = (Position.Kind.STAFF, Position.Kind.OTHER, Position.Kind.HEAD)


def may_name_substitute(by: Person, absence: Absence, today: dt.date) -> Answer:
    """Name the substitute of this absence: oneself only for offices below one's own, else one would come by rights that nobody gave."""
    if absence.substitute_id != by.pk or absence.person_id == by.pk:
        return YES
    held = Appointment.objects.filter(person=absence.person_id, starts_on__lt=absence.ends_before)
    held = held.exclude(ends_before__lte=absence.starts_on)
    led = Q(position__department__in=below(headed(by, today, over=absence.person_id)), position__kind__in=LED_BY_THE_HEAD)
    if held.exists() and not held.exclude(led).exists():
        return YES
    return Answer(
        False,
        reason=_("Nobody names themselves as the substitute for offices beyond their own departments. Name somebody else, or ask a head."),
    )


def may_shape_office(by: Person, before: Position | None, after: Position, today: dt.date) -> Answer:
    """Make or change an office: never so that one comes by it oneself."""
    own = Appointment.objects.filter(person=by).exclude(ends_before__lte=today)
    if (
        (before is not None and before.kind != after.kind and own.filter(position=before).exists())
        or (after.deputy_id != (before and before.deputy_id) and own.filter(position=after.deputy_id).exists())
        or (after.substitute_id == by.pk and (before is None or before.substitute_id != by.pk))
    ):
        return Answer(False, reason=_("Nobody gives themselves an office. Another administrator changes its kind, deputy or substitute."))
    if before is not None and before.kind not in GUARDED and after.kind in GUARDED and held_from(before, today):
        return Answer(
            False,
            reason=_("Its holders would become process managers without a second person. Make a new position and appoint them to it."),
        )
    return YES


def held_from(position: Position, today: dt.date) -> bool:
    """Whether somebody holds this position today or will."""
    return Appointment.objects.filter(position=position).exclude(ends_before__lte=today).exists()


def office_held(by: Person, kind: str, today: dt.date) -> Position | None:
    """A position of this kind that the person holds or acts for today."""
    return Position.objects.filter(pk__in=scope(by, today).positions, kind=kind).order_by("pk").first()


# Whoever holds one of these approves and shapes rules for others: a second person confirms who does.
GUARDED = (Position.Kind.DEPARTMENT_PROCESS_MANAGER, Position.Kind.COMPANY_PROCESS_MANAGER)
CONFIRMING = (Position.Kind.TOP_MANAGEMENT, Position.Kind.COMPANY_PROCESS_MANAGER)


def confirmers(today: dt.date) -> QuerySet[Person]:
    """Who may be the second person: administrators, top management, the company process manager. By name."""
    offices = Appointment.objects.on(today).filter(position__kind__in=CONFIRMING, position__closed_on__isnull=True)
    access = Q(access_until__isnull=True) | Q(access_until__gte=today)
    found: QuerySet[Person] = Person.objects.filter(access, Q(is_staff=True) | Q(pk__in=offices.values("person")), is_active=True)
    return found.order_by("name", "pk")


def may_act_alone(by: Person, person: Person, today: dt.date) -> Answer:
    """Make somebody process manager, or give level 5, without a second person: while there is nobody who could be it."""
    if confirmers(today).exclude(pk__in=(by.pk, person.pk)).exists():
        return Answer(False, reason=_("Who becomes process manager or holds level 5 is confirmed by a second person: propose it."))
    return YES


def may_look_at_proposals(by: Person, today: dt.date) -> Answer:
    """See all that waits for a second person: whoever may be one, in office or acting."""
    if may_manage(by) or Position.objects.filter(pk__in=scope(by, today).positions, kind__in=CONFIRMING).exists():
        return YES
    return Answer(False, reason=_("Administrators, top management and the company process manager confirm this."))


def may_confirm(by: Person, proposal: Proposal, today: dt.date) -> Answer:
    """Confirm or decline: never what one proposed, never what concerns oneself."""
    if by.pk == proposal.person_id:
        return Answer(False, reason=_("This concerns you: somebody else confirms it."))
    if by.pk == proposal.proposed_by_id:
        return Answer(False, reason=_("You proposed this: somebody else confirms it."))
    return may_look_at_proposals(by, today)


def may_set_gate(by: Person, today: dt.date) -> Answer:
    """Enforce, warn or off: the company process manager alone."""
    if office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, today):
        return YES
    return Answer(False, reason=_("Only the company process manager decides how hard a gate is."))


def placement_is_open(settings: CompanySettings, today: dt.date) -> bool:
    """Initial placement lasts twelve months from the first placement on."""
    return settings.placement_until is None or today < settings.placement_until


def may_place(by: Person, settings: CompanySettings, today: dt.date) -> Answer:
    """Top management, while initial placement is open: at any level."""
    if not placement_is_open(settings, today):
        return Answer(False, reason=_("Initial placement has ended: levels are climbed one at a time."))
    if office_held(by, Position.Kind.TOP_MANAGEMENT, today):
        return YES
    return Answer(False, reason=_("Only top management places people at any level; others assign one level at a time."))


def may_assign_levels(by: Person, today: dt.date) -> Answer:
    """One level at a time: administrators, and the company process manager whose own level the gate asks for."""
    if may_manage(by):
        return YES
    if not office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, today):
        return Answer(False, reason=_("Levels are assigned by the company process manager or an administrator."))
    return gate.check(Action.ASSIGN_LEVELS, by, today)


def may_give_level(by: Person, person: Person, *, held: int, level: int, settings: CompanySettings, today: dt.date) -> Answer:
    """Move this person from the held level to another one: never one's own, one rung at a time but for initial placement."""
    if by.pk == person.pk:
        return Answer(False, reason=_("Nobody changes their own level. Ask the company process manager or an administrator."))
    if placement := may_place(by, settings, today):
        return placement
    answer = may_assign_levels(by, today)
    if answer and level > held + 1:
        words = {"next": gate.level_name(held + 1), "name": person.name}
        return Answer(False, reason=_("A person climbs one level at a time: the next for %(name)s is %(next)s.") % words)
    return answer


def may_steer_level(by: Person, person: Person, today: dt.date) -> Answer:
    """Exempt somebody from renewal, or revoke what they hold: the company process manager, never of oneself."""
    if by.pk == person.pk:
        return Answer(False, reason=_("Nobody changes their own level. Ask the company process manager or an administrator."))
    if not office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, today):
        return Answer(False, reason=_("Only the company process manager exempts people from renewal and revokes levels."))
    return gate.check(Action.ASSIGN_LEVELS, by, today)


def may_set_renewal(by: Person, today: dt.date) -> Answer:
    """After how many months a level is renewed: the company process manager alone."""
    if office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, today):
        return YES
    return Answer(False, reason=_("Only the company process manager decides when levels are renewed."))


def process_office_stays_kept(before: Books, after: Books, today: dt.date) -> Answer:
    """Whether, on every day from today on, company process managers hold and act as well as before; else the first day and what to do."""
    day = first_loss(before, after, today)
    if day is None:
        return YES
    if cover_on(after, day) == Cover.VACANT:
        reason = _("From %(day)s on nobody would be company process manager; the office is never empty. Appoint a successor first.")
        return Answer(False, reason=reason % {"day": date_format(day)})
    people = {person for held in snapshot_on(after, day).holders.values() for person in held}
    words = {"day": date_format(day), "names": listed(Person.objects.filter(pk__in=people).values_list("name", flat=True))}
    reason = _(
        "On %(day)s %(names)s would be away and nobody would act as company process manager. "
        "First name a substitute who is there in all that time, or appoint somebody acting."
    )
    return Answer(False, reason=reason % words)


def may_keep_calendar(by: Person, person: Person | None) -> Answer:
    """Add, read or remove an absence calendar: one's own, or as administrator also those of others and of the company."""
    return YES if person is not None and person.pk == by.pk else may_manage(by)


def calendars_kept_by(by: Person) -> QuerySet[AbsenceFeed]:
    """The calendars for which `may_keep_calendar` says yes."""
    return AbsenceFeed.objects.all() if may_manage(by) else AbsenceFeed.objects.filter(person=by)

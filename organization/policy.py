"""Who may manage people, departments, positions, levels and the gate: yes or no, and why not."""

import datetime as dt

from django.utils.translation import gettext as _

from organization import gate
from organization.gate import Answer
from organization.ladder import Action
from organization.models import Appointment, CompanySettings, Person, Position
from organization.refusals import Refused
from organization.scope import scope

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


def may_enter_absence(by: Person, person: Person) -> Answer:
    """One's own, or as administrator."""
    return YES if by.pk == person.pk else may_manage(by)


def office_held(by: Person, kind: str, today: dt.date) -> Position | None:
    """A position of this kind that the person holds or acts for today."""
    return Position.objects.filter(pk__in=scope(by, today).positions, kind=kind).order_by("pk").first()


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


def may_vacate(appointment: Appointment, from_day: dt.date) -> Answer:
    """End an appointment: somebody must still be company process manager from that day on."""
    office = Position.Kind.COMPANY_PROCESS_MANAGER
    if appointment.position.kind != office:
        return YES
    if Appointment.objects.on(from_day).filter(position__kind=office).exclude(pk=appointment.pk).exists():
        return YES
    words = {"name": appointment.person.name}
    return Answer(
        False, reason=_("%(name)s is the only company process manager. Appoint a successor first: the office is never empty.") % words
    )

"""Stories of accounts: created with a password that is shown once, changed, deactivated for good."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar, events, policy, process_office, sessions
from organization.models import Appointment, Person
from organization.refusals import Refused


def temporary_password() -> str:
    """Sixteen characters that are read out easily, more than 80 bits: "k3f9-…"."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _n in range(4)) for _group in range(4))


@transaction.atomic
def create_person(
    *,
    by: Person,
    login: str,
    name: str,
    email: str = "",
    language: str = "en",
    is_staff: bool = False,
    access_until: dt.date | None = None,
    badge: str = "",
) -> tuple[Person, str]:
    """A new account and its temporary password, which is nowhere else."""
    _login_must_be_free(login.strip(), by)
    _badge_must_be_free(badge)
    password = temporary_password()
    person = Person.objects.create_user(
        login.strip(), name, password, email=email or None, language=language, is_staff=is_staff, access_until=access_until,
        badge=badge.strip() or None,
    )  # fmt: skip
    person.password_is_temporary = True
    person.save(update_fields=["password_is_temporary"])
    return person, password


@transaction.atomic
def open_account(
    *, by: Person, login: str, name: str, email: str = "", language: str = "en", access_until: dt.date | None = None, badge: str = ""
) -> Person:
    """A new account with which nobody can sign in before an administrator makes a temporary password for it."""
    _login_must_be_free(login.strip(), by)
    _badge_must_be_free(badge)
    particulars = {"email": email or None, "language": language, "access_until": access_until, "badge": badge.strip() or None}
    return Person.objects.create_user(login.strip(), name, None, **particulars)


def _login_must_be_free(login: str, by: Person) -> None:
    policy.insist(policy.may_manage(by))
    if Person.objects.filter(login__iexact=login).exists():
        raise Refused(_("The login name %(login)s is taken or was used before: login names are never used again.") % {"login": login})


def _badge_must_be_free(badge: str, person: Person | None = None) -> None:
    """A badge opens one account; that of somebody who has left may be given out again once it was taken off there."""
    holder = Person.objects.filter(badge=badge.strip()).first() if badge.strip() else None
    if holder and holder != person:
        words = {"badge": badge.strip(), "name": holder.name}
        raise Refused(_("The badge %(badge)s belongs to %(name)s. Take it off there first, or type another one.") % words)


@transaction.atomic
def change_person(
    person: Person,
    *,
    by: Person,
    name: str,
    email: str,
    language: str,
    is_staff: bool,
    access_until: dt.date | None,
    badge: str | None = None,
    now: dt.datetime | None = None,
) -> Person:
    """New particulars. Nobody takes away or gives themselves the administrator's part.

    `now` is the present where nothing is said; without a word about the badge it stays.
    """
    with process_office.kept(calendar.today(now), person=person):
        person = Person.objects.select_for_update().get(pk=person.pk)
        policy.insist(policy.may_manage_account(by, person))
        if person.pk == by.pk and (is_staff != person.is_staff or access_until is not None):
            raise Refused(_("Nobody changes their own rights. Ask another administrator."))
        if badge is not None:
            _badge_must_be_free(badge, person)
            person.badge = badge.strip() or None
        person.name, person.email, person.language = name, email or None, language
        person.is_staff, person.access_until = is_staff, access_until
        person.save()
        return person


@transaction.atomic
def renew_password(person: Person, *, by: Person) -> str:
    """A new temporary password, shown once; every open session of the person ends."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    policy.insist(policy.may_manage_account(by, person))
    if person.pk == by.pk:
        raise Refused(_("Change your own password in your account settings."))
    if not person.is_active:
        raise Refused(_("%(name)s has left.") % {"name": person.name})
    password = temporary_password()
    person.set_password(password)
    person.password_is_temporary = True
    person.save()
    sessions.end_all(person)
    return password


@transaction.atomic
def deactivate(person: Person, *, by: Person, now: dt.datetime) -> Person:
    """The person has left: no access from this moment on, positions become free, the account is never used again."""
    today = calendar.today(now)
    with process_office.kept(today, person=person):
        person = Person.objects.select_for_update().get(pk=person.pk)
        policy.insist(policy.may_manage(by))
        if person.pk == by.pk:
            raise Refused(_("Nobody deactivates their own account. Ask another administrator."))
        if not person.is_active:
            raise Refused(_("%(name)s is deactivated already.") % {"name": person.name})
        for appointment in Appointment.objects.filter(person=person).exclude(ends_before__lte=today):
            _end(appointment, today)
        person.is_active, person.deactivated_at = False, now
        person.save()
    sessions.end_all(person)
    events.person_deactivated.send(sender=Person, person=person, now=now)
    return person


def _end(appointment: Appointment, today: dt.date) -> None:
    """One that has begun ends today; one to come never was."""
    if appointment.starts_on < today:
        appointment.ends_before = today
        appointment.version += 1
        appointment.save()
    else:
        appointment.delete()

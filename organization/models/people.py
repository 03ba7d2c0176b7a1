"""The person: one account, unique for ever, deactivated and never deleted."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts; an empty password becomes an unusable one."""

    def create_user(self, login: str, name: str = "", password: str | None = None, **fields: Any) -> "Person":
        """A new account. Raises ValueError without a login name."""
        if not login:
            raise ValueError("a person needs a login name (usually the personnel number)")
        person = self.model(login=self.model.normalize_username(login), name=name or login, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, login: str, name: str = "", password: str | None = None, **fields: Any) -> "Person":
        """A new administrator (`manage.py createsuperuser`)."""
        return self.create_user(login, name, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, login: str | None) -> "Person":
        """Login names are compared without regard to case, so that two people can never look like one."""
        return self.get(login__iexact=login)


class Person(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Somebody who works here or is a guest. `login` (personnel number) is never re-used."""

    login = models.CharField(_("login name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    badge = models.CharField(
        _("badge number"), max_length=40, null=True, blank=True, unique=True, help_text=_("For shared tablets, together with a PIN.")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("administrator"), default=False, help_text=_("Manages people, departments, positions and levels."))
    access_until = models.DateField(_("access until"), null=True, blank=True, help_text=_("Guests: the last day with access."))
    password_is_temporary = models.BooleanField(
        default=False, help_text="Somebody else knows it: its owner changes it before anything else."
    )
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    deactivated_at = models.DateTimeField(_("deactivated"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(models.functions.Lower("login"), name="person_login_any_case"),)

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """A password of one's own; the stories that make one for somebody else say so afterwards."""
        super().set_password(raw_password)
        self.password_is_temporary = False

    def get_full_name(self) -> str:
        """The name as it is shown and printed on signatures."""
        return self.name

    def get_short_name(self) -> str:
        """The same name: names are not taken apart, since half of the world writes them the other way round."""
        return self.name

    @property
    def initials(self) -> str:
        """One or two letters for the round chip; for a Chinese name its last two characters."""
        words = self.name.split()
        if not words:
            return "?"
        if len(words) == 1:
            return words[0][-2:] if not words[0].isascii() else words[0][:2].upper()
        return (words[0][0] + words[-1][0]).upper()

    def clean(self) -> None:
        """An empty e-mail, and an empty badge, are stored as none."""
        super().clean()
        self.email = self.email or None
        self.badge = self.badge or None

    def has_access(self, day: dt.date) -> bool:
        """Whether the account can be used on this day: neither deactivated nor a guest's whose last day has passed."""
        return self.is_active and (self.access_until is None or self.access_until >= day)

    def same_as(self, other: Self | None) -> bool:
        """Whether this is the same account."""
        return other is not None and self.pk == other.pk

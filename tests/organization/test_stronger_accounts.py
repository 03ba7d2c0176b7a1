"""An administrator does not come by the rights of a stronger account through its password or its e-mail address."""

import pytest

from organization import people
from organization.models import Person
from organization.refusals import Refused
from tests import make

pytestmark = pytest.mark.django_db


def test_an_administrator_takes_no_stronger_account_over(cast: make.Cast) -> None:
    root = Person.objects.create_superuser("root", "Root", make.PASSWORD, email="root@example.com")
    with pytest.raises(Refused, match="can do more than yours"):
        people.renew_password(root, by=cast.admin)
    with pytest.raises(Refused, match="can do more than yours"):
        people.change_person(root, by=cast.admin, name="Root", email="mine@example.com", language="en", is_staff=True, access_until=None)
    root.refresh_from_db()
    assert (root.check_password(make.PASSWORD), root.email) == (True, "root@example.com")


def test_a_stronger_account_can_still_be_closed_and_changed_by_its_like(cast: make.Cast) -> None:
    root, second = (Person.objects.create_superuser(login, login) for login in ("root", "second"))
    assert people.renew_password(second, by=root)
    assert not people.deactivate(root, by=cast.admin, now=make.NOW).is_active

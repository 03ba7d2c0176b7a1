"""Stories that drive a browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from organization.models import Person, Position
from tests import make
from tests.browser import browser_type_launch_args, open_as, sign_in
from tests.lifting import _denials_lifted_for_the_flush
from tests.stories.worker import worker

__all__ = ["_denials_lifted_for_the_flush", "browser_type_launch_args", "open_as", "sign_in", "worker"]


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    """The fixed people; the process manager of purchasing stands in for its head, who cannot decide on what she wrote."""
    cast = make.cast()
    deputy = Position.objects.get(title="Process manager, Purchasing")
    Position.objects.filter(title="Head of Purchasing").update(deputy=deputy)
    return cast


@pytest.fixture
def window(open_as: Callable[..., Page]) -> Iterator[Callable[[Person], Page]]:
    """`window(people.author)`: this person's browser, the same one whenever asked; closed when the test ends."""
    opened: dict[int, Page] = {}

    def of(person: Person) -> Page:
        if person.pk not in opened:
            opened[person.pk] = open_as(person)
        return opened[person.pk]

    yield of
    for page in opened.values():
        page.context.close()

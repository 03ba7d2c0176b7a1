"""A draft that two people write in, and windows on it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from organization.models import Person
from processes.definition import Definition
from processes.models import Participation
from tests import make
from tests.browser import DESKTOP
from tests.stories.editor.page import Editor


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    """The fixed people, with a draft PUR-001 of a start and an end that the author and the stranger may write in."""
    cast = make.cast()
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    whole = make.definition()
    revision = make.draft(process, Definition(steps=(whole.steps[0], whole.steps[-1]), roles=whole.roles), by=cast.author)
    make.hold(cast.stranger, 1)
    Participation.objects.create(process=process, revision=revision, person=cast.stranger, part="contributor")
    return cast


@pytest.fixture
def editor(open_as: Callable[..., Page], people: make.Cast) -> Iterator[Editor]:
    """`editor(people.author)` opens the draft in a window of its own."""
    pages: list[Page] = []

    def opened(person: Person, *, size: ViewportSize = DESKTOP) -> Page:
        page = open_as(person, size=size)
        page.goto("/processes/PUR-001/draft/")
        pages.append(page)
        expect(page.locator(".editor.is-ready")).to_be_visible()
        return page

    yield opened
    for page in pages:
        page.context.close()

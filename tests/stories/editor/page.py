"""What the stories of the editor say of its page and of what it has written."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from processes.canonical import from_json
from processes.definition import Definition
from processes.models import Revision
from tests.browser import accessibility_faults

Editor = Callable[..., Page]


def saved(page: Page) -> None:
    """Waits until everything typed is on the server."""
    expect(page.locator("[data-part=status]")).to_have_text("Saved", timeout=10_000)


def written() -> Definition:
    """What the server has."""
    return from_json(Revision.objects.get(state="draft", process__number="PUR-001").content)


def lines() -> list[tuple[str, str, str]]:
    """(kind, role, name) of every step."""
    definition = written()
    return [(step.kind, definition.role_title(step.role), step.name) for step in definition.steps]


def ways(number: int) -> list[tuple[str, str]]:
    """(label, name of the step it leads to) of every branch of a step."""
    definition = written()
    below = definition.steps[number].key if number < len(definition.steps) else ""
    found = [(flow.label, definition.step(flow.to or below)) for flow in definition.steps[number - 1].flows]
    return [(label, step.name if step else "") for label, step in found]


def faults(page: Page) -> list[str]:
    """What axe finds in the editor itself."""
    return [fault for fault in accessibility_faults(page) if "styleguide" not in fault]


def name(page: Page, number: int) -> Locator:
    """The name field of a step."""
    return page.get_by_role("textbox", name=f"Step {number}", exact=True)


def waiting_line(page: Page) -> Locator:
    """The line that waits for the next step."""
    return page.get_by_role("textbox", name="Next step", exact=True)


def paste(field: Locator, **data: str) -> None:
    """Pastes these kinds of data ("html", "plain") into a field, as another program would have put them on the clipboard."""
    field.focus()
    field.evaluate(
        "(field, kinds) => { const data = new DataTransfer();"
        " for (const [kind, text] of Object.entries(kinds)) data.setData(`text/${kind}`, text);"
        " field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }",
        data,
    )


def node(page: Page, text: str) -> Locator:
    """The step with this name in the chart."""
    return page.locator(".flowchart .step").filter(has_text=text)

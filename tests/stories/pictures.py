"""Pictures of the stories' steps, for people who look at a run afterwards."""

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "var" / "pictures"
WANTED = bool(os.environ.get("STORY_PICTURES"))


def picture(page: Page, name: str) -> None:
    """Keeps what the page shows as `var/pictures/<name>.png`, where STORY_PICTURES is set: they cost a tenth of the stories' time."""
    if WANTED:
        FOLDER.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True)

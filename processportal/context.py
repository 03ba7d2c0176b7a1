"""What every page needs: navigation with its badges, demo banner, whether this is a fragment."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of `templates/base.html`."""
    return {"styleguide": settings.STYLEGUIDE}

"""What the worklist's pages read from addresses and write into them."""

from django.http import QueryDict


def number(text: str) -> int:
    """The number, or 0 for what is none or too long to be one of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def changed(query: QueryDict, name: str, value: str, *without: str) -> str:
    """The same address with this parameter (without it for ""), and without these."""
    parameters = query.copy()
    for gone in (name, *without):
        parameters.pop(gone, None)
    if value:
        parameters[name] = value
    return f"?{parameters.urlencode()}"

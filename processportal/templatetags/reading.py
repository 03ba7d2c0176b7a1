"""Template words of the procedure page: Markdown, links that a document names, the state of a rating."""

import re
from collections.abc import Mapping

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from processes import durations
from processes import markdown as sanitised
from processes.definition import Reference
from processes.views.pictures import address

register = template.Library()
NUMBER = re.compile(r"^[\w.-]{1,40}$")
WEB = re.compile(r"^https?://[^/\s]", re.IGNORECASE)
RATING_STATES = {"green": "ok", "amber": "warn", "red": "bad"}


@register.filter
def markdown(text: str, number: str) -> SafeString:
    """Sanitised HTML of Markdown with the pictures of the process of this number."""
    return sanitised.render(text, address(number))


@register.filter
def markdown_at(text: str, place: str) -> SafeString:
    """The same with the pictures at another place: their address up to the hash."""
    return sanitised.render(text, lambda sha256: f"{place}{sha256}/")


@register.filter
def number_in_address(number: str) -> str:
    """A process number as it may stand in an address; anything else becomes a number that does not exist."""
    return number if NUMBER.match(number) else "-"


@register.filter
def rating_state(rating: str) -> str:
    """Traffic light → state of the status badge."""
    return RATING_STATES.get(rating, "neutral")


@register.filter
def in_words(minutes: int) -> str:
    """Minutes of working time as people say them: "2 days 4 h"."""
    return durations.in_words(minutes)


@register.filter
def at(counts: Mapping[str, int], key: str) -> int:
    """How many there are at a step; 0 where nothing was counted."""
    return counts.get(key, 0) if counts else 0


@register.simple_tag
def form_link(label: str, address: str) -> SafeString | str:
    """The form in which a step is done: opens it where its address is an http(s) one, else both as text."""
    if WEB.match(address.strip()):
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', address.strip(), label or address.strip())
    return format_html("{} {}", label, address) if address else label


@register.simple_tag
def document_link(target: str) -> SafeString | str:
    """A document by its number or address."""
    return reference_link(Reference(key="", target=target))


@register.simple_tag
def reference_link(reference: Reference) -> SafeString | str:
    """A link for a process number or an http(s) address; plain text for everything else (no `javascript:`, no `//host`)."""
    label, target = reference.label or reference.target, reference.target.strip()
    if WEB.match(target):
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', target, label)
    if target and NUMBER.match(target):
        return format_html('<a href="{}"><span class="num">{}</span> {}</a>', reverse("process", args=[target]), target, reference.label)
    return format_html("{} {}", label, target if target != label else "")

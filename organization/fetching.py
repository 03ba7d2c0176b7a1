"""Reading a calendar from another server: https, from hosts that the settings name, in bounded time and size, following no stranger."""

import contextlib
import http.client
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from organization.ical import LARGEST

SECONDS = 10
"""How long the other server may be silent."""
SECONDS_IN_ALL = 25
REDIRECTS = 3
PIECE = 64 * 1024
PLACE = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")
"""A host and maybe a port: no user, no password, no brackets, no escapes."""
MOVED = {301, 302, 303, 307, 308}


class Unreachable(Exception):
    """The calendar could not be fetched. The message is a translated sentence without the address, which may hold a secret."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask: an allowed place."""

    scheme: str
    place: str
    path: str


def target(url: str) -> Target:
    """The parts of an address that may be asked. Raises Unreachable for every other one."""
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise Unreachable(_("This is no address of a calendar."))
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Unreachable(_("This is no address of a calendar.")) from None
    place = parts.netloc.lower()
    if parts.scheme not in settings.ABSENCE_FEED_SCHEMES:
        raise Unreachable(_("The address must begin with https://."))
    if not PLACE.fullmatch(place) or place not in allowed():
        raise Unreachable(_("Calendars are not read from this host. Ask whoever runs the portal to allow it."))
    return Target(parts.scheme, place, f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")


def allowed() -> list[str]:
    """Hosts (maybe with a port) from which calendars are read."""
    return [host.strip().lower() for host in settings.ABSENCE_FEED_HOSTS if host.strip()]


def host(url: str) -> str:
    """What may be shown of an address: the rest may hold a secret."""
    return urlsplit(url).hostname or ""


def fetch(url: str) -> bytes:
    """What stands at the address, at most a little more than may be read. Raises Unreachable."""
    asked = target(url)
    for _step in range(REDIRECTS + 1):
        found = _ask(asked)
        if isinstance(found, bytes):
            return found
        onward = target(urljoin(f"{asked.scheme}://{asked.place}{asked.path}", found))
        if onward.place != asked.place:
            raise Unreachable(_("The server sends us on to another host. Enter the address of that one, if it is allowed."))
        asked = onward
    raise Unreachable(_("The server sends us on again and again."))


def _ask(asked: Target) -> bytes | str:
    """The body, or the address to which the server sends on."""
    connection = _connection(asked)
    late = threading.Event()
    try:
        connection.connect()
        clock = threading.Timer(SECONDS_IN_ALL, _cut, (connection.sock, late))
        clock.start()
        try:
            connection.request("GET", asked.path, headers={"Accept": "text/calendar", "User-Agent": "Process Portal"})
            with connection.getresponse() as response:
                return _answer(response, late)
        finally:
            clock.cancel()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(_("The server cannot be reached, or did not answer in time.")) from error
    finally:
        connection.close()


def _connection(asked: Target) -> http.client.HTTPConnection:
    if asked.scheme == "https":
        return http.client.HTTPSConnection(asked.place, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(asked.place, timeout=SECONDS)


def _cut(sock: socket.socket, late: threading.Event) -> None:
    """Ends a conversation that a slow server would draw out."""
    late.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _answer(response: http.client.HTTPResponse, late: threading.Event) -> bytes | str:
    if response.status in MOVED:
        return response.getheader("Location") or ""
    if response.status != http.client.OK:
        raise Unreachable(_("The server answered with code %(code)s.") % {"code": response.status})
    read: list[bytes] = []
    size = 0
    while piece := response.read1(PIECE):
        read.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise Unreachable(_("The calendar has more than %(size)s MB.") % {"size": LARGEST // 1_000_000})
    if late.is_set():
        raise Unreachable(_("The server cannot be reached, or did not answer in time."))
    return b"".join(read)

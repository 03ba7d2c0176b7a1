"""Reading from other servers: allowed hosts alone, nobody else by a detour, bounded in time and size; against a real local server."""

import http.server
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from organization import fetching
from organization.fetching import Target, Unreachable, fetch, host, target

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    asked: ClassVar[list[str]] = []
    held: ClassVar[threading.Event]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to"))
            self.end_headers()
        elif self.path == "/ok.ics?key=secret":
            self.answer(CALENDAR)
        elif self.path == "/large":
            self.answer(b"x" * 3_000_000)
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            while not self.held.wait(0.05):
                self.wfile.write(b"x")
        else:
            self.send_error(404)

    def answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """The place of a server on this machine that the settings allow."""
    Handler.held = threading.Event()
    Handler.asked.clear()
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a client that went away is what some tests are about
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    place = f"127.0.0.1:{made.server_port}"
    with override_settings(ABSENCE_FEED_HOSTS=[f" {place} "], ABSENCE_FEED_SCHEMES=("http",)):
        yield place
    Handler.held.set()
    made.shutdown()
    thread.join()
    made.server_close()


def why(url: str) -> str:
    with pytest.raises(Unreachable) as unreachable:
        fetch(url)
    assert "secret" not in str(unreachable.value)
    return str(unreachable.value)


def test_what_stands_there_is_fetched(server: str) -> None:
    assert fetch(f"http://{server}/ok.ics?key=secret") == CALENDAR


def test_the_same_host_may_send_on_but_not_for_ever(server: str) -> None:
    assert fetch(f"http://{server}/to/to/ok.ics?key=secret") == CALENDAR
    assert fetch(f"http://{server}/tohttp://{server}/ok.ics?key=secret") == CALENDAR
    assert why(f"http://{server}/to/to/to/to/to/ok.ics") == "The server sends us on again and again."
    assert len(Handler.asked) == 3 + 2 + 4


@pytest.mark.parametrize(
    "onward", ["http://localhost/", "//evil.example.com/", "file:///etc/passwd", "https://127.0.0.1/", "http://{place}@evil.example.com/"]
)
def test_nobody_is_followed_to_another_host(server: str, onward: str) -> None:
    assert why(f"http://{server}/to{onward.format(place=server)}")
    assert len(Handler.asked) == 1


def test_another_allowed_host_is_not_followed_either(server: str) -> None:
    with override_settings(ABSENCE_FEED_HOSTS=[server, "other.example.com"]):
        assert why(f"http://{server}/tohttp://other.example.com/") == (
            "The server sends us on to another host. Enter the address of that one, if it is allowed."
        )


def test_answers_that_are_none(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS_IN_ALL", 0.3)
    assert why(f"http://{server}/secret") == "The server answered with code 404."
    assert why(f"http://{server}/large") == "The calendar has more than 2 MB."
    assert why(f"http://{server}/drip") == "The server cannot be reached, or did not answer in time."


def test_a_server_that_is_not_there(server: str) -> None:
    with override_settings(ABSENCE_FEED_HOSTS=["127.0.0.1:9"], ABSENCE_FEED_SCHEMES=("http", "https")):
        told = {why(f"{scheme}://127.0.0.1:9/secret") for scheme in ("http", "https")}
    assert told == {"The server cannot be reached, or did not answer in time."}


@override_settings(ABSENCE_FEED_HOSTS=["calendar.example.com", "other.example.com:8443"])
def test_an_allowed_address() -> None:
    assert target("https://Calendar.Example.com/a/b.ics?x=1#part") == Target("https", "calendar.example.com", "/a/b.ics?x=1")
    assert target("https://other.example.com:8443") == Target("https", "other.example.com:8443", "/")
    assert host("https://calendar.example.com/secret") == "calendar.example.com"


@override_settings(ABSENCE_FEED_HOSTS=["calendar.example.com"])
@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.com/a", "ftp://calendar.example.com/", "file:///etc/passwd", "calendar.example.com/a",
        "//calendar.example.com/a", "",
        "https://calendar.example.com@evil.example.com/", "https://evil.example.com/calendar.example.com",
        "https://calendar.example.com:444/",
        "https://me:secret@calendar.example.com/", "https://evil.example.com\\@calendar.example.com/",
        "https://calendar.example.com.evil.com/",
        "https://calendar.example.com /", "https://calendar.example.com\t/",
        "https://calendar.example.com/\r\nHost: evil", "https://[::1]/",
        "https://calendar.example.com\u3002evil.com/", "https://127.0.0.1/", "https://localhost/", "https://[calendar.example.com",
    ],
)  # fmt: skip
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(Unreachable):
        target(url)


def test_without_the_setting_nothing_is_allowed() -> None:
    with pytest.raises(Unreachable, match="Ask whoever runs the portal"):
        target("https://calendar.example.com/a.ics")


@override_settings(ABSENCE_FEED_HOSTS=["calendar.example.com"])
@given(st.text("htps:/@\\.#?[]calendrxmvi019", max_size=40).map("https://".__add__))
def test_only_the_allowed_place_comes_out(url: str) -> None:
    try:
        found = target(url)
    except Unreachable:
        return
    assert found.place == "calendar.example.com"

"""The door is shut by default: what is public is a short list, everything else asks to sign in, and GET never writes."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import make
from tests.conftest import SignedIn

PUBLIC = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_signup",
    "mfa_trust",
    "healthz",
    "readyz",
    "demo_login",
    "preferences",
    "copies:check",
    "certificates:check",
    # At a shared tablet: badge and PIN, and never a session.
    *(f"training:tablet{page}" for page in ("", "_begin", "_list", "_read", "_picture", "_quiz", "_confirm", "_end")),
}


# These answer a script themselves: 401 in JSON instead of a page to sign in.
ANSWER_THEMSELVES = {
    f"processes:{name}"
    for name in (
        "operations",
        "presence",
        "preview",
        "fix",
        "divide",
        "add_picture",
        "translation_texts",
        "offered_blocks",
        "save_block",
    )
}


# allauth's addresses of mailed links: their keys cannot be made up.
NEED_A_KEY = {"account_confirm_email", "account_reset_password_from_key"}

# allauth's addresses with the number of a passkey in front of them, in an expression of its own.
NAME_A_PASSKEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}


def patterns(of: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in of.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "admin":
                continue
            yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else space)
        elif entry.name and entry.name not in NEED_A_KEY:
            yield f"{space}{entry.name}", entry


def arguments(entry: URLPattern) -> list[object]:
    if entry.name in NAME_A_PASSKEY:
        return [999_999]
    return [999_999 if converter.regex.startswith("[0-9]") else "x" for converter in entry.pattern.converters.values()]


NAMED = sorted(dict(patterns(get_resolver())).items())


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "entry"), NAMED, ids=[name for name, _ in NAMED])
def test_only_the_short_list_is_public(client: SignedIn, name: str, entry: URLPattern) -> None:
    address = reverse(name, args=arguments(entry))
    answer = client.post(address) if name in ANSWER_THEMSELVES else client.get(address)
    asks_to_sign_in = answer.status_code == 401 or (answer.status_code == 302 and "/accounts/login/" in answer["Location"])
    assert asks_to_sign_in != (name in PUBLIC), (answer.status_code, answer.headers.get("Location"))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "entry"), [(n, e) for n, e in NAMED if n not in PUBLIC], ids=[n for n, _ in NAMED if n not in PUBLIC])
def test_what_does_not_exist_is_not_found_and_nothing_breaks(client: SignedIn, cast: make.Cast, name: str, entry: URLPattern) -> None:
    """A signed-in stranger asks for id 999999 or number x, which do not exist; the guard of GETs raises where one writes."""
    given = arguments(entry)
    answer = client.as_(cast.stranger).get(reverse(name, args=given))
    asks_first = name in NAME_A_PASSKEY  # whether it is really the person, before anything is looked up
    assert answer.status_code in ({403, 404, 405} if given and not asks_first else {200, 302, 403, 404, 405}), answer.status_code

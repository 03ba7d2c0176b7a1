"""Webhooks: which addresses outside the portal are told of notices, and what waits for each of them."""

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from worklist.models import Notice, Webhook, WebhookDelivery
from worklist.policy import may_connect
from worklist.preferences import KINDS

CACHE_KEY = "active-webhooks"
# Another process learns of a change within this time.
CACHE_SECONDS = 60
BATCH = 500
SECRET_BYTES = 32


def allowed_hosts() -> tuple[str, ...]:
    """The hosts that may be called: the environment says so, because whoever signs in as administrator must not widen it."""
    return tuple(host.lower() for host in settings.WEBHOOK_HOSTS)


@transaction.atomic
def add(*, by: Person, name: str, url: str, kinds: Sequence[str]) -> Webhook:
    """A new webhook with a secret of its own, told from now on of notices of these kinds (none named: of all)."""
    insist(may_connect(by))
    return _saved(Webhook(secret=new_secret()), name, url, kinds)


@transaction.atomic
def change(webhook: Webhook, *, by: Person, name: str, url: str, kinds: Sequence[str]) -> Webhook:
    """Another name, address or choice of kinds; what waits goes to the new address."""
    insist(may_connect(by))
    return _saved(Webhook.objects.select_for_update().get(pk=webhook.pk), name, url, kinds)


@transaction.atomic
def set_active(webhook: Webhook, active: bool, *, by: Person) -> Webhook:  # noqa: FBT001 - the state itself
    """Paused, a webhook is told nothing new and what waits for it stays; active, it goes on."""
    insist(may_connect(by))
    found = Webhook.objects.select_for_update().get(pk=webhook.pk)
    found.is_active = active
    return _kept(found)


@transaction.atomic
def renew_secret(webhook: Webhook, *, by: Person) -> Webhook:
    """A new secret for every call from now on; the old one counts no more."""
    insist(may_connect(by))
    found = Webhook.objects.select_for_update().get(pk=webhook.pk)
    found.secret = new_secret()
    return _kept(found)


def new_secret() -> str:
    """Random text that nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


def queue(keys: Sequence[str], kinds: Collection[str], now: dt.datetime) -> None:
    """The notices that were told under these keys at this instant wait for each active webhook of their kind; no query without one."""
    wanting = [(pk, wanted) for pk, wanted in _active() if not wanted or wanted & set(kinds)]
    if not wanting:
        return
    told = list(Notice.objects.filter(key__in=keys, created_at=now).order_by("pk").values_list("pk", "kind"))
    WebhookDelivery.objects.bulk_create(
        (WebhookDelivery(webhook_id=hook, notice_id=pk) for hook, wanted in wanting for pk, kind in told if not wanted or kind in wanted),
        ignore_conflicts=True,
    )


def forget() -> None:
    """Called after a webhook changed."""
    cache.delete(CACHE_KEY)


def _active() -> list[tuple[int, frozenset[str]]]:
    known: list[tuple[int, frozenset[str]]] | None = cache.get(CACHE_KEY)
    if known is None:
        rows = Webhook.objects.filter(is_active=True).order_by("pk").values_list("pk", "kinds")
        known = [(pk, frozenset(kinds)) for pk, kinds in rows]
        cache.set(CACHE_KEY, known, CACHE_SECONDS)
    return known


def _saved(webhook: Webhook, name: str, url: str, kinds: Sequence[str]) -> Webhook:
    if not name.strip():
        raise Refused(_("Give the webhook a name by which others recognise it."))
    if not set(kinds) <= set(KINDS):
        raise Refused(_("Choose from the kinds of notices that are offered."))
    insist_on_address(url)
    webhook.name, webhook.url, webhook.kinds = name.strip(), url, sorted(kinds)
    return _kept(webhook)


def insist_on_address(url: str) -> None:
    """Refuses an address that must not be called; asked again at every call, since the list of hosts may have become shorter."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        plain = parts.scheme == "https" and not parts.username and not parts.password and parts.port != 0
    except ValueError:
        host, plain = "", False
    if not plain or not host:
        raise Refused(_("The address begins with https:// and contains no name or password."))
    if host not in allowed_hosts():
        words = {"host": host}
        raise Refused(_("%(host)s may not be called. Whoever runs the portal adds it to the setting WEBHOOK_HOSTS.") % words)


def _kept(webhook: Webhook) -> Webhook:
    webhook.save()
    transaction.on_commit(forget)
    return webhook

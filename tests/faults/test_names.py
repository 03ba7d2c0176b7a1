"""Names with emoji, right-to-left marks, Chinese and markup, through the whole chain: typed, listed, submitted, mailed, approved, read."""

import html
import re
from dataclasses import replace

import pytest
from django.core import mail
from django.urls import reverse

from approvals.models import ApprovalCase, Seat
from organization.models import Position
from processes.canonical import from_json, to_json
from processes.models import Process
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from worklist import notices
from worklist.models import Notice
from worklist.notices import tell

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script>"
NAMES = {
    "emoji": "Pump 🚰👩🏽‍🔧 service",
    "right to left": "شراء المضخات מכירה",
    "overriding": "Order \u202etxet\u202c end",
    "chinese": "采购：比较三家供应商",
    "markup": f"Buy {MARKUP} \"quoted\" & 'more'",
    "long": "Ä" * 180,
}


def shows(page: bytes, name: str) -> None:
    """The name as text, nowhere as markup."""
    text = page.decode()
    assert MARKUP not in text
    assert name in html.unescape(re.sub(r"<[^>]+>", "", text))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_goes_through_the_whole_chain(client: SignedIn, cast: make.Cast, name: str) -> None:
    cast.author.name = cast.reader.name = name[:80]
    cast.author.save()
    cast.reader.save()
    owner = Position.objects.get(title="Head of Purchasing")
    typed = {"title": name, "document_type": "sop", "level": "department", "department": cast.purchasing.pk, "owner": owner.pk}
    form = client.as_(cast.author).get(reverse("processes:new")).context["form"]
    typed |= {field.name: field.value() for field in form if field.name not in typed and field.value()}
    answer = client.post(reverse("processes:new"), typed)
    assert answer.status_code == 302, answer.context["form"].errors
    process = Process.objects.get()
    assert process.title == name
    steps(process, name)
    shows(client.get(reverse("processes:list")).content, name)
    shows(client.get(reverse("processes:draft", args=[process.number])).content, name)

    draft = process.revisions.get()
    given = {"version": draft.version, "summary": name, "warnings_word": name, "when": "at_once", "password": PASSWORD}
    answer = client.post(reverse("approvals:submit", args=[process.number]), given)
    assert answer.status_code == 302, answer.context["form"].errors
    case = ApprovalCase.objects.get()
    review = client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk])).content
    shows(review, name)
    seat = Seat.objects.get(stage__case=case)
    given = {"sha256": case.content.sha256, "verdict": "approve", "reason": name, "password": PASSWORD}
    assert client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), given).status_code == 302
    shows(client.as_(cast.reader).get(f"/processes/{process.number}/").content, name)
    shows(client.get(reverse("search") + "?" + "q=" + process.number).content, name)

    Notice.objects.update(mail=Notice.Mail.WAITING)  # at once, as anybody may choose
    assert notices.deliver(make.now()) == Notice.objects.count() > 0
    for sent in mail.outbox:
        sent.message().as_bytes()
        assert "\n" not in sent.subject
        assert "\r" not in sent.subject
        assert MARKUP not in str(sent.alternatives[0].content)
    assert any(name[:100] in sent.subject for sent in mail.outbox)


def steps(process: Process, name: str) -> None:
    """One step of this name by a role of this name, between start and end."""
    draft = process.revisions.get()
    typed = to_json(replace(from_json(draft.content), steps=make.definition(name).steps, roles=make.definition(name, role=name).roles))
    draft.content = typed
    draft.save(update_fields=["content"])


def test_a_line_break_in_a_subject_adds_no_header(cast: make.Cast) -> None:
    tell(cast.reader, key="k", subject="Read\r\nBcc: everybody@example.com\r\n\r\nHello", body="x", url="", now=make.now(), kind="decide")
    notices.deliver(make.now())
    (sent,) = mail.outbox
    assert sent.subject == "Read Bcc: everybody@example.com Hello"
    assert sent.recipients() == ["reader@example.com"]
    assert "Bcc" not in sent.message()

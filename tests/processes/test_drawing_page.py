"""A drawing before it is a draft: both drawings, the list of losses, pools together or apart, and a role for each lane."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organization.models import Position
from processes import bringing_in
from processes.bpmn.index import Lost
from processes.bpmn.writing import write_bpmn
from processes.canonical import from_json
from processes.charts import Chart
from processes.definition import Definition
from processes.models import OriginalFile, Process, Role
from processes.told import SHOWN, reasons
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from tests.processes.bpmn.files import CLAIM, process
from tests.processes.bpmn.test_original import WHOLE
from tests.processes.bpmn.test_pools import TWO

pytestmark = pytest.mark.django_db


def preview(client: SignedIn, data: bytes, name: str = "model.bpmn") -> str:
    answer = client.post(reverse("processes:import"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302
    return str(answer["Location"])


def sent(cast: Cast, **more: object) -> dict[str, Any]:
    return {"department": cast.purchasing.pk, "owner": Position.objects.get(title="Head of Purchasing").pk, **more}


def test_the_original_stands_beside_ours_and_both_beside_the_losses(client: SignedIn, cast: Cast) -> None:
    page = client.as_(cast.author).get(preview(client, WHOLE)).content.decode()
    assert page.count('class="flowchart') == 3
    for said in ('data-tie="t"', 'id="node-t"', 'data-step="t"', "This exception has no arrow", "Sub-process: Open", 'id="told-1"'):
        assert said in page
    assert "style=" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_file_without_positions_and_one_with_defects_say_so(client: SignedIn, cast: Cast) -> None:
    bare = b"\n" + process("<task id='t' name='A &lt;b&gt; &nbsp;'/>")
    page = client.as_(cast.author).get(preview(client, bare)).content.decode()
    assert "The file says nothing of where things were drawn" in page
    assert "<li>white space before the first line</li>" in page
    assert "<b>" not in page.partition("<main")[2]
    left_out = WHOLE.replace(b'x="120" y="80"', b'x="NaN" y="80"')
    assert "1 shape or arrow has no place" in client.get(preview(client, left_out)).content.decode()


def test_pools_become_one_chart_or_a_process_each(client: SignedIn, cast: Cast) -> None:
    Role.objects.create(title="desk", department=cast.purchasing)
    address = preview(client.as_(cast.author), TWO)
    assert "The drawing has 2 pools with steps." in client.get(address).content.decode()
    apart = client.get(f"{address}?pools=apart").content.decode()
    assert "It becomes 3 processes." in apart
    assert ">Make the drafts</button>" in apart
    assert ">Make the draft</button>" in client.get(preview(client, CLAIM)).content.decode()
    answer = client.post(f"{address}?pools=apart", sent(cast, **{"role-0": "desk", "name-1": "  Chief   buyer ", "role-1": "Buyer"}))
    assert answer["Location"] == reverse("processes:draft", args=["PUR-002"])
    found = {one.title: from_json(one.revisions.get().content) for one in Process.objects.all()}
    assert {title: [role.title for role in content.roles] for title, content in found.items()} == {
        "Check": ["Chief buyer"],
        "Order goods": ["desk", "Chief buyer"],
        "Seller": ["desk", "Seller"],
    }
    assert sorted(OriginalFile.objects.values_list("revision__process__title", flat=True)) == ["Order goods", "Seller"]
    report = OriginalFile.objects.first()
    assert report is not None
    assert (report.report["process"], report.report["beside"], report.report["sub_processes"]) == ("PUR-002", ["PUR-003"], ["PUR-001"])


def test_as_one_chart_it_is_one_process(client: SignedIn, cast: Cast) -> None:
    address = preview(client.as_(cast.author), TWO)
    assert client.post(address, sent(cast)).status_code == 302
    assert sorted(Process.objects.values_list("title", flat=True)) == ["Check", "Order goods"]


def test_lanes_are_matched_with_the_roles_of_the_chosen_department(client: SignedIn, cast: Cast) -> None:
    other = make.department("QLT", parent=cast.purchasing)
    Role.objects.create(title="Quality", department=other)
    Role.objects.create(title="SERVICE", department=None)
    address = preview(client.as_(cast.author), CLAIM)
    likeness = {
        url: [lane.match.likeness for lane in client.get(f"{address}{url}").context["lanes"]] for url in ("", f"?department={other.pk}")
    }
    assert likeness == {"": ["folded", "new"], f"?department={other.pk}": ["folded", "exact"]}
    assert client.get(f"{address}?department=x").context["lanes"]
    part = client.get(f"{address}?department={other.pk}", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<fieldset")
    assert '<option value="Quality" selected>Quality</option>' in part
    page = client.get(address).content.decode()
    assert '<option value="SERVICE" selected>SERVICE</option>' in page
    assert '<option value="Quality" selected>New role of this name</option>' in page
    pools = client.get(preview(client, TWO)).content.decode()
    assert '<option value="Desk">New role: Desk</option>' in pools


def test_who_has_no_department_of_the_form_sees_the_company_s_roles_alone(client: SignedIn, cast: Cast) -> None:
    address = preview(client.as_(cast.author), CLAIM)
    assert client.post(address, {"department": "999", "owner": ""}).status_code == 422
    nobody = make.person("nobody")
    kept = bringing_in.keep(CLAIM, "claim.bpmn", by=nobody, now=make.NOW)
    page = client.as_(nobody).get(reverse("processes:import_preview", args=[kept.pk]))
    assert [lane.match.likeness for lane in page.context["lanes"]] == ["new", "new"]


def test_a_refusal_stays_on_the_page(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    address = preview(client.as_(cast.author), CLAIM)
    kept = bringing_in.make_draft

    def twice(*given: Any, **more: Any) -> Process:
        kept(*given, **more)
        return kept(*given, **more)

    monkeypatch.setattr(bringing_in, "make_draft", twice)
    answer = client.post(address, sent(cast))
    assert (answer.status_code, "was made already" in answer.content.decode()) == (422, True)


def test_where_a_chart_is_not_drawn_the_steps_are_told(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.views.drawings.chart", lambda *_given, **_more: Chart(None, "Too many steps."))
    page = client.as_(cast.author).get(preview(client, CLAIM)).content.decode()
    assert "Too many steps." in page
    assert '<li id="node-register" data-tie="register" tabindex="-1">Register claim</li>' in page


def test_many_sub_processes_are_not_all_drawn(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.views.drawings.CHARTS", 1)
    page = client.as_(cast.author).get(preview(client, WHOLE)).content.decode()
    assert "1 more sub-process is not drawn here." in page


def test_a_drawing_of_ours_without_steps(client: SignedIn, cast: Cast) -> None:
    page = client.as_(cast.author).get(preview(client, write_bpmn(Definition(title="Empty")))).content.decode()
    assert "0 steps were understood." in page


def test_reasons_put_what_was_drawn_first_and_cut_long_lists() -> None:
    told = [
        Lost("extensionElements", "", "", "Engine.", at="t"),
        Lost("exclusiveGateway", "g", "", "Merged.", "folded", "g"),
        *(Lost("task", f"t{n}", "Do", "Gone.", at=f"t{n}") for n in range(SHOWN + 5)),
        Lost("task", "u", "Long", "Cut.", "partly", "u"),
        Lost("own:thing", "", "", "Engine."),
    ]
    found = reasons(told, {"t": "step-t"})
    assert [(one.fate, one.why, one.count, len(one.lines), one.drawn) for one in found] == [
        ("lost", "Gone.", SHOWN + 5, SHOWN, True),
        ("lost", "Engine.", 2, 2, False),
        ("partly", "Cut.", 1, 1, True),
        ("folded", "Merged.", 1, 1, True),
    ]
    assert [(line.element, line.tie) for line in found[1].lines] == [("extensionElements", "step-t"), ("own:thing", "")]
    assert found[0].lines[0].element == "task"


def test_a_draft_shows_the_drawing_that_it_comes_from(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.author).post(preview(client, b"\n" + WHOLE), sent(cast))
    number = OriginalFile.objects.get().revision.process.number
    page = client.get(reverse("processes:original", args=[number])).content.decode()
    assert "flowchart-original" in page
    assert "#node-" not in page
    assert "white space before the first line" in page
    OriginalFile.objects.update(content=b"<x")
    page = client.get(reverse("processes:original", args=[number])).content.decode()
    assert "flowchart-original" not in page
    assert "Where this draft comes from" in page

"""New processes and their numbers, changed metadata, roles named in documents."""

import pytest

from organization.models import Position
from organization.refusals import Refused
from processes import catalogue, roles
from processes.definition import Definition, RoleRef
from processes.models import NumberSeries, Process, Role
from tests import make

NOW = make.NOW
pytestmark = pytest.mark.django_db


def owner_in(cast: make.Cast) -> Position:
    return Position.objects.get(department=cast.purchasing, kind="head")


def create(cast: make.Cast, title: str = "Choose suppliers", document_type: str = "process", by: make.Person | None = None) -> Process:
    return catalogue.create_process(
        title=title, document_type=document_type, level="department", department=cast.purchasing, owner=owner_in(cast),
        by=by or cast.author, now=NOW, participating=[cast.stores],
    )  # fmt: skip


def test_a_new_process_has_a_number_and_a_first_draft(cast: make.Cast) -> None:
    process = create(cast)
    assert (process.number, process.created_by, process.state) == ("PUR-001", cast.author, "active")
    assert list(process.participating.all()) == [cast.stores]
    assert [(revision.ordinal, revision.state) for revision in process.revisions.all()] == [(1, "draft")]
    assert process.history.count() >= 1


def test_numbers_count_for_each_type_and_are_never_drawn_again(cast: make.Cast) -> None:
    make.process(cast.purchasing, number="PUR-002")
    types = ["process", "process", "sop", "work_instruction", "policy", "form", "process"]
    numbers = [create(cast, document_type=kind).number for kind in types]
    assert numbers == ["PUR-001", "PUR-003", "PUR-SOP-001", "PUR-WI-001", "PUR-POL-001", "PUR-FRM-001", "PUR-004"]
    catalogue.discard(Process.objects.get(number="PUR-004"), by=cast.author, now=NOW)
    assert create(cast).number == "PUR-005"


@pytest.mark.parametrize(
    ("title", "document_type", "sentence"), [("  ", "process", "blank"), ("T" * 201, "process", "200"), ("T", "poem", "“poem”")]
)
def test_what_is_not_clean_is_refused_and_draws_no_number(cast: make.Cast, title: str, document_type: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        create(cast, title, document_type)
    assert not NumberSeries.objects.exists()


def test_who_may_begin_a_process(cast: make.Cast) -> None:
    with pytest.raises(Refused, match="needs Level 1"):
        create(cast, by=cast.reader)
    make.hold(cast.stranger, 1)
    with pytest.raises(Refused, match="Only people of the department Purchasing"):
        create(cast, by=cast.stranger)
    assert create(cast, by=cast.manager).number == "PUR-001", "the company is above every department"


def test_metadata_is_changed_by_the_owner_and_the_number_stays(cast: make.Cast) -> None:
    process = create(cast)
    changes = {"title": "Choose and rate suppliers", "confidentiality": "departments"}
    catalogue.change_metadata(process, changes, by=cast.author, now=NOW, participating=[], reason="Rating was missing.")
    assert (process.number, process.title, process.confidentiality) == ("PUR-001", "Choose and rate suppliers", "departments")
    assert list(process.participating.all()) == []
    assert "Rating was missing." in process.history.values_list("history_change_reason", flat=True)
    catalogue.change_metadata(process, {}, by=cast.author, now=NOW)


@pytest.mark.parametrize(("name", "value"), [("number", "PUR-009"), ("state", "withdrawn"), ("document_type", "sop"), ("title", "")])
def test_what_stays_for_ever_and_what_is_empty_is_refused(cast: make.Cast, name: str, value: str) -> None:
    process = create(cast)
    with pytest.raises(Refused):
        catalogue.change_metadata(process, {name: value}, by=cast.author, now=NOW)
    assert Process.objects.get().title == "Choose suppliers"


def test_who_may_change_metadata(cast: make.Cast) -> None:
    process = create(cast)
    for who in (cast.author, cast.approver, cast.manager):
        catalogue.change_metadata(process, {"title": f"By {who}"}, by=who, now=NOW)
    for who in (cast.reader, cast.stranger, cast.boss, cast.admin):
        with pytest.raises(Refused, match="Only the owner"):
            catalogue.change_metadata(process, {"title": "Mine"}, by=who, now=NOW)


# --- roles


def lanes(*titles: str) -> Definition:
    return Definition(roles=tuple(RoleRef(key=f"r{n}", title=title) for n, title in enumerate(titles)))


def test_a_typed_role_becomes_an_entry_and_is_unassigned_until_somebody_fills_it(cast: make.Cast) -> None:
    document = lanes("Buyer", "  Goods   receiver ", "BUYER", "", "检验员")
    assert roles.titles(document) == ["Buyer", "Goods receiver", "检验员"]
    assert roles.unassigned(document, cast.purchasing) == ["Buyer", "Goods receiver", "检验员"]
    entries = roles.ensure_catalogue(document, cast.purchasing)
    assert sorted(entries) == ["buyer", "goods receiver", "检验员"]
    entries["buyer"].positions.add(owner_in(cast))
    assert roles.unassigned(document, cast.purchasing) == ["Goods receiver", "检验员"]
    assert roles.ensure_catalogue(document, cast.purchasing) == entries
    assert Role.objects.count() == 3


def test_a_role_of_the_department_goes_before_one_of_the_company(cast: make.Cast) -> None:
    company = Role.objects.create(title="Buyer")
    assert roles.ensure_catalogue(lanes("buyer"), cast.purchasing)["buyer"] == company
    own = Role.objects.create(title="Buyer", department=cast.purchasing)
    Role.objects.create(title="Buyer", department=cast.stores)
    assert roles.ensure_catalogue(lanes("buyer"), cast.purchasing)["buyer"] == own
    assert list(roles.with_titles_like("uye", cast.purchasing)) == [company, own]


def test_the_second_of_two_who_type_a_new_title_finds_the_first(cast: make.Cast) -> None:
    first = Role.objects.create(title="Buyer", department=cast.purchasing)
    assert roles._create("Buyer", cast.purchasing) == first


def test_a_title_that_is_too_long_is_cut(cast: make.Cast) -> None:
    entries = roles.ensure_catalogue(lanes("R" * 300), cast.purchasing)
    assert [role.title for role in entries.values()] == ["R" * 160]
    assert roles.ensure_catalogue(lanes("R" * 299), cast.purchasing) == entries

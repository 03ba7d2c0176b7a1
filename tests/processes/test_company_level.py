"""A company document does not escape its approver by being called a department's."""

import pytest

from organization.refusals import Refused
from processes import catalogue
from processes.models import Process
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def test_only_the_process_office_takes_an_approved_document_off_the_company_level(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, level="company")
    make.effective(process)
    with pytest.raises(Refused, match="Only the company process manager takes"):
        catalogue.change_metadata(process, {"level": "department", "title": "Mine"}, by=cast.author, now=NOW)
    assert (Process.objects.get().level, Process.objects.get().title) == ("company", process.title)
    assert catalogue.change_metadata(process, {"level": "department"}, by=cast.manager, now=NOW).level == "department"


def test_before_the_first_approval_the_owner_chooses_and_later_still_lifts_it(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, level="company")
    assert catalogue.change_metadata(process, {"level": "department"}, by=cast.author, now=NOW).level == "department"
    make.effective(process)
    assert catalogue.change_metadata(process, {"level": "company"}, by=cast.author, now=NOW).level == "company"

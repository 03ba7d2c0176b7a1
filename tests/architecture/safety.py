"""Which test shows which requirement: the races that may not be lost, and what records must be.

`python -m tests.architecture.safety` writes docs/validation.md; `test_safety.py` holds that both name what exists.
A test is named as `folder/test_file::test_name` below tests/; a documentation page as `docs/page.md#Heading`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validation.md"


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked for (and by whom), what holds, and what shows it. `left`: what of it is not there yet."""

    asked: str
    holds: str
    shown: tuple[str, ...]
    source: str = ""
    left: str = ""


RACES: Mapping[int, Row] = {
    1: Row(
        "Approving twice: two tabs, a click that is repeated, 200 callers at once",
        "One decision and one signature; the same click again is answered as done",
        (
            "faults/test_decisions_over_http::test_the_same_person_from_many_tabs_decides_once",
            "faults/test_decisions_over_http::test_of_many_holders_of_one_office_one_decides",
            "faults/test_decisions_over_http::test_control_without_lock_and_swap_the_same_race_is_lost",
            "approvals/test_races::test_twenty_clicks_of_one_person_are_one_decision",
            "approvals/test_pages::test_the_same_click_twice_is_answered_as_done",
        ),
    ),
    2: Row(
        "Approve against reject, recall, edit, re-route at the same instant",
        "Exactly one outcome; everybody else is told what happened",
        (
            "faults/test_decisions_over_http::test_approve_against_reject_has_one_outcome",
            "faults/test_decisions_over_http::test_approve_against_edit_never_changes_what_was_signed",
            "faults/test_decisions_over_http::test_two_web_servers_are_as_one",
            "approvals/test_races::test_approve_against_recall_has_one_outcome",
            "approvals/test_races::test_a_decision_against_a_re_route_has_one_outcome",
            "approvals/test_act_races::test_a_waiver_against_a_decision_in_the_stage_that_it_skips",
            "processes/test_races::test_either_approved_or_returned_but_never_both",
        ),
    ),
    3: Row(
        "Approving content that is not what the page showed",
        "The form carries the hash of the content; any other is refused and shown",
        (
            "approvals/test_pages::test_a_stale_form_is_refused_with_what_is_in_review_now",
            "approvals/test_workflow::test_a_decision_on_other_content_is_refused",
            "faults/test_requests::test_a_decision_on_content_that_was_not_shown_is_stale",
        ),
    ),
    4: Row(
        "An edit between review and approval",
        "Content in review cannot be edited; after a return everything is decided anew, and earlier decisions stay on record",
        (
            "approvals/test_workflow::test_content_in_review_is_what_was_submitted",
            "approvals/test_workflow::test_a_returned_draft_goes_through_a_new_case_and_nothing_of_the_old_one_counts",
            "approvals/test_workflow::test_signatures_of_a_case_that_was_returned_do_not_stand_under_the_approved_version",
        ),
    ),
    5: Row(
        "Approving one's own text: author, co-author, by group, substitution, as superuser, in the admin site",
        "Refused by the one story that decides, and by the database for the submitter",
        (
            "approvals/test_records::test_no_way_leads_to_deciding_on_what_one_wrote",
            "approvals/test_records::test_a_co_author_decides_neither",
            "approvals/test_records::test_the_database_itself_knows_the_submitter",
            "approvals/test_workflow::test_an_author_who_holds_the_office_never_decides",
            "approvals/test_pages::test_a_superuser_in_the_department_is_refused_too",
            "organization/test_pages::test_the_admin_only_shows",
        ),
    ),
    6: Row(
        "The approver loses office, account or substitution between page and click",
        "Rights are read again inside the transaction",
        (
            "approvals/test_records::test_an_office_lost_between_the_page_and_the_click_decides_nothing",
            "approvals/test_records::test_an_account_that_was_closed_between_the_page_and_the_click_is_signed_out",
            "approvals/test_records::test_a_substitute_whose_days_ended_between_the_page_and_the_click_decides_nothing",
            "approvals/test_workflow::test_an_approver_who_was_deactivated_or_lost_the_office_since_the_page_was_shown",
        ),
    ),
    7: Row(
        "Skipping a step, repeating an old one, deciding on what is closed",
        "Only the moves of the written tables; everything else is refused and changes nothing",
        (
            "approvals/test_records::test_every_step_in_every_state_by_everybody",
            "processes/test_lifecycle::test_only_moves_of_the_table_happen",
            "approvals/test_pages::test_a_decision_on_a_closed_case_says_what_happened_and_keeps_the_reason",
        ),
    ),
    8: Row(
        "Two revisions of one process put into force",
        "One is in force at any instant; the database refuses overlapping periods",
        (
            "organization/test_ledger::test_periods_of_one_process_must_not_overlap",
            "processes/test_lifecycle::test_a_version_waiting_for_its_day_is_not_overtaken",
            "processes/test_races::test_one_approves",
        ),
    ),
    9: Row(
        "Acknowledging what was superseded meanwhile, twice, for somebody else, or unopened",
        "An acknowledgement is bound to person, revision and content, and given once",
        (
            "training/test_acknowledgements::test_superseded_between_opening_and_the_click",
            "training/test_acknowledgements::test_the_first_one_stands_and_a_double_click_is_harmless",
            "training/test_acknowledgements::test_a_token_of_somebody_else_or_of_other_content_is_refused",
            "faults/test_requests::test_the_confirmation_of_somebody_else_confirms_nothing",
            "faults/test_acknowledging_over_http::test_one_person_from_many_tabs_has_read_once",
            "faults/test_acknowledging_over_http::test_many_people_have_each_read_once_and_all_are_counted",
            "faults/test_acknowledging_over_http::test_while_the_readings_are_handed_out_nobody_owes_what_he_confirmed",
        ),
    ),
    25: Row(
        "Drawing a number, moving departments, taking a route at the same instant",
        "Every caller gets another number; the second of two changes that exclude each other is refused",
        (
            "processes/test_races::test_every_caller_draws_another_number",
            "organization/test_races::test_two_departments_moved_below_each_other_at_the_same_instant_make_no_circle",
            "approvals/test_races::test_two_routes_for_the_same_documents_confirmed_at_the_same_instant_are_one",
        ),
    ),
    26: Row(
        "Rights that are remembered after they have ended",
        "What a position opens is shut at the next request",
        ("approvals/test_records::test_what_a_position_opened_is_shut_at_the_next_request",),
    ),
}

RECORDS: Mapping[int, Row] = {
    1: Row(
        "The system is validated; records that were altered are found",
        "One flipped bit is found and named; what is damaged is neither shown nor signed",
        (
            "faults/test_damaged::test_the_ledger_names_whatever_row_was_changed",
            "faults/test_damaged::test_the_ledger_names_a_damaged_content",
            "faults/test_damaged::test_a_damaged_document_is_not_shown",
            "organization/test_ledger::test_verify_ledger_says_that_all_is_sound_or_prints_the_faults",
            "processportal/test_ledger_export::test_whatever_is_changed_is_found_and_named",
        ),
        "21 CFR 11.10(a); Annex 11, 4",
    ),
    2: Row(
        "Accurate and complete copies for people and for machines, with signatures",
        "Every format is made from what was signed; what is exported and read again has the hash that was signed",
        (
            "processes/test_exporting::test_what_is_exported_and_read_again_has_the_hash_that_was_signed",
            "processes/test_exporting::test_every_format_is_what_it_says",
            "processportal/copies/test_document::test_the_signatures_page_says_who_in_which_position_for_whom_what_when_and_on_which_content",
            "processportal/test_ledger_export::test_what_was_exported_is_sound",
        ),
        "21 CFR 11.10(b); Annex 11, 8",
    ),
    3: Row(
        "Records can be found and restored for as long as they are kept",
        "A backup made while people work restores to one instant, and the restored system verifies itself",
        (
            "faults/test_backup::test_sqlite_while_it_runs",
            "faults/test_backup::test_postgresql_while_it_runs",
            "docs/operations.md#Backup and restore",
        ),
        "21 CFR 11.10(c); Annex 11, 7 and 17; ISO 9001 7.5.3.2 b, d",
        "periods of retention and legal hold",
    ),
    4: Row(
        "Access is limited to authorised people; giving and ending it is recorded",
        "Every address asks who is there; appointments and accounts leave evidence with the actor",
        (
            "architecture/test_addresses::test_only_the_short_list_is_public",
            "organization/test_pages::test_the_door_of_every_page",
            "organization/test_pages::test_evidence_names_the_administrator",
        ),
        "21 CFR 11.10(d); Annex 11, 12",
    ),
    5: Row(
        "An audit trail that the computer writes: who, when, old and new value; it hides nothing and is kept",
        "The database itself writes it for every way of changing a row, bulk and plain SQL included",
        (
            "organization/test_ledger::test_every_way_of_writing_leaves_evidence_with_the_actor",
            "organization/test_ledger::test_sealing_covers_what_is_new_and_only_that",
            "organization/test_ledger::test_append_only_rows_are_compared_with_the_evidence_of_their_insertion",
        ),
        "21 CFR 11.10(e); Annex 11, 9",
    ),
    6: Row(
        "The audit trail cannot be switched off or edited, by administrators either",
        "UPDATE and DELETE are refused by the database; no setting exists",
        (
            "organization/test_ledger::test_append_only_rows_are_never_changed_or_removed",
            "organization/test_ledger::test_the_catalogue_of_triggers_equals_the_list",
            "organization/test_pages::test_the_admin_only_shows",
        ),
        "Annex 11 (draft of 2025)",
    ),
    7: Row(
        "Steps happen in their order",
        "Every step is tried in every state by everybody; only those of the written tables happen",
        (
            "approvals/test_records::test_every_step_in_every_state_by_everybody",
            "processes/test_lifecycle::test_only_moves_of_the_table_happen",
        ),
        "21 CFR 11.10(f)",
    ),
    8: Row(
        "Authority is checked at each signing, changing and reading",
        "Every object is reached through what the person may see; guessed ids are not found",
        (
            "approvals/test_pages::test_a_case_and_what_hangs_on_it_do_not_exist_for_strangers",
            "faults/test_requests::test_a_guessed_case_or_seat_is_not_found",
            "architecture/test_addresses::test_what_does_not_exist_is_not_found_and_nothing_breaks",
            "processes/test_access::test_the_list_and_the_single_object_answer_alike",
        ),
        "21 CFR 11.10(g)",
    ),
    9: Row(
        "A signature shows the printed name, date and time, and what it means, on screen and on paper",
        "Name, position, for whom, meaning and instant stand with the version, here and on the signatures page",
        (
            "processportal/test_reader::test_who_approved_it_is_said",
            "processportal/copies/test_document::test_the_signatures_page_says_who_in_which_position_for_whom_what_when_and_on_which_content",
        ),
        "21 CFR 11.50; Annex 11, 14",
    ),
    10: Row(
        "A signature is linked to its record for good",
        "It names the hash of the exact content; neither it nor its decision can be pointed elsewhere",
        (
            "approvals/test_records::test_a_signature_is_not_carried_over_to_other_content",
            "organization/test_ledger::test_a_changed_signature_is_found_and_named",
            "approvals/test_workflow::test_what_was_decided_stays_whatever_the_author_writes_next",
        ),
        "21 CFR 11.70; Annex 11, 14 b",
    ),
    11: Row(
        "A signature belongs to one person; accounts are closed, never removed or given to others",
        "Login names are never used again; whoever has signed cannot be removed",
        (
            "organization/test_stories::test_login_names_are_never_used_again",
            "approvals/test_records::test_who_has_signed_is_never_removed",
            "organization/test_stories::test_who_leaves_has_no_session_no_position_and_keeps_the_name",
        ),
        "21 CFR 11.100(a)",
    ),
    12: Row(
        "Two components at signing, one of them known to the person alone",
        "A session of one's own and the password at every signature; a wrong one signs nothing and is counted",
        (
            "approvals/test_pages::test_a_wrong_password_signs_nothing_counts_and_keeps_the_reason",
            "organization/test_pages::test_a_level_is_signed_with_the_password",
        ),
        "21 CFR 11.200(a)(1)",
    ),
    13: Row(
        "Misuse of a signature needs two people",
        "Nobody signs as somebody else; an administrator takes no stronger account over, and a password that somebody set is changed first",
        (
            "approvals/test_records::test_the_clock_and_the_name_that_a_browser_sends_are_not_listened_to",
            "organization/test_stronger_accounts::test_an_administrator_takes_no_stronger_account_over",
            "processportal/test_own_password_first::test_everything_else_waits_until_one_has_a_password_of_ones_own",
        ),
        "21 CFR 11.200(a)(3)",
    ),
    14: Row(
        "Unique accounts; attempts at misuse are noticed and stopped",
        "Wrong passwords are counted over all spellings of a name, and lock; at signing as at signing in",
        (
            "processportal/test_lockout::test_wrong_passwords_lock_one_account_in_all_its_spellings",
            "organization/test_pages::test_a_locked_person_keeps_what_was_typed",
        ),
        "21 CFR 11.300",
    ),
    15: Row(
        "Time comes from a trusted clock",
        "The server's, kept in UTC; a browser's clock is not listened to, and one that is stepped back reorders nothing",
        (
            "approvals/test_records::test_a_clock_that_is_stepped_back_reorders_nothing",
            "approvals/test_records::test_the_clock_and_the_name_that_a_browser_sends_are_not_listened_to",
        ),
        "21 CFR 11.10(e), 11.50",
    ),
    16: Row(
        "Four eyes: who approves is not who wrote; who acts for somebody says so",
        "No way leads to deciding on one's own text; the signature names for whom one acts",
        (
            "approvals/test_records::test_no_way_leads_to_deciding_on_what_one_wrote",
            "approvals/test_records::test_a_co_author_decides_neither",
            "approvals/test_records::test_the_work_of_deciding_is_not_given_to_who_wrote_it",
            "approvals/test_workflow::test_a_substitute_decides_while_the_holder_is_away_and_says_for_whom",
        ),
        "Annex 11, 12",
    ),
    17: Row(
        "Documents are identified, in a format that fits, reviewed and approved",
        "Number, title, type, language and author belong to every revision, and are frozen with it",
        (
            "processes/test_lifecycle::test_submitting_freezes_the_content_under_the_present_metadata",
            "processes/test_catalogue::test_a_new_process_has_a_number_and_a_first_draft",
            "approvals/test_workflow::test_a_department_document_goes_from_the_author_to_the_process_manager_and_into_force",
        ),
        "ISO 9001 7.5.2",
    ),
    18: Row(
        "Documents are there where they are needed",
        "Reading and approving go on without broker and worker, reading also while nothing can be written",
        (
            "faults/test_broker::test_approving_works_and_the_sweeper_wakes_what_was_to_be_woken",
            "faults/test_database::test_reading_goes_on",
            "processportal/test_reader::test_a_drawing_program_that_hangs_leaves_the_steps",
        ),
        "ISO 9001 7.5.3.1",
    ),
    19: Row(
        "Distribution, reading and versions are under control",
        "Who has to read which revision, who has, and which paper hangs where, is kept",
        (
            "training/test_assignments::test_exactly_the_home_department_owes_and_what_lies_below_it",
            "training/test_pages::test_coverage_counts_people_and_100_means_everybody",
            "training/test_who_must_read::test_past_days_are_answered_from_readings",
            "processportal/copies/test_copies::test_a_new_revision_calls_each_posted_copy_back_once",
        ),
        "ISO 9001 7.5.3.2 a–d",
    ),
    20: Row(
        "What is obsolete is not used by mistake",
        "It says so and leads to what holds, is not found by search, and paper says what it is",
        (
            "processportal/test_reader::test_the_banner_says_how_each_state_is_to_be_taken",
            "processes/test_search::test_only_what_is_in_force_is_found",
            "processportal/copies/test_document::test_what_must_not_be_taken_for_what_holds_is_marked_on_every_page",
        ),
        "ISO 9001 7.5.3.2; AS9100 7.5.3.2 e",
    ),
    21: Row(
        "Documents from outside are identified and controlled",
        "What was brought in says so until somebody has compared it with its original",
        ("processes/test_bringing_in::*", "processportal/test_reader::test_references_lead_where_they_say"),
        "ISO 9001 7.5.3.2",
        "a register of external documents with a day of review",
    ),
    22: Row(
        "Documents are reviewed at intervals, with evidence",
        "A review is owed by the owner before its day; its date moves by a verdict alone",
        (
            "processes/test_review::test_a_review_is_owed_by_the_owner_thirty_days_before",
            "processes/test_review::test_keeping_moves_the_date_and_settles_the_item",
        ),
        "Annex 11, 11",
    ),
    23: Row(
        "Critical data is checked; incidents and continuity are prepared for",
        "What breaks, what people see then and what is lost, is written down and tried",
        ("docs/operations.md#Health", "docs/operations.md#Backup and restore", "docs/operations.md#Upgrade", "faults/test_half_way::*"),
        "Annex 11, 6, 13 and 16",
    ),
    24: Row(
        "The documentation of the system is under change control",
        "It lies with the code: each version has its changes, its decisions and locked libraries, and does not run on tables of another",
        (
            "CHANGELOG.md#Unreleased",
            "architecture/test_house::test_the_locks_are_whole",
            "faults/test_schema::test_the_web_does_not_start",
        ),
        "21 CFR 11.10(k)",
        "signed releases",
    ),
    25: Row(
        "People have the competence for what they do, and the evidence of it is kept",
        "Levels rest on signed assessments with evidence and a rating by criterion, which the database keeps as they were; what lapsed "
        "opens nothing on its day",
        (
            "training/test_assessments::test_from_opening_to_the_level",
            "training/test_assessments::test_two_windows_and_two_assessors_lose_nothing",
            "training/test_assessments::test_what_one_assessor_says_of_evidence_replaces_nothing_that_another_one_said",
            "training/test_assessments::test_the_database_refuses_changes_of_what_a_closed_assessment_rests_on",
            "organization/test_renewals::test_a_lapse_takes_one_level_at_a_time_and_every_day_says_so",
            "training/test_lapsing::test_what_waited_for_the_level_is_asked_of_somebody_else",
        ),
        "21 CFR 11.10(i), ISO 9001 7.2",
    ),
}


def page() -> str:
    """docs/validation.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What holds, and the test that shows it"
    yield ""
    yield "For auditors and for those who validate an installation: each requirement, what the portal does about it, and the tests that"
    yield "fail where it does not. `python3 start.py test` runs them on your own machine, on the database that is configured;"
    yield "`make faults` runs those that kill servers and call 200 times at once. The tests lie below `tests/`; a test of this table"
    yield "that did not exist would fail the suite. Requirements are told in our words; the standards themselves are what binds."
    for title, rows, sourced in (("Records", RECORDS, True), ("Things that happen at the same instant", RACES, False)):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| # | asked for | what holds | shown by |"
        yield "|---|---|---|---|"
        for number, row in rows.items():
            asked = f"{row.asked}<br>*{row.source}*" if sourced else row.asked
            holds = f"{row.holds}<br>**Not there yet:** {row.left}" if row.left else row.holds
            yield f"| {number} | {asked} | {holds} | {'<br>'.join(f'`{one}`' for one in row.shown)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

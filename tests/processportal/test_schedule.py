"""What beat wakes exists."""

from processportal.celery import app
from processportal.schedule import SCHEDULE

# Not scheduled: woken where something changed.
WOKEN = {
    "worklist.tasks.pause",
    "processes.tasks.work_on_import",
    "processportal.audit_pack.tasks.make_pack",
    "training.tasks.end_withdrawn",
    "training.tasks.hand_out_people",
    "training.tasks.hand_out_process",
    "training.tasks.invite",
    "training.tasks.tell_released",
}


def test_every_scheduled_task_is_one_of_ours_and_registered() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in SCHEDULE.values()}
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert scheduled - ours == set()
    assert ours - scheduled == WOKEN

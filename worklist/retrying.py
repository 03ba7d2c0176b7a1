"""When a failed delivery is tried again: soon at first, then every hour, for about a day."""

import datetime as dt

PAUSES = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60))
# With the last pause repeated: about a day.
ATTEMPTS = 26
# A run ends well before, by the time limit of tasks; so a claim this old belongs to a worker that died.
CLAIM_ENDS = dt.timedelta(minutes=10)
# So long a run bears with one slow receiver; the next run goes on.
PATIENCE = dt.timedelta(seconds=90)


def next_try(attempts: int, now: dt.datetime) -> dt.datetime | None:
    """When to try again after so many attempts (at least 1); None where it is given up."""
    return None if attempts >= ATTEMPTS else now + PAUSES[min(attempts, len(PAUSES)) - 1]

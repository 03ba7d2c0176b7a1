"""Why a story did not happen: sentences for the person who asked."""


class Refused(Exception):
    """Not allowed, or not possible now. The message is a translated sentence that says why and what to do."""


class Stale(Refused):
    """Somebody was faster, or the content is not what was shown; nothing was done. The message says what happened."""

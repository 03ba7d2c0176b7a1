"""Why a story did not happen: sentences for the person who asked."""


class Refused(Exception):
    """Not allowed, or not possible now. The message is a translated sentence that says why and what to do.

    `field` names what was given wrongly, where it is one thing: the page says it there.
    """

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Stale(Refused):
    """Somebody was faster, or the content is not what was shown; nothing was done. The message says what happened."""

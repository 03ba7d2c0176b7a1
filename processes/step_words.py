"""The names of kinds of steps and of what sets them off, in the reader's language."""

from django.utils.translation import gettext as _


def kinds() -> dict[str, str]:
    """Kinds of steps, in the order of the menu."""
    return {
        "activity": _("Activity"),
        "decision": _("Decision"),
        "parallel": _("Parallel"),
        "wait": _("Wait"),
        "subprocess": _("Sub-process"),
        "document": _("Document"),
        "event": _("Event"),
        "start": _("Start"),
        "end": _("End"),
    }


def triggers() -> dict[str, str]:
    """What sets a start, wait or event off."""
    return {
        "": _("Not said"),
        "message": _("Message"),
        "timer": _("Time"),
        "condition": _("Condition"),
        "signal": _("Signal"),
        "error": _("Error"),
    }

"""What a mail server's answer means: for good or for now, about this mail or about the server, and as one line of text."""

from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException


def is_final(error: Exception) -> bool:
    """Whether trying again is useless: this recipient or this text was refused for good (RFC 5321: 5yz)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def is_about_the_server(error: Exception) -> bool:
    """Whether the next mail would fail in the same way: no answer at all rather than a refusal of this mail."""
    refusal = isinstance(error, SMTPRecipientsRefused | SMTPResponseException)
    return isinstance(error, OSError) and not (isinstance(error, SMTPException) and refusal)


def said(error: Exception) -> str:
    """Code and words of the server, such as "550 no such user"; else the error's own words or its name."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(_line(code, text) for code, text in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _line(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"

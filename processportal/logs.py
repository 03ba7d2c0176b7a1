"""Logs: one JSON object per line on the console, in UTC."""

from typing import Any

import structlog


def to_console(level: str) -> dict[str, Any]:
    """Django's LOGGING for this level. A page that is not there is no trouble of the server's; INFO shows every request."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django_structlog": {"level": "CRITICAL" if level == "WARNING" else level}},
    }


def structured() -> None:
    """Tells structlog to go through the standard library's logging."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

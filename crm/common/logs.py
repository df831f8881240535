"""Log lines as JSON, one object a line, so that a collector needs no pattern."""

import json
import logging
import re
from datetime import UTC, datetime

# A private calendar address is a key: whoever reads it in a log could use it.
SECRET_PATH = re.compile(r"(/calendar/|%2Fcalendar%2F)[^\s\"'?]+", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The text with every private calendar address cut off."""
    return SECRET_PATH.sub(r"\1…", text)


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON with fixed keys; never the request's body, headers, query or user's address."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

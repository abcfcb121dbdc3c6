"""One JSON line per log record: a visitor's line breaks cannot forge an entry, and no request data is added."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

# The address of one person's request opens it: who reads a log must not be able to.
KEYS_IN_ADDRESSES = re.compile(r"(/request/)[^/\s]+")

request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": KEYS_IN_ADDRESSES.sub(r"\1-", record.getMessage()),
        }
        if request := request_id.get():
            line["request"] = request
        if record.exc_info and record.exc_info[0]:
            # The type and the place, never the text: an error's text may quote what a patient typed.
            line["error"] = record.exc_info[0].__name__
            traceback = record.exc_info[2]
            frames = []
            while traceback:
                frames.append(f"{traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}")
                traceback = traceback.tb_next
            line["where"] = frames[-6:]
        return json.dumps(line)

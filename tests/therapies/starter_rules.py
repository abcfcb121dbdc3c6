"""The starter content as the loader reads it, held once for all tests: nothing here changes it."""

from functools import cache
from pathlib import Path

from therapies.claims import Rule
from therapies.content_files import read_folder
from therapies.gate_rules import SourceFact

FOLDER = Path(__file__).resolve().parents[2] / "therapies" / "content"
DATA = Path(__file__).with_name("data")


@cache
def content():
    return read_folder(FOLDER)


@cache
def rules():
    fields = ("key", "pattern", "category", "severity", "message", "suggestion")
    return tuple(Rule(*(row[name] for name in fields)) for row in content().lists["claim_rules"].items)


@cache
def sources():
    return {
        row["key"]: SourceFact(row["kind"], row["status"], row["check_state"])
        for row in content().lists["sources"].items
    }


@cache
def pages():
    return tuple(file.page for file in content().pages)


def data(name):
    """The lines of a file of test data, without its comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]

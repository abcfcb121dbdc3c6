"""The starter content as a library held in memory: the real pages without a database, read once a run."""

from functools import cache
from pathlib import Path

from tests.therapies import held
from therapies import content_files, documents
from therapies.models import Source

CONTENT = Path(documents.__file__).parent / "content"
KINDS = dict(Source.Kind.choices)


@cache
def starter_library():
    """What a new demonstration site shows."""
    content = content_files.read_folder(CONTENT)
    return held.library(
        *(file.page for file in content.pages),
        sources=[_source(item) for item in content.lists["sources"].items],
        glossary=content.lists["glossary"].items,
        questions=content.lists["questions"].items,
    )


def _source(item):
    names = set(held.source()) - {"kind_label", "check"}
    facts = {name: item[name] for name in names if name in item}
    return held.source(**{**facts, "kind_label": KINDS[item["kind"]], "check": item["check_state"]})
